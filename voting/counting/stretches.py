"""What may be bought along a stretch of shares, in whatever order: how Equal Shares skips shares without trying each (voting.counting.equal_shares).

At a share inside the stretch every balance lies between bounds. Buying one project keeps them in order: who all have at least as much pay at most as
high a rate and keep at least as much. So a purchase is made once with the least and once with the greatest balances, and all between are bounded. A
project may be next where its least rate is not above the greatest rate of every other that can surely be paid; each that may be next is followed. Ways
that bought the same projects in another order are taken together again: the least of their least balances, the greatest of their greatest.

What comes out holds every set that is bought at some share of the stretch, and may hold others: enough to be sure that none overspends.
"""

from heapq import heapify, heappop, heappush
from typing import NamedTuple

from voting.counting.market import Unsure

MOST_WAYS = 12  # followed beside each other; beyond, the stretch is too long


class _Way(NamedTuple):
    """Balances of each group of equal ballots, at least and at most, and lower bounds of the most that one supporter of a project pays."""

    least: list
    greatest: list
    bounds: dict


def all_within(market, least, greatest, budget):
    """Whether surely nothing bought at a share from least to greatest (floats) costs more than the budget, and something is left to buy."""
    market.reckon(greatest)
    balances = [[share] * len(market.kinds) for share in (least, greatest)]
    ways = {frozenset(): _Way(*balances, {option: market.alike(option) for option in market.supporters})}
    try:
        while ways and market.supporters:
            ways = _one_more(market, ways, budget)
    except Unsure:
        return False
    return bool(market.supporters)


def _one_more(market, ways, budget):
    """{set of options: _Way} after one more purchase. Raises Unsure where one may overspend or buy the last, or ways are too many."""
    following = {}
    for bought, way in ways.items():
        for option, (most, most_greatest) in _next(market, way).items():
            chosen = bought | {option}
            after = _after(market, way, option, most, most_greatest)
            following[chosen] = _together(following[chosen], after) if chosen in following else after
            if market.cost(chosen) > budget or len(chosen) == len(market.supporters) or len(following) > MOST_WAYS:
                raise Unsure
    return following


def _next(market, way):
    """{option: (the most one pays of the least balances, of the greatest)} of all that may be next. None: the least balances do not pay for it."""
    bounds, found, high = way.bounds, {}, float("inf")
    waiting = [
        (market.rate(option, most - market.margin), place, option, False)
        for place, (option, most) in enumerate(bounds.items())
    ]
    heapify(waiting)
    while waiting and waiting[0][0] <= high:
        _, place, option, looked = heappop(waiting)
        if looked:
            most = market.most(way.least, option, bounds[option])
            found[option] = most, bounds[option]
            if most is not None:
                high = min(high, market.rate(option, most + market.margin))
            continue
        most = market.most(way.greatest, option, bounds[option])
        if most is None:
            del bounds[option]
        else:
            bounds[option] = most
            heappush(waiting, (market.rate(option, most - market.margin), place, option, True))
    return {option: mosts for option, mosts in found.items() if market.rate(option, mosts[1] - market.margin) <= high}


def _after(market, way, option, most, most_greatest):
    """The way after buying."""
    if most is None:
        least = list(way.least)
        for place in market.supporters[option]:
            least[place] = 0.0
    else:
        least = market.paid(way.least, option, most)
    bounds = {other: bound for other, bound in way.bounds.items() if other != option}
    return _Way(least, market.paid(way.greatest, option, most_greatest), bounds)


def _together(one, other):
    """Bounds of two ways at once. A project that one of them surely cannot pay for may still be bought on the other."""
    least = [a if a < b else b for a, b in zip(one.least, other.least, strict=True)]
    greatest = [a if a > b else b for a, b in zip(one.greatest, other.greatest, strict=True)]
    bounds = {option: min(most, other.bounds.get(option, most)) for option, most in one.bounds.items()}
    return _Way(least, greatest, {**other.bounds, **bounds})
