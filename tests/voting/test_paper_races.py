"""What happens at the same instant: web and paper of one person, clerks at one sheet, the last step pressed twice."""

import pytest
from django.core.exceptions import ValidationError

from tests.voting import factories
from tests.voting.papers import counted, people
from voting import actions, paper, paper_batches, paper_count
from voting.cast import AlreadyVoted, Cast, cast
from voting.counting.codes import new_code
from voting.models import PaperBallot, PaperBatch, Participation, Round

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def round_(settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    return factories.an_open_round(has_paper=True)


@pytest.fixture
def waiting(round_):
    """Closed, nobody took paper."""
    actions.close_round(round=round_, early=True)
    return Round.objects.get(pk=round_.pk)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def a_cast(round_, key):
    return lambda: cast(round=round_, voter_key=key, code=new_code(), picks=factories.PICKS)


def a_strike(round_, key):
    return lambda: paper.hand_out(round=round_, voter_key=key)


def test_web_and_paper_of_one_person_at_the_same_instant_make_one(round_):
    for name in range(10):
        key = factories.a_voter(round_, name)
        web, struck = factories.at_once(a_cast(round_, key), a_strike(round_, key))
        if isinstance(web, Cast):
            assert isinstance(struck, paper.NotHandedOut) and "온라인으로 투표한" in struck.message
        else:
            assert isinstance(web, AlreadyVoted) and struck is None
    web_voters = Participation.objects.filter(channel="online").count()
    assert factories.in_the_box(round_) == (10, {1: web_voters, 2: web_voters})
    key = factories.a_voter(round_, "with 32 devices")
    results = factories.at_once(*[a_cast(round_, key), a_strike(round_, key)] * 16)
    assert sum(result is None or isinstance(result, Cast) for result in results) == 1
    assert {type(r) for r in results} <= {type(None), Cast, AlreadyVoted, paper.NotHandedOut}
    assert Participation.objects.count() == 11


def test_nobody_is_struck_after_closing(round_):
    keys = [factories.a_voter(round_, name) for name in range(20)]
    *struck, _ = factories.at_once(
        *[a_strike(round_, key) for key in keys], lambda: actions.close_round(round=round_, early=True)
    )
    point = round_.checkpoints.get()
    assert point.voters == Participation.objects.count() == sum(result is None for result in struck)


def an_entry(batch, user, picks=(1, 2, 3)):
    return lambda: paper_batches.enter(batch=batch, sheet=1, numbers=list(picks), void="", by=user)


def a_new_batch(round_, user, papers=2):
    return paper_batches.add_batch(contest=round_.contests.first(), papers=papers, by=user)


def test_three_clerks_at_one_sheet_make_two_entries_and_eight_tabs_of_one_make_one(waiting):
    staff = people(3)
    for _ in range(5):
        batch = a_new_batch(waiting, staff[0])
        results = factories.at_once(*[an_entry(batch, user) for user in staff])
        assert kinds(results) == ["PaperBallot", "PaperBallot", "ValidationError"]
        rows = PaperBallot.objects.filter(batch=batch)
        assert sorted(rows.values_list("entry", flat=True)) == [1, 2] and rows.values("by").distinct().count() == 2
    batch = a_new_batch(waiting, staff[0])
    results = factories.at_once(*[an_entry(batch, staff[0], (1, 2, 3 + n % 6)) for n in range(8)])
    assert kinds(results) == ["PaperBallot"] + ["ValidationError"] * 7
    won = next(r for r in results if isinstance(r, PaperBallot))
    assert won.picks == PaperBallot.objects.get(batch=batch).picks
    for _ in range(10):
        an_entry_beside_the_closing(waiting, staff)


def an_entry_beside_the_closing(round_, staff):
    """A batch that is closed while somebody clears and enters anew is whole and agrees, or is not closed."""
    one, two, _ = staff
    batch = a_new_batch(round_, one, papers=1)
    for user in (one, two):
        an_entry(batch, user)()
    *closings, corrected, cleared = factories.at_once(
        *[lambda user=user: paper_batches.close_batch(batch=batch, by=user) for user in staff],
        # Comes through only after the clearing, and then reads the sheet differently.
        lambda: paper_batches.enter(batch=batch, sheet=1, numbers=[4, 5, 6], void="", by=one, again=True),
        lambda: paper_batches.clear_entry(batch=batch, entry=1, reason="x", by=two),
    )
    batch.refresh_from_db()
    readings = list(PaperBallot.objects.filter(batch=batch).values_list("picks", flat=True))
    if batch.is_done:
        assert kinds(closings) == ["PaperBatch", "ValidationError", "ValidationError"]
        assert kinds([corrected, cleared]) == ["ValidationError"] * 2 and readings == ["1,2,3"] * 2
    else:
        assert kinds(closings) == ["ValidationError"] * 3 and isinstance(cleared, PaperBatch)
        assert sorted(readings) == ["1,2,3", "4,5,6"][: len(readings)]


def test_the_last_step_pressed_twice_puts_the_papers_in_once(round_):
    staff = people(2)
    for name in range(3):
        a_strike(round_, factories.a_voter(round_, name))()
    factories.votes(round_, 2, first=10)
    actions.close_round(round=round_, early=True)
    waiting = Round.objects.get(pk=round_.pk)
    for order in (1, 2):
        counted(waiting, staff, [[1, 2, 3]] * 3, order=order)
    results = factories.at_once(*[lambda: paper_count.finish(round=waiting, by=staff[0])] * 4)
    assert kinds(results) == ["Checkpoint"] + ["ValidationError"] * 3
    assert factories.in_the_box(round_) == (5, {1: 5, 2: 5})
    assert waiting.checkpoints.filter(is_final=True).count() == 1
    a_batch_beside_the_last_step(staff)


def a_batch_beside_the_last_step(staff):
    """Nobody took paper: the last step has nothing to add, unless a new batch holds it back."""
    round_ = factories.an_open_round(slug="rehearsal-empty", has_paper=True)
    actions.close_round(round=round_, early=True)
    waiting = Round.objects.get(pk=round_.pk)
    for order in (1, 2):
        counted(waiting, staff, [], order=order)
    done, batch = factories.at_once(
        lambda: paper_count.finish(round=waiting, by=staff[0]), lambda: a_new_batch(waiting, staff[0])
    )
    assert sorted((isinstance(done, ValidationError), isinstance(batch, ValidationError))) == [False, True]
    assert waiting.checkpoints.filter(is_final=True).exists() == isinstance(batch, ValidationError)
