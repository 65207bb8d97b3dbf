"""Every write to plans and projects that is more than one plain form save."""

from django.core.exceptions import ValidationError
from django.db import transaction

from councils.slots import Slot
from geumcheon.lib import clock
from projects.models import Plan, PlanStatus, Project
from projects.tasks import refresh_indicators

# Filled by apps on the right: filler(project), called inside the transaction after a project or one of its rows was written or deleted.
# They start their own tasks on commit (budgets: its rollups).
project_saved = Slot()
plan_saved = Slot()  # filler(plan): as project_saved, after a plan and its groups were written


class StaleProject(ValidationError):
    """Somebody saved the project after it was read."""

    def __init__(self):
        super().__init__(
            "이 사업을 그사이 다른 사람이 저장했습니다. 차이를 살펴보고 다시 저장해 주세요. 적은 내용은 그대로 있습니다.",
            code="stale",
        )


def lock_project(*, project_id):
    """The project as stored, its row locked until the transaction ends: two savers of one project come one after the other.

    Raises Project.DoesNotExist.
    """
    return Project.objects.select_for_update().get(pk=project_id)


@transaction.atomic
def save_project(*, project, seen_version=None):
    """Save a project's own fields, count the edit, refresh its figures on commit.

    `seen_version` is the edit_version the editor started from; needed for a project that exists. Raises StaleProject when somebody
    saved in between, ValidationError when a field or constraint does not hold. Rows that hang on the project are saved by the caller in
    the same transaction, after this.
    """
    if project.pk:
        stored = lock_project(project_id=project.pk)
        if stored.edit_version != seen_version:
            raise StaleProject
        project.edit_version = stored.edit_version + 1
    project.full_clean()
    project.save()
    _saved(project)
    return project


@transaction.atomic
def delete_project(*, project):
    """Delete a project without money on it; raises ProtectedError where budget lines or version totals hang on it."""
    project = lock_project(project_id=project.pk)
    project.delete()
    _saved(project)


@transaction.atomic
def save_row(*, row):
    """Save one row of a project (stage, indicator, partner, budget line) outside the project's own form; counts as an edit of the project.

    Raises ValidationError.
    """
    project = lock_project(project_id=row.project_id)
    row.full_clean()
    # The project first, as in a save of the whole page: the history then tells which rows a version of the project came with.
    _touch(project)
    row.save()
    return row


def lock_projects(*, project_ids):
    """Lock several projects until the transaction ends, in the order of their keys; returns {pk: project}."""
    return {p.pk: p for p in Project.objects.select_for_update().filter(pk__in=project_ids).order_by("pk")}


@transaction.atomic
def save_rows(*, rows):
    """Save changed rows of one or several projects as one edit of each project; all or nothing.

    Raises ValidationError that names the row.
    """
    projects = lock_projects(project_ids={row.project_id for row in rows})
    for row in rows:
        try:
            row.full_clean()
        except ValidationError as error:
            raise ValidationError(f"{row}: {' '.join(error.messages)}") from error
    for project in projects.values():
        _touch(project)
    for row in rows:
        row.save()


@transaction.atomic
def add_dongs(*, project_ids, dongs, user=None):
    """Add dongs to projects, as one edit of each; dongs a project already has stay. The history notes which were added."""
    for project in lock_projects(project_ids=project_ids).values():
        project.dongs.add(*dongs)
        project._change_reason = f"동 더하기: {', '.join(dong.name for dong in dongs)}"
        if user is not None:
            project._history_user = user
        _touch(project)


@transaction.atomic
def delete_row(*, row):
    """Delete one row of a project; counts as an edit of the project."""
    project = lock_project(project_id=row.project_id)
    _touch(project)
    row.delete()


@transaction.atomic
def mark_edited(*, project_ids):
    """Count an edit of projects whose rows were written elsewhere (load_plan), so that a page opened before is refused as stale."""
    for project in Project.objects.select_for_update().filter(pk__in=project_ids).order_by("pk"):
        _touch(project)


def _touch(project):
    project.edit_version += 1
    project.save(update_fields=["edit_version"])
    _saved(project)


def _saved(project):
    refresh_indicators.delay_on_commit(project.plan_id)
    project_saved.collect(project)


def count_again(meeting):
    """Count the indicators of the year's plans again on commit: a meeting's record, links or state changed."""
    for plan_id in Plan.objects.filter(year=meeting.year).values_list("pk", flat=True):
        refresh_indicators.delay_on_commit(plan_id)


@transaction.atomic
def move_plan(*, plan, status, user=None):
    """Move a plan to another status (Plan.MOVES). The same status is no change. Closing sets the as-of date where there is none.

    `user` is noted in the history. Raises ValidationError with a Korean message for a move that is not allowed.
    """
    stored = Plan.objects.select_for_update().get(pk=plan.pk)
    if status not in PlanStatus.values:
        raise ValidationError(f"모르는 상태입니다: {status}")
    if status != stored.status:
        if status not in Plan.MOVES[stored.status]:
            raise ValidationError(
                f"‘{stored.get_status_display()}’인 계획은 ‘{PlanStatus(status).label}’(으)로 바꿀 수 없습니다.",
                code="move",
            )
        stored.status = status
        if status == PlanStatus.CLOSED and stored.as_of is None:
            stored.as_of = clock.today()
        stored.full_clean()
        if user is not None:
            stored._history_user = user
        stored.save()
        refresh_indicators.delay_on_commit(stored.pk)  # a closed plan's indicators are judged at its end
    plan.status, plan.as_of = stored.status, stored.as_of
    return plan
