"""Casting: one person, one vote, all papers or none, the same code makes a retry safe."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from geumcheon.lib import clock
from tests.voting.factories import PICKS, a_voter, an_open_round, in_the_box, votes
from voting import actions, ceremony, mix, roll, simulation
from voting import cast as casting
from voting.cast import AlreadyVoted, BadCode, BadPicks, CodeTaken, NotOnRoll, NotOpen, cast
from voting.counting.codes import new_code
from voting.models import InboxBallot, Participation, Round, RoundState, UrnBallot

pytestmark = pytest.mark.django_db


def refuses(error, round_, **changes):
    """The cast is refused with this error and nothing is written; the error."""
    before = in_the_box(round_)
    call = {
        "round": round_,
        "voter_key": changes.pop("key", None) or a_voter(round_),
        "code": new_code(),
        "picks": PICKS,
    }
    with pytest.raises(error) as caught:
        cast(**(call | changes))
    assert in_the_box(round_) == before
    return caught.value


def test_a_vote_writes_one_participation_and_one_ballot_per_paper():
    round_ = an_open_round()
    done = cast(round=round_, voter_key=a_voter(round_), code=new_code(), picks=PICKS)
    assert in_the_box(round_) == (1, {1: 1, 2: 1})
    assert not done.repeated
    assert set(done.tags) == {1, 2}


def test_the_same_code_and_picks_again_are_the_same_success():
    round_ = an_open_round()
    call = {"round": round_, "voter_key": a_voter(round_), "code": new_code(), "picks": PICKS}
    first, again = cast(**call), cast(**call)
    assert again.repeated
    assert again.tags == first.tags
    assert in_the_box(round_) == (1, {1: 1, 2: 1})


def test_a_retry_succeeds_after_a_mix_and_after_closing_too():
    round_ = an_open_round(mix_min_voters=0)
    call = {"round": round_, "voter_key": a_voter(round_), "code": new_code(), "picks": PICKS}
    cast(**call)
    mix.mix(round_id=round_.pk)
    assert UrnBallot.objects.count() == 2
    assert cast(**call).repeated
    actions.close_round(round=round_, early=True)
    assert cast(**call).repeated
    refuses(NotOpen, round_, key=call["voter_key"])


def test_another_code_is_already_voted():
    round_ = an_open_round()
    key = a_voter(round_)
    cast(round=round_, voter_key=key, code=new_code(), picks=PICKS)
    refuses(AlreadyVoted, round_, key=key)


def test_the_same_code_with_other_picks_is_already_voted_and_changes_nothing():
    round_ = an_open_round()
    key, code = a_voter(round_), new_code()
    cast(round=round_, voter_key=key, code=code, picks=PICKS)
    leaves = set(InboxBallot.objects.values_list("leaf", flat=True))
    refuses(AlreadyVoted, round_, key=key, code=code, picks=PICKS | {1: [4, 5, 6]})
    assert set(InboxBallot.objects.values_list("leaf", flat=True)) == leaves


@pytest.mark.parametrize("mixed", [False, True])
def test_a_code_that_another_voter_used_is_refused_and_leaves_the_voter_free(mixed):
    round_ = an_open_round(mix_min_voters=0)
    [(_, code)] = votes(round_, 1)
    if mixed:
        mix.mix(round_id=round_.pk)
    key = a_voter(round_, "2")
    with pytest.raises(CodeTaken):
        cast(round=round_, voter_key=key, code=code, picks=PICKS)
    assert not roll.has_voted(round_, key)
    assert not cast(round=round_, voter_key=key, code=new_code(), picks=PICKS).repeated


WRONG = {
    "too few": {1: [1, 2], 2: [1, 2, 3]},
    "too many": {1: [1, 2, 3, 4], 2: [1, 2, 3]},
    "a repeat": {1: [1, 1, 2], 2: [1, 2, 3]},
    "zero": {1: [0, 1, 2], 2: [1, 2, 3]},
    "negative": {1: [-1, 1, 2], 2: [1, 2, 3]},
    "huge": {1: [10**30, 1, 2], 2: [1, 2, 3]},
    "the other paper's option": {1: [1, 2, 9], 2: [1, 2, 3]},
    "text": {1: ["1", "2", "3"], 2: [1, 2, 3]},
    "yes": {1: [True, 2, 3], 2: [1, 2, 3]},
    "a missing paper": {1: [1, 2, 3]},
    "an unknown paper": {1: [1, 2, 3], 2: [1, 2, 3], 3: [1]},
    "one paper named twice": {1: [1, 2, 3], "rehearsal-test-1": [1, 2, 3], 2: [1, 2, 3]},
    "none": {},
}


@pytest.mark.parametrize("picks", WRONG.values(), ids=WRONG)
def test_picks_that_a_paper_does_not_allow_are_refused(picks):
    error = refuses(BadPicks, an_open_round(), picks=picks)
    assert error.contests


def test_the_refusal_names_the_paper_and_both_numbers():
    error = refuses(BadPicks, an_open_round(), picks=WRONG["too few"])
    assert error.contests == {1: "‘연습 분과 의제’에서 3개를 고릅니다. 지금은 2개를 골랐습니다."}


@pytest.mark.parametrize("code", ["", "x", "0" * 25, "한" * 26])
def test_a_code_that_is_none_is_refused(code):
    refuses(BadCode, an_open_round(), code=code)


def test_somebody_who_is_not_on_the_roll_is_refused():
    round_ = an_open_round()
    refuses(NotOnRoll, round_, key="0" * 64)


def test_after_closing_nothing_is_cast():
    round_ = an_open_round()
    key = a_voter(round_)
    actions.close_round(round=round_, early=True)
    refuses(NotOpen, round_, key=key)


@pytest.mark.sqlite  # PostgreSQL asks its own clock, which no test moves
def test_the_closing_time_ends_the_vote_before_anybody_closes_it(time_machine):
    round_ = an_open_round()
    key = a_voter(round_)
    time_machine.move_to(round_.closes_at)
    refuses(NotOpen, round_, key=key)


def test_before_the_opening_time_nothing_is_cast():
    round_ = simulation.prepare(slug="rehearsal-later")
    Round.objects.filter(pk=round_.pk).update(opens_at=clock.now() + timedelta(hours=1))
    for share in ceremony.hold(round=round_):
        actions.prove(round=round_, share=share)
    round_ = actions.freeze(round=round_)
    key = a_voter(round_)
    refuses(NotOpen, round_, key=key)
    with pytest.raises(ValidationError, match="아직 여는 때가 아닙니다"):
        actions.open_round(round=round_)


def test_a_real_round_refuses_made_up_voters_and_a_rehearsal_real_ones():
    round_ = an_open_round()
    with pytest.raises(roll.NotEligible):
        roll.voter_key(round_, "01000000000")
    round_.is_rehearsal = False
    with pytest.raises(roll.NotEligible):
        roll.voter_key(round_, "rehearsal:1")


def test_rows_tell_no_time_order_user_or_address():
    columns = {f.name for model in (Participation, InboxBallot, UrnBallot) for f in model._meta.get_fields()}
    assert columns == {"pk", "round", "voter_key", "channel", "contest", "tag", "leaf", "content"}


def test_sealed_content_has_one_length_and_never_looks_the_same():
    round_ = an_open_round()
    votes(round_, 5)
    contents = [bytes(c) for c in InboxBallot.objects.filter(contest__order=1).values_list("content", flat=True)]
    assert len({len(c) for c in contents}) == 1
    assert len(set(contents)) == 5


@pytest.mark.sqlite
def test_on_sqlite_no_row_number_tells_the_order():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'voting_%'")
        made = dict(cursor.fetchall())
    tables = ("rollentry", "participation", "inboxballot", "urnballot", "openedballot")
    assert [t for t in tables if "WITHOUT ROWID" not in made[f"voting_{t}"]] == []


def test_the_connection_that_casts_waits_for_the_disk(monkeypatch):
    """No setting of a process or a transaction may trade an acknowledged vote for speed."""
    asks = {"sqlite": ("PRAGMA synchronous", 2), "postgresql": ("SHOW synchronous_commit", "on")}
    question, waits = asks[connection.vendor]
    write, told = casting._write, []

    def asking_write(cursor, *args):
        done = write(cursor, *args)
        cursor.execute(question)
        told.append(cursor.fetchone()[0])
        return done

    monkeypatch.setattr(casting, "_write", asking_write)
    votes(an_open_round(), 1)
    assert told == [waits]


def test_the_state_of_the_row_decides_not_the_page_that_was_read_before():
    round_ = an_open_round()
    key = a_voter(round_)
    actions.void(round=round_, reason="시험")
    assert round_.state == RoundState.OPEN  # what a web process still holds
    refuses(NotOpen, round_, key=key)
