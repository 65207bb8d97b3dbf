"""Lists of events: coming, planned and past, with their filters. The number of queries does not grow with the rows."""

from datetime import datetime

from django.db.models import Count, F, Q
from django.utils import timezone

from councils.models import MeetingState
from forums import event_seats, event_words
from forums.models import Event, EventKind, EventState, SeatState
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.filters import FilterForm, pick_number, pick_row, search_word
from projects.models import PlanStatus

PER_PAGE = 20
STATE_CHIPS = {EventState.ANNOUNCED: "chip-green", EventState.CANCELLED: "chip-red", EventState.PLANNED: "chip-line"}


def listed():
    """Events everybody may see; not those of a plan that is a draft."""
    return Event.objects.exclude(project__plan__status=PlanStatus.DRAFT)


def dressed(rows):
    """The rows with what a card shows: kind, dong, project, people seated and come."""
    seated = Count("registrations", filter=Q(registrations__state=SeatState.SEATED))
    checked = Count("registrations", filter=Q(registrations__checked_in_at__isnull=False))
    return rows.select_related("kind", "dong", "project__plan", "meeting").annotate(seated=seated, checked=checked)


def came(event):
    """People who came (`event` has `checked` and its meeting): those checked in, else the number written down, else what the
    published record of the log says; None where nothing is known. One gathering has one number, wherever it stands.
    """
    meeting = event.meeting
    recorded = meeting.attendees if meeting and meeting.state == MeetingState.PUBLISHED else None
    return event.checked or (event.headcount if event.headcount is not None else recorded)


def dress(event, now):
    """Set what pages show of an event (a row of `dressed`): when, where, left (seats), closed (why no registration), came."""
    event.when = event_words.when(event)
    event.where, event.length = event_words.where(event), event_words.length(event)
    event.closed = event_seats.closed(event, now)
    event.left = event_seats.seats_left(event, event.seated)
    event.came = came(event)
    event.unknown = event.state == EventState.PLANNED and event.year < clock.today().year
    event.chip = STATE_CHIPS.get(event.state, "")
    return event


class EventFilter(FilterForm):
    """GET filters of the events."""

    q = search_word()
    kind = pick_row("종류", EventKind.objects.all())
    dong = pick_row("동", Dong.objects.all())
    project = pick_number("사업")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = listed().filter(project__isnull=False).order_by("-project__plan__year", "project__number")
        names = dict.fromkeys(known.values_list("project", "project__plan__year", "project__number", "project__name"))
        self.fields["project"].choices = [("", "전체"), *((pk, f"{y} {n}. {name}") for pk, y, n, name in names)]

    def apply(self, rows):
        """The events the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        for name in ("kind", "dong", "project"):
            if wanted.get(name):
                rows = rows.filter(**{name: wanted[name]})
        for word in (wanted.get("q") or "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word) | Q(place__icontains=word))
        return rows


def parts(rows):
    """(coming, planned, past) QuerySets: announced from today on; of this year or later, without a day yet or not announced; the
    rest, with what a past year planned and nobody told of since (no result was handed over, nothing is overdue).
    """
    midnight = timezone.make_aware(datetime.combine(clock.today(), datetime.min.time()))
    coming = Q(state=EventState.ANNOUNCED, starts_at__gte=midnight)
    called_off = Q(state=EventState.CANCELLED, starts_at__gte=midnight)  # who comes to look finds it where it stood
    planned = Q(state=EventState.PLANNED, year__gte=clock.today().year)
    return (
        rows.filter(coming | called_off).order_by("starts_at", "pk"),
        rows.filter(planned).order_by("-year", F("starts_at").asc(nulls_last=True), "project__number", "pk"),
        rows.exclude(coming | called_off | planned).order_by(
            "-year", F("starts_at").desc(nulls_last=True), "project__number", "pk"
        ),
    )
