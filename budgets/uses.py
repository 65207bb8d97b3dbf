"""What is used of budget lines: allowances by the rates a line pays, activity and expenses paid from it. Whole won.

Any project's forum and meeting draws on project 1's lines (plan L188): a line is used by its rates, whoever met.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import ExtractYear

from budgets.models import ActivityPayment, BudgetLine, ExpensePayment, RateLine
from councils.models import Allowance
from geumcheon.lib.money import percent


@dataclass(frozen=True)
class LineUse:
    """A line's plan and use in whole won: `allowances_krw` of its year's meetings, `activity_krw` and
    `expenses_krw` by formulas."""

    line: BudgetLine
    allowances_krw: int
    activity_krw: int
    expenses_krw: int = 0

    @property
    def planned_krw(self):
        return self.line.amount_krw

    @property
    def used_krw(self):
        return self.allowances_krw + self.activity_krw + self.expenses_krw

    @property
    def rest_krw(self):
        """What is left; less than zero where more was used than planned."""
        return self.planned_krw - self.used_krw

    @property
    def over_krw(self):
        """What was used above the plan, 0 where nothing was."""
        return max(-self.rest_krw, 0)

    @property
    def percent(self) -> Decimal | None:
        """Used share of the plan in percent, one decimal, half up; None for a line of 0 won."""
        return percent(self.used_krw, self.planned_krw)


def _drawn_on():
    """Q for lines that a rate, an activity or an expense draws on."""
    rates, activities = RateLine.objects.values("line"), ActivityPayment.objects.filter(line__isnull=False)
    expenses = ExpensePayment.objects.values("line")
    return Q(pk__in=rates) | Q(pk__in=activities.values("line")) | Q(pk__in=expenses)


def of_plan(plan):
    """[LineUse] of a plan's version in use by project and order. Four queries."""
    lines = BudgetLine.objects.current().filter(_drawn_on(), version__plan=plan)
    return of_lines(lines.select_related("project", "version__plan").order_by("project__number", "order"))


def of_project(project):
    """[LineUse] of one project's lines. Four queries, one where nothing draws on them."""
    lines = BudgetLine.objects.current().filter(_drawn_on(), project=project)
    return of_lines(lines.select_related("project", "version__plan").order_by("order"))


def of_line(line):
    """The LineUse of a line, None where nothing draws on it."""
    lines = BudgetLine.objects.filter(_drawn_on(), pk=line.pk).select_related("project", "version__plan")
    return next(iter(of_lines(lines)), None)


def of_lines(lines):
    """[LineUse] of lines with `version.plan`, each counted by the meetings of its plan's year.

    Allowances, activities and expenses are three queries: one join would multiply them (STYLE.md 7).
    """
    lines = list(lines)
    if not lines:
        return []
    allowances = _allowances(lines)
    activities, expenses = _paid(ActivityPayment, lines), _paid(ExpensePayment, lines)
    return [
        LineUse(line, allowances.get(line.pk, 0), activities.get(line.pk, 0), expenses.get(line.pk, 0))
        for line in lines
    ]


def _paid(model, lines):
    """{line pk: won} of payments by formula. One query."""
    payments = model.objects.filter(line__in=[line.pk for line in lines]).order_by()
    return dict(payments.values_list("line").annotate(total=Sum("amount_krw")))


def _allowances(lines):
    """{line pk: won} of the allowances by the rates of each line, for meetings of its plan's year. One query."""
    years = {line.pk: line.version.plan.year for line in lines}
    rows = (
        Allowance.objects.filter(
            rate__rate_lines__line__in=list(years),
            meeting__starts_on__gte=date(min(years.values()), 1, 1),
            meeting__starts_on__lt=date(max(years.values()) + 1, 1, 1),
        )
        .order_by()
        .annotate(year=ExtractYear("meeting__starts_on"))
        .values_list("rate__rate_lines__line", "year")
        .annotate(total=Sum("amount_krw"))
    )
    found = {}
    for line_id, year, total in rows:
        if years.get(line_id) == year:
            found[line_id] = found.get(line_id, 0) + total
    return found
