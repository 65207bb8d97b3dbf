"""What residents who watch over a project find, and its way: 지적 → 부서 통보 → 시정요구 → 조치; the log of publicity.

Source: 모니터링 결과(건의 및 질의사항) 사업부서 통보 및 시정요구 (계획 L653).
"""

from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from geumcheon.accounts.actions import queue
from geumcheon.accounts.models import Role, User
from geumcheon.accounts.rules import is_officer, is_secretariat
from geumcheon.lib import clock, periods
from projects.models import FINDING_MOVES, Finding, FindingState, PlanStatus, VisitPhoto
from projects.rules import own_projects
from projects.tasks import refresh_indicators

# What each move writes; all of it is needed.
FIELDS_OF = {
    FindingState.NOTIFIED: ("department", "notified_on"),
    FindingState.DEMANDED: ("demanded_on", "due_on"),
    FindingState.DONE: ("acted_on", "action"),
}
MISSING = {
    "department": "어느 부서에 알리는지 골라 주세요.",
    "notified_on": "통보한 날을 적어 주세요.",
    "demanded_on": "시정을 요구한 날을 적어 주세요.",
    "due_on": "언제까지 조치해야 하는지 적어 주세요.",
    "acted_on": "조치한 날을 적어 주세요.",
    "action": "무엇을 조치했는지 적어 주세요.",
}


# --- findings -----------------------------------------------------------------------------------------------------
def may_move(user, finding, to):
    """Whether the user may take this step: the secretariat every one, officers of the leading department only 조치."""
    permission = "projects.act_on_finding" if to == FindingState.DONE else "projects.move_finding"
    return user.has_perm(permission, finding)


def moves(user, finding):
    """[FindingState] the user may move the finding to now, in the order of the way."""
    return [to for to in FindingState if to in FINDING_MOVES[finding.state] and may_move(user, finding, to)]


@transaction.atomic
def move_finding(*, finding, by, to, **fields):
    """Take a finding one step on its way; `fields` are those of FIELDS_OF[to]. Returns whether it moved: False where it is there already.

    Days follow each other and are not in the future, but for the day it is due. 통보 and 시정요구 mail the officers of the department once.
    Raises ValidationError at the fields, PermissionDenied.
    """
    rows = Finding.objects.select_for_update(of=("self",)).select_related("visit__team__project__plan", "department")
    row = rows.get(pk=finding.pk)
    if not may_move(by, row, to):
        raise PermissionDenied
    if row.state == to:
        return False
    if to not in FINDING_MOVES[row.state]:
        label = FindingState(to).label
        raise ValidationError(f"‘{row.get_state_display()}’ 상태라 ‘{label}’(으)로 바꿀 수 없습니다.", code="move")
    _check(row, to, fields)
    for name in FIELDS_OF[to]:
        setattr(row, name, fields[name])
    row.state = to
    row.full_clean()
    row._history_user = by
    row.save(update_fields=["state", *FIELDS_OF[to]])
    if to in (FindingState.NOTIFIED, FindingState.DEMANDED):
        _tell_department(row)
    return True


def _check(row, to, fields):
    """Refuse missing fields and days out of order."""
    unknown = set(fields) - set(FIELDS_OF[to])
    if unknown:
        raise TypeError(f"Fields of another move: {sorted(unknown)}")
    errors = {name: MISSING[name] for name in FIELDS_OF[to] if not _given(fields.get(name))}
    before, what = _last_day(row)
    day_field = next(name for name in FIELDS_OF[to] if name.endswith("_on"))
    day = fields.get(day_field)
    if day and day > clock.today():
        errors[day_field] = "아직 오지 않은 날입니다."
    elif day and day < before:
        errors[day_field] = f"{what} 날({periods.day_text(before)})보다 앞설 수 없습니다."
    due = fields.get("due_on")
    if due and day and due < day:
        errors["due_on"] = "조치 기한은 시정을 요구한 날보다 앞설 수 없습니다."
    if errors:
        raise ValidationError(errors)


def _given(value):
    return bool(value.strip() if isinstance(value, str) else value)


def _last_day(row):
    """(day, its words) of the last step the finding took."""
    if row.demanded_on:
        return row.demanded_on, "시정을 요구한"
    if row.notified_on:
        return row.notified_on, "통보한"
    return row.visit.on, "점검한"


def officers_of(department):
    """QuerySet of the officers assigned to a department today who can be mailed."""
    today = periods.covering(clock.today(), "assignments__starts_on", "assignments__ends_before")
    found = User.objects.filter(today, assignments__department=department, role=Role.OFFICER, is_active=True)
    return found.exclude(email="").distinct()


def _tell_department(finding):
    """Mail every officer assigned to the department today; each step once."""
    url = settings.SITE_URL + f"/admin/projects/finding/{finding.pk}/change/"
    context = {"finding": finding, "project": finding.visit.team.project, "url": url}
    body = render_to_string("projects/inspections/mail.txt", context)
    for officer in officers_of(finding.department):
        queue(
            event=f"finding:{finding.pk}:{finding.state}",
            recipient=officer.email,
            subject=f"[금천구 협치 포털] 주민 점검 {finding.get_state_display()}: {context['project'].name}",
            body=body,
            user=officer,
        )


def overdue_findings(user, day):
    """QuerySet of findings whose day is over and that are not done; an officer's: those of the own departments and of projects they lead.

    A plan that is a draft or closed has nothing overdue (DESIGN.md rule 11).
    """
    late = Finding.objects.filter(due_on__lt=day, visit__team__project__plan__status=PlanStatus.PUBLISHED)
    late = late.exclude(state=FindingState.DONE).select_related("visit__team__project__plan", "department")
    if is_secretariat(user) or user.is_superuser:
        return late
    if not is_officer(user):
        return late.none()
    own = Q(department__in=user.department_ids()) | Q(visit__team__project__in=own_projects(user))
    return late.filter(own)


# --- visits and publicity: what indicators count ------------------------------------------------------------------
def _count_again(project):
    refresh_indicators.delay_on_commit(project.plan_id)


def drop_files(files):
    """Remove kept files on commit: a photo that was taken back is gone, not only out of sight."""
    for file in files:
        if file:
            transaction.on_commit(partial(file.storage.delete, file.name), robust=True)


def visit_saved(*, visit):
    """Count the plan's indicators again after a visit and its rows were written."""
    _count_again(visit.team.project)


@transaction.atomic
def delete_visits(*, visits):
    """Delete visits with their photos. Raises ProtectedError where findings hang on one."""
    photos = list(VisitPhoto.objects.filter(visit__in=visits))
    for visit in visits:
        project = visit.team.project
        visit.delete()
        _count_again(project)
    drop_files([photo.file for photo in photos])


@transaction.atomic
def save_publicity(*, publicity, by):
    """Save one piece of publicity; a file that was replaced goes. Raises ValidationError, PermissionDenied."""
    stored = type(publicity).objects.select_for_update().filter(pk=publicity.pk).first() if publicity.pk else None
    if not by.has_perm(f"projects.{'change' if stored else 'add'}_publicity", stored or publicity):
        raise PermissionDenied
    if stored and stored.project_id != publicity.project_id:
        raise ValidationError({"project": "다른 사업으로 옮길 수 없습니다."})
    check_day(publicity.on)
    publicity.full_clean()
    publicity.save()
    if stored and stored.file and stored.file.name != publicity.file.name:
        drop_files([stored.file])
    _count_again(publicity.project)
    return publicity


@transaction.atomic
def delete_publicity(*, pieces):
    """Delete pieces of publicity with their files."""
    for piece in list(pieces):
        file, project = piece.file, piece.project
        piece.delete()
        drop_files([file])
        _count_again(project)


def check_day(day):
    """Refuse a day to come: a log tells what happened. Raises ValidationError at `on`."""
    if day and day > clock.today():
        raise ValidationError({"on": "아직 오지 않은 날입니다."})
