"""The A4 print of a plan's budget: its sums and every line, as a page made for the printer and as a PDF."""

from itertools import groupby

from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from budgets.fragments import by_item
from budgets.models import BudgetLine, BudgetRollup, Dimension
from budgets.rollups import version_of
from geumcheon.lib import clock, pdf
from geumcheon.lib.money import percent
from projects.views import published_plan

TABLES = (Dimension.BODY, Dimension.ITEM, Dimension.FUNDING, Dimension.NATURE, Dimension.PROJECT)


def _tables(plan):
    """([{"title", "rows"}], total) of the stored sums; total is the whole plan's BudgetRollup or None before the first one."""
    stored = BudgetRollup.objects.filter(version__plan=plan, version__is_current=True).order_by("order", "key")
    by_dimension = {}
    for row in stored:
        by_dimension.setdefault(row.dimension, []).append(row)
    total = next(iter(by_dimension.get(Dimension.PLAN, [])), None)
    names = {str(project.number): str(project) for project in plan.projects.all()}
    for row in stored:
        row.name = names.get(row.key, row.key) if row.dimension == Dimension.PROJECT else row.key
        row.share = percent(row.total_krw, total.total_krw) if total else None
    return [{"title": d.label, "rows": by_dimension.get(d, [])} for d in TABLES], total


def _projects(plan):
    """[{"project", "groups", "total", "count"}] of every project with lines, by number."""
    lines = (
        BudgetLine.objects.published()
        .filter(version__plan=plan)
        .select_related("item__group", "project")
        .prefetch_related("project__project_bodies__body")
        .order_by("project__number", "order")
    )
    by_project = [list(rows) for _, rows in groupby(lines, key=lambda line: line.project_id)]
    return [{"project": rows[0].project, **by_item(rows)} for rows in by_project]


def _context(year):
    plan = published_plan(year)
    tables, total = _tables(plan)
    projects = _projects(plan)
    return {
        "plan": plan,
        "version": version_of(plan),
        "tables": tables,
        "total": total,
        "projects": projects,
        "lines_total": sum(row["total"] for row in projects),
        "lines_count": sum(row["count"] for row in projects),
        "today": clock.today(),
        "back_url": reverse("budgets:overview", args=[year]),
        "pdf_url": reverse("budgets:pdf", args=[year]) if pdf.available() else "",
    }


@require_safe
def page(request, year):
    """The sums in every dimension, then all lines by project."""
    return render(request, "print/budget.html", _context(year))


@require_safe
def pdf_file(request, year):
    """The document as a PDF; 404 with a way to the page where none can be made."""
    html = render_to_string("print/budget.html", _context(year) | {"for_pdf": True})
    return pdf.respond(request, html, f"{year}년 협치 예산.pdf", reverse("budgets:print", args=[year]))
