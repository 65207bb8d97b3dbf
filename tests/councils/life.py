"""A council with people for tests: bodies with rules and seats, members with accounts, meetings to log."""

from datetime import date

from councils.meeting_actions import Item, Record, start_log
from councils.models import Body, BodyOffice, BodyRule, BodySeat, MeetingKind, Membership, OfficeHolding, Person
from geumcheon.accounts.models import Role, User

START = date(2026, 1, 1)
DAY = date(2026, 3, 2)
RULES = (("quorum_open", "1/2"), ("quorum_decide", "1/2"), ("extraordinary", "1/3"))


def a_body(name="시험분과", seat_kind="위촉직 민간", rules=True):
    """A body with one kind of seat, a 간사 who publishes, and the three rules."""
    body = Body.objects.create(name=name, kind="subcommittee")
    BodySeat.objects.create(body=body, order=1, kind=seat_kind, label=seat_kind)
    BodyOffice.objects.create(body=body, order=1, name="간사", publishes=True)
    if rules:
        for order, (key, number) in enumerate(RULES, 1):
            BodyRule.objects.create(body=body, order=order, key=key, number=number, text=f"{key} {number}")
    return body


def seat(body, person, starts_on=START, **fields):
    return Membership.objects.create(person=person, body=body, seat=body.seats.first(), starts_on=starts_on, **fields)


def a_member(body, name, user=False, office=None, **fields):
    """A Person seated in a body; with an account and an office where asked."""
    account = (
        User.objects.create_user(name, f"{User.objects.count()}@example.org", "시험용-암호-2021", role=Role.MEMBER)
        if user
        else None
    )
    person = Person.objects.create(name=name, user=account, email=f"p{Person.objects.count()}@example.org")
    membership = seat(body, person, **fields)
    if office:
        OfficeHolding.objects.create(
            membership=membership, office=body.offices.get(name=office), starts_on=membership.starts_on
        )
    return person


def a_full_body(size=5, **fields):
    """(body, people): the first is an ordinary member with an account, the second the 간사 with one."""
    body = a_body(**fields)
    people = [
        a_member(body, f"{body.name} 위원 1", user=True),
        a_member(body, f"{body.name} 간사", user=True, office="간사"),
    ]
    people += [a_member(body, f"{body.name} 위원 {n}") for n in range(3, size + 1)]
    return body, people


def a_kind(name="분과회의"):
    return MeetingKind.objects.get_or_create(name=name)[0]


def a_record(bodies=None, present=(), absent=(), items=None, guests=None, parts=(), **fields):
    """A Record as the log form holds it."""
    fields = {"kind": a_kind(), "starts_on": DAY, "place": "구청 회의실", "minutes": "논의했다.", **fields}
    attendance = {p.pk: True for p in present} | {p.pk: False for p in absent}
    items = [Item("discussion", "현안")] if items is None else items
    return Record(fields, bodies, attendance or None, guests, items, parts=list(parts))


def a_log(body, people, **fields):
    """A log started by the first of the people, all present."""
    return start_log(by=people[0].user, record=a_record([body], present=people, **fields))
