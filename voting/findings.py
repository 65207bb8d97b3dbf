"""What documents print about a vote beside what its rows give (DESIGN.md rule 5), for the reconciliation of the plan it chose for."""

from decimal import Decimal
from fractions import Fraction

from budgets.reconciliation import Finding
from geumcheon.lib.money import round_half_up
from voting.models import Contest, CountBasis


def of_plan(plan):
    """[Finding] about the votes of totals that chose for a plan: the sum of each paper, each option's printed share and rank."""
    contests = Contest.objects.filter(round__plan=plan, round__basis=CountBasis.TOTALS)
    found = []
    for contest in contests.select_related("round", "result").prefetch_related("options__result"):
        found += _of_contest(contest)
    return found


def _of_contest(contest):
    options = list(contest.options.all())
    votes = [option.result.votes for option in options]
    total = sum(votes)
    found = [_sum(contest, total), _identity(contest, total)]
    for option in options:
        found.append(_percent(contest, option, total))
        computed = 1 + sum(v > option.result.votes for v in votes)
        found.append(
            _finding(
                contest, f"rank-{option.number}", f"{option.title} 순위", "위", option.result.stated_rank, computed
            )
        )
    return found


def _sum(contest, total):
    return _finding(contest, "sum", "득표 합계", "표", contest.result.stated_choices, total)


def _identity(contest, total):
    """Σ votes = picks × valid ballots."""
    picks = contest.max_picks * contest.result.ballots
    label = f"투표자 {contest.result.ballots:,}명 × {contest.max_picks}개"
    return _finding(contest, "identity", label, "표", picks, total)


def _percent(contest, option, total):
    computed = round_half_up(Fraction(option.result.votes * 100, total)) if total else None
    return _finding(
        contest, f"percent-{option.number}", f"{option.title} 비율", "%", option.result.stated_percent, computed
    )


def _finding(contest, name, label, unit, stated, computed):
    known = stated is not None and computed is not None
    return Finding(
        kind="figure",
        key=f"vote-{contest.ref}-{name}",
        label=f"{contest.round.title} · {label}",
        where=contest.title,
        unit=unit,
        stated=None if stated is None else Decimal(stated),
        computed=None if computed is None else Decimal(computed),
        matches=stated == computed if known else None,
        source=contest.source,
    )
