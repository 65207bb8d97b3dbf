"""Events as calendar files (iCalendar, RFC 5545): one, and all that were announced. The online address is never in them."""

import hashlib
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from icalendar import Calendar
from icalendar import Event as Entry

from forums import event_pages, event_words
from forums.models import Event, EventState

UTC = ZoneInfo("UTC")
# Part of every UID: stays what it is when the portal moves to another host.
UID_HOST = "forums.geumcheon-governance"
STATUS = {EventState.PLANNED: "TENTATIVE", EventState.CANCELLED: "CANCELLED"}


def announced():
    """Events a calendar may show: with a day, announced, held or called off."""
    newest = Event.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    rows = event_pages.listed().filter(starts_at__isnull=False).exclude(state=EventState.PLANNED)
    changed = Subquery(newest.values("history_date")[:1])
    return rows.select_related("kind").annotate(changed_at=changed).order_by("starts_at", "pk")


def _entry(event):
    entry = Entry()
    changed = (event.changed_at or event.starts_at).astimezone(UTC).replace(microsecond=0)
    entry.add("uid", f"event-{event.pk}@{UID_HOST}")
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("sequence", event.sequence)
    first = timezone.localtime(event.starts_at)
    last = timezone.localtime(event.ends_at) if event.ends_at else None
    if event.whole_day:
        entry.add("dtstart", first.date())
        entry.add("dtend", (last or first).date() + timedelta(days=1))  # the day after the last (RFC 5545 3.6.1)
    else:
        entry.add("dtstart", event.starts_at.astimezone(UTC))
        if last:
            entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("status", STATUS.get(event.state, "CONFIRMED"))
    entry.add("categories", [str(event.kind)])
    if place := event_words.where(event):
        entry.add("location", place)
    reason = f"취소한 까닭: {event.cancel_reason}" if event.cancel_reason else ""
    if text := "\n\n".join(filter(None, [reason, event.text])):
        entry.add("description", text)
    entry.add("url", settings.SITE_URL + event.get_absolute_url())
    return entry


def write(events, name, method="PUBLISH"):
    """The calendar in bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Geumcheon governance portal//forums//KO")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_entry(event))
    return calendar.to_ical()


def _answer(request, content, filename):
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    response = response or HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    response["Cache-Control"] = "public, max-age=600"
    return response


@require_safe
def feed(request):
    """All events that were announced, to subscribe to."""
    return _answer(request, write(announced(), "금천구 공론장·행사"), "geumcheon-forums")


@require_safe
def event_file(request, pk):
    """One event; a cancelled one takes itself out of the calendar (METHOD CANCEL)."""
    event = get_object_or_404(announced(), pk=pk)
    method = "CANCEL" if event.state == EventState.CANCELLED else "PUBLISH"
    return _answer(request, write([event], event.title, method), f"geumcheon-forum-{pk}")
