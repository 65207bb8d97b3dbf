"""Somebody who reads every table, system columns included, does not learn who cast which ballot."""

import random

import pytest
from django.db import connection

from tests.voting.factories import PICKS, a_voter, an_open_round
from voting import actions, mix
from voting.cast import cast
from voting.counting.codes import new_code
from voting.models import UrnBallot

VOTERS = 60
CHANCE = 0.15  # of 60 guesses; a permutation gets one right on average


def _cast_all(round_):
    """Voters in random order; {key: tag of paper 1}: what the attacker is after."""
    names = list(range(VOTERS))
    random.shuffle(names)
    truth = {}
    for name in names:
        key = a_voter(round_, name)
        truth[key] = cast(round=round_, voter_key=key, code=new_code(), picks=PICKS).tags[1]
    return truth


def _by_transaction(contest):
    """Pairs of voter and ballot that one transaction wrote."""
    found = {}
    for table in ("voting_inboxballot", "voting_urnballot"):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT p.voter_key, b.tag, count(*) OVER (PARTITION BY p.xmin::text) FROM voting_participation p JOIN {table} b "
                "ON b.xmin::text = p.xmin::text WHERE b.contest_id = %s AND p.round_id = %s",
                [contest.pk, contest.round_id],
            )
            found |= {key: tag for key, tag, size in cursor.fetchall() if size == 1}
    return found


def _by_place(contest):
    """The n-th voter and the n-th ballot as the rows lie."""
    rows = []
    for table, column, where, value in (
        ("voting_participation", "voter_key", "round_id", contest.round_id),
        ("voting_inboxballot", "tag", "contest_id", contest.pk),
        ("voting_urnballot", "tag", "contest_id", contest.pk),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {where} = %s ORDER BY ctid", [value])
            rows.append([cell for (cell,) in cursor.fetchall()])
    return dict(zip(rows[0], rows[1] + rows[2], strict=False))


def _right(guess, truth):
    return sum(truth.get(key) == tag for key, tag in guess.items()) / len(truth)


pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_before_mixing_the_link_is_there():
    """The attack works: without mixing it finds every voter's ballot."""
    round_ = an_open_round()
    truth = _cast_all(round_)
    contest = round_.contests.get(order=1)
    assert _right(_by_transaction(contest), truth) == 1
    assert _right(_by_place(contest), truth) == 1


@pytest.mark.parametrize("last", ["mix", "close"])
def test_after_mixing_the_attack_finds_nothing(last):
    round_ = an_open_round()
    truth = _cast_all(round_)
    contest = round_.contests.get(order=1)
    if last == "mix":
        assert mix.mix(round_id=round_.pk)
    else:
        actions.close_round(round=round_, early=True)
    assert _right(_by_transaction(contest), truth) == 0
    assert _right(_by_place(contest), truth) < CHANCE
    # One transaction wrote all rows of each side: nothing tells early from late.
    with connection.cursor() as cursor:
        for table in ("voting_participation", "voting_urnballot"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)


def test_closing_rewrites_ballots_of_earlier_mixes_too():
    """Nobody who voted after the last hourly mix stands alone."""
    round_ = an_open_round(mix_min_voters=1)
    _cast_all(round_)
    mix.mix(round_id=round_.pk)
    cast(round=round_, voter_key=a_voter(round_, "late"), code=new_code(), picks=PICKS)
    actions.close_round(round=round_, early=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM voting_urnballot")
        assert cursor.fetchone() == (1, 2 * (VOTERS + 1))


def test_polling_the_board_tells_no_more_than_the_mix():
    """The board shows the urn: it does not change between two mixes, whoever votes meanwhile."""
    round_ = an_open_round(mix_min_voters=20)
    contest = round_.contests.get(order=1)
    seen = set()
    for name in range(25):
        cast(round=round_, voter_key=a_voter(round_, name), code=new_code(), picks=PICKS)
        mix.mix(round_id=round_.pk)
        seen.add(tuple(UrnBallot.objects.filter(contest=contest).order_by("tag").values_list("tag", flat=True)))
    assert sorted(map(len, seen)) == [0, 20]
