"""Every write to the roll of members: terms, offices, stand-ins, and forgetting people when their time is over.

Each function locks the body's row first: the rules of councils.terms look at other people's terms, so two appointments at
once must wait for each other. All raise ValidationError at the field.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from councils import slots, terms
from councils.models import (
    Body,
    Candidate,
    Membership,
    OfficeHolding,
    Person,
    Recruited,
    Recruitment,
    RecruitmentState,
    StandIn,
)
from geumcheon.lib import periods

FORGOTTEN = "지워진 이름"
TERM_FIELDS = ("seat", "starts_on", "ends_before", "term_no", "recruited", "left_on", "left_reason", "replaces")


def lock_body(body_id):
    """The body's row, locked until the transaction ends."""
    return Body.objects.select_for_update().get(pk=body_id)


def prepare(membership):
    """Fill in what follows from the rest: the end of a term on a seat with a fixed length, and which term it is.

    A successor's term ends with the one it takes over (councils.terms.warnings).
    """
    if membership.ends_before is None:
        longest = terms.longest_end(membership.seat, membership.starts_on)
        inherited = membership.replaces.ends_before if membership.replaces else None
        ends = [end for end in (longest, inherited) if end]
        membership.ends_before = min(ends) if ends else None
    membership.term_no = next(number for row, number in terms.chain(membership) if row is membership)


def check_membership(membership):
    """Hold a membership against the row's own constraints and every rule, without writing. The body must be locked."""
    prepare(membership)
    terms.check(membership)
    membership.full_clean()


@transaction.atomic
def save_membership(*, membership):
    """Save a term, new or changed, by every rule; terms after it are numbered again and its offices end with it."""
    lock_body(membership.body_id)
    check_membership(membership)
    membership.save()
    for row, number in terms.chain(membership):
        if row is not membership and row.term_no != number:
            row.term_no = number  # a term put in before it
            row.save(update_fields=["term_no"])
    _end_offices(membership)
    return membership


@transaction.atomic
def appoint(
    *, person, seat, starts_on, ends_before=None, recruited=Recruited.OPEN_CALL, term_no=1, replaces=None, **left
):
    """Seat a person from a day on; without `ends_before` for the whole length of the seat's term. Returns the Membership.

    term_no counts only for somebody without an earlier term on record; left: `left_on` and `left_reason` of old terms.
    """
    if person.forgotten_on:
        raise ValidationError({"person": "이름을 지운 사람입니다. 새 사람으로 적어 주세요."})
    membership = Membership(
        person=person,
        body=seat.body,
        seat=seat,
        starts_on=starts_on,
        ends_before=ends_before,
        recruited=recruited,
        term_no=term_no,
        replaces=replaces,
        **left,
    )
    return save_membership(membership=membership)


@transaction.atomic
def change_term(*, membership, **fields):
    """Change what was written of a term (TERM_FIELDS); never whose it is or in which body. Returns the Membership."""
    lock_body(membership.body_id)
    row = Membership.objects.select_related("seat", "body", "person").get(pk=membership.pk)
    for name, value in fields.items():
        if name not in TERM_FIELDS:
            raise ValueError(f"{name} is no part of a term")
        setattr(row, name, value)
    return save_membership(membership=row)


@transaction.atomic
def end_membership(*, membership, left_on, reason):
    """Break a term off: from `left_on` the person no longer sits and holds no office of it. Returns the Membership."""
    if not reason.strip():
        raise ValidationError({"left_reason": "그만둔 까닭을 적어 주세요."})
    return change_term(membership=membership, left_on=left_on, left_reason=reason.strip())


def _end_offices(membership):
    """Offices end with the term they are held in."""
    if membership.until is None:
        return
    for holding in membership.offices.all():
        if holding.starts_on >= membership.until:
            holding.delete()
        elif holding.ends_before is None or holding.ends_before > membership.until:
            holding.ends_before = membership.until
            holding.save(update_fields=["ends_before"])


def check_office(holding, others=()):
    """Refuse an office of another body, outside the term, or held twice at once. `others`: the term's other holdings."""
    membership = holding.membership
    if holding.office.body_id != membership.body_id:
        raise ValidationError({"office": "이 위원이 속한 기구의 직이 아닙니다."})
    if holding.ends_before is None:
        holding.ends_before = membership.until
    starts_inside = periods.covers(membership.starts_on, membership.until, holding.starts_on)
    ends_inside = membership.until is None or holding.ends_before <= membership.until
    if not (starts_inside and ends_inside):
        raise ValidationError({"starts_on": "직을 맡는 기간은 위원의 임기 안에 있어야 합니다."})
    for other in others:
        same = other.office_id == holding.office_id and other is not holding
        if same and terms.meet(holding.starts_on, holding.ends_before, other.starts_on, other.ends_before):
            raise ValidationError({"office": "같은 직을 맡은 기간이 겹칩니다."})


@transaction.atomic
def hold_office(*, membership, office, starts_on, ends_before=None):
    """Give a member an office; without an end until the term's. Returns the OfficeHolding."""
    lock_body(membership.body_id)
    membership = Membership.objects.get(pk=membership.pk)
    holding = OfficeHolding(membership=membership, office=office, starts_on=starts_on, ends_before=ends_before)
    check_office(holding, membership.offices.all())
    holding.full_clean()
    holding.save()
    return holding


def check_stand_in(stand_in):
    """Refuse somebody who is not a member of the body for the whole time."""
    seats = Membership.objects.filter(body_id=stand_in.body_id, person_id=stand_in.person_id)
    inside = any(
        row.starts_on <= stand_in.starts_on and (row.until is None or stand_in.ends_before <= row.until)
        for row in seats
    )
    if not inside:
        raise ValidationError({"person": "이 기간 내내 이 기구의 위원인 사람만 대리가 됩니다."})


@transaction.atomic
def name_stand_in(*, body, person, starts_on, ends_before, reason):
    """Name a member who confirms the body's minutes while its 간사 and 위원장 cannot. Returns the StandIn."""
    lock_body(body.pk)
    stand_in = StandIn(body=body, person=person, starts_on=starts_on, ends_before=ends_before, reason=reason)
    stand_in.full_clean()
    check_stand_in(stand_in)
    stand_in.save()
    return stand_in


# --- forgetting ---------------------------------------------------------------------------------------------------


def forget(person, today):
    """Blank one person: name, address, account, consent, and why they left; the rows they stand in stay."""
    for membership in person.memberships.exclude(left_reason=""):
        membership.left_reason = ""
        membership.save()
        membership.history.exclude(left_reason="").update(left_reason="")
    person.name, person.email, person.user = FORGOTTEN, "", None
    person.consented_on = person.consent_withdrawn_on = None
    person.forgotten_on = today
    person.save()
    kind = ContentType.objects.get_for_model(Person)
    LogEntry.objects.filter(content_type=kind, object_id=str(person.pk)).update(object_repr=FORGOTTEN)


def _forget_candidates(recruitment, today):
    for candidate in recruitment.candidates.filter(forgotten_on__isnull=True):
        candidate.name, candidate.email, candidate.reason, candidate.forgotten_on = FORGOTTEN, "", "", today
        if candidate.membership_id is None:
            candidate.person = None
        candidate.save()
    # The admin's log of the page lists the names of rows that were added or changed.
    kind = ContentType.objects.get_for_model(Recruitment)
    LogEntry.objects.filter(content_type=kind, object_id=str(recruitment.pk)).update(change_message="")


@transaction.atomic
def forget_people(now):
    """Blank the names whose time is over (DESIGN.md rule 9); returns (people, recruitments). May run twice.

    People: MEMBER_RETENTION_DAYS after their last membership, or place that another app gave them, ended. Candidates: CANDIDATE_RETENTION_DAYS after the day
    of appointment of a recruitment that is finished or cancelled; people who only ever applied go with them.
    """
    today = timezone.localdate(now)
    before = today - timedelta(days=settings.CANDIDATE_RETENTION_DAYS)
    finished = Recruitment.objects.filter(
        Exists(Candidate.objects.filter(recruitment=OuterRef("pk"), forgotten_on__isnull=True)),
        state__in=[RecruitmentState.APPOINTED, RecruitmentState.CANCELLED],
        term_starts_on__lte=before,
    )
    recruitments = list(finished)
    applied = Person.objects.filter(candidacies__recruitment__in=recruitments, memberships__isnull=True)
    only_applied = set(applied.values_list("pk", flat=True))
    for recruitment in recruitments:
        _forget_candidates(recruitment, today)
    before = today - timedelta(days=settings.MEMBER_RETENTION_DAYS)
    kept = Membership.objects.filter(person=OuterRef("pk")).filter(
        Q(left_on__gt=before)
        | Q(left_on__isnull=True, ends_before__isnull=True)
        | Q(left_on__isnull=True, ends_before__gt=before)
    )
    sat = Exists(Membership.objects.filter(person=OuterRef("pk")))
    elsewhere = slots.people_elsewhere.collect(before)
    needed = {pk for found in elsewhere for pk in found["needed"]}
    over = {pk for found in elsewhere for pk in found["over"]}
    due = Person.objects.filter(forgotten_on__isnull=True).exclude(pk__in=needed)
    people = list(due.filter((sat | Q(pk__in=over, candidacies__isnull=True)) & ~Exists(kept)))
    people += due.filter(pk__in=only_applied - {person.pk for person in people}, candidacies__isnull=True)
    for person in people:
        forget(person, today)
    return len(people), len(recruitments)
