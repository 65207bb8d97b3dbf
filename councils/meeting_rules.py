"""Who may do what with a meeting's record. Everything goes through the person behind the account and its seats on a day."""

import rules

from councils.models import Membership, OfficeHolding, StandIn
from geumcheon.accounts.rules import is_secretariat
from geumcheon.lib import clock, periods


def person_of(user):
    """The Person behind an account, or None."""
    return getattr(user, "person", None) if user.is_authenticated and user.is_active else None


def seated_body_ids(user, day=None):
    """Ids of the bodies the user sits in on `day` (today)."""
    person = person_of(user)
    if person is None:
        return set()
    seats = Membership.objects.filter(person=person).seated(day or clock.today())
    return set(seats.values_list("body_id", flat=True))


def publishing_body_ids(user, day=None):
    """Ids of the bodies whose minutes the user publishes on `day`: by an office that does (간사, 위원장) or as a named stand-in."""
    person, day = person_of(user), day or clock.today()
    if person is None:
        return set()
    seats = Membership.objects.filter(person=person).seated(day)
    holdings = OfficeHolding.objects.filter(periods.covering(day), membership__in=seats, office__publishes=True)
    stand_ins = StandIn.objects.filter(periods.covering(day), person=person)
    return set(holdings.values_list("membership__body_id", flat=True)) | set(
        stand_ins.values_list("body_id", flat=True)
    )


def _body_ids(meeting):
    return {body.pk for body in meeting.bodies.all()}


@rules.predicate
def sits_in_meeting(user, meeting):
    """Seated today, or on the day of the meeting, in a body that held it."""
    if person_of(user) is None:
        return False
    return bool((seated_body_ids(user) | seated_body_ids(user, meeting.starts_on)) & _body_ids(meeting))


@rules.predicate
def publishes_meeting(user, meeting):
    return bool(publishing_body_ids(user) & _body_ids(meeting))


may_read_draft = is_secretariat | sits_in_meeting | publishes_meeting  # a stand-in need not sit there
may_log = is_secretariat | sits_in_meeting
may_publish = is_secretariat | publishes_meeting

rules.add_perm("councils.read_draft", may_read_draft)
rules.add_perm("councils.log_meeting", may_log)
rules.add_perm("councils.publish_meeting", may_publish)


def may_log_for(user):
    """Ids of the bodies the user may call and log meetings of, or None for all (the secretariat)."""
    return None if is_secretariat(user) else seated_body_ids(user)
