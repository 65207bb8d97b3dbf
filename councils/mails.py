"""Mails about meetings, through the outbox: once per person and event."""

from django.conf import settings
from django.template.loader import render_to_string

from councils.models import MeetingState, Membership, OfficeHolding, StandIn
from councils.quorum import seated_on
from geumcheon.accounts.actions import queue
from geumcheon.lib import clock, periods


def _tell(people, *, meeting, event, subject, template, **context):
    """Queue one mail per address. `people` are Persons; those without an address are told by their 간사."""
    context |= {"meeting": meeting, "url": settings.SITE_URL + meeting.get_absolute_url()}
    body = render_to_string(f"councils/mail/{template}.txt", context)
    for person in {p.email: p for p in people if p.email}.values():
        queue(
            event=f"meeting:{meeting.pk}:{event}",
            recipient=person.email,
            subject=f"[금천구 협치 포털] {subject}",
            body=body,
            user=person.user,
        )


def _seated(meeting):
    return [membership.person for membership in seated_on(meeting).select_related("person__user")]


def tell_called(meeting, *, changed=False):
    """Tell everybody seated that a meeting was called, or that its day, hour or place changed."""
    event = f"changed:{meeting.edit_version}" if changed else "called"
    subject = (
        f"{'회의가 바뀌었습니다' if changed else '회의를 엽니다'}: {periods.day_text(meeting.starts_on)} {meeting.kind}"
    )
    _tell(_seated(meeting), meeting=meeting, event=event, subject=subject, template="called", changed=changed)


def tell_cancelled(meeting, reason):
    """Tell everybody seated that a called meeting will not be held."""
    subject = f"회의가 취소되었습니다: {periods.day_text(meeting.starts_on)} {meeting.kind}"
    _tell(_seated(meeting), meeting=meeting, event="cancelled", subject=subject, template="cancelled", reason=reason)


def publishers(meeting):
    """Persons who may publish the record today by office or as stand-in."""
    today, bodies = clock.today(), meeting.bodies.all()
    seats = Membership.objects.filter(body__in=bodies).seated(today)
    holdings = OfficeHolding.objects.filter(periods.covering(today), membership__in=seats, office__publishes=True)
    stand_ins = StandIn.objects.filter(periods.covering(today), body__in=bodies)
    people = [h.membership.person for h in holdings.select_related("membership__person__user")]
    return people + [s.person for s in stand_ins.select_related("person__user")]


def tell_publishers(meeting):
    """Tell the 간사·위원장 that a record waits for them."""
    assert meeting.state == MeetingState.SUBMITTED
    subject = f"회의록이 기다립니다: {periods.day_text(meeting.starts_on)} {meeting.kind}"
    event = f"submitted:{meeting.edit_version}"
    _tell(publishers(meeting), meeting=meeting, event=event, subject=subject, template="submitted")


def tell_returned(meeting, reason):
    """Tell who submitted that the record came back, with the reason."""
    person = getattr(meeting.submitted_by, "person", None) if meeting.submitted_by else None
    if person is not None:
        subject = f"회의록을 고쳐 주세요: {periods.day_text(meeting.starts_on)} {meeting.kind}"
        event = f"returned:{meeting.edit_version}"
        _tell([person], meeting=meeting, event=event, subject=subject, template="returned", reason=reason)
