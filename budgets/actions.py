"""Every write to money that is more than one plain form save. A line is a row of its project: projects.actions saves and locks it."""

from django.core.exceptions import ValidationError
from django.db import transaction

from budgets.models import ActivityPayment, BudgetVersion, ExpensePayment, RateLine, VersionBasis
from budgets.tasks import refresh_budget
from projects.models import Plan


def refresh_after_project(project):
    """Filler of projects.actions.project_saved: a project's lines, name, group and bodies are keys of the stored sums."""
    refresh_budget.delay_on_commit(project.plan_id)


def refresh_after_plan(plan):
    """Filler of projects.actions.plan_saved: the groups' names are keys of the stored sums."""
    refresh_budget.delay_on_commit(plan.pk)


def refresh_after_body(body):
    """Filler of councils.actions.body_saved: the bodies' names are keys of the stored sums."""
    for plan_id in Plan.objects.filter(projects__bodies=body).values_list("pk", flat=True).distinct():
        refresh_budget.delay_on_commit(plan_id)


def refresh_after_accounts(*, fiscal_year):
    """After a change of 편성목 or 통계목 (name, nature): the sums of that year's plan are counted again on commit."""
    for plan_id in Plan.objects.filter(year=fiscal_year).values_list("pk", flat=True):
        refresh_budget.delay_on_commit(plan_id)


@transaction.atomic
def save_version(*, version):
    """Save a version of a plan's budget; its sums are counted again on commit. Raises ValidationError."""
    Plan.objects.select_for_update().get(pk=version.plan_id)
    version.full_clean()
    version.save()
    refresh_budget.delay_on_commit(version.plan_id)
    return version


@transaction.atomic
def use_version(*, version, user=None):
    """Make a version the one in use; the other one of the plan steps back. The same version is no change.

    Only a version with lines can be in use: rollups, sheets and pages read lines. Raises ValidationError.
    """
    Plan.objects.select_for_update().get(pk=version.plan_id)
    stored = BudgetVersion.objects.get(pk=version.pk)
    if stored.is_current:
        return stored
    if stored.basis != VersionBasis.LINES:
        raise ValidationError("사업별 총액만 있는 판은 쓸 수 없습니다. 산출내역이 있는 판을 골라 주세요.")
    # Two of a plan may never be current, not even for a moment: the constraint is checked at each row.
    for row, current in [
        *((v, False) for v in BudgetVersion.objects.filter(plan=stored.plan, is_current=True)),
        (stored, True),
    ]:
        row.is_current = current
        row._history_user = user
        row.full_clean()
        row.save()
    _carry_uses(stored)
    refresh_budget.delay_on_commit(stored.plan_id)
    return stored


def _carry_uses(version):
    """Let the version's lines pay what the same lines (project and order) of the plan's other versions paid so far."""
    lines = {(line.project_id, line.order): line for line in version.lines.all()}
    others = {"line__version__plan": version.plan_id}
    for link in RateLine.objects.filter(**others).exclude(line__version=version).select_related("line"):
        same = lines.get((link.line.project_id, link.line.order))
        if same is not None:
            RateLine.objects.get_or_create(rate_id=link.rate_id, line=same)
    for model in (ActivityPayment, ExpensePayment):
        for payment in model.objects.filter(**others).exclude(line__version=version).select_related("line"):
            same = lines.get((payment.line.project_id, payment.line.order))
            if same is not None:
                payment.line = same
                payment.save()
