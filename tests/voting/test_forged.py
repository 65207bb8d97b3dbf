"""Requests no page of the portal would send. None of them changes the box."""

import re

import pytest
import time_machine
from django.core import signing
from django.test import Client

from tests.voting.booth import SENT, Walker, make_round
from voting import actions, pages
from voting.models import InboxBallot, Participation, Round

RIGHT = {1: [1, 2, 3], 2: [4, 5, 6]}


@pytest.fixture
def round(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    SENT.clear()
    return make_round()


@pytest.fixture
def walker(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    return walker


def box():
    return Participation.objects.count(), InboxBallot.objects.count()


def token(picks, slug="vote-2021", salt=pages.SALT):
    return signing.dumps({"round": slug, "picks": picks}, salt=salt, compress=True)


@pytest.mark.parametrize(
    "picks",
    [
        ["1", "2"], ["1", "2", "3", "4"], ["1", "1", "2"], ["0", "1", "2"], ["-1", "1", "2"], ["1", "2", str(10**30)],
        ["１", "２", "３"], ["1", "2", "9"], ["1", "2", "3.0"], ["1", "2", "0x3"], ["1", "2", " 3"], ["1", "2", "1e0"], ["1", "2", ""],
        ["1", "2", "\x00"], ["1", "2", "3"] * 300,
    ],
    ids=lambda picks: repr(picks)[:40],
)  # fmt: skip
def test_a_paper_takes_only_its_own_numbers(round, picks):
    walker = Walker(round)
    walker.check()
    walker.press("next", pick=picks)
    assert walker.page.status_code == 200
    assert 'role="alert"' in walker.html and "분과 의제" in walker.html
    walker.press("cast")
    assert box() == (0, 0)


@pytest.mark.parametrize(
    "picks",
    [
        {1: [1, 2], 2: [4, 5, 6]}, {1: [1, 2, 3, 4], 2: [4, 5, 6]}, {1: [1, 1, 2], 2: [4, 5, 6]}, {1: [0, 1, 2], 2: [4, 5, 6]},
        {1: [-1, 1, 2], 2: [4, 5, 6]}, {1: [1, 2, 9], 2: [4, 5, 6]}, {1: [1, 2, 10**30], 2: [4, 5, 6]}, {1: ["1", "2", "3"], 2: [4, 5, 6]},
        {1: [1, 2, 3]}, {2: [4, 5, 6]}, {}, {1: [True, 2, 3], 2: [4, 5, 6]}, {1: [1.0, 2, 3], 2: [4, 5, 6]},
    ],
    ids=repr,
)  # fmt: skip
def test_even_well_signed_picks_are_checked_again(walker, picks):
    """As if the signing key were known: the paper's rule is asked at casting."""
    walker.press("cast", picks=token(picks))
    assert "제출되었습니다" not in walker.html and box() == (0, 0)


@pytest.mark.parametrize(
    "forged",
    ["", "x", "a:b:c", token(RIGHT, salt="other"), token(RIGHT, slug="other-round"), token(RIGHT)[:-3] + "abc"],
    # A signature carries its second: as a name it would differ between two workers.
    ids=["nothing", "a letter", "no signature", "another salt", "another round", "a changed signature"],
)
def test_picks_that_the_portal_did_not_sign_count_as_none(walker, forged):
    walker.press("cast", picks=forged)
    assert "제출되었습니다" not in walker.html and box() == (0, 0)


@pytest.mark.parametrize("code", ["", "x", "0" * 25, "0" * 27, "한글" * 13, "U" * 26, "1" * 10_000])
def test_a_code_that_is_none_gets_a_new_one(walker, code):
    walker.press("cast", code=code)
    assert "제출되었습니다" not in walker.html and box() == (0, 0)
    assert len(walker.code) == 26


def test_stale_picks_are_picked_again(walker, monkeypatch):
    monkeypatch.setattr(pages, "KEPT_SECONDS", -1)
    walker.press("cast")
    assert "제출되었습니다" not in walker.html and box() == (0, 0)


def test_other_origins_and_stale_tokens_are_refused(walker):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walker.client.cookies
    sent = {k: v for k, v in walker.form.hidden.items() if k != "csrfmiddlewaretoken"} | {"do": "cast"}
    assert strict.post(walker.url, sent).status_code == 403
    stale = sent | {"csrfmiddlewaretoken": "x" * 64}
    assert strict.post(walker.url, stale).status_code == 403
    good = sent | {"csrfmiddlewaretoken": walker.form.hidden["csrfmiddlewaretoken"]}
    assert strict.post(walker.url, good, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert box() == (0, 0)
    assert strict.post(walker.url, good, headers={"Origin": "http://testserver"}).status_code == 200
    assert box() == (1, 2)


def test_a_replay_adds_nothing_and_other_picks_under_the_code_are_refused(walker):
    sent = {k: v for k, v in walker.form.hidden.items() if k != "csrfmiddlewaretoken"} | {"do": "cast"}
    walker.client.post(walker.url, sent)
    for _ in range(3):
        assert "제출되었습니다" in walker.client.post(walker.url, sent).content.decode()
    other = sent | {"picks": token({1: [1, 2, 4], 2: [4, 5, 6]})}
    answer = walker.client.post(walker.url, other)
    assert answer.status_code == 409 and "이미 투표했습니다" in answer.content.decode()
    assert box() == (1, 2)


def test_another_persons_form_without_their_session_casts_nothing(walker):
    sent = {k: v for k, v in walker.form.hidden.items() if k != "csrfmiddlewaretoken"} | {"do": "cast"}
    answer = Client().post(walker.url, sent)
    assert "본인 확인" in answer.content.decode() and box() == (0, 0)


def test_another_persons_code_is_refused_and_a_new_one_given(walker, round):
    """Two persons with one code would share a tag."""
    code = walker.code
    walker.press("cast")
    other = Walker(round)
    other.check("010-9999-8888")
    other.fill()
    other.press("cast", code=code, picks=token({1: [1, 2, 5], 2: [4, 5, 6]}))
    assert other.page.status_code == 409 and "새 코드" in other.html
    assert other.code not in ("", code) and box() == (1, 2)
    other.press("cast")
    assert "제출되었습니다" in other.html and box() == (2, 4)


def test_a_session_from_before_the_check_does_not_vote(round):
    """Somebody who planted a session name in the browser does not share the check."""
    walker = Walker(round)
    walker.open()
    walker.press("number", number="010-1234-5678")
    planted = walker.client.cookies["sessionid"].value
    walker.press("confirm", typed=re.search(r"(\d{6})", SENT[-1][1])[1])
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert "본인 확인" in thief.get(walker.url).content.decode()


def test_a_check_of_one_round_opens_no_other(walker, settings):
    other = make_round("vote-other")
    assert "본인 확인" in walker.client.get(f"/votes/{other.slug}/vote/").content.decode()


def test_nothing_before_opening_and_nothing_after_closing(loaded, settings, tmp_path, round, walker):
    later = make_round("vote-later", opened=False)
    answer = Client().post(f"/votes/{later.slug}/vote/", {"do": "number", "number": "01012345678"})
    assert answer.status_code == 409 and "아직 투표를 열지 않았습니다" in answer.content.decode()
    assert Client().get(f"/votes/{later.slug}/vote/").status_code == 302
    actions.close_round(round=round, early=True)
    walker.press("cast")
    assert walker.page.status_code == 409 and "투표함에 들어가지 않았습니다" in walker.html
    assert box() == (0, 0)


def test_the_period_closes_the_box_whatever_the_state_says(round, walker):
    """The state is still open, the hour is over: the database's clock decides."""
    with time_machine.travel(round.closes_at, tick=False):
        walker.press("cast")
    assert "제출되었습니다" not in walker.html
    assert Round.objects.get(pk=round.pk).state == "open"


@pytest.mark.parametrize(
    "do", ["", "x", "paper-", "paper-99", "paper-x", "back", "review", "next", "again", "rehearsal", "CAST", "cast\x00"]
)
def test_buttons_nobody_has_break_nothing(walker, do):
    for step in ("", "1", "2", "99", "review", "x"):
        page = walker.client.post(walker.url, {"do": do, "step": step, "picks": "x"})
        assert page.status_code == 200
    assert box() == (0, 0)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(round, method):
    assert getattr(Client(), method)(f"/votes/{round.slug}/vote/").status_code == 405


def test_a_rehearsal_and_a_draft_are_nobodys_to_see(loaded, client_as, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path
    draft = make_round("vote-draft", frozen=False)
    for role in (None, "resident", "member", "officer"):
        for part in ("", "vote/", "board/", "results/"):
            assert client_as(role).get(f"/votes/{draft.slug}/{part}").status_code == 404
    assert client_as("secretariat").get(f"/votes/{draft.slug}/").status_code == 200
