"""How a budget follows from votes by rank: `plain` stops at the first that does not fit, `greedy` skips it and goes on.

A tie that no step of the ladder decides is followed into every draw: what is chosen in all of them is selected, what is chosen in some is tied.
"""

from itertools import combinations

from voting.counting.equal_shares import EqualShares, Payment, equal_shares
from voting.counting.errors import FundingError
from voting.counting.ranks import Outcome, ordered, telling

__all__ = ["EqualShares", "Outcome", "Payment", "equal_shares", "greedy", "plain"]

# Draws are followed one by one up to here; beyond, all that the tie could touch is named as tied.
MOST_TIED = 10
MOST_DRAWS = 200


def _check(votes, costs, budget):
    missing = [option for option in votes if costs.get(option) is None]
    if missing:
        raise FundingError(f"사업비가 없는 선택지가 있습니다: {missing[0]}")
    if budget is None or budget < 0 or any(costs[option] < 0 for option in votes):
        raise FundingError("예산과 사업비는 0 이상이어야 합니다.")


def greedy(votes, costs, budget, ladder=()):
    """Outcome: by votes, each that fits what is left; one that does not fit is skipped. Raises FundingError."""
    _check(votes, costs, budget)
    order = ordered(votes, ladder)
    draws, lost = {frozenset()}, []
    for place, group in enumerate(order.groups):
        most_left = budget - min(sum(costs[option] for option in drawn) for drawn in draws)
        following = {picked for drawn in draws for picked in _fill(drawn, group, costs, budget)}
        if None in following or len(following) > MOST_DRAWS:
            lost = [option for later in order.groups[place:] for option in later if costs[option] <= most_left]
            break
        draws = following
    return _outcome("greedy", order, draws, costs, lost)


def _fill(drawn, group, costs, budget):
    """The sets that the draws of a tie lead to: every set of it that fits and to which no other of it can be added. None: too many to follow."""
    left = budget - sum(costs[option] for option in drawn)
    if sum(costs[option] for option in group) <= left:
        return [drawn | set(group)]
    able = [option for option in group if costs[option] <= left]
    if len(able) > MOST_TIED:
        return [None]
    found = []
    for size in range(len(able) + 1):
        for some in combinations(able, size):
            rest = left - sum(costs[option] for option in some)
            if rest >= 0 and all(costs[option] > rest for option in able if option not in some):
                found.append(drawn | set(some))
    return found


def plain(votes, costs, budget, ladder=()):
    """Outcome: in the order of ranks, stopping at the first that does not fit. Raises FundingError."""
    _check(votes, costs, budget)
    order, selected, tied = ordered(votes, ladder), [], ()
    for group in order.groups:
        left = budget - sum(costs[option] for option in selected)
        if sum(costs[option] for option in group) <= left:
            selected += group
            continue
        # Whoever is drawn first takes the money; only where not one of them fits has the draw nothing to decide.
        tied = tuple(group) if len(group) > 1 and any(costs[option] <= left for option in group) else ()
        break
    decided = telling(order.decided, selected)
    return Outcome("votes", tuple(selected), tied, sum(costs[option] for option in selected), decided)


def _outcome(rule, order, draws, costs, lost=()):
    every = [option for group in order.groups for option in group]
    sure, some = frozenset.intersection(*draws), frozenset.union(*draws) | set(lost)
    selected = tuple(option for option in every if option in sure)
    tied = tuple(option for option in every if option in some and option not in sure)
    return Outcome(rule, selected, tied, sum(costs[option] for option in selected), telling(order.decided, selected))
