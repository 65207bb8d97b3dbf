"""The budget of a plan: stored sums, the lines behind them, one line factor by factor, and stated against computed."""

from collections import Counter

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, render

from budgets import display, rollups
from budgets.forms import FindingFilter, LineFilter
from budgets.models import BudgetLine, BudgetRollup
from budgets.reconciliation import reconcile
from projects.views import published_plan

LINES_PER_PAGE = 50
FINDINGS_PER_PAGE = 50
LINE_ROWS = ("item__group", "project__plan", "printing", "version")


def overview(request, year):
    """Totals from the stored rollups in every dimension, and what changed since an earlier version."""
    plan = published_plan(year)
    stored = BudgetRollup.objects.filter(version__plan=plan, version__is_current=True).order_by("order", "key")
    tables, total = display.dimension_tables(plan, list(stored))
    context = {
        "plan": plan,
        "version": rollups.version_of(plan),
        "total": total,
        "tables": tables,
        "comparisons": display.version_comparisons(plan, tables),
    }
    return render(request, "budgets/overview.html", context)


def lines(request, year):
    """The lines of the current version with filters; the sums are of all filtered lines, not of the page."""
    plan = published_plan(year)
    form = LineFilter(request.GET, plan)
    found = form.apply(BudgetLine.objects.published().filter(version__plan=plan)).order_by("project__number", "order")
    paginator = Paginator(found.select_related(*LINE_ROWS), LINES_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    sums = found.order_by().aggregate(count=Count("pk"), total=Sum("amount_krw"))
    context = {
        "plan": plan,
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "sums": sums,
    }
    return render(request, "budgets/lines.html", context)


def line(request, year, number, order):
    """One line: its calculation factor by factor, and its second printing beside it."""
    plan = published_plan(year)
    published = BudgetLine.objects.published().filter(version__plan=plan, project__number=number)
    line = get_object_or_404(published.select_related(*LINE_ROWS), order=order)
    context = {
        "plan": plan,
        "line": line,
        "check": line.formula_check,
        "factors": display.factors(line.formula_check),
        "printing": display.printing(line, getattr(line, "printing", None)),
        "previous": published.filter(order__lt=order).order_by("-order").first(),
        "next": published.filter(order__gt=order).order_by("order").first(),
    }
    return render(request, "budgets/line.html", context)


def reconciliation(request, year):
    """Every stated figure beside the computed one, mismatches first."""
    plan = published_plan(year)
    findings = reconcile(plan)
    form = FindingFilter(request.GET)
    found = form.apply(findings)
    paginator = Paginator(found, FINDINGS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    states = Counter(f.matches for f in findings)
    context = {
        "plan": plan,
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "found": len(found),
        "counts": {"all": len(findings), "mismatch": states[False], "match": states[True], "none": states[None]},
        "kinds": display.finding_kinds(findings),
        "rows": [display.finding(plan, f) for f in page.object_list],
    }
    return render(request, "budgets/reconciliation.html", context)
