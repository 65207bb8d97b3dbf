"""The way of a meeting's record: called → logged → submitted → published, then corrected in the open, never silently.

Every function locks the meeting's row first, checks who and what, and writes all of it in one transaction. What apps on
the right hang on a meeting is written through the parts of the form and told through the slot `meeting_saved`.
"""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from councils import minutes, payments, quorum
from councils.mails import tell_called, tell_cancelled, tell_publishers, tell_returned
from councils.meeting_rules import may_log_for
from councils.models import MEETING_MOVES, Correction, Decision, Meeting, MeetingState, Quorum, Requester
from councils.slots import Slot
from geumcheon.lib import clock

# filler(meeting), called inside the transaction after a record, its links or its state changed; tasks start on commit.
meeting_saved = Slot()

# What the call and the log form write on the meeting itself.
FIELDS = (
    "kind", "starts_on", "ends_on", "starts_at", "ends_at", "place", "online_link", "requested_by", "agenda", "minutes", "session_label",
)  # fmt: skip
NUMBER_TRIES = 5


class StaleRecord(ValidationError):
    """Somebody else saved the record since the form was opened; nothing was written."""


@dataclass
class Item:
    """One agenda item as a form holds it. `decision`: {"outcome", "text", "unanimous", votes…} or None.

    `parts` are bound forms of apps on the right (the projects concerned) with `save(item)`.
    """

    kind: str
    title: str
    text: str = ""
    decision: dict | None = None
    parts: list = field(default_factory=list)


@dataclass
class Record:
    """What the log form holds. None leaves a list as it is.

    fields: names of FIELDS with cleaned values; bodies: list of Body; present: {person id: bool} of the seated;
    guests: [(group, count of people)]; requesters: person ids; parts: bound forms of apps on the right with `save(meeting)`.
    """

    fields: dict
    bodies: list | None = None
    present: dict | None = None
    guests: list | None = None
    items: list | None = None
    requesters: list | None = None
    parts: list = field(default_factory=list)


def _locked(meeting, by, permission):
    """The meeting's row, locked, for somebody who may; PermissionDenied otherwise."""
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not by.has_perm(permission, row):
        raise PermissionDenied
    return row


def _move(meeting, state, **fields):
    """Set the state along MEETING_MOVES. Raises ValidationError that names the state it is in."""
    if state not in MEETING_MOVES[meeting.state]:
        raise ValidationError(
            f"지금 ‘{meeting.get_state_display()}’ 상태라 ‘{MeetingState(state).label}’(으)로 바꿀 수 없습니다."
        )
    meeting.state = state
    for name, value in fields.items():
        setattr(meeting, name, value)


def _save(meeting):
    """Save with the version counted up, and tell the apps on the right."""
    meeting.edit_version += 1  # the row is locked
    meeting.save()
    meeting_saved.collect(meeting)
    return meeting


def _check_bodies(by, bodies):
    allowed = may_log_for(by)
    if not bodies:
        raise ValidationError({"bodies": "어느 기구의 회의인지 골라 주세요."})
    if allowed is not None and not {body.pk for body in bodies} & allowed:
        raise PermissionDenied


def _new(record, by, **state):
    """A new meeting with the next free number of its year; tried again when another one takes the number first."""
    _check_bodies(by, record.bodies)
    for attempt in range(NUMBER_TRIES):
        year = record.fields["starts_on"].year
        last = Meeting.objects.filter(year=year).order_by("-no").values_list("no", flat=True).first() or 0
        meeting = Meeting(year=year, no=last + 1, **record.fields, **state)
        meeting.full_clean()
        try:
            with transaction.atomic():
                meeting.save()
        except IntegrityError:
            if attempt == NUMBER_TRIES - 1:
                raise
            continue
        meeting.bodies.set(record.bodies)
        return meeting
    raise AssertionError("unreachable")


def _write(meeting, record):
    """Write the record's lists onto a saved meeting."""
    if record.bodies is not None:
        meeting.bodies.set(record.bodies)
    if record.requesters is not None:
        meeting.requesters.exclude(person_id__in=record.requesters).delete()
        for person_id in record.requesters:
            Requester.objects.get_or_create(meeting=meeting, person_id=person_id)
    minutes.write_attendance(meeting, record.present)
    minutes.write_guests(meeting, record.guests)
    minutes.write_items(meeting, record.items)
    for part in record.parts:
        part.save(meeting)


def _check_request(meeting):
    """An extraordinary meeting is called by the chair or by enough of the seated (DESIGN.md rule 3)."""
    enough, sentence = quorum.request_suffices(meeting)
    if not enough:
        raise ValidationError({"requested_by": f"소집 요구가 모자랍니다: {sentence}"})


@transaction.atomic
def call_meeting(*, by, record, tell=True):
    """Call a meeting: number it, keep its agenda, and mail everybody seated (once). Returns the Meeting.

    Raises ValidationError at the field, PermissionDenied for bodies the user does not sit in.
    """
    meeting = _new(record, by, state=MeetingState.CALLED, called_at=clock.now())
    record.bodies = None
    _write(meeting, record)
    _check_request(meeting)
    meeting_saved.collect(meeting)
    if tell:
        tell_called(meeting)
    return meeting


@transaction.atomic
def start_log(*, by, record):
    """Start the log of a meeting that was not called through the portal. Returns the Meeting."""
    meeting = _new(record, by, state=MeetingState.LOGGED)
    record.bodies = None
    _write(meeting, record)
    meeting_saved.collect(meeting)
    return meeting


def _apply(meeting, record, version):
    if version is not None and version != meeting.edit_version:
        raise StaleRecord("다른 사람이 먼저 고쳤습니다. 바뀐 내용을 확인하고 다시 저장해 주세요.")
    if "starts_on" in record.fields and record.fields["starts_on"].year != meeting.year:
        raise ValidationError({"starts_on": f"{meeting.year}년 회의로 번호가 매겨져 연도를 바꿀 수 없습니다."})
    for name, value in record.fields.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is no field of the log")
        setattr(meeting, name, value)
    meeting.full_clean()
    _write(meeting, record)


@transaction.atomic
def save_call(*, meeting, by, record, version=None, tell=True):
    """Change a called meeting that was not logged yet; who was told before is told once of the change."""
    meeting = _locked(meeting, by, "councils.log_meeting")
    if meeting.state != MeetingState.CALLED:
        raise ValidationError("이미 작성을 시작한 회의입니다.")
    before = (meeting.starts_on, meeting.starts_at, meeting.place, meeting.online_link)
    _apply(meeting, record, version)
    _check_request(meeting)
    _save(meeting)
    if tell and before != (meeting.starts_on, meeting.starts_at, meeting.place, meeting.online_link):
        tell_called(meeting, changed=True)
    return meeting


@transaction.atomic
def save_log(*, meeting, by, record, version=None):
    """Save the log while it is written; a called meeting becomes a logged one. Nothing is frozen yet.

    version: the edit_version the form was opened with; StaleRecord when somebody saved since.
    """
    meeting = _locked(meeting, by, "councils.log_meeting")
    if meeting.state == MeetingState.CALLED:
        _move(meeting, MeetingState.LOGGED)
    elif meeting.state != MeetingState.LOGGED:
        raise ValidationError(f"‘{meeting.get_state_display()}’ 상태의 기록은 바로 고칠 수 없습니다.")
    _apply(meeting, record, version)
    return _save(meeting)


@transaction.atomic
def compare(*, meeting, by, record):
    """What a record would change against what is kept now, as [{"field", "before", "after"}] in words. Writes nothing."""
    published = meeting.state == MeetingState.PUBLISHED
    meeting = _locked(meeting, by, "councils.publish_meeting" if published else "councils.log_meeting")
    before = minutes.words(meeting)
    _apply(meeting, record, None)
    changes = minutes.differences(before, minutes.words(meeting))
    transaction.set_rollback(True)
    return changes


@transaction.atomic
def submit(*, meeting, by):
    """Hand the log to the 간사·위원장. Raises ValidationError naming what is still missing."""
    meeting = _locked(meeting, by, "councils.log_meeting")
    if meeting.state == MeetingState.SUBMITTED:
        return meeting
    missing = minutes.missing(meeting)
    if missing:
        raise ValidationError(missing)
    _move(meeting, MeetingState.SUBMITTED, submitted_at=clock.now(), submitted_by=by)
    _save(meeting)
    tell_publishers(meeting)
    return meeting


@transaction.atomic
def send_back(*, meeting, by, reason):
    """Give a submitted log back to be completed, with the reason."""
    meeting = _locked(meeting, by, "councils.publish_meeting")
    if not reason.strip():
        raise ValidationError({"reason": "무엇을 고쳐야 하는지 적어 주세요."})
    _move(meeting, MeetingState.LOGGED)
    _save(meeting)
    tell_returned(meeting, reason.strip())
    return meeting


def freeze(meeting):
    """Compute and keep each decision's seated, present and majority, and the number of people. Raises ValidationError.

    A decision that its numbers do not carry cannot stand as passed: the sentences name the item and the reason.
    """
    counted = quorum.count(meeting)
    problems, decisions = [], []
    for item in meeting.items.select_related("decision"):
        decision = getattr(item, "decision", None)
        if decision is None:
            continue
        verdict = quorum.judge(decision, counted)
        problems += [f"{item.order}. {item.title}: {problem}" for problem in verdict.problems]
        decision.present, decision.carried, decision.rule = counted.present, verdict.carried, verdict.rule
        decision.frozen_at = clock.now()
        decisions.append(decision)
    if problems:
        raise ValidationError(problems)
    # All at once: a meeting of ten items is frozen in as many queries as one of one.
    Decision.objects.bulk_update(decisions, ["present", "carried", "rule", "frozen_at"])
    Quorum.objects.filter(decision__in=decisions).delete()
    Quorum.objects.bulk_create(
        Quorum(
            decision=decision,
            body=c.body,
            seated=c.seated,
            present=c.present,
            rule=(c.share.text[:200] if c.share else "규칙 없음"),
            met=c.met,
        )
        for decision in decisions
        for c in counted.bodies
    )
    people = minutes.people(meeting, counted)
    if people is not None:
        meeting.attendees = people
    return counted


@transaction.atomic
def publish(*, meeting, by):
    """Publish a submitted record: freeze quorum and allowances, and let everybody read it.

    Raises ValidationError with the reasons when a decision is not carried, and for the second of two publishers.
    """
    meeting = _locked(meeting, by, "councils.publish_meeting")
    if meeting.state == MeetingState.PUBLISHED:
        raise ValidationError("다른 사람이 이미 게시했습니다.")
    freeze(meeting)
    _move(meeting, MeetingState.PUBLISHED, published_at=clock.now(), published_by=by)
    payments.freeze(meeting)
    return _save(meeting)


@transaction.atomic
def correct(*, meeting, by, reason, record, version=None):
    """Correct a published record in the open: what it said and says is kept as a Correction beside it. Returns the Correction.

    Raises ValidationError without a reason, without a change, or when the corrected decision is not carried.
    """
    meeting = _locked(meeting, by, "councils.publish_meeting")
    if meeting.state != MeetingState.PUBLISHED:
        raise ValidationError("게시한 기록만 정정합니다.")
    if not reason.strip():
        raise ValidationError({"reason": "왜 정정하는지 적어 주세요."})
    before = minutes.words(meeting)
    _apply(meeting, record, version)
    freeze(meeting)
    _save(meeting)
    changes = minutes.differences(before, minutes.words(meeting))
    if not changes:
        raise ValidationError("바뀐 것이 없습니다.")
    payments.freeze(meeting)
    return Correction.objects.create(
        meeting=meeting,
        no=meeting.corrections.count() + 1,
        reason=reason.strip(),
        changes=changes,
        corrected_at=clock.now(),
        corrected_by=by,
        office=minutes.office_of(by, meeting),
    )


@transaction.atomic
def cancel(*, meeting, by, reason):
    """Cancel a meeting that was not submitted; who was called is told once."""
    meeting = _locked(meeting, by, "councils.log_meeting")
    if not reason.strip():
        raise ValidationError({"reason": "왜 취소하는지 적어 주세요."})
    called = meeting.state == MeetingState.CALLED
    _move(meeting, MeetingState.CANCELLED)
    _save(meeting)
    if called:
        tell_cancelled(meeting, reason.strip())
    return meeting
