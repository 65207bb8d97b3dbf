"""Who may open the pages of papers, and what they cost."""

import pytest
from django.test import Client

from tests.html import queries
from tests.voting.booth import make_round
from tests.voting.papers import a_batch, a_paper_round, clerks, closed
from voting import paper_batches

PATHS = ("", "hand/", "1/new/", "1/count/", "1/1/", "1/1/enter/", "1/1/1/")


@pytest.fixture
def rooms(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def waiting(rooms):
    round_ = closed(a_paper_round(web=0, struck=2))
    return round_, clerks(round_)


@pytest.mark.parametrize(
    ("role", "status"), [(None, 302), ("resident", 403), ("member", 403), ("officer", 403), ("secretariat", 200)]
)
def test_the_pages_are_for_the_secretariat(waiting, client_as, role, status):
    round_, (one, two, _) = waiting
    batch = a_batch(round_, 1, by=one.user)
    for user, picks in ((one.user, [1, 2, 3]), (two.user, [1, 2, 4])):
        paper_batches.enter(batch=batch, sheet=1, numbers=picks, void="", by=user)
    client = client_as(role)
    for path in PATHS:
        answer = client.get(f"/votes/{round_.slug}/paper/{path}")
        assert answer.status_code == status, path
        assert status != 200 or answer["Cache-Control"] == "no-store"
        posted = client.post(f"/votes/{round_.slug}/paper/{path}", {})
        assert (posted.status_code == status) if status != 200 else posted.status_code in (200, 302, 404), path
    assert round_.checkpoints.count() == 1


def test_a_round_without_papers_has_no_such_pages(rooms, client_as):
    round_ = make_round()
    client = client_as("secretariat")
    assert client.get(f"/votes/{round_.slug}/").status_code == 200
    for path in PATHS:
        assert client.get(f"/votes/{round_.slug}/paper/{path}").status_code == 404
    for path in ("3/new/", "1/9/", "9/9/enter/"):
        assert client.get(f"/votes/{round_.slug}/paper/{path}").status_code == 404


def test_the_round_page_leads_the_secretariat_to_the_papers(waiting, client_as):
    round_, _ = waiting
    link = f"/votes/{round_.slug}/paper/"
    assert link in client_as("secretariat").get(f"/votes/{round_.slug}/").content.decode()
    assert link not in Client().get(f"/votes/{round_.slug}/").content.decode()


def test_lists_cost_the_same_for_one_batch_and_for_three(waiting):
    round_, (one, two, _) = waiting
    counted = []
    for size in (1, 3):
        while round_.contests.first().batches.count() < size:
            batch = a_batch(round_, 2, by=one.user)
            for sheet in (1, 2):
                for user, picks in ((one.user, [1, 2, 3]), (two.user, [1, 2, 4])):
                    paper_batches.enter(batch=batch, sheet=sheet, numbers=picks, void="", by=user)
        counted.append([queries(one.client, one.base + path) for path in ("", "1/1/", "1/1/enter/")])
    assert counted[0] == counted[1]
