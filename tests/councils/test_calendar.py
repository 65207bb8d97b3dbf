"""The calendar of meetings, through HTTP."""

from datetime import date, timedelta

import pytest

from budgets.models import BudgetVersion
from councils.models import Document, Meeting, Notice
from forums.models import Event, FieldCheck, Review
from geumcheon.lib import clock
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db
MARCH = "/meetings/calendar/2019/03/"


def meet(day, no=1, **fields):
    kind = Meeting.objects.first().kind
    return Meeting.objects.create(year=day.year, no=no, kind=kind, starts_on=day, agenda="시험", **fields)


def announce(**fields):
    return Notice.objects.create(title="시험 공모", text="시험", **fields)


def days(response):
    """{day: links} of the days on which something stands."""
    cells = elements(response, "td")
    return {int(e["text"].split("일(")[0]): e["links"] for e in cells if "일(" in e["text"] and e["links"]}


def test_a_month_is_a_table_of_weeks_from_sunday(client, loaded):
    response = client.get(MARCH)
    assert texts(response, "th") == [f"{letter}요일" for letter in "일월화수목금토"]
    rows = elements(response, "tr")
    assert len(rows) == 7  # the head and six weeks: 1 March 2019 is a Friday
    assert rows[1]["text"] == "1일(금) 2일(토)"


def test_every_meeting_of_the_month_stands_on_its_day(client, loaded):
    expected = {}
    for meeting in Meeting.objects.filter(starts_on__year=2019, starts_on__month=3).order_by("starts_on", "no"):
        for day in range(meeting.starts_on.day, (meeting.ends_on or meeting.starts_on).day + 1):
            expected.setdefault(day, []).append(meeting.get_absolute_url())
    assert expected
    assert days(client.get(MARCH)) == expected


def test_a_meeting_of_several_days_stands_on_each_also_in_the_next_month(client, loaded):
    meeting = meet(date(2018, 1, 30), ends_on=date(2018, 2, 2))
    url = meeting.get_absolute_url()
    assert days(client.get("/meetings/calendar/2018/01/")) == {30: [url], 31: [url]}
    assert days(client.get("/meetings/calendar/2018/02/")) == {1: [url], 2: [url]}


def test_the_bare_address_leads_to_the_newest_month_with_a_meeting(client, loaded):
    assert client.get("/meetings/calendar/")["Location"] == "/meetings/calendar/2020/08/"


def test_the_bare_address_leads_to_the_current_month_where_it_has_one(client, loaded):
    today = clock.today()
    meet(today)
    meet(today + timedelta(days=70), no=2)
    assert client.get("/meetings/calendar/")["Location"] == f"/meetings/calendar/{today:%Y/%m}/"


def test_the_bare_address_without_meetings_leads_to_the_current_month(client, loaded):
    Document.objects.update(meeting=None)
    BudgetVersion.objects.update(meeting=None)
    Review.objects.update(meeting=None)
    FieldCheck.objects.update(meeting=None)
    Event.objects.update(meeting=None)
    Meeting.objects.all().delete()
    today = clock.today()
    response = client.get("/meetings/calendar/")
    assert response["Location"] == f"/meetings/calendar/{today:%Y/%m}/"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["2019/00", "2019/13", "2019/3", "2019/003", "1899/12", "2200/01", "9999/12", "0000/01", "abc/03", "2019/-1"],
)
def test_an_impossible_month_is_404(client, loaded, path):
    assert client.get(f"/meetings/calendar/{path}/").status_code == 404


@pytest.mark.parametrize("path", ["1900/01", "2199/12"])
def test_the_first_and_the_last_month_answer(client, loaded, path):
    assert client.get(f"/meetings/calendar/{path}/").status_code == 200


def test_steps_skip_no_month_and_end_with_the_log(client, loaded):
    def steps(path):
        return elements(client.get(path), "nav", "month-steps")[0]["links"]

    assert steps("/meetings/calendar/2019/12/") == ["/meetings/calendar/2019/11/", "/meetings/calendar/2020/01/"]
    assert steps("/meetings/calendar/2020/04/") == ["/meetings/calendar/2020/03/", "/meetings/calendar/2020/05/"]
    assert steps("/meetings/calendar/2019/01/") == ["/meetings/calendar/2019/02/"]


def test_the_months_with_meetings_are_one_step_away(client, loaded):
    links = elements(client.get(MARCH), "nav", "month-jump")[0]["links"]
    months = {f"/meetings/calendar/{day:%Y/%m}/" for day in Meeting.objects.dates("starts_on", "month")}
    assert set(links) == months


def test_today_is_told_in_words(client, loaded):
    today = clock.today()
    (cell,) = elements(client.get(f"/meetings/calendar/{today:%Y/%m}/"), "td", "day-today")
    assert cell["text"].endswith("오늘")
    assert cell["text"].startswith(f"{today.day}일")
    assert elements(client.get(MARCH), "td", "day-today") == []


def test_the_period_of_a_notice_is_marked(client, loaded):
    notice = announce(published_on=clock.today(), starts_on=date(2019, 3, 5), ends_before=date(2019, 3, 8))
    response = client.get(MARCH)
    url = notice.get_absolute_url()
    marked = [e["text"] for e in elements(response, "td") if "공지 1건의 기간" in e["text"]]
    assert [text.split("일(")[0] for text in marked] == ["5", "6", "7"]
    assert "시작 시험 공모" in marked[0]
    assert "마감 시험 공모" in marked[2]
    assert elements(response, "ul", "month-notices")[0]["links"] == [url]


@pytest.mark.parametrize("published_on", [None, clock.today() + timedelta(days=1)])
def test_a_notice_that_is_not_public_is_not_marked(client, loaded, published_on):
    announce(published_on=published_on, starts_on=date(2019, 3, 5))
    assert "시험 공모" not in client.get(MARCH).content.decode()


def test_a_month_costs_the_same_for_one_and_three_rows(client, loaded):
    path = "/meetings/calendar/2018/01/"
    counted = []
    for rows in ((1,), (2, 3)):
        for no in rows:
            meet(date(2018, 1, no), no=no)
            announce(published_on=clock.today(), starts_on=date(2018, 1, no))
        counted.append(queries(client, path))
    assert counted[0] == counted[1] <= 4
