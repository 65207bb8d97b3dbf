"""No count per option anywhere before publishing: every page, list and file, for each role, in each state of a round.

Two options have counts that stand nowhere else in the portal. `VOTE_WALK=full` walks for each role in each state (nightly); without it each
role walks after the tally, when the counts lie in the tables, and the secretariat, who sees most, before. Pages do not depend on the engine:
walked on PostgreSQL alone.
"""

import os
import re

import pytest
from django.core.management import CommandError, call_command

from tests.roles import ROLES
from tests.test_roles import rows  # noqa: F401 - a fixture
from tests.voting.booth import make_round
from tests.voting.papers import Clerk, closed, counted, people
from tests.voting.whole_walk import everything
from voting import actions, cast, paper_count, roll, tally
from voting.counting.codes import new_code
from voting.models import OptionResult, Round

pytestmark = pytest.mark.postgres
FULL = os.environ.get("VOTE_WALK") == "full"
WEB, PAPER = 674, 3
# {paper: (option, how many of the 674 ballots from the web hold it)}; the three ballots on paper hold it too.
MANY = {1: (7, 610), 2: (9, 538)}


def _told(votes):
    """How a page would tell a count: the number, its percentage of voters and of choices."""
    voters = WEB + PAPER
    shares = [f"{(2000 * votes + whole) // (2 * whole) / 10:.1f}" for whole in (voters, 3 * voters)]
    return [str(votes), *shares]


COUNTS = {order: _told(votes + PAPER) for order, (_, votes) in MANY.items()}
TOLD = re.compile(
    rf"(?<![\w.,#/-])(?:{'|'.join(re.escape(n) for numbers in COUNTS.values() for n in numbers)})(?![a-zA-Z0-9_]|[.,/-]\d)"
)


def _picks(at):
    """Picks of the web voter number `at`: the counted option for so many, any others beside it."""
    chosen = {}
    for order, (number, votes) in MANY.items():
        others, own = [n for n in range(1, 9) if n != number], [number] if at < votes else []
        chosen[order] = own + [others[(at + step) % len(others)] for step in range(3 - len(own))]
    return chosen


@pytest.fixture
def clerks(rows):  # noqa: F811
    return people(2)


@pytest.fixture
def round_(clerks, settings, tmp_path):
    """An open round with 674 voters on the web and 3 on paper."""
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    made = make_round(has_paper=True)
    for at in range(WEB):
        key = roll.voter_key(made, f"0107{at:07}")
        roll.enter(round=made, voter_key=key, basis="residence")
        cast.cast(round=made, voter_key=key, code=new_code(), picks=_picks(at))
    counter = Clerk(made, clerks[0])
    for at in range(PAPER):
        assert counter.hand(f"010-5555-{at:04}"), counter.html
    return made


def _moved(made, state, clerks):
    """The round in a later state; "waiting" is closed, the papers read but not yet in the box."""
    if state == "open":
        return made
    made = closed(made)
    for order, (number, _) in MANY.items():
        counted(made, clerks, [[1, 2, number]] * PAPER, order=order)
    if state == "waiting":
        return made
    paper_count.finish(round=made)
    tally.tally(round=made, shares=made.shares[:2])
    if state == "published":
        actions.publish(round=made)
    return Round.objects.get(pk=made.pk)


def _where(client, made):
    """{path: counts that stand there}. The commas of a CSV file part its columns."""
    pages = (
        (path, text.replace(",", " ") if path.endswith(".csv") else text) for path, text in everything(client, made)
    )
    return {path: sorted(set(found)) for path, text in pages if (found := TOLD.findall(text))}


@pytest.mark.parametrize("state", ["open", "waiting", "tallied"])
def test_no_count_of_an_option_stands_anywhere_before_publishing(round_, clerks, client_as, tmp_path, state):
    made = _moved(round_, state, clerks)
    roles = ROLES if FULL or state == "tallied" else ("secretariat",)
    found = {role: where for role in roles if (where := _where(client_as(role), made))}
    assert found == {}
    with pytest.raises(CommandError, match="게시하지 않은 투표는 내보내지 않습니다"):
        call_command("export_round", made.slug, str(tmp_path / "out"))


def test_after_publishing_the_counts_are_found(round_, clerks, client_as):
    """The walk sees what there is to see: page, print, sheet, files and open data."""
    made = _moved(round_, "published", clerks)
    votes = {
        o.option.contest.order: o.votes
        for o in OptionResult.objects.filter(option__contest__round=made)
        if o.option.number == MANY[o.option.contest.order][0]
    }
    assert votes == {order: many + PAPER for order, (_, many) in MANY.items()}
    where = _where(client_as(None), made)
    base, counts = f"/votes/{made.slug}/results/", {numbers[0] for numbers in COUNTS.values()}
    told = {number for numbers in COUNTS.values() for number in numbers}
    for path in (
        base,
        f"{base}print/",
        f"{base}files/results.csv",
        "/open-data/vote_results.csv",
        "/open-data/vote_results.json",
    ):
        assert set(where[path]) == told, path
    # A sheet holds shares as numbers.
    for path in (f"{base}sheet.xlsx", f"{base}files/results.xlsx", f"{base}files/results.json"):
        assert counts <= set(where[path]), path
    assert any(path.startswith("/exports/") for path in where)
