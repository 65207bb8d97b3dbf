"""Celery tasks of the whole portal: ids in, may run twice."""

from celery import shared_task

from geumcheon import rollups
from projects.models import Plan


@shared_task
def refresh_plan(plan_id):
    """Store all rollups of one plan again."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan:
        rollups.refresh(plan)


@shared_task
def refresh_all():
    """The nightly run: every plan on its own, so that one failure leaves the others fresh."""
    for plan_id in Plan.objects.values_list("pk", flat=True):
        refresh_plan.delay(plan_id)
