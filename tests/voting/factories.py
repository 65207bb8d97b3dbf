"""Rounds to vote in, voters to vote with, and threads that start together."""

import threading
from datetime import timedelta

from councils.models import Meeting
from geumcheon.lib import clock
from tests.connections import let_go
from voting import roll, simulation
from voting.cast import cast
from voting.counting.codes import new_code
from voting.models import (
    Basis,
    Contest,
    ContestResult,
    InboxBallot,
    Objection,
    Option,
    OptionResult,
    Participation,
    Round,
    UrnBallot,
    VoteDecision,
)

PICKS = {1: [1, 2, 3], 2: [2, 4, 10]}


def an_open_round(**changes):
    """A sealed rehearsal of two papers (3 of 8 and 3 of 10), open; its shares stand in `round.shares`."""
    round_ = simulation.prepare(slug=changes.pop("slug", "rehearsal-test"), sealed=changes.pop("sealed", True))
    Round.objects.filter(pk=round_.pk).update(**changes)
    round_.refresh_from_db()
    shares = simulation.start(round_)
    round_.shares = shares
    return round_


def a_voter(round_, name="1"):
    """The key of a made-up voter who stands on the roll."""
    key = roll.voter_key(round_, f"{roll.MADE_UP}{name}")
    roll.enter(round=round_, voter_key=key, basis=Basis.RESIDENCE)
    return key


def votes(round_, number, picks=PICKS, first=1):
    """So many voters cast the same picks; [(key, code)]."""
    made = []
    for name in range(first, first + number):
        key, code = a_voter(round_, name), new_code()
        cast(round=round_, voter_key=key, code=code, picks=picks)
        made.append((key, code))
    return made


def in_the_box(round_):
    """(participations, {order: ballots in inbox and urn})."""
    papers = {
        contest.order: InboxBallot.objects.filter(contest=contest).count()
        + UrnBallot.objects.filter(contest=contest).count()
        for contest in round_.contests.order_by("order")
    }
    return Participation.objects.filter(round=round_).count(), papers


def at_once(*calls):
    """Run the calls in threads that start together; what each returned or raised."""
    results, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(index, call):
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            let_go()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def closing_in(seconds):
    """A closing time so many seconds from now."""
    return clock.now() + timedelta(seconds=seconds)


def a_round_of_totals(slug, plan=None, votes=(7, 7, 2)):
    """A published round of which only totals are left: one paper, an option for each number of votes."""
    now = clock.now()
    round_ = Round.objects.create(
        slug=slug, title=f"옛 투표 {slug}", basis="totals", state="published", sealed=False, stated_voters=8, plan=plan,
        opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2),
    )  # fmt: skip
    contest = Contest.objects.create(round=round_, order=1, title="의제", min_picks=2, max_picks=2)
    ContestResult.objects.create(contest=contest, ballots=8, stated_choices=sum(votes))
    for number, count in enumerate(votes, 1):
        option = Option.objects.create(contest=contest, number=number, title=f"사업 {number}", cost_krw=1000 * number)
        OptionResult.objects.create(option=option, votes=count)
    return round_


def some_rounds(number=1):
    """For the tables of admin pages: drafts and old rounds with an objection and a decision each."""
    meeting = Meeting.objects.published().first()
    for n in range(number):
        round_ = a_round_of_totals(f"old-{n}")
        Objection.objects.create(round=round_, text="득표를 다시 세어 주세요.")
        option = Option.objects.filter(contest__round=round_).first()
        VoteDecision.objects.create(option=option, meeting=meeting, outcome="selected", final_krw=1000)
