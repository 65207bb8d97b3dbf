"""Public pages of inspections: a team with its visits and findings, their photos, and the files of publicity. Never a name."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from geumcheon.lib import clock, periods, uploads
from geumcheon.lib.admin_parts import per_row
from projects.models import Finding, FindingState, InspectionTeam, Project, Publicity, TeamMember, Visit, VisitPhoto

VISITS_PER_PAGE = 20
PICTURES = {"jpg": "image/jpeg"}  # what clean_photo makes


@dataclass(frozen=True)
class Step:
    """One step of a finding's way: its day, and what it says (a department, a due day); `done` is False for those ahead."""

    label: str
    day: object
    text: str = ""
    done: bool = True


def due_words(finding, day):
    """Until when, in words, and whether it is over: (`2026. 3. 20.(금)까지, 5일 남음`, False); ("", False) without a due day or when done.

    A closed plan has nothing overdue (DESIGN.md rule 11).
    """
    if not finding.due_on or finding.state == FindingState.DONE:
        return "", False
    words, left = f"{periods.day_text(finding.due_on)}까지", (finding.due_on - day).days
    if finding.visit.team.project.plan.is_closed:
        return words, False
    if left < 0:
        return f"{words}, 기한이 {-left}일 지남", True
    return f"{words}, {f'{left}일 남음' if left else '오늘이 마지막 날'}", False


def steps_of(finding):
    """[Step] of the four steps, those ahead without a day. A step that was left out is not shown."""
    department = finding.department.name if finding.department else ""
    steps = [
        Step(FindingState.FOUND.label, finding.visit.on),
        Step(FindingState.NOTIFIED.label, finding.notified_on, department, bool(finding.notified_on)),
        Step(FindingState.DEMANDED.label, finding.demanded_on, "", bool(finding.demanded_on)),
        Step(FindingState.DONE.label, finding.acted_on, "", finding.state == FindingState.DONE),
    ]
    done = finding.state == FindingState.DONE
    return [step for step in steps if step.done or not done]


def _counted(teams):
    """Teams with how many visits, findings open and done, and people now and ever; Subqueries, never one join."""
    findings = Finding.objects.filter(visit__team=OuterRef("pk")).order_by().values("visit__team")
    done = Q(state=FindingState.DONE)
    people = Count("person", distinct=True, filter=periods.covering(clock.today()))
    return teams.annotate(
        visit_count=per_row(Visit, "team"),
        open_count=Subquery(findings.annotate(n=Count("pk", filter=~done)).values("n")),
        done_count=Subquery(findings.annotate(n=Count("pk", filter=done)).values("n")),
        people_now=per_row(TeamMember, "team", people),
        people_ever=per_row(TeamMember, "team", Count("person", distinct=True)),
    )


def sections(project):
    """What a published project's page shows of its watching and telling: {"teams": [...], "publicity": [...]}; two queries."""
    return {
        "teams": list(_counted(project.teams.order_by("kind", "name"))),
        "publicity": list(project.publicity.order_by("-on", "-pk")),
    }


def _team(year, number, pk):
    """A team of a plan that everybody may see; 404 otherwise."""
    teams = InspectionTeam.objects.filter(project__in=Project.objects.published()).select_related("project__plan")
    return get_object_or_404(_counted(teams), project__plan__year=year, project__number=number, pk=pk)


@require_safe
def team(request, year, number, pk):
    """A team: how many people, its visits with photos, and what became of each finding."""
    found = _team(year, number, pk)
    findings = Finding.objects.select_related("department").order_by("pk")
    visits = found.visits.order_by("-on", "-pk").prefetch_related("photos", Prefetch("findings", findings))
    page = Paginator(visits, VISITS_PER_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    for visit in page:
        visit.team = found
        for finding in (rows := visit.findings.all()):
            finding.visit = visit
            finding.due, finding.late = due_words(finding, today)
            finding.steps = steps_of(finding)
        visit.found = list(rows)
    context = {
        "plan": found.project.plan,
        "project": found.project,
        "team": found,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "projects/inspections/team.html", context)


@require_safe
def visit_photo(request, year, number, team, pk):
    """A photo of a visit, shown in the page; only of published plans."""
    where = {"visit__team__project__plan__year": year, "visit__team__project__number": number, "visit__team": team}
    photos = VisitPhoto.objects.filter(visit__team__project__in=Project.objects.published())
    return _serve(get_object_or_404(photos, pk=pk, **where).file, f"점검 사진 {pk}")


@require_safe
def publicity_file(request, year, number, pk):
    """What shows a piece of publicity: a picture in the page, a document to download; only of published plans."""
    pieces = Publicity.objects.filter(project__in=Project.objects.published())
    piece = get_object_or_404(pieces, pk=pk, project__plan__year=year, project__number=number)
    return _serve(piece.file, piece.title)


def _serve(file, name):
    if not file or not file.storage.exists(file.name):
        raise Http404("No such file.")
    extension = file.name.rsplit(".", 1)[-1]
    picture = PICTURES.get(extension)
    content_type = picture or "application/octet-stream"
    return uploads.serve(file, name=f"{name}.{extension}", content_type=content_type, inline=bool(picture))
