"""Statistics of published meetings: by month, year and body, with the share present only where it was written down."""

import csv
import io
from datetime import date

import pytest

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from councils.models import Attendance, Meeting
from councils.statistics import HEADINGS, Sums, by_body, by_time, count, month_of
from tests.councils.around import PASSED, a_call, a_published
from tests.councils.life import DAY, a_full_body, a_log, a_record, seat
from tests.html import queries, texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
PAGE, FILE = "/meetings/statistics/", "/meetings/statistics.csv"


@pytest.fixture
def spring(time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def the_total(body=None, year=2026):
    return by_time(count(year, body), body, lambda meeting: None)[None]


def lines(client, path=FILE):
    response = client.get(path)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_loaded_meetings_count_with_their_stated_attendees(client, loaded):
    total = the_total(year=None)
    assert (total.meetings, total.attendees, total.unstated) == (119, 1959, 0)
    assert (total.logged, total.share, total.decisions) == (0, None, 0)
    assert texts(client.get(PAGE), "dl", "stats") == [
        "회의 119회 참석 인원 1,959명 출석률 기록 없음 출석을 적은 회의 0회 의결 0건"
    ]


def test_published_meetings_count_and_drafts_calls_and_cancelled_ones_do_not():
    body, people = a_full_body(5)
    decided = [Item("deliberation", "예산", "", PASSED)]
    a_published(body, people, items=decided, guests=[("주민", 3)])
    a_published(body, people, absent=people[3:])
    a_log(body, people, items=decided)
    a_call(body, people)
    actions.cancel(meeting=a_log(body, people), by=people[0].user, reason="없던 일")
    total = the_total(body)
    assert total == Sums(meetings=2, attendees=11, unstated=0, logged=2, seated=10, present=8, decisions=1)
    assert total.share == 80.0


def test_the_share_leaves_out_meetings_without_attendance():
    body, people = a_full_body(4)
    a_published(body, people, absent=people[2:3])
    bare = a_published(body, people)
    Attendance.objects.filter(meeting=bare).delete()
    total = the_total(body)
    assert (total.meetings, total.logged, total.seated, total.present, total.share) == (2, 1, 4, 3, 75.0)


def test_who_was_written_as_absent_everywhere_is_a_share_of_nought():
    body, people = a_full_body(3)
    meeting = a_published(body, people)
    Attendance.objects.filter(meeting=meeting).update(present=False)
    assert the_total(body).share == 0.0


def test_a_joint_meeting_counts_once_in_all_and_once_in_each_body():
    first, people = a_full_body(3)
    second, others = a_full_body(3, name="다른분과")
    seat(second, people[0])  # sits in both
    everybody = [*people, *others]
    record = a_record([first, second], present=everybody)
    meeting = actions.start_log(by=people[0].user, record=record)
    actions.submit(meeting=meeting, by=people[0].user)
    actions.publish(meeting=meeting, by=people[1].user)
    total = the_total()
    assert (total.meetings, total.seated, total.present, total.attendees) == (1, 6, 6, 6)
    rows = dict(by_body(count(2026), [first, second]))
    assert [(rows[b.name].meetings, rows[b.name].seated) for b in (first, second)] == [(1, 3), (1, 4)]
    assert [name for name, _ in by_body(count(2026, first), [first, second], first)] == [first.name]
    assert the_total(first).seated == 3


def test_seats_of_another_day_do_not_count():
    body, people = a_full_body(3)
    a_published(body, people)
    seat(body, a_full_body(name="다른분과")[1][2], starts_on=date(2026, 3, 3))
    assert the_total(body).seated == 3


def test_the_filters_leave_a_year_and_a_body(client, loaded):
    assert texts(client.get(PAGE + "?year=2020"), "dl", "stats")[0].startswith(
        f"회의 {Meeting.objects.filter(year=2020).count()}회"
    )
    assert "쓸 수 없는 조건" in client.get(PAGE + "?year=1999&body=x").content.decode()
    body = Meeting.objects.filter(bodies__isnull=False).first().bodies.first()
    assert texts(client.get(PAGE + f"?body={body.name}"), "dl", "stats")[0].startswith(
        f"회의 {body.meetings.count()}회"
    )


def test_a_year_without_published_meetings_is_not_offered(client):
    body, people = a_full_body()
    a_log(body, people)
    assert "2026년" not in texts(client.get(PAGE), "option")


def test_the_csv_has_a_line_per_month_and_body_and_one_for_the_month(client, loaded):
    rows = lines(client)
    assert tuple(rows[0]) == HEADINGS
    whole = [row for row in rows if row["기구"] == "모두(한 번씩)"]
    assert sum(int(row["회의(회)"]) for row in whole) == 119
    assert sum(int(row["참석 인원(명)"]) for row in whole) == 1959
    assert [(int(r["연도"]), int(r["월"])) for r in whole] == sorted(by_time(count(), None, month_of))
    assert {row["연도"] for row in lines(client, FILE + "?year=2020")} == {"2020"}


def test_the_csv_of_a_body_has_its_lines_only(client):
    body, people = a_full_body(5, name="=1+1")
    a_published(body, people, absent=people[4:])
    (row,) = lines(client, FILE + "?body=%3D1%2B1")
    assert list(row.values()) == ["2026", "3", "'=1+1", "1", "4", "0", "1", "5", "4", "80.0", "0"]


def test_statistics_cost_the_same_for_one_and_three_meetings(client):
    body, people = a_full_body()
    a_published(body, people)
    few = [queries(client, path + "?year=2026") for path in (PAGE, FILE)]
    for day in (1, 2):
        a_published(body, people, starts_on=date(2026, 2, day))
    assert [queries(client, path + "?year=2026") for path in (PAGE, FILE)] == few
    assert DAY.year == 2026
