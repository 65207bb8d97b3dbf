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


def read(sources, plan):
    """[held event], read once for all that count events."""
    return list(held(plan))


def _rows(sources, events, value):
    """{source pk: [Row]} of the events each source counts."""
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


def events(sources, plan, known):
    """Each event that was held is one; for an indicator per dong it stands for its dong. `known`: read(sources, plan), here as below."""
    return _rows(sources, known, lambda event: ONE)


def participants(sources, plan, known):
    """Everybody who came, in people."""
    return _rows(sources, known, lambda event: Decimal(came(event)))


def trained(sources, plan, known):
    """Everybody who came to events of training kinds, in people."""
    return _rows(sources, [event for event in known if event.kind.training], lambda event: Decimal(came(event)))


def gatherings(sources, plan, known, log):
    """Each event and each meeting without one is one: what was entered as an event is not counted again by its record."""
    closed = {event.pk: event for event in known if event.meeting_id}
    rows = events(sources, plan, known)
    for pk, found in providers.meetings(sources, plan, log).items():
        counted = [closed[row.address[1][0]].meeting for row in rows[pk] if row.address[1][0] in closed]
        recorded = {(meeting.year, meeting.no) for meeting in counted}
        rows[pk] += [row for row in found if row.address[1] not in recorded]
    return rows


def register(to):
    """Fill the register at start-up."""
    to.add("events", "행사", events, reads=[read])
    to.add("gatherings", "행사와 회의", gatherings, reads=[read, providers.Log])
    to.add("participants", "참여 인원", participants, reads=[read])
    to.add("trained", "교육받은 사람", trained, reads=[read])
