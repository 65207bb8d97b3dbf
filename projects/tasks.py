"""Celery tasks of plans and projects."""

from celery import shared_task

from projects import rollups
from projects.models import Plan


@shared_task
def refresh_indicators(plan_id):
    """Store the indicator rollups of a plan again; may run twice. A plan deleted meanwhile is no error."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan:
        rollups.refresh(plan)
