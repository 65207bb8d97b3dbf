"""The budget of a plan: stored sums, the lines behind them, one line factor by factor, and stated against computed."""

from collections import Counter

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render

from budgets import display, fragments, pictures, rollups, uses
from budgets.forms import FindingFilter, LineFilter
from budgets.models import BudgetLine, BudgetRollup, Dimension, Funding
from budgets.reconciliation import reconcile
from projects.views import published_plan

LINES_PER_PAGE = 50
FINDINGS_PER_PAGE = 50
LINE_ROWS = ("item__group", "project__plan", "printing", "version")


def overview(request, year):
    """Pictures and tables of the stored sums in every dimension, the money's way, and what changed since an earlier version."""
    plan = published_plan(year)
    version = rollups.version_of(plan)
    stored = BudgetRollup.objects.filter(version__plan=plan, version__is_current=True).order_by("order", "key")
    by_dimension, total = display.by_dimension(plan, stored)
    context = {"plan": plan, "version": version, "total": total}
    if total:
        comparisons = display.version_comparisons(plan, by_dimension.get(Dimension.PROJECT, []))
        context |= {
            "flow": pictures.flow(version),
            "sections": pictures.sections(plan, by_dimension),
            "versions": pictures.versions(plan, comparisons, total),
            "comparisons": [(c, pictures.differences(plan, c)) for c in comparisons],
        }
    return render(request, "budgets/overview.html", context)


def lines(request, year):
    """The lines of the current version with filters; the sums are of all filtered lines, not of the page."""
    plan = published_plan(year)
    form = LineFilter(request.GET, plan)
    found = form.apply(BudgetLine.objects.published().filter(version__plan=plan)).order_by("project__number", "order")
    paginator = Paginator(found.select_related(*LINE_ROWS), LINES_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    sums = found.order_by().aggregate(
        count=Count("pk"),
        total=Sum("amount_krw", default=0),
        city=Sum("amount_krw", filter=Q(funding=Funding.CITY), default=0),
        district=Sum("amount_krw", filter=Q(funding=Funding.DISTRICT), default=0),
        projects=Count("project", distinct=True),
    )
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
        "uses": fragments.spent(filter(None, [uses.of_line(line)])),
        "count": published.count(),
        "position": published.filter(order__lte=order).count(),
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
