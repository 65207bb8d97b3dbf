"""What the budget shows on the pages of the council and of projects."""

from django.template.loader import render_to_string
from django.utils.html import format_html

from budgets import rollups
from budgets.models import BudgetLine, Dimension, Measure, StatedFigure
from geumcheon.lib.money import thousand, thousand_won


def amounts(plan):
    """{project number: fragment} with each project's total, and its city and district parts where both are there."""
    return {int(row.key): _amount(row) for row in rollups.current(plan, Dimension.PROJECT)}


def _amount(row):
    if not row.district_krw:
        return format_html("{}", thousand_won(row.total_krw))
    parts = f"시비 {thousand(row.city_krw)} · 구비 {thousand(row.district_krw)}"
    return format_html('{}<div class="sub">{}</div>', thousand_won(row.total_krw), parts)


def project_section(project):
    """The budget section of a project's page with its lines by 통계목, and a fact for the page's head; None without lines."""
    lines = (
        BudgetLine.objects.published()
        .filter(project=project)
        .select_related("item__group", "project__plan")
        .order_by("order")
    )
    groups = {}
    for line in lines:
        groups.setdefault(line.item, []).append(line)
    if not groups:
        return None
    total = sum(line.amount_krw for rows in groups.values() for line in rows)
    context = {
        "project": project,
        "groups": [(item, rows, sum(line.amount_krw for line in rows)) for item, rows in groups.items()],
        "total": total,
        "count": sum(len(rows) for rows in groups.values()),
    }
    return {
        "id": "budget",
        "title": "예산",
        "html": render_to_string("budgets/slots/project.html", context),
        "facts": [("예산", thousand_won(total))],
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
