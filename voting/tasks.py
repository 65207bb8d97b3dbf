"""Celery tasks of votes: they may run twice."""

from celery import shared_task

from voting import schedule


@shared_task
def run_clock():
    """Open, mix and close the rounds whose time has come."""
    schedule.run()
