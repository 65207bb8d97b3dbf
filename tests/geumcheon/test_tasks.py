"""The nightly tasks."""

from datetime import timedelta

import time_machine

from budgets.models import BudgetRollup
from geumcheon import celery_app, tasks
from geumcheon.accounts.models import ExportJob, OutboxMessage
from geumcheon.lib import clock


def test_the_nightly_run_stores_every_plan_again(loaded):
    BudgetRollup.objects.all().delete()
    tasks.refresh_all()
    assert BudgetRollup.objects.get(dimension="plan").total_krw == 956_364_000


def test_a_plan_deleted_meanwhile_is_no_error(loaded):
    tasks.refresh_plan(10**9)


def test_what_has_reached_its_end_is_destroyed_and_the_rest_kept(loaded):
    with time_machine.travel(clock.now() - timedelta(days=91)):
        OutboxMessage.objects.create(event="old", recipient="a@example.org", subject="옛 알림", body="내용")
    OutboxMessage.objects.create(event="new", recipient="a@example.org", subject="새 알림", body="내용")
    for token, days in (("gone", -1), ("kept", 1)):
        ExportJob.objects.create(kind="open_data", token=token, expires_at=clock.now() + timedelta(days=days))
    tasks.destroy_expired()
    assert list(OutboxMessage.objects.values_list("event", flat=True)) == ["new"]
    assert list(ExportJob.objects.values_list("token", flat=True)) == ["kept"]


def test_every_task_of_the_clock_exists():
    celery_app.loader.import_default_modules()
    names = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert names <= set(celery_app.tasks)
