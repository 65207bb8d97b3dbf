"""What events count for indicators: how many were held, who came, who was trained (projects.evidence, the first door).

Only closed events within the plan's year count. The number of queries is the same whatever the number of sources.
"""

from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone

from councils.models import Meeting
from forums import event_pages
from forums.models import Event, EventState
from projects import providers
from projects.evidence import ONE, Row


def held(plan):
    """The closed events of a plan's year, with `checked`: people checked in one by one."""
    checked = Count("registrations", filter=Q(registrations__checked_in_at__isnull=False))
    rows = Event.objects.filter(state=EventState.CLOSED, starts_at__year=plan.year)
    return rows.select_related("kind", "dong", "meeting").annotate(checked=checked).order_by("starts_at", "pk")


def came(event):
    """People who came: those checked in, else the number written down, else the published record's; 0 where none is known."""
    return event_pages.came(event) or 0


def bodies_of(events):
    """{meeting pk: {body pk}} of the events' records."""
    found, meetings = {}, [event.meeting_id for event in events if event.meeting_id]
    for meeting, body in Meeting.bodies.through.objects.filter(meeting__in=meetings).values_list(
        "meeting_id", "body_id"
    ):
        found.setdefault(meeting, set()).add(body)
    return found


def counts(source, event, bodies):
    """Whether a source counts an event: its project, kind (through the kind's meeting), the bodies of its record, words, fewest people."""
    if source.own_project and event.project_id != source.indicator.project_id:
        return False
    if source.kind_ids and event.kind.meeting_kind_id not in source.kind_ids:
        return False
    if source.body_ids and not source.body_ids & bodies.get(event.meeting_id, set()):
        return False
    if source.minimum_people and came(event) < source.minimum_people:
        return False
    text = "".join(f"{event.title} {event.kind}".split())
    return not source.word_list or any(word in text for word in source.word_list)


def _rows(sources, plan, value, of=None):
    """{source pk: [Row]} of the events each source counts; `of`: a condition of the events."""
    events = [event for event in held(plan) if of is None or of(event)]
    bodies = bodies_of(events) if any(source.body_ids for source in sources) else {}
    return {
        source.pk: [
            Row(
                event.title,
                timezone.localtime(event.starts_at).date(),
                value(event),
                ("event", (event.pk,)),
                event.dong.name if event.dong and source.indicator.per == "동" else "",
            )
            for event in events
            if counts(source, event, bodies)
        ]
        for source in sources
    }


def events(sources, plan):
    """Each event that was held is one; for an indicator per dong it stands for its dong."""
    return _rows(sources, plan, lambda event: ONE)


def participants(sources, plan):
    """Everybody who came, in people."""
    return _rows(sources, plan, lambda event: Decimal(came(event)))


def trained(sources, plan):
    """Everybody who came to events of training kinds, in people."""
    return _rows(sources, plan, lambda event: Decimal(came(event)), of=lambda event: event.kind.training)


def gatherings(sources, plan):
    """Each event and each meeting without one is one: what was entered as an event is not counted again by its record."""
    closed = {event.pk: event for event in held(plan) if event.meeting_id}
    rows = events(sources, plan)
    for pk, found in providers.meetings(sources, plan).items():
        counted = [closed[row.address[1][0]].meeting for row in rows[pk] if row.address[1][0] in closed]
        recorded = {(meeting.year, meeting.no) for meeting in counted}
        rows[pk] += [row for row in found if row.address[1] not in recorded]
    return rows


def register(to):
    """Fill the register at start-up."""
    to.add("events", "행사", events)
    to.add("gatherings", "행사와 회의", gatherings)
    to.add("participants", "참여 인원", participants)
    to.add("trained", "교육받은 사람", trained)
