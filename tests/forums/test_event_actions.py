"""What happens to an event and its people: announced, changed, moved up, called off, reminded, closed, forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from councils.models import Body, Meeting, MeetingState
from forums import event_actions as actions
from forums import tasks
from forums.models import EventState, Registration, SeatState, Way
from geumcheon.accounts.models import OutboxMessage
from geumcheon.lib import clock
from projects.models import ProjectMeeting
from tests.forums.events import a_kind, an_event, at_the_end_of, closed_event, nothing_new, registered, told
from tests.forums.ladders import a_project_of_others, a_secretary, an_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(loaded):
    return a_secretary()


def states(event):
    return list(event.registrations.order_by("line").values_list("state", flat=True))


# --- the event ----------------------------------------------------------------------------------------------------
def test_an_event_is_planned_announced_and_its_year_is_that_of_its_day(office):
    when = clock.now() + timedelta(days=400)
    made = actions.create(
        by=office, values={"title": "설명회", "kind": a_kind(), "year": 1999, "starts_at": when, "place": "주민센터"}
    )
    assert (made.state, made.year) == (EventState.PLANNED, when.year)
    assert actions.announce(event=made, by=office).state == EventState.ANNOUNCED
    assert actions.announce(event=made, by=office).sequence == 1  # the same state is nothing new


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_at": None, "ends_at": None}, "starts_at"),
        ({"place": ""}, "place"),
        ({"way": Way.ONLINE}, "online_link"),
    ],
)
def test_what_an_announcement_lacks_is_named_at_its_field(office, fields, field):
    event = an_event(state=EventState.PLANNED, **fields)
    with pytest.raises(ValidationError) as refused:
        actions.announce(event=event, by=office)
    assert list(refused.value.message_dict) == [field]
    event.refresh_from_db()
    assert event.state == EventState.PLANNED


def test_an_officer_runs_the_events_of_the_own_projects_alone(loaded, office):
    own = loaded.projects.get(number=1)
    officer = an_officer("마을자치과")
    actions.edit(event=an_event(project=own), by=officer, values={"title": "고친 이름"})
    other = a_project_of_others(loaded)
    for event in (an_event(project=other), an_event()):
        with pytest.raises(PermissionDenied):
            actions.edit(event=event, by=officer, values={"title": "고친 이름"})
    with pytest.raises(PermissionDenied):  # nor give it away to a project of others
        actions.edit(event=an_event(project=own), by=officer, values={"project": other})


def test_the_second_of_two_who_save_is_told_and_nothing_is_written(office):
    event = an_event()
    actions.edit(event=event, by=office, values={"title": "먼저"}, version=1)
    with pytest.raises(actions.StaleEvent):
        actions.edit(event=event, by=office, values={"title": "나중"}, version=1)
    event.refresh_from_db()
    assert event.title == "먼저"


# --- registering --------------------------------------------------------------------------------------------------
def test_seats_fill_in_order_and_then_the_line_waits(office):
    event = an_event(capacity=2)
    registered(event, 3)
    assert states(event) == ["seated", "seated", "waiting"]
    assert told() == [("p1@example.org", "confirmed"), ("p2@example.org", "confirmed"), ("p3@example.org", "waiting")]
    body = OutboxMessage.objects.filter(event__endswith=":confirmed").first().body
    assert "/forums/own/" in body
    assert "구청 대강당" in body


def test_a_number_is_told_by_text_message(office):
    actions.register(event=an_event(), name="주민", contact="010-1234-5678")
    message = OutboxMessage.objects.get(event__startswith="registration:")
    assert (message.channel, message.recipient) == ("text", "01012345678")


@pytest.mark.parametrize(
    ("name", "contact", "field"),
    [("", "a@example.org", "name"), ("주민", "", "contact"), ("주민", "a@b", "contact"), ("주민", "02-123-4567", "contact"), ("주민", "P1@Example.org", "contact")],
)  # fmt: skip
def test_a_refusal_stands_at_its_field_and_takes_no_seat(office, name, contact, field):
    event = an_event()
    registered(event, 1)
    with pytest.raises(ValidationError) as refused:
        actions.register(event=event, name=name, contact=contact)
    assert list(refused.value.message_dict) == [field]
    assert event.registrations.count() == 1


def test_registration_runs_from_its_moment_to_its_end(office):
    now = clock.now()
    event = an_event(register_from=now + timedelta(hours=1), register_until=now + timedelta(hours=2))
    for minutes, words in ((0, "신청을 받습니다"), (121, "신청이 끝났습니다")):
        with (
            time_machine.travel(now + timedelta(minutes=minutes), tick=False),
            pytest.raises(ValidationError, match=words),
        ):
            actions.register(event=event, name="주민", contact="a@example.org")
    with time_machine.travel(now + timedelta(minutes=60), tick=False):
        actions.register(event=event, name="주민", contact="a@example.org")


@pytest.mark.parametrize("state", [EventState.PLANNED, EventState.CLOSED, EventState.CANCELLED])
def test_only_an_announced_event_takes_registrations_even_from_the_office(office, state):
    event = an_event(state=state, cancel_reason="태풍" if state == EventState.CANCELLED else "")
    with pytest.raises(ValidationError):
        actions.register(event=event, name="주민", contact="a@example.org")
    with pytest.raises(ValidationError):
        actions.register(event=event, name="주민", by_staff=office)


def test_the_office_writes_down_who_has_no_phone_and_nobody_is_told(office):
    event = an_event(capacity=1)
    for n in range(2):
        actions.register(event=event, name=f"어르신 {n}", by_staff=office)
    assert states(event) == ["seated", "waiting"]
    assert told() == []


def test_a_cancelled_seat_goes_to_the_first_in_line_and_the_name_is_gone(office):
    event = an_event(capacity=1)
    first, second, _ = registered(event, 3)
    actions.cancel_registration(registration=first)
    assert states(event) == ["cancelled", "seated", "waiting"]
    assert told("moved-up") == [(second.contact, "moved-up")]
    first.refresh_from_db()
    assert (first.name, first.contact, first.contact_key) == ("", "", "")
    with nothing_new():
        actions.cancel_registration(registration=first)
    again = registered(event, 1)[0]
    assert (again.line, again.state) == (4, SeatState.WAITING)


def test_who_waits_and_leaves_moves_nobody(office):
    event = an_event(capacity=1)
    rows = registered(event, 3)
    with nothing_new():
        actions.cancel_registration(registration=rows[1])
    assert states(event) == ["seated", "cancelled", "waiting"]


def test_a_raised_capacity_moves_the_line_up_and_a_lowered_one_takes_no_seat(office):
    event = an_event(capacity=1)
    registered(event, 4)
    actions.edit(event=event, by=office, values={"capacity": 3})
    assert states(event) == ["seated", "seated", "seated", "waiting"]
    assert [recipient for recipient, _ in told("moved-up")] == ["p2@example.org", "p3@example.org"]
    with pytest.raises(ValidationError) as refused:
        actions.edit(event=event, by=office, values={"capacity": 2})
    assert "capacity" in refused.value.message_dict


# --- told once ----------------------------------------------------------------------------------------------------
def test_changed_moved_and_called_off_after_a_hundred_registrations_tells_everybody_once(office):
    event = an_event(capacity=90)
    registered(event, 100)
    moved = actions.edit(event=event, by=office, values={"place": "금나래아트홀"})
    assert len(told("changed:")) == len(set(told("changed:"))) == 100
    with nothing_new():
        actions.edit(event=event, by=office, values={"place": "금나래아트홀"})
        actions.edit(event=event, by=office, values={"text": "준비물은 없습니다."})
    later = moved.starts_at + timedelta(days=1)
    actions.edit(event=event, by=office, values={"starts_at": later, "ends_at": later + timedelta(hours=2)})
    assert len(told("changed:")) == len(set(told("changed:"))) == 200
    actions.cancel(event=event, by=office, reason="태풍")
    actions.cancel(event=event, by=office, reason="태풍")
    assert len(told("event-cancelled")) == len(set(told("event-cancelled"))) == 100
    assert "태풍" in OutboxMessage.objects.filter(event__endswith="event-cancelled").first().body
    event.refresh_from_db()
    assert event.sequence == 4  # place, text, day, called off


def test_who_moves_up_by_the_very_change_reads_it_in_one_message(office):
    event = an_event(capacity=1)
    registered(event, 2)
    actions.edit(event=event, by=office, values={"capacity": 2, "place": "금나래아트홀"})
    assert [recipient for recipient, _ in told("changed:")] == ["p1@example.org"]
    assert [recipient for recipient, _ in told("moved-up")] == ["p2@example.org"]
    assert "금나래아트홀" in OutboxMessage.objects.get(event__endswith="moved-up").body


def test_the_online_address_goes_to_who_has_a_seat_alone(office):
    event = an_event(capacity=1, way=Way.BOTH, online_link="https://meet.example.org/secret")
    registered(event, 2)
    bodies = {m.recipient: m.body for m in OutboxMessage.objects.filter(event__startswith="registration:")}
    assert "meet.example.org" in bodies["p1@example.org"]
    assert "meet.example.org" not in bodies["p2@example.org"]


def test_the_day_before_everybody_with_a_seat_is_reminded_once(office):
    event = an_event(capacity=2, days=7)
    registered(event, 3)
    with nothing_new():
        tasks.remind_events()
    with time_machine.travel(event.starts_at - timedelta(days=1), tick=False):
        tasks.remind_events()
        tasks.remind_events()
    assert [recipient for recipient, _ in told("reminder")] == ["p1@example.org", "p2@example.org"]
    with time_machine.travel(event.starts_at - timedelta(hours=20), tick=False):  # to another day: reminded of that one
        later = event.starts_at + timedelta(days=5)
        actions.edit(event=event, by=office, values={"starts_at": later, "ends_at": later + timedelta(hours=2)})
    with time_machine.travel(later - timedelta(days=1), tick=False):
        tasks.remind_events()
    assert len(told("reminder")) == 4


# --- at the door and after ----------------------------------------------------------------------------------------
def test_checking_in_is_done_once_and_taken_back(office):
    event = an_event(capacity=1)
    seated, waiting = registered(event, 2)
    first = actions.check_in(registration=seated, by=office).checked_in_at
    assert actions.check_in(registration=seated, by=office).checked_in_at == first
    assert actions.check_in(registration=waiting, by=office).state == SeatState.SEATED  # let in at the door
    assert actions.undo_check_in(registration=seated, by=office).checked_in_at is None
    with pytest.raises(PermissionDenied):
        actions.check_in(registration=seated, by=an_officer("도로과"))
    actions.cancel_registration(registration=seated)
    with pytest.raises(ValidationError):
        actions.check_in(registration=seated, by=office)
    with pytest.raises(ValidationError):  # who came did not cancel
        actions.cancel_registration(registration=waiting)


def test_a_walk_in_sits_beyond_the_capacity(office):
    event = an_event(capacity=1)
    registered(event, 1)
    row = actions.walk_in(event=event, name="지나가던 주민", by=office)
    assert (row.state, row.checked_in_at is not None) == (SeatState.SEATED, True)
    with pytest.raises(ValidationError):
        actions.register(event=event, name="주민", contact="z@example.org", arrived=True)


def test_closing_starts_the_record_of_the_log_once_with_who_came(loaded, office):
    project = loaded.projects.get(number=1)
    event, body = an_event(project=project), Body.objects.real().first()
    rows = registered(event, 3)
    before = Meeting.objects.count()
    with pytest.raises(ValidationError):
        actions.close(event=event, by=office)  # it has not begun
    with at_the_end_of(event):
        for row in rows[:2]:
            actions.check_in(registration=row, by=office)
        closed = actions.close(event=event, by=office, bodies=[body])
        with pytest.raises(ValidationError):
            actions.close(event=event, by=office, bodies=[body])
    assert (closed.state, Meeting.objects.count() - before) == (EventState.CLOSED, 1)
    meeting = closed.meeting
    assert (meeting.kind.name, meeting.state, meeting.place) == ("공론장", MeetingState.LOGGED, "구청 대강당")
    assert list(meeting.guests.values_list("count", flat=True)) == [2]
    assert ProjectMeeting.objects.filter(meeting=meeting, project=project).exists()


def test_closing_with_a_meeting_of_that_day_makes_no_second_one(office):
    event = an_event()
    day = event.starts_at.astimezone(clock.timezone.get_default_timezone()).date()
    held = Meeting.objects.create(year=day.year, no=990, kind=event.kind.meeting_kind, starts_on=day)
    other = Meeting.objects.create(
        year=day.year, no=991, kind=event.kind.meeting_kind, starts_on=day - timedelta(days=1)
    )
    before = Meeting.objects.count()
    with at_the_end_of(event):
        with pytest.raises(ValidationError) as refused:
            actions.close(event=event, by=office, meeting=other)
        assert "meeting" in refused.value.message_dict
        assert actions.close(event=event, by=office, meeting=held, headcount=40).meeting == held
    assert Meeting.objects.count() == before


def test_a_headcount_is_for_events_where_nobody_was_checked_in(office):
    counted = closed_event(office, came=2)
    with pytest.raises(ValidationError) as refused:
        actions.set_headcount(event=counted, by=office, headcount=50)
    assert "headcount" in refused.value.message_dict
    guessed = closed_event(office, headcount=30, title="다른 행사")
    assert actions.set_headcount(event=guessed, by=office, headcount=35).headcount == 35
    assert (actions.came(counted), actions.came(actions.lock(guessed))) == (2, 35)


def test_thirty_days_after_it_names_contacts_addresses_and_messages_are_gone(office):
    event = an_event()
    registered(event, 2)
    kept = OutboxMessage.objects.create(event="x", recipient="p1@example.org", subject="x", body="x")
    with time_machine.travel(event.ends_at + timedelta(days=30, minutes=-1), tick=False):
        tasks.forget_event_contacts()
        assert Registration.objects.filter(event=event, name="").count() == 0
    with time_machine.travel(event.ends_at + timedelta(days=30, minutes=1), tick=False):
        tasks.forget_event_contacts()
        tasks.forget_event_contacts()
    rows = event.registrations.values_list("name", "contact", "contact_key", "token_hash", "state")
    assert list(rows) == [("", "", "", "", "seated")] * 2
    assert list(OutboxMessage.objects.filter(recipient="p1@example.org")) == [kept]
    assert told() == []
