"""Buying by Equal Shares at one share, or at a stretch of shares that buy the same in the same order (voting.counting.equal_shares).

A greater share leaves nobody with less as long as the same projects are bought in the same order, so no rate is higher and whatever could be paid still
can. What is bought at the least and at the greatest share therefore bounds every balance and every rate between them: where even the least rate of every
other project is above the greatest rate of the one bought, all shares of the stretch buy the same.
"""

from collections import Counter
from fractions import Fraction
from operator import itemgetter, mul
from typing import NamedTuple

from voting.counting.errors import FundingError
from voting.counting.ranks import ordered

# Draws of undecided ties that are followed for one share; beyond, the rest of a tie is named as tied.
MOST_DRAWS = 64
MARGIN = 1e-8  # of the share: far more than floats lose in a round's sums
SAME = 1e-12  # of the share: balances of two draws closer than this are the same, summed in another order
WORTH_GROUPING = 0.5  # different ballots of all: where more differ, counting each by itself is faster


class Payment(NamedTuple):
    """Who pays for a project: its supporters, the most and the least that one of them pays."""

    option: object
    cost: object
    supporters: int
    most: Fraction
    least: Fraction


class _State(NamedTuple):
    """Between two purchases: what each group of equal ballots has at the least and at the greatest share, lower bounds of rates, purchases.

    Both lists are one where a single share is bought. Bounds: {option: the most one supporter pays at the greatest share, at least}.
    """

    least: list
    greatest: list
    bounds: dict
    bought: tuple


class Unsure(Exception):
    """The stretch is too long, or floats are too close to tell. part: about how much of the stretch may be sure."""

    def __init__(self, part=0.5):
        self.part = part


def _getter(places):
    """A function from a list to what stands at these places."""
    return itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))


class Market:
    """Ballots in groups of equal picks, the costs, and what is bought at a share or along a stretch of shares."""

    def __init__(self, ballots, costs, step, ladder, utility):
        kinds = [frozenset(picks) for picks in ballots]
        grouped = Counter(kinds)
        if len(grouped) < len(kinds) * WORTH_GROUPING:
            kinds = list(grouped)
        self.kinds, self.sizes = kinds, [grouped[kind] if len(kinds) == len(grouped) else 1 for kind in kinds]
        self.people = sum(self.sizes)
        self.costs, self.step, self.utility = costs, step, utility
        supporters = {option: [] for option in costs}
        for place, picks in enumerate(self.kinds):
            for option in picks:
                if option not in supporters:
                    raise FundingError(f"모르는 사업을 고른 표가 있습니다: {option}")
                supporters[option].append(place)
        self.supporters = {option: places for option, places in supporters.items() if places}
        self.counts = {option: [self.sizes[place] for place in places] for option, places in self.supporters.items()}
        self.backers = {option: sum(counts) for option, counts in self.counts.items()}
        self.held = {option: _getter(places) for option, places in self.supporters.items()}
        self.alone = {option for option, counts in self.counts.items() if self.backers[option] == len(counts)}
        self.ladder, order = ladder, ordered(dict.fromkeys(costs, 0), ladder)
        self.place = {option: place for place, group in enumerate(order.groups) for option in group}

    def reckon(self, greatest):
        """Exactly from now on where shares are fractions, else with a margin for what floats lose. greatest: the greatest share."""
        self.exact = isinstance(greatest, Fraction)
        self.margin = 0 if self.exact else MARGIN * greatest

    def buy(self, least, greatest):
        """{frozenset of options: options in the order of buying} for every draw, the tied that were not followed, and the ties decided.

        The same at every share from least to greatest; raises Unsure where that cannot be told. Both fractions (then equal) or both floats.
        """
        self.reckon(greatest)
        first, bounds = [least] * len(self.kinds), {option: self.alike(option) for option in self.supporters}
        states = [_State(first, first if least == greatest else [greatest] * len(self.kinds), bounds, ())]
        outcomes, seen, unfollowed, decided = {}, set(), set(), {}
        while states:
            state = states.pop()
            best = self._cheapest(state, decided)
            if not best:
                outcomes.setdefault(frozenset(state.bought), state.bought)
                continue
            if len(best) > 1 and (len(states) + len(outcomes) + len(best) > MOST_DRAWS or len(seen) > 8 * MOST_DRAWS):
                unfollowed |= set(best)
                best = dict(list(best.items())[:1])
            for option, most in best.items():
                following = self._after(state, option, *most)
                if len(best) > 1 or seen:
                    mark = self._mark(following, greatest)
                    if mark in seen:
                        continue
                    seen.add(mark)
                states.append(following)
        return outcomes, unfollowed, decided

    def _mark(self, state, share):
        """What decides all that follows: who has how much, and what is bought."""
        held = state.least + state.greatest
        if not self.exact:
            held = [round(value / (share * SAME)) for value in held] if share else held
        return frozenset(state.bought), tuple(held)

    def alike(self, option):
        """What each pays where all pay alike; nobody's most is ever less."""
        return (Fraction(self.costs[option]) if self.exact else self.costs[option]) / self.backers[option]

    def most(self, balances, option, start):
        """The most that one supporter pays, None where they cannot pay together. start: a lower bound of it."""
        cost, people = self.costs[option], self.backers[option]
        held = self.held[option](balances)
        if (min(held) - self.margin) * people >= cost:
            return self.alike(option)
        counts = None if option in self.alone else self.counts[option]
        total = sum(map(mul, held, counts)) if counts else sum(held)
        if abs(total - cost) < self.margin * people:
            raise Unsure
        if total < cost:
            return None
        # Who has less than a lower bound of the most pays all; the others' part of the rest is a better one, until nobody more has less.
        # Fewer than before can only be floats: a balance as large as the most, rounded to either side by turns.
        most, before = start, None
        while True:
            if counts:
                poor = [(value, count) for value, count in zip(held, counts, strict=True) if value < most]
                left, paid = people - sum(count for _, count in poor), sum(value * count for value, count in poor)
            else:
                poor = [value for value in held if value < most]
                left, paid = people - len(poor), sum(poor)
            if before is not None and left >= before:
                return most
            if not left:
                raise Unsure
            before, most = left, (cost - paid) / left

    def rate(self, option, most):
        return most / self.costs[option] if self.utility == "cost" and self.costs[option] else most

    def _cheapest(self, state, decided):
        """{option: (the most one pays at the least share, at the greatest)} to buy next; more than one where nothing decides, {} at the end."""
        bounds, lows = state.bounds, {}
        waiting = {option: self.rate(option, most - self.margin) for option, most in bounds.items()}
        least = float("inf")
        while waiting:
            option = min(waiting, key=waiting.get)
            if waiting[option] > least:
                break
            self._look(state, option, waiting, lows)
            least = min(least, lows.get(option, least))
        if not lows:
            return {}
        first = min(lows, key=lows.get)
        most = self._at_least(state, first)
        if most is None:
            raise Unsure(self._part_without(state, first))
        high, equal = self.rate(first, most + self.margin), {first: (most, bounds[first])}
        for other in [option for option, low in waiting.items() if low <= high]:
            self._look(state, other, waiting, lows)
        for other in [option for option, low in lows.items() if low <= high and option != first]:
            found = self._at_least(state, other)
            if self._is_equal(state, first, equal[first], other, found):
                equal[other] = (found, bounds[other])
        place = min(self.place[option] for option in equal)
        best = {option: equal[option] for option in self.costs if option in equal and self.place[option] == place}
        if len(best) < len(equal):
            decided[tuple(option for option in self.costs if option in equal)] = tuple(best)
        return best

    def _look(self, state, option, waiting, lows):
        """Find the low end of a project's rate: that at the greatest share. Who cannot pay there never can."""
        del waiting[option]
        most = self.most(state.greatest, option, state.bounds[option])
        if most is None:
            del state.bounds[option]
        else:
            state.bounds[option], lows[option] = most, self.rate(option, most - self.margin)

    def _at_least(self, state, option):
        """The most one supporter pays at the least share, None where they cannot pay there."""
        most = state.bounds[option]
        return most if state.least is state.greatest else self.most(state.least, option, most)

    def _is_equal(self, state, first, mine, other, found):
        """Whether another project's rate is the first's at every share of the stretch; False where it is above at every one.

        mine: (most at the least share, at the greatest) of the first; found: the other's most at the least share. Raises Unsure.
        """
        low, costs, backers = state.bounds[other], self.costs, self.backers
        if self.exact:
            return self.rate(first, mine[1]) == self.rate(other, low)
        # Who pays alike at the least share pays the same at every greater one, and rates of whole numbers compare exactly.
        if found is not None and mine[0] == self.alike(first) and found == self.alike(other):
            rates = [self.rate(option, Fraction(costs[option])) / backers[option] for option in (first, other)]
            if rates[0] <= rates[1]:
                return rates[0] == rates[1]
        elif costs[first] == costs[other] and self._histories(state, first) == self._histories(state, other):
            return True
        if found is None:
            raise Unsure(self._part_without(state, other))
        if found == low:
            raise Unsure
        gap = self.rate(other, found) - self.rate(first, mine[0])
        raise Unsure(gap / self.rate(other, found - low))

    def _part_without(self, state, option):
        """About how much of the stretch passes until its supporters can pay for a project."""
        totals = [
            sum(map(mul, self.held[option](balances), self.counts[option]))
            for balances in (state.least, state.greatest)
        ]
        return (self.costs[option] - totals[0]) / (totals[1] - totals[0])

    def _histories(self, state, option):
        """How many supporters paid for which projects before: alike for two projects of one cost, their rates are alike at every share."""
        bought, paid = frozenset(state.bought), Counter()
        for place, count in zip(self.supporters[option], self.counts[option], strict=True):
            paid[self.kinds[place] & bought] += count
        return paid

    def _after(self, state, option, most, most_greatest):
        """The state after buying."""
        bounds = {other: bound for other, bound in state.bounds.items() if other != option}
        greatest = self.paid(state.greatest, option, most_greatest)
        least = greatest if state.least is state.greatest else self.paid(state.least, option, most)
        return _State(least, greatest, bounds, (*state.bought, option))

    def paid(self, balances, option, most):
        """The balances after buying."""
        left, nothing = list(balances), most * 0
        for place, value in zip(self.supporters[option], self.held[option](balances), strict=True):
            left[place] = value - most if value > most else nothing
        return left

    def payments(self, share, bought):
        """The Payments of what is bought in this order at a share, in fractions."""
        self.reckon(share)
        balances, made = [share] * len(self.kinds), []
        for option in bought:
            most = self.most(balances, option, Fraction(0))
            least = min(most, *(balances[place] for place in self.supporters[option]))
            made.append(Payment(option, self.costs[option], self.backers[option], most, least))
            balances = self.paid(balances, option, most)
        return tuple(made)

    def at(self, share):
        """What is bought at one share, as `buy`: by floats where they are sure of every choice, else in fractions."""
        try:
            return self.buy(float(share), float(share))
        except Unsure:
            return self.buy(share, share)

    def cost(self, chosen):
        return sum(self.costs[option] for option in chosen)
