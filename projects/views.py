"""Pages of a plan: its projects, one project, the making of the plan, and what was carried out before."""

from django.db.models import Count, Prefetch, Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from councils.models import MeetingState
from geumcheon.lib.charts.steps import Step
from geumcheon.lib.money import percent
from geumcheon.lib.text import lines
from projects import inspection_views, slots
from projects.forms import ProjectFilter
from projects.models import (
    FeedbackAnswer,
    FeedbackKind,
    Partner,
    PastProject,
    Phase,
    Plan,
    Project,
    ProjectBody,
    ProjectPart,
    Side,
)  # fmt: skip

LIST_ROWS = (
    "project_bodies__body",
    "dongs",
    Prefetch("partners", Partner.objects.filter(side=Side.LEAD), to_attr="leads"),
)
PUBLISHED_MEETINGS = Count("body__meetings", filter=Q(body__meetings__state=MeetingState.PUBLISHED))
DETAIL_ROWS = (
    Prefetch(
        "project_bodies",
        ProjectBody.objects.select_related("body").annotate(meeting_count=PUBLISHED_MEETINGS),
    ),
    Prefetch("partners", Partner.objects.select_related("body", "department")),
    Prefetch("answers", FeedbackAnswer.objects.select_related("feedback")),
    "dongs", "aliases", "parts", "tables", "stages", "indicators__result",
)  # fmt: skip
MEETINGS = 10  # on a project's page


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
    """All projects of a plan with filters and amounts, by number in their groups or in the order asked for."""
    plan = published_plan(year)
    form = ProjectFilter(request.GET, plan)
    amounts = {number: amount for filled in slots.project_amounts.collect(plan) for number, amount in filled.items()}
    total = sum(amount.won for amount in amounts.values())
    found = form.apply(plan.projects.select_related("group", "plan")).prefetch_related(*LIST_ROWS).order_by("number")
    projects = list(found)
    for project in projects:
        amount = amounts.get(project.number)
        project.won, project.amount = (amount.won, amount.html) if amount else (None, "")
        project.share = percent(project.won, total) if amount else None
    context = {"plan": plan, "form": form, "projects": form.arrange(projects)}
    return render(request, "projects/list.html", context)


def published_project(year, number):
    """A project of a plan everybody may see, with all its rows; 404 otherwise."""
    projects = Project.objects.published().select_related("plan", "group").prefetch_related(*DETAIL_ROWS)
    return get_object_or_404(projects, plan__year=year, number=number)


def project_context(project):
    """What the page and the print of a project (published_project) show of it."""
    parts, indicators, partners = (
        list(project.parts.all()),
        list(project.indicators.all()),
        list(project.partners.all()),
    )
    return {
        "project": project,
        "plan": project.plan,
        "methods": [p for p in parts if p.kind == ProjectPart.Kind.METHOD],
        "cases": [p for p in parts if p.kind == ProjectPart.Kind.CASE],
        "last_year": [p for p in parts if p.kind == ProjectPart.Kind.LAST_YEAR],
        "sides": [(side, rows) for side in Side.values if (rows := [p for p in partners if p.side == side])],
        "steps": [
            Step(label=s.title, when=s.when, chip=s.kind, tasks=tuple(lines(s.tasks))) for s in project.stages.all()
        ],
        "phases": [(phase, rows) for phase in Phase.values if (rows := [i for i in indicators if i.phase == phase])],
        "leads": _leads(partners),
        "meetings": project.meetings.published().select_related("kind")[:MEETINGS],
        "meeting_count": project.meetings.published().count(),
    }


def _leads(partners):
    """[(name, phone or "")] of the offices that lead, each once, in printed order."""
    leads = [partner for partner in partners if partner.side == Side.LEAD]
    return list({p.name: (p.name, p.department.phone if p.department else "") for p in leads}.values())


def detail(request, year, number):
    """Everything the plan says about one project."""
    project = published_project(year, number)
    sections = slots.project_page.collect(project)
    others = list(project.plan.projects.only("plan", "number", "name").order_by("number"))
    here = [other.pk for other in others].index(project.pk)
    context = project_context(project) | {
        "sections": sections,
        "actions": slots.project_actions.collect(project),
        **inspection_views.sections(project),
        "facts": [fact for section in sections for fact in section.get("facts", ())],
        "previous": others[here - 1] if here else None,
        "next": next(iter(others[here + 1 :]), None),
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
