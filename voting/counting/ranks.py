"""Counting picks, ranks, percentages and the ladder that decides a tie. Integers and exact fractions only; never by number or id."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from geumcheon.lib.money import percent
from voting.counting.encoding import fields
from voting.counting.errors import IdentityBroken, PickError


class Line(NamedTuple):
    """An option's result. Percents with one decimal, half up; None where there is nothing to divide by."""

    option: object
    votes: int
    rank: int
    shared: bool
    percent_of_voters: Decimal | None
    percent_of_choices: Decimal | None

    @property
    def label(self):
        return f"공동 {self.rank}위" if self.shared else f"{self.rank}위"


class Step(NamedTuple):
    """A step of the tie ladder: a key per option, the higher first unless said otherwise; an option without a key comes last."""

    name: str
    keys: dict
    high_first: bool = True


class Order(NamedTuple):
    """Options best first, in groups; a group of more than one is a tie that nothing decided. decided: (step, options it separated)."""

    groups: list
    decided: list


class Outcome(NamedTuple):
    """What a rule chooses. tied: options chosen in some draws only; they are not in `selected`. cost: None where options have none."""

    rule: str
    selected: tuple
    tied: tuple
    cost: object
    decided: tuple = ()


def count_picks(ballots, numbers):
    """{option: votes} for every option, 0 included. Raises PickError for a repeat or an option that is not on the paper."""
    votes = dict.fromkeys(numbers, 0)
    for picks, times in Counter(tuple(picks) for picks in ballots).items():
        if len(set(picks)) != len(picks):
            raise PickError(f"한 표에 같은 선택지가 두 번 있습니다: {picks}")
        for pick in picks:
            if pick not in votes:
                raise PickError(f"이 투표용지에 없는 선택지입니다: {pick}")
            votes[pick] += times
    return votes


def check_identity(votes, ballots, min_picks, max_picks, choices=None):
    """Raises IdentityBroken unless Σ votes = picks × valid ballots; between j and k picks, Σ votes = `choices` within the bounds."""
    total = sum(votes.values())
    if not ballots * min_picks <= total <= ballots * max_picks or (choices is not None and total != choices):
        asked = f"{max_picks}" if min_picks == max_picks else f"{min_picks}~{max_picks}"
        raise IdentityBroken(
            f"득표 합계 {total:,}이 표 {ballots:,}장 × {asked}개와 맞지 않습니다. 이 결과는 공개할 수 없습니다."
        )
    if any(count > ballots for count in votes.values()):
        raise IdentityBroken("표보다 많은 득표가 있습니다. 이 결과는 공개할 수 없습니다.")


def ranks(values):
    """{option: rank}: 1 + the number of options with strictly more."""
    above, result = 0, {}
    for value, count in sorted(Counter(values.values()).items(), reverse=True):
        result[value] = above + 1
        above += count
    return {option: result[value] for option, value in values.items()}


def rank_lines(votes, voters):
    """Lines in the order of ranks; options of one rank in the order given."""
    total, sharing = sum(votes.values()), Counter(votes.values())
    rank_of = ranks(votes)
    lines = [
        Line(option, count, rank_of[option], sharing[count] > 1, percent(count, voters), percent(count, total))
        for option, count in votes.items()
    ]
    return sorted(lines, key=lambda line: line.rank)


def combined(votes, scores, weight_votes, weight_scores):
    """{option: share of votes × weight + share of scores × weight} as exact fractions of the weights' sum."""
    sums = sum(votes.values()) or 1, sum(scores.values()) or 1
    return {
        option: Fraction(count * weight_votes, sums[0] * (weight_votes + weight_scores))
        + Fraction(scores.get(option, 0)) * weight_scores / (sums[1] * (weight_votes + weight_scores))
        for option, count in votes.items()
    }


def draw_step(seed, contest, options):
    """The lot: options in the order of SHA-256 over seed, paper and number. The seed is drawn in public after closing."""
    return Step(
        "draw",
        {option: sha256(fields("draw", seed, str(contest), str(option))).hexdigest() for option in options},
        False,
    )


def _classes(options, step):
    """The options of one tie as classes, best first, by one step."""
    with_key = {}
    for option in options:
        with_key.setdefault(step.keys.get(option), []).append(option)
    without = with_key.pop(None, [])
    classes = [with_key[key] for key in sorted(with_key, reverse=step.high_first)]
    return [*classes, without] if without else classes


def _decide(group, ladder, decided):
    if len(group) == 1 or not ladder:
        return [group]
    classes = _classes(group, ladder[0])
    if len(classes) > 1:
        decided.append((ladder[0].name, tuple(group)))
    return [part for each in classes for part in _decide(each, ladder[1:], decided)]


def ordered(votes, ladder=()):
    """The Order by votes, ties by the ladder's steps one after the other."""
    decided = []
    by_votes = _classes(list(votes), Step("votes", votes))
    return Order([part for group in by_votes for part in _decide(group, tuple(ladder), decided)], decided)


def telling(decided, selected):
    """The decisions that made a difference: some of their options are chosen and some are not."""
    chosen = set(selected)
    return tuple((name, options) for name, options in decided if 0 < len(chosen & set(options)) < len(options))


def select_seats(votes, seats, ladder=()):
    """The first `seats` options of the order. A tie at the cut that no step decides is left out and named as tied."""
    order, selected, tied = ordered(votes, ladder), [], ()
    for group in order.groups:
        if len(selected) + len(group) > seats:
            tied = tuple(group) if len(selected) < seats else ()
            break
        selected += group
    return Outcome("seats", tuple(selected), tied, None, telling(order.decided, selected))
