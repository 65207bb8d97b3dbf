"""What a seated person writes about a call: the reply, and the own calendar address."""

import secrets
from datetime import datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from councils.meeting_rules import person_of
from councils.models import CalendarAddress, Meeting, MeetingState, Membership, Person, Reply
from geumcheon.lib import clock

CLOSED = {
    MeetingState.CANCELLED: "취소된 회의라 회신할 수 없습니다.",
    MeetingState.LOGGED: "이미 연 회의라 회신할 수 없습니다.",
    MeetingState.SUBMITTED: "이미 연 회의라 회신할 수 없습니다.",
    MeetingState.PUBLISHED: "이미 연 회의라 회신할 수 없습니다.",
}


def begins_at(meeting):
    """The aware moment until which replies are taken: the hour in Seoul, or the end of the day where none is known."""
    day, hour = meeting.starts_on, meeting.starts_at
    if hour is None:
        day, hour = day + timedelta(days=1), time.min
    return timezone.make_aware(datetime.combine(day, hour))


def refusal(meeting):
    """Why nobody may reply to a meeting any more, in Korean; "" while one may."""
    if meeting.state in CLOSED:
        return CLOSED[meeting.state]
    return "" if clock.now() < begins_at(meeting) else "회의가 시작되어 회신을 마감했습니다."


@transaction.atomic
def reply(*, meeting, by, answer, note=""):
    """Keep a seated person's answer to a call; a later one takes its place. Returns the Reply.

    Raises PermissionDenied for who is not seated on the day of the meeting, ValidationError after the reply closed.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    person = person_of(by)
    seats = Membership.objects.filter(person=person, body__in=meeting.bodies.all())
    if person is None or not seats.seated(meeting.starts_on).exists():
        raise PermissionDenied
    if reason := refusal(meeting):
        raise ValidationError(reason)
    row = Reply.objects.filter(meeting=meeting, person=person).first() or Reply(meeting=meeting, person=person)
    row.answer, row.note, row.answered_at = answer, note.strip(), clock.now()
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def renew_calendar_address(*, person):
    """Make the person's calendar address anew; the one before stops working. Returns the CalendarAddress."""
    Person.objects.select_for_update().get(pk=person.pk)
    fields = {"nonce": secrets.token_urlsafe(24), "made_at": clock.now()}
    return CalendarAddress.objects.update_or_create(person=person, defaults=fields)[0]


@transaction.atomic
def end_calendar_address(*, person):
    """Take the person's calendar address away without a new one."""
    CalendarAddress.objects.filter(person=person).delete()
