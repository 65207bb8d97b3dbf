"""What a member's own page shows: everything of one person, nothing of anybody else but numbers."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from councils.ics import token_of
from councils.late import due_before
from councils.meeting_rules import publishing_body_ids, seated_body_ids
from councils.models import (
    Attendance,
    FileKind,
    Meeting,
    MeetingFile,
    MeetingState,
    Membership,
    Reply,
    Requester,
)
from councils.quorum import roll_order, seated_on
from councils.reply_actions import refusal
from geumcheon.lib import clock, periods


@dataclass
class Coming:
    """A called (or just cancelled) meeting with the own reply and the seated members' replies as numbers of people."""

    meeting: Meeting
    reply: Reply | None
    closed: str  # why one cannot reply any more, or ""
    seated: int
    yes: int
    no: int
    maybe: int
    publishes: bool = False  # may read who answered what

    @property
    def silent(self):
        return self.seated - self.yes - self.no - self.maybe


@dataclass
class Presence:
    """Own attendance in one body and year: `present` of `total` published meetings, and which."""

    body: object
    year: int
    rows: list = field(default_factory=list)  # (meeting, present)

    @property
    def total(self):
        return len(self.rows)

    @property
    def present(self):
        return sum(present for _, present in self.rows)


def _sits(seats, meeting):
    """Bodies of a meeting the memberships hold a seat in on its day."""
    bodies = {body.pk: body for body in meeting.bodies.all()}
    return [
        bodies[seat.body_id]
        for seat in seats
        if seat.body_id in bodies and periods.covers(seat.starts_on, seat.until, meeting.starts_on)
    ]


def coming(person, seats):
    """[Coming] of called meetings that are not over, soonest first, and of cancelled ones that would have been."""
    today = clock.today()
    found = (
        Meeting.objects.filter(
            Q(starts_on__gte=today) | Q(ends_on__gte=today),
            bodies__in={seat.body_id for seat in seats},
            state__in=[MeetingState.CALLED, MeetingState.CANCELLED],
            called_at__isnull=False,
        )
        .select_related("kind")
        .prefetch_related("bodies", "items")
        .distinct()
        .order_by("starts_on", "starts_at", "pk")
    )
    found = [meeting for meeting in found if _sits(seats, meeting)]
    people = _seated_people(found)
    replies = defaultdict(dict)
    for reply in Reply.objects.filter(meeting__in=found):
        if reply.person_id in people[reply.meeting_id]:
            replies[reply.meeting_id][reply.person_id] = reply
    rows = []
    for meeting in found:
        own = replies[meeting.pk]
        count = Counter(reply.answer for reply in own.values())
        numbers = {answer: count[answer] for answer in Reply.Answer.values}
        rows.append(Coming(meeting, own.get(person.pk), refusal(meeting), seated=len(people[meeting.pk]), **numbers))
    return rows


def _seated_people(meetings):
    """{meeting id: ids of people seated in its bodies on its day}, with one query for all meetings."""
    bodies = {body.pk for meeting in meetings for body in meeting.bodies.all()}
    seats = list(Membership.objects.filter(body__in=bodies))
    return {meeting.pk: {seat.person_id for seat in seats if _sits([seat], meeting)} for meeting in meetings}


def unread(person, meetings):
    """Material of called meetings the person has not opened."""
    files = MeetingFile.objects.filter(
        meeting__in=[meeting for meeting in meetings if meeting.state == MeetingState.CALLED],
        kind=FileKind.MATERIAL,
    )
    return files.exclude(reads__person=person).select_related("meeting__kind").order_by("meeting__starts_on", "pk")


def drafts(user):
    """Records the user began or handed in before, that wait to be submitted; only of bodies the user still sits in."""
    began = Meeting.history.model.objects.filter(history_user=user).values("id")
    return (
        Meeting.objects.filter(Q(pk__in=began) | Q(submitted_by=user), state=MeetingState.LOGGED)
        .filter(bodies__in=seated_body_ids(user))
        .select_related("kind")
        .prefetch_related("bodies")
        .distinct()
        .order_by("starts_on", "pk")
    )


def to_publish(user):
    """Submitted records that wait for this user as 간사, 위원장 or stand-in."""
    return (
        Meeting.objects.filter(state=MeetingState.SUBMITTED, bodies__in=publishing_body_ids(user))
        .select_related("kind")
        .prefetch_related("bodies")
        .distinct()
        .order_by("submitted_at", "pk")
    )


def presence(person, seats):
    """[Presence] of published meetings, newest year first; a joint meeting stands under each body the person sat in."""
    rows = Attendance.objects.filter(person=person, meeting__state=MeetingState.PUBLISHED)
    found = {}
    for row in rows.select_related("meeting__kind").prefetch_related("meeting__bodies").order_by("-meeting__starts_on"):
        for body in _sits(seats, row.meeting):
            own = found.setdefault((row.meeting.year, body.pk), Presence(body, row.meeting.year))
            own.rows.append((row.meeting, row.present))
    return sorted(found.values(), key=lambda p: (-p.year, p.body.order, p.body.pk))


def answers(meeting):
    """[(Person, Reply or None)] of everybody seated on the day of a meeting, once each, for its 간사."""
    replies = {reply.person_id: reply for reply in meeting.replies.all()}
    people = {seat.person_id: seat.person for seat in sorted(seated_on(meeting), key=roll_order)}
    return [(person, replies.get(pk)) for pk, person in people.items()]


def page(user, person):
    """The context of the own page."""
    seats = list(
        Membership.objects.filter(person=person)
        .select_related("body", "seat")
        .prefetch_related("offices__office")
        .order_by("-starts_on", "pk")
    )
    soon = coming(person, seats)
    today = clock.today()
    publishing = publishing_body_ids(user)
    for row in soon:
        row.publishes = any(body.pk in publishing for body in row.meeting.bodies.all())
    for seat in seats:
        seat.is_current = periods.covers(seat.starts_on, seat.until, today)
    return {
        "person": person,
        "coming": soon,
        "unread": unread(person, [row.meeting for row in soon]),
        "drafts": drafts(user),
        "to_publish": to_publish(user),
        "presence": presence(person, seats),
        "seats": seats,
        "today": today,
        "requests": Requester.objects.filter(person=person, meeting__called_at__isnull=False)
        .select_related("meeting__kind")
        .order_by("-meeting__starts_on"),
        "calendar_token": token_of(person),
        "due_before": due_before(),
        "answers": Reply.Answer.choices,
    }
