"""Celery application: worker and nightly clock."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geumcheon.settings")

app = Celery("geumcheon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "refresh-rollups-nightly": {"task": "geumcheon.tasks.refresh_all", "schedule": crontab(hour=3, minute=10)},
    "send-outbox": {"task": "geumcheon.accounts.tasks.send_outbox", "schedule": 60.0},
    "close-endorsement-windows": {"task": "forums.tasks.close_windows", "schedule": crontab(hour=0, minute=20)},
    "remind-events": {"task": "forums.tasks.remind_events", "schedule": crontab(hour=10, minute=0)},
    "forget-event-contacts": {"task": "forums.tasks.forget_event_contacts", "schedule": crontab(hour=4, minute=20)},
    "close-surveys": {"task": "forums.tasks.close_surveys", "schedule": crontab(hour=0, minute=30)},
    "send-digests": {"task": "forums.tasks.send_digests", "schedule": crontab(day_of_week=1, hour=8, minute=0)},
    "run-vote-clock": {"task": "voting.tasks.run_clock", "schedule": 60.0},
    "destroy-expired": {"task": "geumcheon.tasks.destroy_expired", "schedule": crontab(hour=4, minute=10)},
}
