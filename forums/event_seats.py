"""Seats of an event: registering, the waiting line, cancelling, checking in. Each write holds the event's row."""

import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from forums import event_mails, event_words
from forums.models import Event, EventState, Registration, SeatState
from forums.texts import clean_line
from geumcheon.accounts.verification import keys
from geumcheon.lib import clock

NAME_LIMIT, CONTACT_LIMIT = 40, 120
CONTACT_KEY = "event-contact"


def lock(event):
    """The event's row, locked, with what its rules and messages read. Two queries: a lock does not join."""
    list(Event.objects.select_for_update().filter(pk=event.pk).values_list("pk", flat=True))
    return Event.objects.select_related("kind__meeting_kind", "project__plan", "meeting").get(pk=event.pk)


def clean_contact(text):
    """A mail address as typed, or a mobile number in digits. Raises ValidationError in Korean."""
    text = clean_line(text, CONTACT_LIMIT)
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError("전자우편 주소를 확인해 주세요. 예: name@example.org") from None
        return text
    try:
        return keys.normalise_number(text)
    except ValidationError:
        raise ValidationError("전자우편이나 휴대전화 번호를 적어 주세요. 예: 010-0000-0000") from None


def contact_key(event, contact):
    """The keyed hash of a contact for one event alone: two events cannot be joined by it."""
    return keys.derive_key(CONTACT_KEY, f"{event.pk}:{contact.lower()}", keys.pepper()) if contact else ""


def hash_of(token):
    """What the row keeps of an own address (64 hex digits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token):
    """The Registration of an own address, or None."""
    rows = Registration.objects.select_related("event__kind", "event__project__plan", "event__dong")
    return rows.filter(token_hash=hash_of(token)).first() if token else None


# --- whether, and how many ----------------------------------------------------------------------------------------
def until(event):
    """The moment registration ends (excluded): as set, else the start."""
    return event.register_until or event.starts_at


def closed(event, now=None):
    """Why nobody may register now, as a Korean sentence; "" where they may."""
    now = now or clock.now()
    if event.state != EventState.ANNOUNCED:
        words = {EventState.PLANNED: "아직 신청을 받지 않습니다.", EventState.CANCELLED: "취소된 행사입니다."}
        return words.get(event.state, "마친 행사입니다.")
    if event.register_from and now < event.register_from:
        local = timezone.localtime(event.register_from)
        return f"{event_words.day_of(local)} {local:%H:%M}부터 신청을 받습니다."
    return "" if now < until(event) else "신청이 끝났습니다."


def seats_left(event, seated=None):
    """How many seats are free (people); None without a capacity. Never below 0: walk-ins may sit beyond it."""
    if event.capacity is None:
        return None
    seated = event.registrations.filter(state=SeatState.SEATED).count() if seated is None else seated
    return max(event.capacity - seated, 0)


def place_in_line(registration):
    """The place in the waiting line, from 1."""
    ahead = Registration.objects.filter(
        event=registration.event_id, state=SeatState.WAITING, line__lt=registration.line
    )
    return ahead.count() + 1


def fill_seats(row):
    """Move the waiting up in line order while seats are free and the event has not begun; tell each. Returns who moved.

    Call it with the event's row locked.
    """
    if row.state != EventState.ANNOUNCED or clock.now() >= row.starts_at:
        return []
    free = seats_left(row)
    waiting = list(row.registrations.filter(state=SeatState.WAITING).order_by("line")[:free])
    for registration in waiting:
        registration.state = SeatState.SEATED
        registration.save(update_fields=["state"])
        event_mails.tell_moved_up(registration, row)
    return waiting


# --- writes -------------------------------------------------------------------------------------------------------
def _check_person(row, name, contact, by_staff):
    """(name, contact, key) clean, or ValidationError at the fields. The office may leave the contact empty."""
    errors = {}
    name = clean_line(name, NAME_LIMIT)
    if not name:
        errors["name"] = "이름을 적어 주세요."
    key = ""
    try:
        contact = clean_contact(contact) if contact.strip() or by_staff is None else ""
    except ValidationError as error:
        errors["contact"] = error
    else:
        key = contact_key(row, contact)
        taken = row.registrations.exclude(state=SeatState.CANCELLED).filter(contact_key=key)
        if key and taken.exists():
            errors["contact"] = "이 연락처로 이미 신청했습니다. 신청할 때 받은 편지나 문자의 주소에서 볼 수 있습니다."
    if errors:
        raise ValidationError(errors)
    return name, contact, key


@transaction.atomic
def register(*, event, name, contact="", by_staff=None, arrived=False):
    """Take a seat, or the last place in the waiting line where all are taken; the person is told once. Returns the Registration.

    contact: mail or mobile number, may be empty where the office (`by_staff`) writes it down. `arrived`: a walk-in at the door,
    checked in at once, beyond the capacity too. Raises ValidationError at the field or as a whole (code "closed"), PermissionDenied.
    """
    row = lock(event)
    if by_staff is not None and not by_staff.has_perm("forums.run_event", row):
        raise PermissionDenied
    if by_staff is None and (reason := closed(row)):
        raise ValidationError(reason, code="closed")
    if row.state != EventState.ANNOUNCED or (arrived and by_staff is None):
        raise ValidationError("지금 신청을 받지 않는 행사입니다.", code="closed")
    name, contact, key = _check_person(row, name, contact, by_staff)
    free = seats_left(row)
    # Whoever waits goes first: a seat that is free while others wait is theirs.
    waiting = row.registrations.filter(state=SeatState.WAITING).exists()
    seated = arrived or free is None or (free > 0 and not waiting)
    last = row.registrations.aggregate(last=Max("line"))["last"] or 0
    made = Registration(
        event=row, line=last + 1, state=SeatState.SEATED if seated else SeatState.WAITING, name=name, contact=contact,
        contact_key=key, by_staff=by_staff, created_at=clock.now(), checked_in_at=clock.now() if arrived else None,
    )  # fmt: skip
    made.full_clean()
    made.save()
    made.token_hash = hash_of(event_mails.token_of(made))
    made.save(update_fields=["token_hash"])
    if not arrived:
        event_mails.tell_registered(made, row)
    return made


def walk_in(*, event, name, by, contact=""):
    """Write down and check in somebody who came without registering."""
    return register(event=event, name=name, contact=contact, by_staff=by, arrived=True)


def _locked(registration, by=None, event_needed=True):
    """(event, registration), locked in that order."""
    row = lock(registration.event)
    if by is not None and not by.has_perm("forums.run_event", row):
        raise PermissionDenied
    found = Registration.objects.select_for_update(of=("self",)).filter(pk=registration.pk, event=row).first()
    if found is None:
        raise ValidationError("더 없는 신청입니다.", code="gone")
    if event_needed and row.state != EventState.ANNOUNCED:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태의 행사라 바꿀 수 없습니다.", code="closed")
    return row, found


@transaction.atomic
def cancel_registration(*, registration, by_staff=None):
    """Give a seat back; the first in the waiting line moves up and is told. Twice is once.

    Who may: the holder of the own address (by_staff None; the view has read the token) or the office. Name and contact are
    destroyed at once. Raises ValidationError where the event is over or the person came, PermissionDenied.
    """
    row, found = _locked(registration, by_staff)
    if found.state == SeatState.CANCELLED:
        return found
    if found.checked_in_at is not None:
        raise ValidationError("이미 온 것으로 확인했습니다.", code="came")
    found.state, found.name, found.contact, found.contact_key = SeatState.CANCELLED, "", "", ""
    found.save(update_fields=["state", "name", "contact", "contact_key"])
    fill_seats(row)
    return found


@transaction.atomic
def check_in(*, registration, by):
    """Note that somebody came. Who waited and came gets a seat: the office decides at the door. Twice is once."""
    _, found = _locked(registration, by)
    if found.state == SeatState.CANCELLED:
        raise ValidationError("취소한 신청입니다. 왔으면 현장 접수로 적어 주세요.", code="cancelled")
    if found.checked_in_at is None:
        found.state, found.checked_in_at = SeatState.SEATED, clock.now()
        found.save(update_fields=["state", "checked_in_at"])
    return found


@transaction.atomic
def undo_check_in(*, registration, by):
    """Take a check-in back while the event is not closed."""
    _, found = _locked(registration, by)
    if found.checked_in_at is not None:
        found.checked_in_at = None
        found.save(update_fields=["checked_in_at"])
    return found
