"""Stored counts of indicators per project and plan, and each indicator's result (DESIGN.md rule 7)."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from geumcheon.lib import clock
from projects import results
from projects.models import IndicatorResult, IndicatorRollup, Phase, Plan

FIELDS = {
    "indicators": "지표",
    "process": "과정평가",
    "outcome": "성과평가",
    "numeric": "수로 재는 지표",
    "yes_no": "예·아니요 지표",
    "states": "상태마다의 수",
}
RESULT_FIELDS = {
    "state": "상태",
    "value": "값",
    "share": "이룬 비율",
    "due_share": "이날까지의 몫",
    "evidence_count": "근거 수",
    "missing": "빠진 몫",
}


def compute(plan, achieved=None):
    """Unsaved IndicatorRollup rows: one per project of the plan and one for the whole (project None).

    achieved: {indicator: Achievement} where it is known already.
    """
    achieved = results.compute(plan) if achieved is None else achieved
    counted = {}
    for indicator, achievement in achieved.items():
        row = counted.setdefault(indicator.project_id, Counter())
        row["indicators"] += 1
        row["process"] += indicator.phase == Phase.PROCESS
        row["outcome"] += indicator.phase == Phase.OUTCOME
        row["numeric"] += indicator.target_value is not None
        row["yes_no"] += indicator.target_value is None
        row["state", str(achievement.state)] += 1
    rows = [_rollup(plan, p, counted.get(p.pk, Counter())) for p in plan.projects.order_by("number")]
    return [_rollup(plan, None, sum(counted.values(), Counter())), *rows]


def _rollup(plan, project, counter):
    numbers = {name: counter[name] for name in FIELDS if name != "states"}
    states = {key[1]: n for key, n in sorted(counter.items(), key=str) if isinstance(key, tuple) and n}
    return IndicatorRollup(plan=plan, project=project, states=states, **numbers)


def _result(indicator, achievement):
    return IndicatorResult(indicator=indicator, **dict(zip(RESULT_FIELDS, _values(achievement), strict=True)))


@transaction.atomic
def refresh(plan):
    """Recompute and store the rows of a plan; may run twice or at once: the plan row is locked first. Returns how many."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    now, achieved = clock.now(), results.compute(plan)
    stored = {row.project_id: row.pk for row in plan.indicator_rollups.all()}
    rows = compute(plan, achieved)
    _store(IndicatorRollup, rows, stored, "project_id", FIELDS, now)
    _store_results(plan, achieved, now)
    return len(rows) + len(achieved)


def _values(achievement):
    """What is stored of an Achievement, in the order of RESULT_FIELDS."""
    return (
        achievement.state,
        achievement.value,
        achievement.share,
        achievement.due_share,
        achievement.count,
        achievement.missing,
    )


def _store_results(plan, achieved, now):
    """Write the results that changed; the others, most of them on most days, only get the new time."""
    kept = IndicatorResult.objects.filter(indicator__project__plan=plan)
    stored = {pk: (row, tuple(values)) for pk, row, *values in kept.values_list("indicator_id", "pk", *RESULT_FIELDS)}
    same = [i.pk for i, a in achieved.items() if i.pk in stored and stored[i.pk][1] == _values(a)]
    kept.filter(indicator__in=same).update(computed_at=now)
    for pk in same:
        del stored[pk]
    same = set(same)
    found = [_result(*pair) for pair in achieved.items() if pair[0].pk not in same]
    _store(IndicatorResult, found, {pk: row for pk, (row, _) in stored.items()}, "indicator_id", RESULT_FIELDS, now)


def _store(model, rows, stored, key, fields, now):
    """Write rows over those stored under the same key, add the others, drop what is left."""
    for row in rows:
        row.pk, row.computed_at = stored.pop(getattr(row, key), None), now
    model.objects.filter(pk__in=stored.values()).delete()
    known = [row for row in rows if row.pk]
    model.objects.bulk_create(
        known, update_conflicts=True, unique_fields=["pk"], update_fields=[*fields, "computed_at"]
    )
    model.objects.bulk_create([row for row in rows if not row.pk])


def check(plan):
    """Compare stored rows with recomputed ones; a list of Korean sentences that name each drifting figure ([] = none).

    Recomputed for the day on which they were stored: what is due grows every day and is no drift.
    """
    results_kept = {
        row.indicator_id: row
        for row in IndicatorResult.objects.filter(indicator__project__plan=plan).select_related("indicator__project")
    }
    oldest = min((row.computed_at for row in results_kept.values()), default=None)
    achieved = results.compute(plan, timezone.localdate(oldest) if oldest else None)
    rollups_kept = {row.project_id: row for row in plan.indicator_rollups.select_related("project")}
    drift = _drift(compute(plan, achieved), rollups_kept, "project_id", FIELDS, lambda row: row.project or "전체", plan)
    found = [_result(*pair) for pair in achieved.items()]
    return drift + _drift(found, results_kept, "indicator_id", RESULT_FIELDS, _name, plan)


def _name(row):
    return f"{row.indicator.project} {row.indicator}"


def _drift(rows, stored, key, fields, name, plan):
    drift = []
    for row in rows:
        title = f"{plan.year} 지표 · {name(row)}"
        old = stored.pop(getattr(row, key), None)
        if old is None:
            drift.append(f"{title}: 저장된 집계가 없습니다.")
            continue
        for field, label in fields.items():
            was, now = getattr(old, field), getattr(row, field)
            if was != now:
                drift.append(f"{title} {label}: 저장 {was}, 계산 {now}.")
    return drift + [f"{plan.year} 지표 · {name(row)}: 행이 없는 집계가 남아 있습니다." for row in stored.values()]
