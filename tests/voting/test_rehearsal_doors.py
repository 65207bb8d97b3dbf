"""A rehearsal never becomes real: not by a form, not by a row, not by a voter; nobody else sees it and nothing follows from it."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import form_data
from tests.voting.booth import Walker, cast_some, make_round, published
from voting import actions, roll, simulation
from voting.models import Participation, Round

SLUG = "rehearsal-doors"
PARTS = (
    "", "vote/", "kiosk/", "board/", "board/1.json", "board/checkpoints.json", "results/", "results/print/",
    "results/sheet.xlsx", "results/files/results.csv", "objection/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _places(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


def a_rehearsal(*, opened=True):
    round = simulation.prepare(slug=SLUG)
    Round.objects.filter(pk=round.pk).update(title="연습용 나들이 투표")
    shares = simulation.start(round) if opened else []
    round = Round.objects.get(pk=round.pk)
    round.shares = shares
    return round


def a_published_rehearsal():
    round = a_rehearsal()
    cast_some(round, 3)
    return published(round)


@pytest.mark.parametrize("real", [False, True])
def test_no_form_turns_one_into_the_other(client_as, real):
    round = make_round("real", frozen=False) if real else a_rehearsal(opened=False)
    client, url = client_as("secretariat"), admin_url(Round, "change", round.pk)
    data = form_data(client.get(url), Round)
    assert "is_rehearsal" not in data
    data |= {"title": "새 이름"} | ({"is_rehearsal": "on"} if real else {})
    assert client.post(url, data).status_code == 302
    stored = Round.objects.get(pk=round.pk)
    assert (stored.title, stored.is_rehearsal) == ("새 이름", not real)


@pytest.mark.parametrize("opened", [False, True])
def test_the_database_refuses_it_too(opened):
    round, real = a_rehearsal(opened=opened), make_round("real", frozen=opened)
    for row in (round, real):
        with pytest.raises(DatabaseError, match="상태만 앞으로"), transaction.atomic():
            Round.objects.filter(pk=row.pk).update(is_rehearsal=not row.is_rehearsal)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE voting_round SET is_rehearsal = NOT is_rehearsal WHERE id = %s", [row.pk])
    assert (
        Round.objects.filter(title="빈").update(is_rehearsal=True) == 0
    )  # the nearest that is allowed: no row changed


def test_real_people_do_not_vote_in_a_rehearsal_nor_made_up_ones_in_a_real_round(client_as):
    round, real = a_rehearsal(), make_round("real")
    for row, identity in ((round, "01012345678"), (real, "rehearsal:voter-1")):
        with pytest.raises(roll.NotEligible, match="연습에는 지어낸 유권자만"):
            roll.voter_key(row, identity)
    assert roll.voter_key(round, "rehearsal:voter-1") and roll.voter_key(real, "01012345678")
    walker = Walker(round, client_as("secretariat"))
    walker.open()
    assert "연습용 이름표" in walker.html and "휴대전화 번호" not in walker.html
    walker.press("number", number="010-1234-5678")
    walker.press("confirm", number="010-1234-5678", typed="000000")
    assert not Participation.objects.exists()
    walker.press("rehearsal", plate="voter-1")
    walker.fill()
    walker.press("cast")
    assert Participation.objects.filter(round=round).count() == 1


@pytest.mark.parametrize("role", [None, "resident", "member", "officer"])
def test_nobody_else_opens_any_of_its_pages(client_as, role):
    a_published_rehearsal()
    client, staff = client_as(role), client_as("secretariat")
    assert {part: client.get(f"/votes/{SLUG}/{part}").status_code for part in PARTS} == dict.fromkeys(PARTS, 404)
    shown = {part: staff.get(f"/votes/{SLUG}/{part}").status_code for part in PARTS}
    assert 404 not in shown.values()


def test_its_results_stand_in_no_list(client):
    a_published_rehearsal()
    for path in (
        "/", "/votes/", "/search/?q=나들이", "/sitemap-votes.xml", "/open-data/vote_rounds.csv", "/open-data/vote_results.csv",
        "/reconciliation/2021/",
    ):  # fmt: skip
        answer = client.get(path)
        told = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200 and SLUG not in told.decode(), path
        assert path.startswith("/search/") or "나들이" not in told.decode(), path


def test_its_files_say_that_it_is_one(client_as):
    a_published_rehearsal()
    answer = client_as("secretariat").get(f"/votes/{SLUG}/results/files/manifest.json")
    assert json.loads(b"".join(answer.streaming_content))["rehearsal"] is True


def test_the_key_of_a_rehearsal_opens_no_real_round():
    round, real = a_rehearsal(), make_round("real", frozen=False)
    with pytest.raises(ValidationError):
        actions.prove(round=real, share=round.shares[0])
