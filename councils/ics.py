"""Meetings as calendar files (iCalendar, RFC 5545): all announced ones, one body's, one meeting's, and a person's own."""

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import http_date
from icalendar import Calendar, Event, vDDDTypes, vDuration, vUri

from councils.models import AgendaItem, Body, CalendarAddress, Meeting, MeetingState, Membership
from geumcheon.lib import periods

SEOUL = ZoneInfo("Asia/Seoul")
# Part of every UID: stays what it is when the portal moves to another host, else every meeting would stand twice.
UID_HOST = "meetings.geumcheon-governance"
SALT = "councils.ics.address"
HELD = (MeetingState.CALLED, MeetingState.PUBLISHED)  # states whose agenda everybody may read


# --- which meetings -----------------------------------------------------------------------------------------------
def announced(meetings=None):
    """Meetings a calendar may show: called ones, also when held or cancelled since, and published records; never a bare draft."""
    meetings = Meeting.objects.all() if meetings is None else meetings
    newest = Meeting.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    return (
        meetings.filter(Q(state=MeetingState.PUBLISHED) | Q(called_at__isnull=False))
        .select_related("kind")
        .prefetch_related("bodies", Prefetch("items", AgendaItem.objects.order_by("order", "pk")))
        .annotate(changed_at=Subquery(newest.values("history_date")[:1]))
        .order_by("starts_on", "year", "no")
    )


def of_person(person):
    """Announced meetings of the bodies the person sits in on the day of each."""
    seats = list(Membership.objects.filter(person=person))
    found = announced(Meeting.objects.filter(bodies__in={seat.body_id for seat in seats}).distinct())
    return [
        meeting
        for meeting in found
        if any(
            seat.body_id in {body.pk for body in meeting.bodies.all()}
            and periods.covers(seat.starts_on, seat.until, meeting.starts_on)
            for seat in seats
        )
    ]


# --- the secret address -------------------------------------------------------------------------------------------
def token_of(person):
    """The secret part of a person's calendar address, or "" without one. Another password or a renewed address ends it."""
    address = CalendarAddress.objects.filter(person=person).first()
    return f"{person.pk}-{_signature(address)}" if address and person.user_id else ""


def _signature(address):
    user = address.person.user
    value = f"{address.person_id}:{address.nonce}:{user.pk}:{user.password}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:40]


def person_of_token(token):
    """The Person a secret address belongs to; None for a wrong or ended one, and for an account that was closed."""
    key, _, signature = token.partition("-")
    if not key.isascii() or not key.isdecimal() or len(key) > 9:
        return None
    address = CalendarAddress.objects.select_related("person__user").filter(person_id=int(key)).first()
    if address is None or address.person.user is None or not address.person.user.is_active:
        return None
    return address.person if constant_time_compare(signature, _signature(address)) else None


# --- writing ------------------------------------------------------------------------------------------------------
def _changed_at(meeting):
    known = meeting.changed_at or meeting.published_at or meeting.called_at
    return (known or datetime(meeting.year, 1, 1, tzinfo=SEOUL)).astimezone(ZoneInfo("UTC")).replace(microsecond=0)


def _add_time(event, meeting):
    """All-day where no hour is known, or where only the first of several days has one; else hours in Seoul."""
    first, last = meeting.starts_on, meeting.ends_on
    start, end = meeting.starts_at, meeting.ends_at
    if start is None or (last and end is None):
        event.add("dtstart", first)
        event.add("dtend", (last or first) + timedelta(days=1))  # the day after the last (RFC 5545 3.6.1)
        return
    event.add("dtstart", datetime.combine(first, start, SEOUL))
    if end:
        event.add("dtend", datetime.combine(last or first, end, SEOUL))


def _description(meeting, private):
    """What the call or the published record says; of a draft nothing."""
    told = []
    if meeting.state in HELD:
        told += [meeting.agenda] if meeting.agenda else []
        told += [f"{item.order}. [{item.get_kind_display()}] {item.title}" for item in meeting.items.all()]
    if private and meeting.online_link and meeting.state != MeetingState.CANCELLED:
        told.append(f"온라인: {meeting.online_link}")
    return "\n".join(told)


def _event(meeting, private):
    event, changed = Event(), _changed_at(meeting)
    bodies = "·".join(body.name for body in meeting.bodies.all())
    event.add("uid", f"{meeting.year}-{meeting.no}@{UID_HOST}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", meeting.edit_version)
    _add_time(event, meeting)
    event.add("summary", f"{meeting.kind} ({bodies})" if bodies else str(meeting.kind))
    event.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
    event.add("categories", [str(meeting.kind)])
    if meeting.place:
        event.add("location", meeting.place)
    if description := _description(meeting, private):
        event.add("description", description)
    if private and meeting.online_link and meeting.state != MeetingState.CANCELLED:
        event.add("conference", vUri(meeting.online_link, params={"VALUE": "URI", "FEATURE": "VIDEO"}))
    event.add("url", settings.SITE_URL + meeting.get_absolute_url())
    return event


def write(meetings, name, private=False):
    """(bytes of the calendar, when the newest of it changed or None). Only a private one carries the online addresses."""
    calendar = Calendar()
    calendar.add("prodid", "-//Geumcheon governance portal//meetings//KO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Seoul")
    refresh = vDDDTypes(timedelta(hours=6))
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    calendar.add("x-published-ttl", vDuration(timedelta(hours=6)))
    changed = None
    for meeting in meetings:
        calendar.add_component(_event(meeting, private))
        changed = max(changed or _changed_at(meeting), _changed_at(meeting))
    calendar.add_missing_timezones()
    return calendar.to_ical(), changed


def _answer(request, meetings, name, filename, private=False):
    """The calendar, or 304 where the client still has this very one. The tag is the content's: a renamed body changes it too."""
    content, changed = write(meetings, name, private)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None or response.status_code == 412:
        response = response or HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    response["Cache-Control"] = "private, no-cache" if private else "public, max-age=600"
    if changed and not private:
        response["Last-Modified"] = http_date(timezone.localtime(changed).timestamp())
    if private:
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
    return response


def feed(request):
    """All announced meetings."""
    return _answer(request, announced(), "금천구협치회의 회의", "geumcheon-meetings")


def body_feed(request, pk):
    """One body's announced meetings."""
    body = get_object_or_404(Body, pk=pk)
    return _answer(request, announced(Meeting.objects.filter(bodies=body)), f"{body} 회의", f"geumcheon-body-{pk}")


def meeting_file(request, year, no):
    """One announced meeting."""
    meeting = get_object_or_404(announced(), year=year, no=no)
    return _answer(request, [meeting], str(meeting.kind), f"geumcheon-{year}-{no}")


def own_feed(request, token):
    """The meetings of whoever the secret address was made for. A wrong or ended address is no address."""
    person = person_of_token(token)
    if person is None:
        raise Http404
    return _answer(request, of_person(person), "나의 협치회의", "geumcheon-own", private=True)
