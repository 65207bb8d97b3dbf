"""Celery tasks of the accounts room."""

from celery import shared_task

from geumcheon.accounts import outbox


@shared_task
def send_outbox():
    """Send what waits; started on commit of each new message and every minute by the clock. May run twice at once."""
    outbox.send_waiting()
