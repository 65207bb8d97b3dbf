"""Every write of an event itself: planned, announced, changed, closed, cancelled. Seats are in forums.event_seats.

Each function locks the event's row first; registrations of one event are written one after another under that lock.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from councils import meeting_actions
from councils.models import Meeting, MeetingState
from forums import event_mails
from forums.event_seats import (
    cancel_registration,
    check_in,
    fill_seats,
    lock,
    register,
    undo_check_in,
    walk_in,
)
from forums.models import EVENT_MOVES, Event, EventState, Registration, SeatState, Way
from geumcheon.lib import clock
from projects.models import Plan, ProjectMeeting
from projects.tasks import refresh_indicators

__all__ = [
    "announce",
    "cancel",
    "cancel_registration",
    "check_in",
    "close",
    "create",
    "edit",
    "forget_contacts",
    "lock",
    "move",
    "register",
    "remind",
    "set_headcount",
    "undo_check_in",
    "walk_in",
]

# What create and edit write.
FIELDS = (
    "title", "kind", "scale", "audience", "level", "hours", "text", "year", "when_text", "starts_at", "ends_at", "whole_day", "way",
    "place", "online_link", "dong", "project", "proposal", "meeting", "capacity", "register_from", "register_until",
)  # fmt: skip
TOLD = (
    "starts_at",
    "ends_at",
    "whole_day",
    "place",
    "way",
    "online_link",
)  # a change of these is told to who registered
SHOWN = (*TOLD, "title", "text")  # a change of these is a new version of the calendar entry
KEEP_CONTACTS = timedelta(days=30)  # after the event (issue: the contact is destroyed 30 days after)
REMIND_BEFORE = timedelta(days=1)


class StaleEvent(ValidationError):
    """Somebody else saved the event since the form was opened; nothing was written."""


def _permit(by, event):
    if not by.has_perm("forums.run_event", event):
        raise PermissionDenied


def _locked(event, by, version=None):
    row = lock(event)
    _permit(by, row)
    if version is not None and version != row.version:
        raise StaleEvent("다른 사람이 먼저 고쳤습니다. 바뀐 내용을 확인하고 다시 저장해 주세요.")
    return row


def _save(row):
    row.version += 1  # the row is locked
    row.full_clean()
    row.save()
    return row


def _set(row, values):
    for name, value in values.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is no field of an event")
        setattr(row, name, value)
    if row.starts_at is not None:
        row.year = timezone.localtime(row.starts_at).year  # the day decides, not what was typed before it was known
    if row.way != Way.PLACE and row.state == EventState.ANNOUNCED and not row.online_link:
        raise ValidationError({"online_link": "비대면이나 혼합이면 온라인 주소를 적어 주세요."})


def _refresh(*years):
    """Recount the indicators of the plans of these years when the transaction is over."""
    for plan_id in Plan.objects.filter(year__in=set(years)).values_list("pk", flat=True):
        refresh_indicators.delay_on_commit(plan_id)


@transaction.atomic
def create(*, by, values):
    """Make a planned event. values: names of FIELDS. Returns the Event. Raises ValidationError at the field, PermissionDenied."""
    row = Event()
    _set(row, values)
    _permit(by, row)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def edit(*, event, by, values, version=None):
    """Change an event that is not over. Who registered is told once of another time, place, way or link; a raised capacity
    moves the waiting up, and who moves up reads the new time in that one message.

    Raises ValidationError, StaleEvent, PermissionDenied (also where the change would hand it to another department).
    """
    row = _locked(event, by, version)
    if row.state not in (EventState.PLANNED, EventState.ANNOUNCED):
        raise ValidationError(f"‘{row.get_state_display()}’ 상태의 행사는 고칠 수 없습니다.")
    before, capacity = {name: getattr(row, name) for name in SHOWN}, row.capacity
    _set(row, values)
    _permit(by, row)
    _check_capacity(row, capacity)
    changed = {name for name in SHOWN if before[name] != getattr(row, name)}
    row.sequence += bool(changed)
    if "starts_at" in changed:
        row.reminded_at = None
    _save(row)
    if row.state == EventState.ANNOUNCED:
        standing = list(row.registrations.exclude(state=SeatState.CANCELLED).order_by("line"))
        moved = {made.pk for made in fill_seats(row)}
        if changed & set(TOLD):
            event_mails.tell_changed([r for r in standing if r.pk not in moved], row)
    return row


def _check_capacity(row, before):
    """A lowered capacity never takes a seat away."""
    if row.capacity is None or row.capacity == before or row.pk is None:
        return
    seated = row.registrations.filter(state=SeatState.SEATED).count()
    if row.capacity < seated:
        raise ValidationError(
            {"capacity": f"이미 {seated}명에게 자리가 있습니다. 정원을 {seated}명 이상으로 적어 주세요."}
        )


@transaction.atomic
def move(*, event, by, to, reason="", version=None):
    """Set the state along EVENT_MOVES; the same state is nothing new. Raises ValidationError, PermissionDenied."""
    row = _locked(event, by, version)
    if row.state == to:
        return row
    if to not in EVENT_MOVES[row.state]:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태에서 ‘{EventState(to).label}’(으)로 바꿀 수 없습니다.")
    row.state, row.sequence = (
        to,
        row.sequence + (to != EventState.CLOSED),
    )  # nothing changes in calendars when it is over
    if to == EventState.ANNOUNCED:
        _check_announced(row)
    if to == EventState.CANCELLED:
        row.cancel_reason = " ".join(reason.split())
        if not row.cancel_reason:
            raise ValidationError({"reason": "취소하는 까닭을 적어 주세요."})
    return _save(row)


def _check_announced(row):
    errors = {}
    if row.starts_at is None:
        errors["starts_at"] = "안내하려면 시작하는 때를 적어야 합니다."
    if row.way != Way.ONLINE and not row.place:
        errors["place"] = "안내하려면 장소를 적어야 합니다."
    if row.way != Way.PLACE and not row.online_link:
        errors["online_link"] = "비대면이나 혼합이면 온라인 주소를 적어 주세요."
    if errors:
        raise ValidationError(errors)


def announce(*, event, by, version=None):
    """Open a planned event to registration."""
    return move(event=event, by=by, to=EventState.ANNOUNCED, version=version)


@transaction.atomic
def cancel(*, event, by, reason, version=None):
    """Call an event off; everybody with a seat or in the waiting line is told once. A second time changes nothing."""
    if lock(event).state == EventState.CANCELLED:
        return _locked(event, by)
    row = move(event=event, by=by, to=EventState.CANCELLED, reason=reason, version=version)
    event_mails.tell_cancelled(row.registrations.exclude(state=SeatState.CANCELLED).order_by("line"), row)
    return row


# --- after it -----------------------------------------------------------------------------------------------------
@transaction.atomic
def close(*, event, by, headcount=None, meeting=None, bodies=(), version=None):
    """End an event that was held, with its record in the log in the same transaction.

    headcount: people who came, where nobody was checked in one by one; meeting: the record that exists already; bodies: start
    a record of the kind's meeting for these bodies (the secretariat and who sits in them). An event that has its meeting gets no
    second one. Raises ValidationError at the field, PermissionDenied.
    """
    row = _locked(event, by, version)
    if row.state != EventState.ANNOUNCED:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태의 행사는 마칠 수 없습니다.")
    if row.starts_at > clock.now():
        raise ValidationError("아직 시작하지 않은 행사입니다.")
    if meeting is not None and row.meeting_id not in (None, meeting.pk):
        raise ValidationError({"meeting": f"이미 회의 기록이 있습니다: {row.meeting}"})
    _write_headcount(row, headcount)
    row.meeting = row.meeting or _meeting_of(row, by, meeting, bodies)
    _save(row)
    row = move(event=row, by=by, to=EventState.CLOSED)
    _refresh(row.year)
    return row


def came(event):
    """How many people came: those checked in one by one, else the number written down; None where neither is known."""
    checked = event.registrations.filter(checked_in_at__isnull=False).count()
    return checked or event.headcount


def _write_headcount(row, headcount):
    if headcount is not None and row.registrations.filter(checked_in_at__isnull=False).exists():
        raise ValidationError({"headcount": "한 사람씩 확인한 행사는 확인한 수로 셉니다. 비워 두세요."})
    row.headcount = headcount


def _meeting_of(row, by, meeting, bodies):
    """The record that was chosen, or a new one started in the log; None where none was asked for."""
    if meeting is not None:
        chosen = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if chosen.state == MeetingState.CANCELLED:
            raise ValidationError({"meeting": "취소한 회의입니다. 다른 회의를 골라 주세요."})
        if chosen.starts_on != timezone.localtime(row.starts_at).date():
            raise ValidationError({"meeting": "날짜가 다른 회의입니다. 행사와 같은 날의 회의를 골라 주세요."})
        return chosen
    if not bodies:
        return None
    if row.kind.meeting_kind is None:
        raise ValidationError({"bodies": f"‘{row.kind}’은(는) 회의로 기록하지 않는 종류입니다. 비워 두세요."})
    made = meeting_actions.start_log(by=by, record=_record(row, list(bodies)))
    if row.project_id:
        ProjectMeeting.objects.get_or_create(meeting=made, project_id=row.project_id)
    return made


def _record(row, bodies):
    """The log's record of an event: day, hours, place, what it was about, and who came as guests."""
    first = timezone.localtime(row.starts_at)
    last = timezone.localtime(row.ends_at) if row.ends_at else None
    fields = {"kind": row.kind.meeting_kind, "starts_on": first.date(), "place": row.place, "agenda": row.title}
    if last and last.date() > first.date():
        fields["ends_on"] = last.date()
    if not row.whole_day:
        fields |= {"starts_at": first.time(), "ends_at": last.time() if last else None}
    people = came(row)
    guests = [(f"{row.get_audience_display() or '주민'} 참여자", people)] if people else None
    return meeting_actions.Record(fields=fields, bodies=bodies, guests=guests)


@transaction.atomic
def set_headcount(*, event, by, headcount, version=None):
    """Correct the number of people who came; the indicators are counted again."""
    row = _locked(event, by, version)
    if row.state != EventState.CLOSED:
        raise ValidationError("마친 행사만 온 사람 수를 고칩니다.")
    _write_headcount(row, headcount)
    _save(row)
    _refresh(row.year)
    return row


# --- by the clock -------------------------------------------------------------------------------------------------
def to_remind(now=None):
    """Announced events that begin by the end of tomorrow and whose people were not reminded yet."""
    now = now or clock.now()
    after = timezone.localtime(now).date() + REMIND_BEFORE + timedelta(days=1)
    limit = timezone.make_aware(datetime.combine(after, datetime.min.time()))
    return Event.objects.filter(
        state=EventState.ANNOUNCED, reminded_at__isnull=True, starts_at__gt=now, starts_at__lt=limit
    )


@transaction.atomic
def remind(*, event):
    """Remind everybody with a seat, once. Twice is once."""
    row = lock(event)
    if not to_remind().filter(pk=row.pk).exists():
        return row
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    event_mails.tell_reminder(row.registrations.filter(state=SeatState.SEATED).order_by("line"), row)
    return row


def to_forget():
    """Events that ended 30 days ago and still hold names or contacts."""
    old = Event.objects.filter(forgotten_at__isnull=True, starts_at__lt=clock.now() - KEEP_CONTACTS)
    return old.exclude(ends_at__gte=clock.now() - KEEP_CONTACTS)


@transaction.atomic
def forget_contacts(*, event):
    """Destroy names, contacts, own addresses and messages of an event's registrations; the numbers stay. Twice is once."""
    row = lock(event)
    if not to_forget().filter(pk=row.pk).exists():
        return row
    event_mails.forget(row.registrations.all())
    Registration.objects.filter(event=row).update(name="", contact="", contact_key="", token_hash="")
    row.forgotten_at = clock.now()
    row.save(update_fields=["forgotten_at"])
    return row
