"""What the budget shows on the pages of the council and of projects."""

from django.template.loader import render_to_string
from django.utils.html import format_html

from budgets import rollups, uses
from budgets.models import BudgetLine, Dimension, Measure, StatedFigure
from geumcheon.lib.money import thousand, thousand_won
from projects.slots import Amount


def amounts(plan):
    """{project number: Amount} with each project's total, and its city and district parts where both are there."""
    return {int(row.key): Amount(row.total_krw, _amount(row)) for row in rollups.current(plan, Dimension.PROJECT)}


def _amount(row):
    if not row.district_krw:
        return format_html("{}", thousand_won(row.total_krw))
    parts = f"시비 {thousand(row.city_krw)} · 구비 {thousand(row.district_krw)}"
    return format_html('{}<div class="sub">{}</div>', thousand_won(row.total_krw), parts)


def project_section(project):
    """The budget section of a project's page with its lines by 통계목, and a fact for the page's head; None without lines."""
    return _section(project, "budgets/slots/project.html", uses=spent(uses.of_project(project)))


def spent(found):
    """The uses with something spent; [] for a plan whose spending was never handed over: an empty column is no result."""
    found = list(found)
    return found if any(use.used_krw for use in found) else []


def print_section(project):
    """The budget section of a project's print; None without lines."""
    return _section(project, "print/_project_budget.html")


def _section(project, template, **more):
    lines = (
        BudgetLine.objects.published()
        .filter(project=project)
        .select_related("item__group", "project__plan")
        .order_by("order")
    )
    context = {"project": project, **by_item(lines), **more}
    if not context["count"]:
        return None
    return {
        "id": "budget",
        "title": "예산",
        "html": render_to_string(template, context),
        "facts": [("예산", thousand_won(context["total"]))],
    }


def by_item(lines):
    """Lines of one project by 통계목, in the order in which they first name it, sums in whole won:
    {"groups": [(item, lines, sum)], "total", "count"}."""
    groups = {}
    for line in lines:
        groups.setdefault(line.item, []).append(line)
    sums = [(item, rows, sum(line.amount_krw for line in rows)) for item, rows in groups.items()]
    return {
        "groups": sums,
        "total": sum(amount for _, _, amount in sums),
        "count": sum(len(rows) for _, rows, _ in sums),
    }


def log_sums():
    """The sums of the whole log that documents print, by year: meetings and people, with the list they stand for."""
    years = {}
    figures = StatedFigure.objects.filter(
        measure__in=(Measure.MEETING_COUNT, Measure.MEETING_ATTENDANCE)
    ).select_related("plan")
    for figure in figures:
        if set(figure.filters) == {"year"}:
            entry = years.setdefault(figure.filters["year"], {"year": figure.filters["year"], "plan": figure.plan})
            entry.setdefault(figure.measure, figure)
    rows = [years[year] for year in sorted(years, reverse=True)]
    return render_to_string("budgets/slots/log_sums.html", {"years": rows}) if rows else ""
