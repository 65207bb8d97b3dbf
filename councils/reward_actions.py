"""The reward system (협치 보상제도, 조례 제25조; plan L302-308): a ledger of points, rounds of awards, the table of a year.

The ledger is only ever added to: a wrong line is taken back by a line of minus. A round keeps the points of its decision.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import ExtractYear

from councils.models import RewardAward, RewardEntry, RewardKind, RewardRound
from geumcheon.lib import clock, periods

REVERSAL = "취소: 장부 "  # how the basis of a line of minus begins; nobody types it


def reversal_of(entry):
    return f"{REVERSAL}{entry.pk}번 · "


def check_entry(entry):
    """Raise ValidationError where a line to be added cannot stand: its rule's days, its day, its basis."""
    errors = {}
    if entry.rule_id and entry.on and not periods.covers(entry.rule.starts_on, entry.rule.ends_before, entry.on):
        errors["rule"] = "그날 쓰지 않는 규칙입니다."
    if entry.on and entry.on > clock.today():
        errors["on"] = "날짜는 오늘보다 뒤일 수 없습니다."
    if entry.basis.startswith(REVERSAL):
        errors["basis"] = "취소하는 줄은 취소할 줄에서 만듭니다."
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def record(*, by, rule, department, on, basis, official=""):
    """Add a line with the points of its rule. Returns the RewardEntry. PermissionDenied, ValidationError at the field."""
    if not by.has_perm("councils.add_rewardentry"):
        raise PermissionDenied
    entry = RewardEntry(rule=rule, department=department, on=on, basis=basis, official=official, points=rule.points)
    entry.entered_at = clock.now()
    entry.full_clean()
    check_entry(entry)
    entry.save()
    return entry


@transaction.atomic
def reverse(*, entry, by, reason):
    """Take a line back by a line of minus of the same day, so that every period counts neither. Returns the new line.

    Raises ValidationError without a reason, for a line of minus, and for one that was taken back already.
    """
    if not by.has_perm("councils.reverse_rewardentry"):
        raise PermissionDenied
    entry = RewardEntry.objects.select_for_update().get(pk=entry.pk)
    if not reason.strip():
        raise ValidationError({"reason": "왜 취소하는지 적어 주세요."})
    if entry.basis.startswith(REVERSAL):
        raise ValidationError("취소하는 줄은 다시 취소할 수 없습니다. 새 줄을 적어 주세요.")
    if RewardEntry.objects.filter(basis__startswith=reversal_of(entry)).exists():
        raise ValidationError("이미 취소한 줄입니다.")
    minus = RewardEntry(
        rule=entry.rule,
        department=entry.department,
        official=entry.official,
        on=entry.on,
        points=-entry.points,
        basis=reversal_of(entry) + reason.strip(),
        entered_at=clock.now(),
    )
    try:
        minus.full_clean()
    except ValidationError as error:
        raise ValidationError({"reason": error.message_dict.get("basis", error.messages)}) from None
    minus.save()
    return minus


@dataclass(frozen=True)
class Rank:
    """A department in a round: `place` counts from 1, equal points share it (1, 2, 2, 4)."""

    place: int
    department_id: int
    department: str
    points: int


def ranking(award_round):
    """[Rank] by points of the ledger within the round's period; departments without any line are not in it."""
    rows = RewardEntry.objects.filter(on__gte=award_round.starts_on, on__lt=award_round.ends_before).order_by()
    sums = rows.values("department", "department__name").annotate(total=Sum("points"))
    found = sorted(sums, key=lambda row: (-row["total"], row["department__name"]))
    totals = [row["total"] for row in found]
    return [
        Rank(totals.index(row["total"]) + 1, row["department"], row["department__name"], row["total"]) for row in found
    ]


@transaction.atomic
def award(*, award_round, by, amounts, decided_on):
    """Decide a round once: keep each chosen department's points as they are now, and its award.

    amounts: {department pk: whole won}; 0 or None is no award. Returns [RewardAward] in order of points.
    Raises ValidationError for a decided round, a day before the period's end, a department without points.
    """
    if not by.has_perm("councils.award_rewardround"):
        raise PermissionDenied
    award_round = RewardRound.objects.select_for_update().get(pk=award_round.pk)
    if award_round.decided_on is not None:
        raise ValidationError("이미 결정한 포상입니다.")
    if decided_on < award_round.ends_before:
        raise ValidationError({"decided_on": "집계 기간이 끝난 뒤에 결정합니다."})
    if decided_on > clock.today():
        raise ValidationError({"decided_on": "결정일은 오늘보다 뒤일 수 없습니다."})
    ranks = {rank.department_id: rank for rank in ranking(award_round)}
    chosen = {pk: amount for pk, amount in amounts.items() if amount}
    if not chosen:
        raise ValidationError("포상금을 한 부서에라도 적어 주세요.")
    if any(pk not in ranks or ranks[pk].points <= 0 for pk in chosen):
        raise ValidationError("이 기간에 점수가 없는 부서에는 줄 수 없습니다.")
    awards = [
        RewardAward(round=award_round, department_id=pk, points=ranks[pk].points, amount_krw=amount)
        for pk, amount in chosen.items()
    ]
    for row in awards:
        row.full_clean()
        row.save()
    award_round.decided_on = decided_on
    award_round.save()
    return sorted(awards, key=lambda row: (-row.points, ranks[row.department_id].department))


# --- the table of a year ---
@dataclass(frozen=True)
class YearRow:
    """Points of one department (or of all) in a year: `by_kind` in the order of RewardKind."""

    department: str
    by_kind: tuple[int, ...]

    @property
    def total(self):
        return sum(self.by_kind)


def years():
    """Years that have lines in the ledger, newest first."""
    found = RewardEntry.objects.order_by().annotate(y=ExtractYear("on")).values_list("y", flat=True).distinct()
    return sorted(found, reverse=True)


def year_table(year):
    """([YearRow] by points and name, YearRow of the sums). One query."""
    rows = RewardEntry.objects.filter(on__year=year).order_by()
    points = {}
    for name, kind, total in rows.values_list("department__name", "rule__kind").annotate(n=Sum("points")):
        points.setdefault(name, {})[kind] = total
    table = [YearRow(name, tuple(kinds.get(kind, 0) for kind in RewardKind.values)) for name, kinds in points.items()]
    table.sort(key=lambda row: (-row.total, row.department))
    sums = tuple(sum(row.by_kind[i] for row in table) for i in range(len(RewardKind.values)))
    return table, YearRow("합계", sums)


def table_headings():
    return ["부서", *RewardKind.labels, "합계"]
