"""Ranks, percentages, identity and tie ladder, against brute force and against the vote of 2020."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting import bundles
from voting.counting.errors import CountingError, IdentityBroken, PickError
from voting.counting.ranks import (
    Step,
    check_identity,
    combined,
    count_picks,
    draw_step,
    ordered,
    rank_lines,
    ranks,
    select_seats,
)
from voting.counting.results import make_results

VOTES = st.dictionaries(st.integers(1, 9), st.integers(0, 6), min_size=1)


@given(VOTES)
def test_ranks_against_brute_force(votes):
    for line in rank_lines(votes, 6):
        assert line.rank == 1 + sum(other > line.votes for other in votes.values())
        assert line.shared == (list(votes.values()).count(line.votes) > 1)
        assert line.label == ("공동 " if line.shared else "") + f"{line.rank}위"
        assert line.percent_of_voters == Decimal((line.votes * 1000 * 2 + 6) // 12) / 10


@given(st.lists(st.sets(st.integers(1, 8), min_size=3, max_size=3), max_size=30))
def test_sum_of_votes_is_picks_times_ballots(ballots):
    votes = count_picks(ballots, range(1, 9))
    assert sum(votes.values()) == 3 * len(ballots)
    check_identity(votes, len(ballots), 3, 3)
    if ballots:
        with pytest.raises(IdentityBroken):
            check_identity({**votes, 1: votes[1] + 1}, len(ballots), 3, 3)
        with pytest.raises(IdentityBroken):
            check_identity(votes, len(ballots) + 1, 3, 3)


def test_identity_of_gwangju_buk_gu_2017():
    check_identity({1: 1274, 2: 1274, 3: 1274}, 1274, 3, 3, 3822)
    with pytest.raises(IdentityBroken, match="3,835"):
        check_identity({1: 1274, 2: 1274, 3: 1274, 4: 13}, 1274, 3, 3)


def test_identity_between_two_and_four_picks():
    check_identity({1: 3, 2: 3, 3: 2}, 3, 2, 4, 8)
    for choices, votes in ((7, {1: 3, 2: 3, 3: 2}), (None, {1: 3, 2: 2}), (None, {1: 5, 2: 3})):
        with pytest.raises(IdentityBroken):
            check_identity(votes, 3, 2, 4, choices)


@pytest.mark.parametrize("picks", [(1, 1), (4,), ("1",)])
def test_a_ballot_that_cannot_be_counted(picks):
    with pytest.raises(PickError):
        count_picks([(1, 2), picks], [1, 2, 3])


def test_percentages_half_up_of_voters_and_of_choices():
    first, *_, last = rank_lines({1: 316, 2: 1, 3: 0, 4: 1207}, 508)
    assert (first.option, str(first.percent_of_voters)) == (4, "237.6")
    lines = {line.option: line for line in rank_lines({1: 1, 2: 7}, 16)}
    assert str(lines[1].percent_of_voters) == "6.3"  # 6.25
    assert str(lines[1].percent_of_choices) == "12.5"
    assert last.rank == 4
    assert rank_lines({1: 0}, 0)[0].percent_of_voters is None


@given(VOTES, st.lists(st.dictionaries(st.integers(1, 9), st.integers(0, 2)), max_size=3))
def test_ladder_against_sorting_by_all_keys(votes, steps):
    ladder = [Step(str(place), keys, place % 2 == 0) for place, keys in enumerate(steps)]

    def key(option):
        parts = [-votes[option]]
        for step in ladder:
            given_key = step.keys.get(option)
            parts.append((given_key is None, 0 if given_key is None else -given_key if step.high_first else given_key))
        return parts

    groups = {}
    for option in votes:
        groups.setdefault(tuple(map(str, key(option))), []).append(option)
    order = ordered(votes, ladder)
    assert [key(group[0]) for group in order.groups] == sorted(key(group[0]) for group in groups.values())
    assert sorted(map(sorted, order.groups)) == sorted(map(sorted, groups.values()))


def test_what_decided_at_the_cut_is_told():
    votes = {1: 9, 2: 5, 3: 5, 4: 5, 5: 1}
    ladder = [Step("score", {2: 80, 3: 90, 4: 80}), Step("cost", {2: 7, 3: 1, 4: 3}, high_first=False)]
    outcome = select_seats(votes, 3, ladder)
    assert outcome.selected == (1, 3, 4)
    assert outcome.tied == ()
    assert outcome.decided == (("score", (2, 3, 4)), ("cost", (2, 4)))
    assert select_seats(votes, 4, ladder).decided == ()
    assert select_seats(votes, 2, ladder).decided == (("score", (2, 3, 4)),)


def test_a_tie_that_nothing_decides_is_left_open():
    outcome = select_seats({4: 5, 3: 5, 2: 9}, 2)
    assert (outcome.selected, outcome.tied) == ((2,), (4, 3))
    assert select_seats({4: 5, 3: 5, 2: 9}, 3).tied == ()


def test_the_lot_follows_the_seed_only():
    votes = dict.fromkeys(range(1, 30), 1)
    one = ordered(votes, [draw_step("314", "c", votes)]).groups
    again = ordered(dict(reversed(votes.items())), [draw_step("314", "c", votes)]).groups
    other = ordered(votes, [draw_step("315", "c", votes)]).groups
    assert one == again
    assert one != other
    assert [group[0] for group in one] != sorted(votes)


def test_weighted_votes_and_scores():
    values = combined({1: 30, 2: 70}, {1: 90, 2: 10}, 50, 50)
    assert values == {1: Fraction(60, 100), 2: Fraction(40, 100)}
    assert ranks(combined({1: 30, 2: 70}, {1: 90, 2: 10}, 80, 20)) == {1: 2, 2: 1}
    assert sum(combined({1: 3, 2: 7}, {1: 5, 2: 1}, 7, 3).values()) == 1


def test_results_of_another_number_of_ballots_are_refused():
    told = bundles.manifest()
    ballots = bundles.cast(told, 5, random.Random(3))
    points = bundles.chain(told, ballots)
    make_results(told, ballots, points[-1])
    with pytest.raises(CountingError, match="마지막 확인점"):
        make_results(told, {**ballots, "made-up-1": ballots["made-up-1"][1:]}, points[-1])
    short = ballots["made-up-1"][0]._replace(picks=(1,))
    with pytest.raises(PickError, match="1개를 골랐습니다"):
        make_results(told, {**ballots, "made-up-1": [short, *ballots["made-up-1"][1:]]}, points[-1])
