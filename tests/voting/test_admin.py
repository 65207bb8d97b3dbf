"""Setting up a round in the admin: the check list, freezing, moves by buttons; afterwards nothing can be typed."""

import pytest

from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import form_data
from tests.voting.factories import a_round_of_totals, an_open_round, votes
from voting import actions, ceremony, simulation
from voting.models import Contest, Objection, Option, Round, RoundState

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(users):
    return simulation.prepare(slug="rehearsal-admin")


def _page(client, row):
    return client.get(admin_url(type(row), "change", row.pk))


def test_a_draft_shows_what_is_missing_and_is_saved_with_its_tie_ladder(client_as, draft):
    client = client_as("secretariat")
    page = _page(client, draft)
    assert "확정하기 전에 할 일 1가지" in page.content.decode()
    data = form_data(page, Round) | {"tie_1": "draw", "tie_2": "cost", "bases": ["residence", "work"], "title": "연습"}
    assert client.post(admin_url(Round, "change", draft.pk), data).status_code == 302
    draft.refresh_from_db()
    assert (draft.tie_ladder, draft.bases, draft.title) == (["draw", "cost"], ["residence", "work"], "연습")


def test_the_same_tie_step_twice_is_refused(client_as, draft):
    client = client_as("secretariat")
    data = form_data(_page(client, draft), Round) | {"tie_1": "cost", "tie_2": "cost"}
    page = client.post(admin_url(Round, "change", draft.pk), data)
    assert "같은 단계를 두 번 고를 수 없습니다." in page.content.decode()


def test_a_holder_proves_a_share_on_a_page_that_is_not_kept(client_as, draft):
    client = client_as("secretariat")
    [share, *_] = ceremony.hold(round=draft)
    url = f"/admin/voting/round/{draft.pk}/prove/"
    wrong = client.post(url, {"share": "x"})
    assert "이 투표의 열쇠 조각이 아닙니다" in wrong.content.decode()
    assert "no-store" in client.get(url)["Cache-Control"]
    assert client.post(url, {"share": share}).status_code == 302
    assert draft.key_holders.filter(proved_at__isnull=False).count() == 1
    assert share not in "".join(draft.events.values_list("note", flat=True))


def test_freezing_by_the_button_names_what_is_missing_then_freezes(client_as, draft):
    client, url = client_as("secretariat"), f"/admin/voting/round/{draft.pk}/move/frozen/"
    assert "열쇠를 만들어 주세요" in client.post(url, follow=True).content.decode()
    for share in ceremony.hold(round=draft):
        actions.prove(round=draft, share=share)
    page = client.post(url, follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.state == RoundState.FROZEN
    assert draft.manifest_hash in page


def test_after_freezing_nothing_can_be_typed(client_as, users):
    round_ = an_open_round()
    client = client_as("secretariat")
    contest, option = round_.contests.first(), Option.objects.filter(contest__round=round_).first()
    for row in (round_, contest, option):
        assert client.post(admin_url(type(row), "change", row.pk), {"title": "다른 이름"}).status_code == 403
        assert client.post(admin_url(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
        assert _page(client, row).status_code == 200
    assert not Contest.objects.filter(title="다른 이름").exists()


def test_an_officer_looks_and_moves_nothing(client_as, draft):
    client = client_as("officer")
    assert _page(client, draft).status_code == 200
    for act in ("move/frozen", "void", "prove", "destroy"):
        assert client.post(f"/admin/voting/round/{draft.pk}/{act}/").status_code == 403


def test_the_admin_tells_no_count_before_publishing(client_as, users):
    round_ = an_open_round()
    votes(round_, 3)
    actions.close_round(round=round_, early=True)
    page = _page(client_as("secretariat"), round_)
    assert "votes" not in page.context and "results" not in page.context
    assert "득표" not in page.content.decode().replace("득표순", "")


def test_an_objection_is_answered_once(client_as, users):
    row = Objection.objects.create(round=a_round_of_totals("old"), text="다시 세어 주세요.")
    client, url = client_as("secretariat"), f"/admin/voting/objection/{row.pk}/answer/"
    assert client.post(url, {"state": "rejected", "answer": ""}).status_code == 200
    assert client.post(url, {"state": "rejected", "answer": "같았습니다."}).status_code == 302
    assert "이미 답한" in client.post(url, {"state": "accepted", "answer": "x"}).content.decode()
    row.refresh_from_db()
    assert (row.state, row.answer) == ("rejected", "같았습니다.")


def test_voiding_asks_for_a_reason(client_as, users):
    round_ = an_open_round()
    client, url = client_as("secretariat"), f"/admin/voting/round/{round_.pk}/void/"
    assert client.post(url, {"reason": ""}).status_code == 200
    assert client.post(url, {"reason": "선택지가 빠졌습니다."}).status_code == 302
    round_.refresh_from_db()
    assert (round_.state, round_.void_reason) == (RoundState.VOID, "선택지가 빠졌습니다.")
