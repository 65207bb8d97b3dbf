"""Stored sums of a plan's current budget version, by project, body, group, 편성목, 통계목, funding and nature (DESIGN.md rule 7).

The sums come from one grouped query over the lines (no join to a second many-relation, so nothing is multiplied) and are folded into
each dimension. Amounts are whole won.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Sum

from budgets import integrity
from budgets.models import BudgetRollup, BudgetVersion, Dimension, Funding
from geumcheon.lib import clock
from geumcheon.lib.money import won
from projects.models import Project


@dataclass
class Sums:
    """Running sums of one rollup row, in won."""

    order: int = 0
    city: int = 0
    district: int = 0
    lines: int = 0

    def add(self, funding, amount, lines):
        if funding == Funding.CITY:
            self.city += amount
        else:
            self.district += amount
        self.lines += lines


def version_of(plan):
    """The plan's current version, or None."""
    return BudgetVersion.objects.filter(plan=plan, is_current=True).first()


def compute(plan):
    """Unsaved BudgetRollup rows of the plan's current version, recomputed from its lines; [] without a version."""
    version = version_of(plan)
    return _compute(version) if version else []


def _compute(version):
    projects = {
        p.pk: p
        for p in Project.objects.filter(plan_id=version.plan_id)
        .select_related("group")
        .prefetch_related("project_bodies__body")
        .order_by("number")
    }
    sums = defaultdict(Sums)
    # A project without lines is shown with 0, not left out.
    for project in projects.values():
        for dimension, key, order in _project_keys(project):
            sums[dimension, key].order = sums[dimension, key].order or order
    sums[Dimension.PLAN, "전체"].order = 1
    grouped = (
        version.lines.order_by()
        .values(
            "project_id",
            "item__group__name",
            "item__group__order",
            "item__name",
            "item__order",
            "item__nature",
            "funding",
        )
        .annotate(amount=Sum("amount_krw"), count=Count("pk"))
    )
    for row in grouped:
        keys = [
            (Dimension.PLAN, "전체", 1),
            (Dimension.BUDGET_GROUP, row["item__group__name"], row["item__group__order"]),
            (Dimension.ITEM, row["item__name"], row["item__order"]),
            (Dimension.FUNDING, row["funding"], Funding.values.index(row["funding"]) + 1),
            (Dimension.NATURE, row["item__nature"], 1 if row["item__nature"] == "경상" else 2),
            *_project_keys(projects[row["project_id"]]),
        ]
        for dimension, key, order in keys:
            entry = sums[dimension, key]
            entry.order = entry.order or order
            entry.add(row["funding"], int(row["amount"]), row["count"])
    return [
        BudgetRollup(
            version=version,
            dimension=dimension,
            key=key,
            order=s.order,
            city_krw=s.city,
            district_krw=s.district,
            total_krw=s.city + s.district,
            lines=s.lines,
        )
        for (dimension, key), s in sorted(sums.items(), key=lambda item: (item[0][0], item[1].order, item[0][1]))
    ]


def body_of(project):
    """The key a project's lines count under by body: two bodies that share a project are one row, so that nothing counts twice."""
    return project.bodies_label or "추진분과 없음"


def _project_keys(project):
    """The (dimension, key, order) a project's lines count under."""
    return [
        (Dimension.PROJECT, str(project.number), project.number),
        (Dimension.BODY, body_of(project), project.number),
        (Dimension.GROUP, project.group.name, project.group.order),
    ]


@transaction.atomic
def refresh(plan):
    """Recompute and store the rollup rows of a plan; may run twice or at once: the version row is locked first."""
    version = BudgetVersion.objects.select_for_update().filter(plan=plan, is_current=True).first()
    BudgetRollup.objects.filter(version__plan=plan).exclude(version=version).delete()
    if version is None:
        return 0
    rows = _compute(version)
    now = clock.now()
    for row in rows:
        row.computed_at = now
    kept = {(row.dimension, row.key) for row in rows}
    stale = [r.pk for r in version.rollups.all() if (r.dimension, r.key) not in kept]
    BudgetRollup.objects.filter(pk__in=stale).delete()
    BudgetRollup.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["version", "dimension", "key"],
        update_fields=["order", "city_krw", "district_krw", "total_krw", "lines", "computed_at"],
    )
    return len(rows)


def current(plan, dimension):
    """Stored rollup rows of the plan's current version in one dimension, in order."""
    return list(
        BudgetRollup.objects.filter(version__plan=plan, version__is_current=True, dimension=dimension).order_by(
            "order", "key"
        )
    )


def check(plan):
    """Compare stored rows with recomputed ones; a list of Korean sentences that name each drifting figure ([] = none)."""
    stored = {
        (r.dimension, r.key): r for r in BudgetRollup.objects.filter(version__plan=plan, version__is_current=True)
    }
    computed = {(r.dimension, r.key): r for r in compute(plan)}
    drift = []
    for dimension, key in sorted(stored.keys() | computed.keys()):
        name = f"{plan.year} 예산 · {Dimension(dimension).label} {key}"
        old, new = stored.get((dimension, key)), computed.get((dimension, key))
        if old is None or new is None:
            drift.append(f"{name}: {'저장된 집계가 없습니다' if old is None else '행이 없는 집계가 남아 있습니다'}.")
            continue
        for field, label in (("city_krw", "시비"), ("district_krw", "구비"), ("total_krw", "합계")):
            was, now = getattr(old, field), getattr(new, field)
            if was != now:
                drift.append(f"{name} {label}: 저장 {won(was)}, 계산 {won(now)}, 차이 {won(now - was)}.")
        if old.lines != new.lines:
            drift.append(f"{name} 줄 수: 저장 {old.lines}, 계산 {new.lines}.")
    return drift + integrity.unrecorded(plan) + integrity.miscounted(plan)
