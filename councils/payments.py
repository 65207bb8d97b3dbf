"""Allowances of a meeting: who is due what by the rates in force that day; each person once per rate and meeting.

Plan Ⅵ (L402-409): civilians are paid 70,000 won for the council, the steering committee and joint meetings, 20,000 won for
the working groups' meetings. Officials are not paid: a rate names the kinds of seats it pays.
"""

from councils import quorum
from councils.models import Allowance, AllowanceRate, Membership, RateKind, SeatKind
from geumcheon.lib import periods


def rates_for(meeting):
    """Attendance rates that hold for this meeting's day, kind and bodies, with the bodies each one pays for.

    A joint meeting (two bodies or more) is paid by the rates for joint meetings where there are some, else by each body's own.
    """
    body_ids = {body.pk for body in meeting.bodies.all()}
    found = []
    rates = AllowanceRate.objects.filter(periods.covering(meeting.starts_on), kind=RateKind.ATTENDANCE)
    for rate in rates.prefetch_related("meeting_kinds", "bodies"):
        kinds = {kind.pk for kind in rate.meeting_kinds.all()}
        bodies = {body.pk for body in rate.bodies.all()}
        if kinds and meeting.kind_id not in kinds:
            continue
        paid = body_ids & bodies if bodies else body_ids
        if paid and (not rate.joint or len(body_ids) > 1):
            found.append((rate, paid))
    joint = [pair for pair in found if pair[0].joint]
    return joint or found


def paid_seats(meeting):
    """[(membership, kinds of seats that count for it)] of those seated at a meeting.

    Who sits somewhere by another office (당연직: the steering committee's chairs and 간사 of the working parts) counts as what
    they are in the body above, so that its civilians are paid and its officials are not (plan L278-281, L404).
    """
    seated = list(quorum.seated_on(meeting))
    by_office = [m for m in seated if m.seat.kind == SeatKind.EX_OFFICIO and m.body.parent_id]
    above = {}
    if by_office:
        people, bodies = {m.person_id for m in by_office}, {m.body.parent_id for m in by_office}
        rows = Membership.objects.seated(meeting.starts_on).filter(person__in=people, body__in=bodies)
        for person_id, body_id, kind in rows.values_list("person_id", "body_id", "seat__kind"):
            above.setdefault((person_id, body_id), set()).add(kind)
    return [(m, {m.seat.kind} | above.get((m.person_id, m.body.parent_id), set())) for m in seated]


def due(meeting):
    """[(person, rate)] that a meeting costs: present members on a paid kind of seat, each once, by the highest rate that fits."""
    present = set(meeting.attendances.filter(present=True).values_list("person_id", flat=True))
    rates = sorted(rates_for(meeting), key=lambda pair: (-pair[0].amount_krw, pair[0].pk))
    paid = {}
    for membership, kinds in paid_seats(meeting):
        if membership.person_id not in present:
            continue
        for rate, body_ids in rates:
            if membership.body_id in body_ids and kinds & set(rate.seat_kinds):
                known = paid.get(membership.person_id)
                if known is None or rate.amount_krw > known[1].amount_krw:
                    paid[membership.person_id] = (membership.person, rate)
                break
    return list(paid.values())


def freeze(meeting):
    """Keep what the meeting costs, in won. What was paid already stays; the rest follows the record as it is now."""
    wanted = {person.pk: (person, rate) for person, rate in due(meeting)}
    own = Allowance.objects.filter(meeting=meeting, rate__kind=RateKind.ATTENDANCE)
    for row in own.select_related("rate"):
        keep = wanted.get(row.person_id)
        if row.paid_on is not None:
            wanted.pop(row.person_id, None)
        elif keep is None or keep[1].pk != row.rate_id or row.amount_krw != keep[1].amount_krw:
            row.delete()
        else:
            wanted.pop(row.person_id)
    Allowance.objects.bulk_create(
        Allowance(meeting=meeting, person=person, rate=rate, amount_krw=rate.amount_krw)
        for person, rate in wanted.values()
    )
