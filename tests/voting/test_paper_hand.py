"""Handing out paper: one roll for web and paper, each refusal beside the success next to it."""

from datetime import timedelta

import pytest
import time_machine

from geumcheon.lib import clock
from tests.voting.booth import Walker, cast_some, make_round, mixed
from tests.voting.factories import in_the_box
from tests.voting.papers import PEOPLE, Clerk, people
from voting import actions, ceremony, keys, locks, roll
from voting.models import InboxBallot, Participation


@pytest.fixture
def rooms(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def open_round(rooms):
    return make_round(has_paper=True)


@pytest.fixture
def counter(open_round):
    return Clerk(open_round, people(1)[0])


def test_a_person_is_struck_before_the_paper_is_given(counter):
    assert counter.hand(PEOPLE[0]) and "명부에 표시했습니다" in counter.html
    assert Participation.objects.get().channel == "paper" and InboxBallot.objects.count() == 0
    assert "1<span" in counter.get()
    assert PEOPLE[0] not in counter.html


def test_paper_then_web_is_refused_with_the_reason(open_round, counter):
    counter.hand(PEOPLE[0])
    walker = Walker(open_round)
    walker.check(PEOPLE[0])
    assert "종이 투표용지를 받았으므로 온라인으로 투표할 수 없습니다" in walker.html
    assert in_the_box(open_round) == (1, {1: 0, 2: 0})


def test_a_voter_in_the_middle_of_the_web_who_takes_paper_is_refused_at_casting(open_round, counter):
    walker = Walker(open_round)
    walker.check(PEOPLE[0])
    walker.fill()
    assert counter.hand(PEOPLE[0])
    walker.press("cast")
    assert walker.page.status_code == 409 and "종이 투표용지를 받았으므로" in walker.html
    assert in_the_box(open_round) == (1, {1: 0, 2: 0})


def test_web_then_paper_is_refused_with_the_reason(open_round, counter):
    walker = Walker(open_round)
    walker.vote(PEOPLE[0])
    assert not counter.hand(PEOPLE[0]) and "이미 온라인으로 투표한 사람입니다" in counter.html
    assert counter.hand(PEOPLE[1])
    assert in_the_box(open_round) == (2, {1: 1, 2: 1})


def test_nobody_gets_a_second_paper(counter):
    assert counter.hand(PEOPLE[0])
    assert not counter.hand(PEOPLE[0]) and "이미 종이 투표용지를 받은 것으로 표시된" in counter.html
    assert not counter.hand(PEOPLE[0].replace("-", " ")) and "이미 종이" in counter.html
    assert Participation.objects.count() == 1


def test_the_card_is_asked_for_and_a_wrong_number_keeps_what_was_typed(counter):
    assert not counter.hand(PEOPLE[0], seen="") and "신분증을 보고 표시해 주세요" in counter.html
    assert f'value="{PEOPLE[0]}"' in counter.html
    assert not counter.hand("12")
    assert Participation.objects.count() == 0


def test_on_a_roll_only_who_stands_on_it_gets_paper(rooms):
    round_ = make_round(has_paper=True, level="roll", frozen=False)
    keys.make_secrets(round_)
    roll.enter(round=round_, voter_key=roll.voter_key(round_, "1001"), basis="residence")
    for share in ceremony.hold(round=round_):
        actions.prove(round=round_, share=share)
    actions.freeze(round=round_)
    actions.open_round(round=round_)
    counter = Clerk(round_, people(1)[0])
    assert not counter.hand("1002") and "명부에 없습니다" in counter.html
    assert counter.hand("1001")


def test_no_paper_after_the_closing_time_of_the_database(open_round, counter, monkeypatch):
    monkeypatch.setattr(locks, "database_now", lambda cursor: open_round.closes_at)
    assert not counter.hand(PEOPLE[0]) and "종이를 드리지 마세요" in counter.html
    monkeypatch.undo()
    assert counter.hand(PEOPLE[0])


def test_no_paper_before_opening(rooms):
    early = make_round("early", has_paper=True, opened=False)
    counter = Clerk(early, people(1)[0])
    assert not counter.hand(PEOPLE[0]) and "투표할 수 있는 때가 아닙니다" in counter.html


def test_no_paper_after_closing(open_round, counter):
    actions.close_round(round=open_round, early=True)
    assert not counter.hand(PEOPLE[0])
    assert Participation.objects.count() == 0


def test_papers_do_not_hide_a_web_voter_in_a_mix(open_round, counter):
    """A mix waits for ballots, not for twenty people."""
    cast_some(open_round, 39)
    counter.hand(PEOPLE[0])
    assert mixed(open_round) is None
    cast_some_other(open_round)
    made = mixed(open_round)
    assert made.voters == 41
    cast_some_other(open_round, 1)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        assert mixed(open_round) is None


def cast_some_other(round_, first=0):
    Walker(round_).vote(f"010-7777-000{first}")
