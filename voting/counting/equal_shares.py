"""The Method of Equal Shares with exact fractions, completed by raising everyone's share (VOTING.md).

Every ballot gets an equal share of the budget. Again and again the project whose supporters can pay for it with the least `rate` is bought: each
supporter pays the same, or all that is left where it is less; the rate is the most that one of them pays. A project is worth 1 to whoever picked it
(utility "cardinality"), or its cost (utility "cost": the rate is divided by the cost). When nothing more can be bought, every share is raised by `step`
and all is bought anew, until what is bought costs more than the budget; the last set within the budget stands.

Shares are raised one step at a time, but not tried one at a time: voting.counting.stretches tells of a stretch of shares that nothing bought along it can
overspend, whatever the order of buying; where a tie has drawn outcomes that overspend, voting.counting.market tells that all shares of it buy the same.
Stretches grow while that is sure and shrink where it is not.

Fractions grow long, so stretches are bought in floats. Where a comparison is closer than a margin, one share alone is bought in fractions, as is the share
that stands: floats only ever skip what they are sure of.
"""

from fractions import Fraction
from typing import NamedTuple

from voting.counting import stretches
from voting.counting.errors import FundingError
from voting.counting.market import Market, Payment, Unsure
from voting.counting.ranks import ordered, telling

__all__ = ["EqualShares", "Payment", "equal_shares"]

GROWTH = 8  # of a stretch that surely buys the same
FIRST_PART = 64  # of the first share is the first stretch tried
UTILITIES = ("cardinality", "cost")


class EqualShares(NamedTuple):
    """An Outcome with the share at which it stands and the payments in the order of buying."""

    rule: str
    selected: tuple
    tied: tuple
    cost: object
    decided: tuple
    share: Fraction
    payments: tuple


def equal_shares(ballots, costs, budget, step=1, ladder=(), utility="cardinality"):
    """EqualShares of approval ballots. step: won by which each share is raised; ladder: ranks.Steps for equal rates. Raises FundingError.

    selected: in the order of buying. A tie of rates that the ladder does not decide is followed into every draw, as in `greedy`.
    """
    if utility not in UTILITIES or step <= 0:
        raise FundingError("균등 몫의 걸음은 0보다 크고 효용은 cardinality나 cost입니다.")
    if budget is None or budget < 0 or any(cost is None or cost < 0 for cost in costs.values()):
        raise FundingError("예산과 사업비는 0 이상이어야 합니다.")
    market = Market(ballots, costs, Fraction(step), ladder, utility)
    if not market.people:
        return EqualShares("equal-shares", (), (), 0, (), Fraction(0), ())
    return _told(market, *_raised(market, Fraction(budget) / market.people, budget))


def _raised(market, share, budget):
    """({frozenset of options: (share, order of buying)} that stand, tied that were not followed, ties decided at the end)."""
    stands, steps, settled = {}, [max(1, int(share / market.step) // FIRST_PART), 1], None
    while True:
        sure = _sure_steps(market, share, steps, budget, settled)
        if sure:
            share += sure * market.step
            continue
        outcomes, loose, decided = market.at(share)
        within = _within(market, outcomes, budget)
        if len(within) < len(outcomes):
            # One step back is the last share before overspending; below the first share nothing can be bought too much.
            before, loose, decided = market.at(share - market.step)
            for chosen, bought in _within(market, before, budget).items():
                stands.setdefault(chosen, (share - market.step, bought))
            settled = set(outcomes) if set(before) == set(outcomes) else None
        if not within:
            break
        if all(len(chosen) == len(market.supporters) for chosen in within):
            for chosen, bought in within.items():
                stands.setdefault(chosen, (share, bought))
            break
        share += market.step
    return stands, loose, decided


def _sure_steps(market, share, steps, budget, settled):
    """How many shares from this one on surely bring nothing new; 0 where that is not sure or where the share may be the last.

    steps: [how many to try next in any order of buying, and in one order]; changed here. settled: outcomes of which some overspend and
    that were looked at already.
    """
    if settled is None:
        while steps[0]:
            tried, last = steps[0], share + (steps[0] - 1) * market.step
            if stretches.all_within(market, float(share), float(last), budget):
                steps[0] *= 2
                return tried
            steps[0] //= 2
    steps[0] = 1
    sure = _same_steps(market, share, steps[1], budget, settled)
    steps[1] = max(1, sure * GROWTH)
    return sure


def _same_steps(market, share, steps, budget, settled):
    """How many shares from this one on, at most `steps`, surely buy the same."""
    while steps:
        try:
            outcomes = market.buy(float(share), float(share + (steps - 1) * market.step))[0]
        except Unsure as unsure:
            steps = int(steps * min(max(unsure.part, 0.001), 0.9))
            continue
        goes_on = set(outcomes) == settled or all(market.cost(chosen) <= budget for chosen in outcomes)
        return 0 if not goes_on or any(len(chosen) == len(market.supporters) for chosen in outcomes) else steps
    return 0


def _within(market, outcomes, budget):
    return {chosen: bought for chosen, bought in outcomes.items() if market.cost(chosen) <= budget}


def _told(market, stands, loose, decided):
    sets = list(stands)
    sure = frozenset.intersection(*sets) - loose
    some = frozenset.union(*sets) | loose
    share, bought = next(iter(stands.values()))
    payments = tuple(payment for payment in market.payments(share, bought) if payment.option in sure)
    selected = tuple(payment.option for payment in payments)
    tied = tuple(option for option in market.costs if option in some and option not in sure)
    told = {}
    for equal in decided:
        for name, options in telling(ordered(dict.fromkeys(equal, 0), market.ladder).decided, selected):
            told[name, options] = None
    return EqualShares("equal-shares", selected, tied, sum(p.cost for p in payments), tuple(told), share, payments)
