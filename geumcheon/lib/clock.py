"""The one clock. Code asks here, so that tests (time-machine) and replays can set it (DESIGN.md rule 11)."""

from django.utils import timezone


def now():
    """The present moment, aware, UTC."""
    return timezone.now()


def today():
    """The legal day in Seoul."""
    return timezone.localdate()
