"""Pages of a plan: its projects, one project, the making of the plan, and what was carried out before."""

from django.db.models import Prefetch, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from projects import slots
from projects.forms import ProjectFilter
from projects.models import FeedbackKind, Partner, PastProject, Phase, Plan, Project, ProjectPart, Side

LIST_ROWS = (
    "project_bodies__body",
    "dongs",
    Prefetch("partners", Partner.objects.filter(side=Side.LEAD), to_attr="leads"),
)
DETAIL_ROWS = (
    "project_bodies__body", "dongs", "aliases", "parts", "tables", "partners__body", "stages", "indicators", "answers__feedback",
)  # fmt: skip


def published_plan(year):
    """The plan of a year that everybody may see; 404 otherwise."""
    return get_object_or_404(Plan.objects.published(), year=year)


def latest(request, name):
    """Send on to the page called `name` of the newest published plan."""
    plan = Plan.objects.published().order_by("-year").first()
    if plan is None:
        raise Http404("No plan is published.")
    return redirect(name, plan.year)


def project_list(request, year):
    """All projects of a plan with filters and amounts, ordered in their groups."""
    plan = published_plan(year)
    form = ProjectFilter(request.GET, plan)
    found = form.apply(plan.projects.select_related("group", "plan")).prefetch_related(*LIST_ROWS).order_by("number")
    amounts = {number: amount for filled in slots.project_amounts.collect(plan) for number, amount in filled.items()}
    projects = list(found)
    for project in projects:
        project.amount = amounts.get(project.number, "")
    return render(request, "projects/list.html", {"plan": plan, "form": form, "projects": projects})


def detail(request, year, number):
    """Everything the plan says about one project."""
    projects = Project.objects.published().select_related("plan", "group").prefetch_related(*DETAIL_ROWS)
    project = get_object_or_404(projects, plan__year=year, number=number)
    parts, indicators = list(project.parts.all()), list(project.indicators.all())
    numbers = project.plan.projects.order_by("number")
    context = {
        "project": project,
        "plan": project.plan,
        "methods": [p for p in parts if p.kind == ProjectPart.Kind.METHOD],
        "cases": [p for p in parts if p.kind == ProjectPart.Kind.CASE],
        "last_year": [p for p in parts if p.kind == ProjectPart.Kind.LAST_YEAR],
        "sides": [
            (side, rows) for side in Side.values if (rows := [p for p in project.partners.all() if p.side == side])
        ],
        "phases": [(phase, rows) for phase in Phase.values if (rows := [i for i in indicators if i.phase == phase])],
        "sections": slots.project_page.collect(project),
        "previous": numbers.filter(number__lt=number).last(),
        "next": numbers.filter(number__gt=number).first(),
    }
    return render(request, "projects/detail.html", context)


def past(request):
    """The projects carried out in earlier years, with their cost."""
    projects = PastProject.objects.select_related("department")
    return render(
        request,
        "projects/past.html",
        {"projects": projects, "total": projects.aggregate(total=Sum("cost_krw"))["total"]},
    )


def plan(request, year):
    """The making of a plan: steps, basis, background, directions, evaluation, and the feedback it answers."""
    plan = published_plan(year)
    sections, steps = list(plan.sections.all()), list(plan.steps.all())
    feedback = list(plan.feedback.prefetch_related("answers__project__plan"))
    context = {
        "plan": plan,
        "directions": [s for s in sections if s.kind == "direction"],
        "evaluation": [s for s in sections if s.kind == "evaluation"],
        "makings": [(y, [s for s in steps if s.year == y]) for y in sorted({s.year for s in steps})],
        "feedback": [(kind.label, rows) for kind in FeedbackKind if (rows := [f for f in feedback if f.kind == kind])],
    }
    return render(request, "projects/plan.html", context)
