"""Stored counts of indicators per project and plan (DESIGN.md rule 7)."""

from django.db import transaction
from django.db.models import Count, Q

from geumcheon.lib import clock
from projects.models import Indicator, IndicatorRollup, Phase, Plan

FIELDS = {
    "indicators": "지표",
    "process": "과정평가",
    "outcome": "성과평가",
    "numeric": "수로 재는 지표",
    "yes_no": "예·아니요 지표",
}


def compute(plan):
    """Unsaved IndicatorRollup rows: one per project of the plan and one for the whole (project None)."""
    counted = {
        row.pop("project"): row
        for row in Indicator.objects.filter(project__plan=plan)
        .order_by()
        .values("project")
        .annotate(
            indicators=Count("pk"),
            process=Count("pk", filter=Q(phase=Phase.PROCESS)),
            outcome=Count("pk", filter=Q(phase=Phase.OUTCOME)),
            numeric=Count("pk", filter=Q(target_value__isnull=False)),
            yes_no=Count("pk", filter=Q(target_value__isnull=True)),
        )
    }
    none = dict.fromkeys(FIELDS, 0)
    rows = [IndicatorRollup(plan=plan, project=p, **counted.get(p.pk, none)) for p in plan.projects.order_by("number")]
    total = {name: sum(getattr(row, name) for row in rows) for name in FIELDS}
    return [IndicatorRollup(plan=plan, project=None, **total), *rows]


@transaction.atomic
def refresh(plan):
    """Recompute and store the rows of a plan; may run twice or at once: the plan row is locked first."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    now = clock.now()
    stored = {row.project_id: row for row in plan.indicator_rollups.all()}
    rows = compute(plan)
    for row in rows:
        old = stored.pop(row.project_id, None)
        row.pk, row.computed_at = (old.pk if old else None), now
    IndicatorRollup.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    IndicatorRollup.objects.bulk_update([row for row in rows if row.pk], [*FIELDS, "computed_at"])
    IndicatorRollup.objects.bulk_create([row for row in rows if not row.pk])
    return len(rows)


def check(plan):
    """Compare stored rows with recomputed ones; a list of Korean sentences that name each drifting figure ([] = none)."""
    stored = {row.project_id: row for row in plan.indicator_rollups.select_related("project")}
    drift = []
    for row in compute(plan):
        name = f"{plan.year} 지표 · {row.project or '전체'}"
        old = stored.pop(row.project_id, None)
        if old is None:
            drift.append(f"{name}: 저장된 집계가 없습니다.")
            continue
        for field, label in FIELDS.items():
            was, now = getattr(old, field), getattr(row, field)
            if was != now:
                drift.append(f"{name} {label}: 저장 {was}, 계산 {now}.")
    return drift + [f"{plan.year} 지표 · {row.project}: 행이 없는 집계가 남아 있습니다." for row in stored.values()]
