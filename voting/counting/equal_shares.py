"""The Method of Equal Shares with exact fractions, completed by raising everyone's share (VOTING.md).

Every ballot gets an equal share of the budget. Again and again the project whose supporters can pay for it with the least `rate` is bought: each
supporter pays the same, or all that is left where it is less; the rate is the most that one of them pays. A project is worth 1 to whoever picked it
(utility "cardinality"), or its cost (utility "cost": the rate is divided by the cost). When nothing more can be bought, every share is raised by `step`
and all is bought anew, until what is bought costs more than the budget; the last set within the budget stands.

Shares are raised one step at a time, but not tried one at a time. As long as the same projects are bought in the same order, a greater share leaves
nobody with less, so no rate is higher and whatever could be paid still can. What is bought at the least and at the greatest share of a stretch therefore
bounds every balance and every rate between them: where even the least rate of every other project is above the greatest rate of the one bought, all
shares of the stretch buy the same. Stretches grow while that is sure and shrink where it is not.

Fractions grow long, so stretches are bought in floats. Where a comparison is closer than MARGIN, one share alone is bought in fractions, as is the share
that stands: floats only ever skip what they are sure of.
"""

from collections import Counter
from fractions import Fraction
from operator import itemgetter, mul
from typing import NamedTuple

from voting.counting.errors import FundingError
from voting.counting.ranks import ordered, telling

# Draws of undecided ties that are followed for one share; beyond, the rest of a tie is named as tied.
MOST_DRAWS = 64
MARGIN = 1e-8  # of the share: far more than floats lose in a round's sums
SAME = 1e-12  # of the share: balances of two draws closer than this are the same, summed in another order
GROWTH = 8  # of a stretch that was sure
UTILITIES = ("cardinality", "cost")


class Payment(NamedTuple):
    """Who pays for a project: its supporters, the most and the least that one of them pays."""

    option: object
    cost: object
    supporters: int
    most: Fraction
    least: Fraction


class EqualShares(NamedTuple):
    """An Outcome with the share at which it stands and the payments in the order of buying."""

    rule: str
    selected: tuple
    tied: tuple
    cost: object
    decided: tuple
    share: Fraction
    payments: tuple


class _State(NamedTuple):
    """Between two purchases: what each group of equal ballots has at the least and at the greatest share, lower bounds of rates, purchases.

    Both lists are one where a single share is bought. Bounds: {option: the most one supporter pays at the greatest share, at least}.
    """

    least: list
    greatest: list
    bounds: dict
    bought: tuple


class _Unsure(Exception):
    """The stretch is too long, or floats are too close to tell. part: about how much of the stretch may be sure."""

    def __init__(self, part=0.5):
        self.part = part


def _getter(places):
    """A function from a list to what stands at these places."""
    return itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))


class _Market:
    """Ballots in groups of equal picks, the costs, and what is bought at a share or along a stretch of shares."""

    def __init__(self, ballots, costs, step, ladder, utility):
        kinds = Counter(frozenset(picks) for picks in ballots)
        self.kinds, self.sizes = list(kinds), list(kinds.values())
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

    def buy(self, least, greatest):
        """{frozenset of options: options in the order of buying} for every draw, the tied that were not followed, and the ties decided.

        The same at every share from least to greatest; raises _Unsure where that cannot be told. Both fractions (then equal) or both floats.
        """
        self.exact = isinstance(least, Fraction)
        self.margin = 0 if self.exact else MARGIN * greatest
        first, bounds = [least] * len(self.kinds), {option: self._alike(option) for option in self.supporters}
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

    def _alike(self, option):
        """What each pays where all pay alike; nobody's most is ever less."""
        return (Fraction(self.costs[option]) if self.exact else self.costs[option]) / self.backers[option]

    def _most(self, balances, option, start):
        """The most that one supporter pays, None where they cannot pay together. start: a lower bound of it."""
        cost, people = self.costs[option], self.backers[option]
        held = self.held[option](balances)
        if (min(held) - self.margin) * people >= cost:
            return self._alike(option)
        counts = None if option in self.alone else self.counts[option]
        total = sum(map(mul, held, counts)) if counts else sum(held)
        if abs(total - cost) < self.margin * people:
            raise _Unsure
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
                raise _Unsure
            before, most = left, (cost - paid) / left

    def _rate(self, option, most):
        return most / self.costs[option] if self.utility == "cost" and self.costs[option] else most

    def _cheapest(self, state, decided):
        """{option: (the most one pays at the least share, at the greatest)} to buy next; more than one where nothing decides, {} at the end."""
        bounds, lows = state.bounds, {}
        waiting = {option: self._rate(option, most - self.margin) for option, most in bounds.items()}
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
            raise _Unsure(self._part_without(state, first))
        high, equal = self._rate(first, most + self.margin), {first: (most, bounds[first])}
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
        most = self._most(state.greatest, option, state.bounds[option])
        if most is None:
            del state.bounds[option]
        else:
            state.bounds[option], lows[option] = most, self._rate(option, most - self.margin)

    def _at_least(self, state, option):
        """The most one supporter pays at the least share, None where they cannot pay there."""
        most = state.bounds[option]
        return most if state.least is state.greatest else self._most(state.least, option, most)

    def _is_equal(self, state, first, mine, other, found):
        """Whether another project's rate is the first's at every share of the stretch; False where it is above at every one.

        mine: (most at the least share, at the greatest) of the first; found: the other's most at the least share. Raises _Unsure.
        """
        low, costs, backers = state.bounds[other], self.costs, self.backers
        if self.exact:
            return self._rate(first, mine[1]) == self._rate(other, low)
        # Who pays alike at the least share pays the same at every greater one, and rates of whole numbers compare exactly.
        if found is not None and mine[0] == self._alike(first) and found == self._alike(other):
            rates = [self._rate(option, Fraction(costs[option])) / backers[option] for option in (first, other)]
            if rates[0] <= rates[1]:
                return rates[0] == rates[1]
        elif costs[first] == costs[other] and self._histories(state, first) == self._histories(state, other):
            return True
        if found is None:
            raise _Unsure(self._part_without(state, other))
        if found == low:
            raise _Unsure
        gap = self._rate(other, found) - self._rate(first, mine[0])
        raise _Unsure(gap / self._rate(other, found - low))

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
        greatest = self._paid(state.greatest, option, most_greatest)
        least = greatest if state.least is state.greatest else self._paid(state.least, option, most)
        return _State(least, greatest, bounds, (*state.bought, option))

    def _paid(self, balances, option, most):
        """The balances after buying."""
        left, nothing = list(balances), most * 0
        for place, value in zip(self.supporters[option], self.held[option](balances), strict=True):
            left[place] = value - most if value > most else nothing
        return left

    def payments(self, share, bought):
        """The Payments of what is bought in this order at a share, in fractions."""
        self.exact, self.margin = True, 0
        balances, made = [share] * len(self.kinds), []
        for option in bought:
            most = self._most(balances, option, Fraction(0))
            least = min(most, *(balances[place] for place in self.supporters[option]))
            made.append(Payment(option, self.costs[option], self.backers[option], most, least))
            balances = self._paid(balances, option, most)
        return tuple(made)

    def at(self, share):
        """What is bought at one share, as `buy`: by floats where they are sure of every choice, else in fractions."""
        try:
            return self.buy(float(share), float(share))
        except _Unsure:
            return self.buy(share, share)

    def cost(self, chosen):
        return sum(self.costs[option] for option in chosen)


def equal_shares(ballots, costs, budget, step=1, ladder=(), utility="cardinality"):
    """EqualShares of approval ballots. step: won by which each share is raised; ladder: ranks.Steps for equal rates. Raises FundingError.

    selected: in the order of buying. A tie of rates that the ladder does not decide is followed into every draw, as in `greedy`.
    """
    if utility not in UTILITIES or step <= 0:
        raise FundingError("균등 몫의 걸음은 0보다 크고 효용은 cardinality나 cost입니다.")
    if budget is None or budget < 0 or any(cost is None or cost < 0 for cost in costs.values()):
        raise FundingError("예산과 사업비는 0 이상이어야 합니다.")
    market = _Market(ballots, costs, Fraction(step), ladder, utility)
    if not market.people:
        return EqualShares("equal-shares", (), (), 0, (), Fraction(0), ())
    return _told(market, *_raised(market, Fraction(budget) / market.people, budget))


def _raised(market, share, budget):
    """({frozenset of options: (share, order of buying)} that stand, tied that were not followed, ties decided at the end)."""
    stands, steps, settled = {}, 1, None
    while True:
        sure = _sure_steps(market, share, steps, budget, settled)
        if sure:
            share, steps = share + sure * market.step, sure * GROWTH if sure == steps else sure
            continue
        steps = 1
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
    """How many shares from this one on, at most `steps`, surely bring nothing new; 0 where that is not sure or where the share may be the last.

    settled: outcomes of which some overspend and that were looked at already.
    """
    while steps:
        try:
            outcomes = market.buy(float(share), float(share + (steps - 1) * market.step))[0]
        except _Unsure as unsure:
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
