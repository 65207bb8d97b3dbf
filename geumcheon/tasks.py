"""Celery tasks of the whole portal: ids in, may run twice."""

from celery import shared_task
from django.core.management import call_command

from councils import form_drafts, member_actions
from geumcheon import rollups
from geumcheon.accounts import address_actions, exports, import_jobs, outbox
from geumcheon.accounts.verification import actions as verification_actions
from geumcheon.lib import clock
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
    """The nightly destruction of what has reached its end date: files, uploads, old messages, dead sessions, names (DESIGN.md rule 9)."""
    exports.destroy_expired_exports()
    outbox.destroy_old()
    form_drafts.destroy_old()
    import_jobs.destroy_expired()
    address_actions.destroy_unproved()
    verification_actions.expire_and_destroy()
    member_actions.forget_people(clock.now())
    call_command("clearsessions", verbosity=0)
