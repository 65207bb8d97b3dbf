"""Calendar files, read back by a parser: what stands in them, for whom, and that nothing private leaves."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from councils import meeting_actions as actions
from councils.ics import token_of
from councils.models import Meeting
from councils.reply_actions import end_calendar_address, renew_calendar_address
from tests.councils.around import SOON, a_call, a_published, signed_in
from tests.councils.life import a_full_body, a_kind, a_log, a_record, seat
from tests.html import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def spring(time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def read(client, path):
    """[VEVENT] of a calendar; the file itself must be sound."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert max(len(line) for line in response.content.split(b"\r\n")) <= 75
    return Calendar.from_ical(response.content).walk("VEVENT")


def own_path(person):
    renew_calendar_address(person=person)
    return f"/me/calendar/{token_of(person)}.ics"


def test_every_loaded_meeting_stands_in_the_feed_once(client, loaded):
    events = read(client, "/meetings/calendar.ics")
    assert len({str(event["UID"]) for event in events}) == len(events) == Meeting.objects.count() == 119


def test_an_hour_is_given_in_seoul(client):
    body, people = a_full_body()
    meeting = a_call(body, people, ends_at=time(21), place="구청; 3층, 회의실", agenda="하나\n둘")
    (event,) = read(client, f"/meetings/{meeting.year}/{meeting.no}/calendar.ics")
    assert event["DTSTART"].dt == datetime(2026, 3, 20, 19, tzinfo=SEOUL)
    assert event["DTSTART"].params["TZID"] == "Asia/Seoul"
    assert event["DTEND"].dt == datetime(2026, 3, 20, 21, tzinfo=SEOUL)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("분과회의 (시험분과)", "구청; 3층, 회의실")
    assert str(event["DESCRIPTION"]) == "하나\n둘\n1. [보고] 살림 보고"
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CONFIRMED", meeting.edit_version)
    assert b"BEGIN:VTIMEZONE" in client.get("/meetings/calendar.ics").content


@pytest.mark.parametrize(
    ("fields", "first", "after_last"),
    [
        ({"starts_at": None}, SOON, date(2026, 3, 21)),
        ({"starts_at": None, "ends_on": date(2026, 3, 22)}, SOON, date(2026, 3, 23)),
        ({"starts_at": time(9), "ends_on": date(2026, 3, 22)}, SOON, date(2026, 3, 23)),
    ],
)
def test_without_an_hour_it_is_an_all_day_event(client, fields, first, after_last):
    body, people = a_full_body()
    a_call(body, people, **fields)
    (event,) = read(client, f"/council/{body.pk}/calendar.ics")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (first, after_last)
    assert event["DTSTART"].params["VALUE"] == "DATE"


def test_a_changed_and_a_cancelled_call_keep_their_uid_and_count_up(client, time_machine):
    body, people = a_full_body()
    meeting = a_call(body, people)
    path = f"/meetings/{meeting.year}/{meeting.no}/calendar.ics"
    (first,) = read(client, path)
    time_machine.move_to("2026-03-04T10:00:00+09:00", tick=False)
    actions.save_call(meeting=meeting, by=people[0].user, record=a_record(starts_on=date(2026, 3, 21), minutes=""))
    (second,) = read(client, path)
    actions.cancel(meeting=meeting, by=people[0].user, reason="태풍")
    (third,) = read(client, path)
    assert first["UID"] == second["UID"] == third["UID"]
    assert [e["SEQUENCE"] for e in (first, second, third)] == [0, 1, 2]
    assert first["LAST-MODIFIED"].dt < second["LAST-MODIFIED"].dt == datetime(2026, 3, 4, 1, tzinfo=ZoneInfo("UTC"))
    assert [str(e["STATUS"]) for e in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_no_draft_and_no_online_address_leaves_in_public(client):
    body, people = a_full_body()
    draft = a_log(body, people, agenda="비밀 초안")
    dropped = a_log(body, people)
    actions.cancel(meeting=dropped, by=people[0].user, reason="없던 일")
    called = a_call(body, people, online_link="https://meet.example.org/room")
    for meeting in (draft, dropped):
        assert client.get(f"/meetings/{meeting.year}/{meeting.no}/calendar.ics").status_code == 404
    for path in (
        "/meetings/calendar.ics",
        f"/council/{body.pk}/calendar.ics",
        f"{called.get_absolute_url()}calendar.ics",
    ):
        text = client.get(path).content.decode().replace("\r\n ", "")
        assert "meet.example.org" not in text
        assert "비밀 초안" not in text
    assert len(read(client, f"/council/{body.pk}/calendar.ics")) == 1


def test_what_was_called_stays_while_its_record_is_written_without_the_drafts_words(client):
    body, people = a_full_body()
    meeting = a_call(body, people, agenda="소집한 말")
    actions.save_log(meeting=meeting, by=people[0].user, record=a_record(agenda="초안의 말", starts_on=SOON))
    (event,) = read(client, f"/council/{body.pk}/calendar.ics")
    assert "DESCRIPTION" not in event


def test_a_body_feed_holds_its_own_meetings_only(client):
    body, people = a_full_body()
    other, others = a_full_body(name="다른분과")
    a_call(body, people)
    a_published(other, others)
    assert [str(e["SUMMARY"]) for e in read(client, f"/council/{body.pk}/calendar.ics")] == ["분과회의 (시험분과)"]
    assert client.get("/council/999999/calendar.ics").status_code == 404


def test_the_client_that_has_it_gets_304_until_something_changes(client):
    body, people = a_full_body()
    meeting = a_call(body, people)
    path = f"/council/{body.pk}/calendar.ics"
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    actions.save_call(meeting=meeting, by=people[0].user, record=a_record(starts_on=SOON, place="옮긴 곳"))
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_own_address_shows_own_meetings_with_the_online_address(client):
    body, people = a_full_body()
    other, others = a_full_body(name="다른분과")
    a_call(body, people, online_link="https://meet.example.org/room")
    a_call(other, others, online_link="https://meet.example.org/other")
    response = client.get(own_path(people[0]))
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["CONFERENCE"]) == "https://meet.example.org/room"
    assert "온라인: https://meet.example.org/room" in str(event["DESCRIPTION"])
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-cache", "no-referrer")


def test_the_own_address_follows_the_seat_on_the_day(client):
    _, people = a_full_body()
    other, others = a_full_body(name="다른분과")
    seat(other, people[0], starts_on=date(2026, 3, 21))
    a_call(other, others)
    a_call(other, others, starts_on=date(2026, 3, 21))
    assert [e["DTSTART"].dt.date() for e in read(client, own_path(people[0]))] == [date(2026, 3, 21)]


def test_a_secret_address_ends_with_a_new_one_a_password_or_the_account(client):
    _, people = a_full_body()
    person = people[0]
    first = own_path(person)
    second = own_path(person)
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    person.user.set_password("다른-암호-2026")
    person.user.save()
    assert client.get(second).status_code == 404
    third = own_path(person)
    assert client.get(third).status_code == 200
    person.user.is_active = False
    person.user.save()
    assert client.get(third).status_code == 404
    person.user.is_active = True
    person.user.save()
    assert client.get(third).status_code == 200
    end_calendar_address(person=person)
    assert client.get(third).status_code == 404


def test_a_guessed_or_another_persons_signature_opens_nothing(client):
    _, people = a_full_body()
    own_path(people[0])
    signature = token_of(people[0]).split("-")[1]
    renew_calendar_address(person=people[1])
    for token in (
        f"{people[1].pk}-{signature}",
        f"{people[0].pk}-",
        f"{people[0].pk}-{'0' * 40}",
        "1",
        "a-b",
        "9" * 30 + "-x",
    ):
        assert client.get(f"/me/calendar/{token}.ics").status_code == 404


def test_the_address_is_made_shown_and_ended_on_the_own_page(client):
    _, people = a_full_body()
    member = signed_in(people[0])
    assert 'id="calendar-url"' not in member.get("/me/").content.decode()
    member.post("/me/calendar/")
    path = f"/me/calendar/{token_of(people[0])}.ics"
    assert path in member.get("/me/").content.decode()
    assert path not in signed_in(people[1]).get("/me/").content.decode()
    member.post("/me/calendar/", {"do": "end"})
    assert client.get(path).status_code == 404
    assert client.post("/me/calendar/").status_code == 302
    assert member.get("/me/calendar/").status_code == 405


def test_a_long_korean_text_is_folded_between_letters(client):
    body, people = a_full_body()
    a_call(
        body,
        people,
        agenda="금천구 협치회의 한 해 살림을 함께 살피고 다음 해 계획을 세우는 자리 " * 5,
        kind=a_kind("정례회"),
    )
    (event,) = read(client, f"/council/{body.pk}/calendar.ics")
    assert str(event["DESCRIPTION"]).count("다음 해 계획") == 5
    for line in client.get(f"/council/{body.pk}/calendar.ics").content.split(b"\r\n"):
        line.decode()  # no letter is cut in two


def test_a_feed_costs_the_same_for_one_and_three_meetings(client):
    body, people = a_full_body()
    a_call(body, people)
    path = f"/council/{body.pk}/calendar.ics"
    few = queries(client, path)
    a_call(body, people)
    a_call(body, people)
    assert queries(client, path) == few
