"""Greedy and Equal Shares: cases worked by hand, and a slow word-for-word implementation on small instances."""

import os
import random
import time
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.counting.equal_shares import equal_shares
from voting.counting.errors import FundingError
from voting.counting.funding import greedy, plain
from voting.counting.market import Market
from voting.counting.ranks import Step

# Of Equal Shares against every step; nightly more.
EXAMPLES = int(os.environ.get("FUNDING_EXAMPLES", "150"))


def test_greedy_skips_and_plain_stops():
    votes, costs = {1: 9, 2: 7, 3: 5, 4: 1}, {1: 50, 2: 60, 3: 40, 4: 10}
    assert greedy(votes, costs, 100)[:4] == ("greedy", (1, 3, 4), (), 100)
    assert plain(votes, costs, 100)[:4] == ("votes", (1,), (), 50)
    assert plain(votes, costs, 110)[:4] == ("votes", (1, 2), (), 110)


def test_a_tie_at_the_cut_is_open_and_what_every_draw_brings_is_chosen():
    votes, costs = {1: 9, 2: 5, 3: 5, 4: 1}, {1: 40, 2: 50, 3: 50, 4: 10}
    assert greedy(votes, costs, 100)[1:4] == ((1, 4), (2, 3), 50)
    assert plain(votes, costs, 100)[1:4] == ((1,), (2, 3), 40)
    assert greedy(votes, costs, 150)[1:4] == ((1, 2, 3, 4), (), 150)
    ladder = [Step("cost", {2: 2, 3: 1}, high_first=False)]
    assert greedy(votes, costs, 100, ladder) == ("greedy", (1, 3, 4), (), 100, (("cost", (2, 3)),))


def test_equal_votes_of_which_one_never_fits_are_no_tie():
    assert greedy({1: 5, 2: 5}, {1: 30, 2: 200}, 100)[1:4] == ((1,), (), 30)
    assert plain({1: 5, 2: 5}, {1: 300, 2: 200}, 100)[1:4] == ((), (), 0)


def draws_of(votes, costs, budget, stops):
    """Every outcome over every order of equal votes."""
    outcomes = set()
    for order in permutations(votes):
        if any(votes[a] < votes[b] for a, b in pairwise(order)):
            continue
        chosen, left = [], budget
        for option in order:
            if costs[option] <= left:
                chosen.append(option)
                left -= costs[option]
            elif stops:
                break
        outcomes.add(frozenset(chosen))
    return outcomes


SMALL = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.fixed_dictionaries({option: st.integers(0, 3) for option in range(n)}),
        st.fixed_dictionaries({option: st.integers(0, 12) for option in range(n)}),
        st.integers(0, 30),
    )
)


@settings(deadline=None)
@given(SMALL)
def test_greedy_against_every_order(small):
    votes, costs, budget = small
    outcomes, outcome = draws_of(votes, costs, budget, stops=False), greedy(votes, costs, budget)
    assert set(outcome.selected) == frozenset.intersection(*outcomes)
    assert set(outcome.tied) == frozenset.union(*outcomes) - set(outcome.selected)
    assert outcome.cost == sum(costs[option] for option in outcome.selected) <= budget


@settings(deadline=None)
@given(SMALL)
def test_plain_against_every_order(small):
    votes, costs, budget = small
    outcomes, outcome = draws_of(votes, costs, budget, stops=True), plain(votes, costs, budget)
    if not outcome.tied:
        assert outcomes == {frozenset(outcome.selected)}
    assert set(outcome.selected) <= frozenset.intersection(*outcomes)
    assert frozenset.union(*outcomes) <= set(outcome.selected) | set(outcome.tied)
    assert len({votes[option] for option in outcome.tied}) <= 1


def test_a_tie_of_many_is_named_without_following_every_draw():
    votes, costs = dict.fromkeys(range(60), 1), {option: 10 + option for option in range(60)}
    started = time.perf_counter()
    outcome = greedy({**votes, 99: 5}, {**costs, 99: 20}, 100)
    assert outcome.selected == (99,)
    assert set(outcome.tied) == set(range(60))
    assert time.perf_counter() - started < 2


def buy(ballots, costs, share, pick):
    """Equal Shares at one share, word for word; pick chooses among equal rates."""
    left, waiting, bought = [share] * len(ballots), list(costs), []
    while True:
        rates = {}
        for option in waiting:
            held = sorted(left[voter] for voter, picks in enumerate(ballots) if option in picks)
            if not held or sum(held) < costs[option]:
                continue
            rest, payers = Fraction(costs[option]), len(held)
            for has in held:
                if has * payers >= rest:
                    break
                rest, payers = rest - has, payers - 1
            rates[option] = rest / payers
        if not rates:
            return bought
        equal = [option for option, rate in rates.items() if rate == min(rates.values())]
        option = pick(equal)
        for voter, picks in enumerate(ballots):
            if option in picks:
                left[voter] -= min(left[voter], rates[option])
        waiting.remove(option)
        bought.append(option)


def stepwise(ballots, costs, budget, step, pick):
    """Every step tried: (bought, share)."""
    share, before = Fraction(budget) / len(ballots), []
    supported = {option for picks in ballots for option in picks}
    while True:
        bought = buy(ballots, costs, share, pick)
        if sum(costs[option] for option in bought) > budget:
            return before, share - step
        before = bought
        if len(bought) == len(supported):
            return bought, share
        share += step


class Tie(Exception):
    pass


def no_tie(equal):
    if len(equal) > 1:
        raise Tie
    return equal[0]


def instance(chance):
    options = list(range(1, chance.randint(2, 6) + 1))
    costs = {option: chance.randint(0, 60) for option in options}
    voters = range(chance.randint(1, 9))
    ballots = [tuple(chance.sample(options, chance.randint(0, len(options)))) for _ in voters]
    return ballots, costs, chance.randint(0, 100), chance.choice([1, 2, Fraction(1, 3)])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 10**9))
def test_equal_shares_against_every_step(seed):
    ballots, costs, budget, step = instance(random.Random(seed))
    outcome = equal_shares(ballots, costs, budget, step)
    try:
        bought, share = stepwise(ballots, costs, budget, step, no_tie)
    except Tie:
        for order in random.Random(seed).sample(list(permutations(costs)), min(6, len(list(permutations(costs))))):
            bought, _ = stepwise(ballots, costs, budget, step, lambda equal, order=order: min(equal, key=order.index))
            assert set(outcome.selected) <= set(bought) <= set(outcome.selected) | set(outcome.tied)
        return
    assert (outcome.selected, outcome.tied, outcome.share) == (tuple(bought), (), share)
    assert outcome.cost == sum(costs[option] for option in bought) <= budget


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 10**9))
def test_equal_shares_with_a_ladder_against_every_step(seed):
    chance = random.Random(seed)
    ballots, costs, budget, step = instance(chance)
    costs = {option: cost // 20 * 20 for option, cost in costs.items()}
    lot = {option: place for place, option in enumerate(chance.sample(list(costs), len(costs)))}
    outcome = equal_shares(ballots, costs, budget, step, [Step("draw", lot, high_first=False)])
    bought, share = stepwise(ballots, costs, budget, step, lambda equal: min(equal, key=lot.get))
    assert (outcome.selected, outcome.tied, outcome.share) == (tuple(bought), (), share)


def test_equal_shares_worked_by_hand():
    # 4 voters, 100 won: 25 each. 1 costs 40, three backers pay 13⅓; 2 costs 30, two backers 15; 3 costs 45, one backer cannot.
    ballots = [(1, 2), (1, 2), (1,), (3,)]
    outcome = equal_shares(ballots, {1: 40, 2: 23, 3: 45}, 100)
    # 2 first (11½ each), then 1 for 40: 13½, 13½ and 13⅓ … the poorer two have 13½ left, so all three pay 13⅓.
    assert outcome.selected == (2, 1)
    assert [(p.option, p.supporters, p.most, p.least) for p in outcome.payments] == [
        (2, 2, Fraction(23, 2), Fraction(23, 2)),
        (1, 3, Fraction(40, 3), Fraction(40, 3)),
    ]
    # 3 is bought at a share of 45, where all cost 108: more than 100, so 44 is the last share.
    assert outcome.share == 44
    assert outcome.cost == 63


def test_a_poorer_supporter_pays_what_is_left():
    # 20 each. 1 costs 15 (voter a alone), then 2 costs 20: a has 5 left, b pays 15.
    outcome = equal_shares([(1, 2), (2,)], {1: 8, 2: 30}, 40)
    assert outcome.selected == (1, 2)
    assert (outcome.payments[1].most, outcome.payments[1].least) == (18, 12)


def test_equal_rates_of_apart_supporters_are_no_tie():
    outcome = equal_shares([(1,), (2,), (3,)], {1: 10, 2: 10, 3: 25}, 30)
    assert sorted(outcome.selected) == [1, 2]
    assert outcome.tied == ()


def test_equal_rates_that_decide_are_a_tie():
    ballots, costs = [(1, 2), (1, 2)], {1: 30, 2: 30}
    assert equal_shares(ballots, costs, 40)[1:4] == ((), (1, 2), 0)
    decided = equal_shares(ballots, costs, 40, ladder=[Step("score", {1: 3, 2: 4})])
    assert decided[1:5] == ((2,), (), 30, (("score", (1, 2)),))


def test_utility_by_cost_rates_per_won():
    assert equal_shares([(1, 2), (1, 2)], {1: 30, 2: 20}, 30)[1] == (2,)
    assert equal_shares([(1, 2), (1, 2)], {1: 30, 2: 20}, 30, utility="cost")[1:3] == ((), (1, 2))


def test_balances_that_rounding_moves_to_either_side_come_to_an_end():
    """Found by trying small files at random: a balance as large as the most one pays was poorer and not poorer by turns, for ever."""
    costs = {"p0": 36, "p1": 38, "p2": 14, "p3": 56, "p4": 55, "p5": 60}
    ballots = ["421", "12", "215", "31", "40", "430", "205", "2", "01"]
    told = equal_shares([tuple(f"p{each}" for each in ballot) for ballot in ballots], costs, 117)
    assert (sorted(told.selected), told.cost, told.tied) == (["p0", "p1", "p2"], 88, ())


def test_no_ballots_and_nothing_affordable():
    assert equal_shares([], {1: 5}, 10)[1:4] == ((), (), 0)
    assert equal_shares([()], {1: 5}, 10)[1:4] == ((), (), 0)
    assert equal_shares([(1,)], {1: 500}, 10)[1:4] == ((), (), 0)


@pytest.mark.parametrize(
    "values", [{"step": 0}, {"utility": "joy"}, {"budget": -1}, {"costs": {1: None}}, {"ballots": [(2,)]}]
)
def test_what_cannot_be_computed_is_refused(values):
    with pytest.raises(FundingError):
        equal_shares(**{"ballots": [(1,)], "costs": {1: 5}, "budget": 10, **values})
    with pytest.raises(FundingError):
        greedy({1: 1}, {}, 10)


def test_twenty_thousand_ballots_of_thirty_projects_end_soon():
    chance = random.Random(7)
    options = list(range(1, 31))
    costs = {option: chance.randrange(5_000_000, 40_000_000, 100_000) for option in options}
    ballots = [tuple(chance.sample(options, 3)) for _ in range(20_000)]
    started = time.perf_counter()
    outcome = equal_shares(ballots, costs, 200_000_000)
    assert outcome.cost <= 200_000_000
    assert time.perf_counter() - started < 120  # a few seconds on a machine of its own


def test_most_shares_are_skipped_whatever_the_order_of_buying(monkeypatch):
    """Projects of like cost and support change places at hundreds of shares; a stretch of one order each would be tried for each."""
    chance, tried, buy = random.Random(3), [], Market.buy
    costs = {option: chance.randrange(10, 1000) * 100_000 for option in range(1, 31)}
    ballots = [tuple(chance.sample(range(1, 31), 6)) for _ in range(1000)]
    monkeypatch.setattr(Market, "buy", lambda market, *shares: tried.append(shares) or buy(market, *shares))
    outcome = equal_shares(ballots, costs, sum(costs.values()) // 3)
    assert outcome.cost <= sum(costs.values()) // 3
    assert len(tried) <= 10
