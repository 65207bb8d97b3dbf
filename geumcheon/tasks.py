"""Celery tasks of the whole portal: ids in, may run twice."""

from celery import shared_task
from django.core.management import call_command

from geumcheon import rollups
from geumcheon.accounts import exports, outbox
from geumcheon.search import index
from projects.models import Plan


@shared_task
def refresh_plan(plan_id):
    """Store all rollups of one plan again."""
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan:
        rollups.refresh(plan)
        index.rebuild()


@shared_task
def refresh_all():
    """The nightly run: every plan on its own, so that one failure leaves the others fresh."""
    for plan_id in Plan.objects.values_list("pk", flat=True):
        refresh_plan.delay(plan_id)


@shared_task
def refresh_search():
    """Build the search index again when rows changed since."""
    if index.is_behind():
        index.rebuild()


@shared_task
def destroy_expired():
    """The nightly destruction of what has reached its end date: export files, old messages, dead sessions (DESIGN.md rule 9)."""
    exports.destroy_expired_exports()
    outbox.destroy_old()
    call_command("clearsessions", verbosity=0)
