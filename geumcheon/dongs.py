"""우리 동네: what the newest plan does in each dong, what it costs, what is proposed, which notices are open there, whom to ask."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import render

from budgets import rollups
from budgets.models import Dimension
from councils import notices
from forums import story_pages, topics
from forums.models import Proposal
from geumcheon import overview
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.money import thousand_won
from projects.models import Partner, Side

NEWEST_PROPOSALS = 5
LEADS = Partner.objects.filter(side=Side.LEAD).select_related("department")


def index(request):
    """The dongs with the projects that name them; projects for all dongs are one row, those that name none another."""
    dongs, plan = list(Dong.objects.all()), overview.newest_plan()
    projects, computed_at = plan_projects(plan)
    named, whole, unnamed = by_reach(projects, len(dongs))
    rows = [{"dong": dong, **sums([p for p in named if dong in p.dongs.all()])} for dong in dongs]
    context = {
        "plan": plan,
        "rows": rows,
        "whole": sums(whole),
        "unnamed": sums(unnamed),
        "computed_at": computed_at,
    }
    return render(request, "dongs/index.html", context)


def dong(request, name):
    """One dong: its projects with their whole amounts, open notices, and the departments to ask."""
    dongs, plan, today = list(Dong.objects.all()), overview.newest_plan(), clock.today()
    dong = next((dong for dong in dongs if dong.name == name), None)  # PostgreSQL refuses to be asked about a NUL
    if dong is None:
        raise Http404
    projects, computed_at = plan_projects(plan)
    named, whole, unnamed = by_reach(projects, len(dongs))
    # Stable: this dong alone first, then projects shared with other dongs, each by number.
    own = sorted((p for p in named if dong in p.dongs.all()), key=lambda p: len(p.dongs.all()) > 1)
    shown = notices.open_for(dong, today).prefetch_related("dongs")
    context = {
        "dong": dong,
        "topic": topics.key_of("dong", dong.pk),
        "dongs": dongs,
        "plan": plan,
        "own": own,
        "whole": whole,
        "unnamed": len(unnamed),
        "departments": leads([*own, *whole]),
        "notices": [notices.dress(notice, today) for notice in shown],
        "proposals": proposals_of(dong),
        "stories": story_pages.of_dong(dong),
        "computed_at": computed_at,
    }
    return render(request, "dongs/dong.html", context)


def proposals_of(dong):
    """The newest public proposals for a dong."""
    shown = Proposal.objects.public().filter(call__published=True, dong=dong).order_by("-call__year", "-number", "-pk")
    return list(shown.select_related("call__channel", "stage")[:NEWEST_PROPOSALS])


def plan_projects(plan):
    """(projects of the plan by number with stored `total_krw` (won) and `amount` (text), time of the oldest sum or None)."""
    if plan is None:
        return [], None
    stored = {int(row.key): row for row in rollups.current(plan, Dimension.PROJECT)}
    related = ("dongs", Prefetch("partners", LEADS, to_attr="leads"))
    projects = list(plan.projects.select_related("plan").prefetch_related(*related).order_by("number"))
    for project in projects:
        row = stored.get(project.number)
        project.total_krw = row.total_krw if row else 0
        project.amount = thousand_won(row.total_krw) if row else ""
    return projects, min((row.computed_at for row in stored.values()), default=None)


def by_reach(projects, dong_count):
    """(projects that name some dongs, that name all, that name none)."""
    named, whole, unnamed = [], [], []
    for project in projects:
        reach = len(project.dongs.all())
        (unnamed if not reach else whole if reach == dong_count else named).append(project)
    return named, whole, unnamed


def sums(projects):
    """{"count", "total_krw"} of projects; total_krw in won, each project with its whole amount."""
    return {"count": len(projects), "total_krw": sum(p.total_krw for p in projects)}


def leads(projects):
    """[(department, [project, …])] of the lead departments, in the order of the projects."""
    found = {}
    for project in projects:
        for department in dict.fromkeys(lead.department for lead in project.leads if lead.department):
            found.setdefault(department, []).append(project)
    return list(found.items())
