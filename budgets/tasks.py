"""Celery tasks of the budget."""

from celery import shared_task

from budgets import rollups
from projects.models import Plan


@shared_task
def refresh_budget(plan_id):
    """Store the budget rollups of a plan again; may run twice. A plan deleted meanwhile is no error."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan:
        rollups.refresh(plan)
