"""Nobody learns who cast which ballot: not who reads every table, system columns included, nor who watches the board while others vote.

The attacks stand in tests.voting.linkage, which says what counts as chance; each of them finds the link where mixing is switched off.
`VOTE_VOTERS` is the number of voters: few here, 508 in the nightly run.
"""

import logging
import os
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from geumcheon.lib import clock
from tests.voting import linkage
from tests.voting.booth import make_round
from tests.voting.factories import an_open_round, votes
from voting import actions, mix

VOTERS = int(os.environ.get("VOTE_VOTERS", "45"))
PAPERS = (1, 2)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def round_(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"
    return make_round()


@pytest.fixture
def staff(client_as):
    return client_as("secretariat")


@pytest.fixture
def no_mixing(monkeypatch):
    """Ballots come to light one by one, as they are cast."""
    monkeypatch.setattr(mix, "due", lambda round_: True)
    monkeypatch.setattr(mix, "kept_back", lambda round_: 0)


def _counts():
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def _too_many(right, groups=1):
    """Guesses that are right too often for chance."""
    limit = linkage.chance_limit(len(right), groups)
    assert limit < VOTERS / 2, "too few voters to tell chance from a link"
    return {how: hits for how, hits in right.items() if hits >= limit}


# --- who reads every table --------------------------------------------------------------------------------------------------


def test_before_mixing_the_tables_tell_the_link(round_, staff):
    """The attack works: without mixing it finds every voter's ballot, by several ways."""
    voters = linkage.let_vote(round_, VOTERS, staff)
    for paper in PAPERS:
        right = linkage.read_everything(voters, paper)
        found = {how for how, hits in right.items() if hits == VOTERS}
        assert ("voting_participation.xmin", "box.xmin", "equal") in found
        for told in ("voting_participation.ctid", "voting_rollentry.xmin", "django_session.expire_date"):
            assert (told, "box.ctid", "rank") in found, told


@pytest.mark.parametrize("last", ["mix", "close", "published"])
def test_after_mixing_every_table_together_tells_nothing(round_, staff, caplog, last):
    caplog.set_level(logging.DEBUG)
    before = _counts()
    voters = linkage.let_vote(round_, VOTERS, staff)
    grown = {table for table, count in _counts().items() if count > before[table]}
    assert grown - {"accounts_user", "accounts_verification"} == {
        "django_session", "voting_inboxballot", "voting_participation", "voting_rollentry",
    }  # fmt: skip
    if last == "mix":
        assert mix.mix(round_id=round_.pk)
    else:
        actions.close_round(round=round_, early=True)
    if last == "published":
        linkage.publish(round_)
    for paper in PAPERS:
        right = linkage.read_everything(voters, paper, caplog.records)
        assert len(right) > 100  # there was something to try
        assert _too_many(right) == {}
    # No line, row or file names a ballot but the boxes, and what is published of them.
    named = linkage.who_names(voters, caplog.records)
    assert named <= {"voting_inboxballot", "voting_urnballot", "voting_openedballot"}
    # One transaction wrote all rows of each side: nothing tells early from late.
    with connection.cursor() as cursor:
        for table in ("voting_participation", "voting_urnballot"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)


def test_a_ballot_kept_back_by_a_mix_does_not_tell_when_it_came(round_, staff):
    """What a mix leaves in the inbox is rewritten too."""
    linkage.let_vote(round_, VOTERS, staff)
    assert mix.mix(round_id=round_.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM voting_inboxballot")
        assert cursor.fetchone() == (1, 2 * round_.mix_min_voters)
        for contest in round_.contests.all():
            cursor.execute("SELECT tag FROM voting_inboxballot WHERE contest_id = %s ORDER BY ctid", [contest.pk])
            tags = [tag for (tag,) in cursor.fetchall()]
            assert tags == sorted(tags)


def test_closing_rewrites_ballots_of_earlier_mixes_too():
    """Nobody who voted after the last hourly mix stands alone in the tables."""
    round_ = an_open_round(mix_min_voters=2)
    votes(round_, 9)
    assert mix.mix(round_id=round_.pk)
    votes(round_, 1, first=10)
    actions.close_round(round=round_, early=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM voting_urnballot")
        assert cursor.fetchone() == (1, 20)


# --- who watches the board -----------------------------------------------------------------------------------------------------


def test_without_mixing_the_board_tells_the_link(round_, staff, no_mixing):
    """The attack works: who polls after each vote finds the ballot that came with it."""
    watcher = linkage.Watcher(round_)

    def look(voter):
        assert mix.mix(round_id=round_.pk)
        watcher.poll(voter)

    linkage.let_vote(round_, 10, staff, after_each=look)
    for paper in PAPERS:
        assert linkage.right(watcher.guess(paper), paper) == 10


def test_polling_every_page_after_each_vote_tells_nothing(round_, staff):
    """Mixes run as often as their number of voters lets them, as if hours had passed."""
    watcher = linkage.Watcher(round_)

    def look(voter):
        with time_machine.travel(clock.now() + timedelta(hours=2 * len(watcher.seen)), tick=False):
            mix.mix(round_id=round_.pk)
        watcher.poll(voter)

    voters = linkage.let_vote(round_, VOTERS, staff, after_each=look)
    assert watcher.changed == set()  # no page stirs between two mixes
    assert len(watcher.seen) == VOTERS // round_.mix_min_voters - 1
    actions.close_round(round=round_, early=True)
    watcher.poll()
    linkage.publish(round_)
    watcher.poll()
    groups = len(watcher.seen)
    for paper in PAPERS:
        assert watcher.shown[paper] == {voter.ballots[paper] for voter in voters}
        assert linkage.right(watcher.guess(paper), paper) < linkage.chance_limit(len(PAPERS), groups)
        assert min(len(new[paper]) for _, new in watcher.seen) >= round_.mix_min_voters


def test_who_votes_last_does_not_stand_alone_on_the_board(round_, staff):
    """One person after the last mix: what closing brings to light holds as many others as a mix asks for."""
    watcher = linkage.Watcher(round_)
    linkage.let_vote(round_, 2 * round_.mix_min_voters, staff, after_each=watcher.poll)
    assert mix.mix(round_id=round_.pk)
    watcher.poll()
    [last] = linkage.let_vote(round_, 1, staff, first=900, after_each=watcher.poll)
    actions.close_round(round=round_, early=True)
    watcher.poll()
    _, new = watcher.seen[-1]
    for paper in PAPERS:
        assert last.ballots[paper] in new[paper]
        assert len(new[paper]) > round_.mix_min_voters
