"""The page of a year's printed funnel beside the rows."""

from dataclasses import replace
from itertools import groupby

from django.shortcuts import render

from forums import funnel as figures
from forums.models import REFUSALS
from geumcheon.lib.charts import BarChart, Item
from geumcheon.lib.charts.base import Unit
from projects.views import published_plan

PIECES = Unit("개")
TOGETHER = "모든 경로"


class StepBars(BarChart):
    """How many proposals are left step by step: never a sum."""

    @property
    def caption_note(self):
        return self.unit_note

    def tables(self):
        (table,) = super().tables()
        return [replace(table, rows=table.rows[:-1])]


def funnel(request, year):
    """Every printed number of a plan's proposals beside the counted one, path by path, with a picture of each path."""
    plan = published_plan(year)
    steps = figures.steps(plan.year)
    parts = [
        {"name": name, "steps": rows, "picture": _picture(name, rows), "id": f"path-{i}"}
        for i, (name, rows) in enumerate(_by_path(steps), 1)
    ]
    numbers = [m for step in steps for m, printed in _compared(step) if printed]
    counts = {"all": len(numbers), "match": numbers.count(True), "mismatch": numbers.count(False)}
    counts["none"] = numbers.count(None)
    context = {"plan": plan, "parts": parts, "counts": counts, "ways": figures.ways(plan.year)}
    return render(request, "forums/funnel.html", context)


def _compared(step):
    """(matches, whether it is printed) of a step's two numbers."""
    return (
        (step.count_matches, step.row.count is not None),
        (step.amount_matches, step.row.amount_krw is not None),
    )


def _by_path(steps):
    """[(name, [Step])] in the order of the figures."""

    def path(step):
        return step.row.channel.name if step.row.channel else TOGETHER

    return [(name, list(rows)) for name, rows in groupby(steps, key=path)]


def _picture(name, steps):
    """Bars of the printed counts, one for each stage that leads on; None where there is nothing to compare."""
    seen, items = set(), []
    for step in steps:
        row = step.row
        key = row.stage_code, row.outcomes
        if row.count is None or row.body_id or key in seen or set(row.outcomes.split()) & set(REFUSALS):
            continue
        seen.add(key)
        items.append(Item(row.label.split(":")[0], row.count))
    if len(items) < 2 or name == TOGETHER:
        return None
    words = {
        "title": f"{name}: 단계마다 남은 수",
        "lead": "계획서에 적힌 수입니다.",
        "head": "단계",
        "value_head": "적힌 수",
    }
    return StepBars(**words, items=items, shares=False, unit=PIECES)
