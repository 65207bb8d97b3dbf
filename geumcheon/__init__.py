"""The portal's top room: urls, views, overview, open data, commands."""

from geumcheon.celery import app as celery_app

__all__ = ["celery_app"]
