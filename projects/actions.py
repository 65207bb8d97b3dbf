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
    plan.status, plan.as_of = stored.status, stored.as_of
    return plan
