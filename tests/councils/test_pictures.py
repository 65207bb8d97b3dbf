"""Pictures of the meeting log."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils import pictures
from councils.models import Body, Meeting
from tests.html import elements

pytestmark = pytest.mark.django_db


def log(rows):
    """A picture's numbers: {name: (meetings, people)}."""
    count, people = rows.panels
    return {rows._name(i): (count.values[i], people.values[i]) for i in range(len(rows.items))}


def test_every_month_of_the_log_is_told_also_the_empty_ones(loaded):
    told = log(pictures.of_log(Meeting.objects.all(), {}))
    assert next(iter(told)) == "2019년 1월"
    assert len(told) == 20
    assert told["2020년 3월"] == (
        Meeting.objects.filter(starts_on__year=2020, starts_on__month=3).count(),
        sum(m.attendees or 0 for m in Meeting.objects.filter(starts_on__year=2020, starts_on__month=3)),
    )
    assert tuple(map(sum, zip(*told.values(), strict=True))) == (119, 1959)


def test_a_filter_by_body_counts_each_meeting_once(loaded):
    body = Body.objects.get(name="복지·건강분과")
    meetings = Meeting.objects.filter(bodies=body)
    told = log(pictures.of_body(body, meetings))
    assert sum(count for count, _ in told.values()) == meetings.count()
    assert sum(people for _, people in told.values()) == sum(m.attendees or 0 for m in meetings)


def test_a_joint_meeting_counts_its_people_once(loaded):
    meeting = Meeting.objects.get(year=2020, no=26)
    meeting.bodies.set(Body.objects.all()[:3])
    meetings = Meeting.objects.filter(pk=meeting.pk, bodies__isnull=False)
    assert log(pictures.of_log(meetings, {})) == {"2020년 8월": (1, 24)}


def test_a_log_of_many_months_is_told_by_year(loaded):
    Meeting.objects.filter(year=2019, no=1).update(starts_on="2015-01-07", year=2015)
    told = log(pictures.of_log(Meeting.objects.all(), {}))
    assert list(told) == ["2015년", "2016년", "2017년", "2018년", "2019년", "2020년"]
    assert told["2016년"] == (0, 0)


def test_links_keep_the_filters(loaded):
    picture = pictures.of_log(Meeting.objects.filter(year=2020), {"q": "청년", "year": 2020})
    assert picture.items[0].url == "/meetings/?q=%EC%B2%AD%EB%85%84&year=2020&month=1"


def test_nothing_found_is_no_picture(client, loaded):
    assert pictures.of_log(Meeting.objects.none(), {}) is None
    assert elements(client.get("/meetings/?q=없는말없는말"), "figure") == []
    assert len(elements(client.get("/meetings/"), "figure")) == 1


def test_the_picture_is_one_query(loaded):
    with CaptureQueriesContext(connection) as captured:
        pictures.of_log(Meeting.objects.all(), {})
    assert len(captured) == 1


def test_the_body_page_draws_its_meetings(client, loaded):
    body = Body.objects.get(name="교육·문화분과")
    (figure,) = elements(client.get(f"/council/{body.pk}/"), "figure")
    assert "2019년" in figure["text"]
