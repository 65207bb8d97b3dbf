"""Many at one event at once, on a real PostgreSQL: seats, the waiting line, the message to who moves up."""

import pytest
from django.core.exceptions import ValidationError

from forums import event_actions
from forums.models import Registration, SeatState
from tests.councils.test_meeting_races import at_once
from tests.forums.events import an_event, told
from tests.forums.ladders import a_secretary

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def by_state(event):
    """{state: [line]} in line order."""
    found = {}
    for state, line in event.registrations.order_by("line").values_list("state", "line"):
        found.setdefault(state, []).append(line)
    return found


def register(event, n):
    return lambda: event_actions.register(event=event, name=f"주민 {n}", contact=f"p{n}@example.org")


def test_thirty_registrations_at_once_fill_ten_seats_and_one_cancellation_moves_exactly_one_up():
    event = an_event(capacity=10)
    results = at_once(*[register(event, n) for n in range(30)])
    assert all(isinstance(result, Registration) for result in results), results
    assert by_state(event) == {SeatState.SEATED: list(range(1, 11)), SeatState.WAITING: list(range(11, 31))}
    assert (len(told("confirmed")), len(told("waiting")), told("moved-up")) == (10, 20, [])

    leaving = event.registrations.get(line=4)
    eleventh = event.registrations.get(line=11).contact
    at_once(*[lambda: event_actions.cancel_registration(registration=leaving)] * 6)
    assert by_state(event) == {
        SeatState.SEATED: [1, 2, 3, 5, 6, 7, 8, 9, 10, 11], SeatState.CANCELLED: [4], SeatState.WAITING: list(range(12, 31)),
    }  # fmt: skip
    assert told("moved-up") == [(eleventh, "moved-up")]


def test_one_contact_registers_once_however_often_it_is_sent():
    event = an_event(capacity=10)
    results = at_once(*[register(event, 1)] * 8)
    assert len([r for r in results if isinstance(r, Registration)]) == 1
    assert len([r for r in results if isinstance(r, ValidationError)]) == 7
    assert event.registrations.count() == 1


def test_cancellations_and_a_raised_capacity_at_once_give_each_seat_once():
    event, office = an_event(capacity=5), a_secretary()
    rows = [register(event, n)() for n in range(20)]
    at_once(
        *[lambda r=r: event_actions.cancel_registration(registration=r) for r in rows[:5]],
        lambda: event_actions.edit(event=event, by=office, values={"capacity": 8}),
    )
    assert by_state(event)[SeatState.SEATED] == list(range(6, 14))
    assert sorted(told("moved-up")) == sorted((f"p{n}@example.org", "moved-up") for n in range(5, 13))


def test_calling_off_and_registering_at_once_tells_everybody_who_got_in():
    event, office = an_event(), a_secretary()
    results = at_once(
        *[register(event, n) for n in range(8)], lambda: event_actions.cancel(event=event, by=office, reason="태풍")
    )
    seated = {r.contact for r in results if isinstance(r, Registration)}
    assert {recipient for recipient, _ in told("event-cancelled")} == seated
    assert len(told("event-cancelled")) == len(seated)
