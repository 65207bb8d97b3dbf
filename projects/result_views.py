"""Pages of results: a plan's indicators by state, one indicator with all that was counted for it, the file of a typed value."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from councils.models import Body
from geumcheon.accounts.models import Department
from geumcheon.lib import uploads
from geumcheon.lib.charts import BarChart, Item, Unit
from geumcheon.lib.filters import FilterForm, pick, pick_number, pick_row
from projects import evidence
from projects import results as calculation
from projects.models import (
    SHOWN_STATES,
    Combine,
    Indicator,
    IndicatorSource,
    Measurement,
    Partner,
    Project,
    ResultState,
    Side,
)  # fmt: skip
from projects.views import published_plan

ROWS = Unit("개")
ROWS_PER_PAGE = 20


class ResultFilter(FilterForm):
    """GET filters of the results of one plan."""

    state = pick("상태", [(state.value, state.label) for state in SHOWN_STATES])
    department = pick_row("주무부서", Department.objects.none())
    body = pick_row("추진분과", Body.objects.none())
    project = pick_number("사업")

    def __init__(self, data, plan, **kwargs):
        super().__init__(data, **kwargs)
        leads = Department.objects.filter(partnerships__project__plan=plan, partnerships__side=Side.LEAD)
        self.fields["department"].queryset = leads.distinct()
        self.fields["body"].queryset = Body.objects.filter(projects__plan=plan).distinct()
        numbers = plan.projects.order_by("number").values_list("number", "name")
        self.fields["project"].choices = [("", "전체"), *((n, f"{n}. {name}") for n, name in numbers)]

    def apply(self, indicators):
        """The indicators that the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("state"):
            indicators = indicators.filter(result__state=wanted["state"])
        if wanted.get("body"):
            indicators = indicators.filter(project__bodies=wanted["body"])
        if wanted.get("department"):
            leads = {"project__partners__department": wanted["department"], "project__partners__side": Side.LEAD}
            indicators = indicators.filter(**leads)
        if wanted.get("project"):
            indicators = indicators.filter(project__number=wanted["project"])
        return indicators.distinct()


@dataclass(frozen=True)
class Line:
    """One indicator in a list, with its stored result (None before the first computation) and its value in words."""

    indicator: Indicator
    result: object
    value: str

    @classmethod
    def of(cls, indicator):
        result = getattr(indicator, "result", None)
        return cls(indicator, result, calculation.value_text(indicator, result))


@dataclass(frozen=True)
class Group:
    """One project's indicators: how many in each state, [(state, count)] in order, and the lines themselves."""

    project: Project
    counts: list
    lines: list


@dataclass(frozen=True)
class Share:
    """A department's indicators: one count for each state of the head, in its order, and all of them."""

    department: Department
    cells: list
    total: int


def _by_department(lines, counts, plan):
    """[Share] of the departments that lead the lines' projects, by name; a project of two leads counts for both. One query."""
    leads = Partner.objects.filter(project__plan=plan, side=Side.LEAD, department__isnull=False).select_related(
        "department"
    )
    by_project = {}
    for row in leads:
        by_project.setdefault(row.project_id, {})[row.department] = True
    found = {}
    for line in lines:
        for department in by_project.get(line.indicator.project_id, ()):
            found.setdefault(department, []).append(line)
    shares = []
    for department, own in sorted(found.items(), key=lambda pair: pair[0].name):
        counted = Counter(line.result.state for line in own if line.result)
        shares.append(Share(department, [(state, counted[state]) for state, _ in counts], len(own)))
    return shares


def _counts(lines):
    counted = Counter(line.result.state for line in lines if line.result)
    return [(state, counted[state]) for state in SHOWN_STATES if counted[state]]


def _picture(counts):
    """How many indicators stand where; None where there is nothing to compare."""
    if {state for state, _ in counts} <= {ResultState.NO_DATA}:
        return None
    items = [Item(state.label, n, url=f"?state={state.value}#indicators") for state, n in counts]
    return BarChart(title="상태마다 지표 수", items=items, head="상태", value_head="지표", unit=ROWS)


@require_safe
def results(request, year):
    """A plan's indicators: how many in each state, each department's and project's, and with conditions the indicators themselves."""
    plan = published_plan(year)
    form = ResultFilter(request.GET, plan)
    found = form.apply(Indicator.objects.filter(project__plan=plan)).select_related("result", "project__group")
    lines = [Line.of(i) for i in found.order_by("project__number", "order")]
    by_project = {}
    for line in lines:
        by_project.setdefault(line.indicator.project, []).append(line)
    counts = _counts(lines)
    context = {
        "plan": plan,
        "form": form,
        "total": len(lines),
        "counts": counts,
        "picture": _picture(counts),
        "departments": [] if form.in_use else _by_department(lines, counts, plan),
        "groups": [Group(project, _counts(rows), rows) for project, rows in by_project.items()],
        "computed_at": min((line.result.computed_at for line in lines if line.result), default=None),
    }
    return render(request, "projects/results/list.html", context)


def _indicator(year, number, order):
    """An indicator of a plan that everybody may see; 404 otherwise."""
    rows = Indicator.objects.filter(project__in=Project.objects.published()).select_related("result", "project__plan")
    return get_object_or_404(rows, project__plan__year=year, project__number=number, order=order)


def _shares(result):
    """[(label, percent, width of its bar)] of what was reached and what is due; [] where the target has no share."""
    if result is None or result.share is None:
        return []
    pairs = [("이룬 비율", result.share), ("이날까지의 몫", result.due_share)]
    return [(label, share, min(share, 100)) for label, share in pairs if share is not None]


@require_safe
def indicator(request, year, number, order):
    """One indicator: its target, what it counts and why, how far it is, and every row that was counted."""
    found = _indicator(year, number, order)
    plan, line = found.project.plan, Line.of(found)
    source = IndicatorSource.objects.filter(indicator=found).prefetch_related("meeting_kinds", "bodies").first()
    rows = calculation.evidence(plan, [found])[found.pk]
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    siblings = Indicator.objects.filter(project=found.project).order_by("order")
    context = {
        "plan": plan,
        "project": found.project,
        "indicator": found,
        "line": line,
        "source": source,
        "provider": evidence.register.label(source.provider) if source else "",
        "countable": source is None or evidence.register.counts(source.provider),
        "shares": _shares(line.result),
        "missing": line.result.missing if line.result else [],
        "by_part": found.combine == Combine.EVERY and found.per in ("동", "분기", "월"),
        "without_part": found.combine == Combine.EVERY and found.per == "동" and sum(not row.part for row in rows),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "previous": siblings.filter(order__lt=order).last(),
        "next": siblings.filter(order__gt=order).first(),
    }
    return render(request, "projects/results/indicator.html", context)


@require_safe
def measurement_file(request, year, number, order, pk):
    """The file behind a typed value: for everybody once it is confirmed, before that for those who may see it in the admin."""
    found = _indicator(year, number, order)
    typed = get_object_or_404(Measurement, pk=pk, indicator=found)
    public = typed.state == Measurement.State.CONFIRMED
    if not typed.file or not (public or request.user.has_perm("projects.view_measurement", typed)):
        raise Http404("No file that may be read.")
    name = f"{found.project.number}-{found.order} {typed.evidence}.{typed.file.name.rsplit('.', 1)[-1]}"
    response = uploads.serve(typed.file, name=name, content_type="application/octet-stream")
    if not public:
        response["Cache-Control"] = "private, no-store"
    return response
