"""What events count for indicators: held, who came, who was trained; only closed ones of the plan's year, two queries."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import Body, Meeting, MeetingKind, MeetingState
from forums import event_actions, events_providers
from forums.models import EventState
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from projects import results
from projects.models import Indicator, IndicatorSource, Plan, Project, ProjectGroup, ProjectMeeting
from tests.forums.events import a_kind, an_event, at_the_end_of, closed_event, registered
from tests.forums.ladders import a_secretary

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(loaded):
    return a_secretary()


@pytest.fixture
def project(loaded):
    """A project of a plan of the year the test's events are in."""
    year = (clock.now() + timedelta(days=7)).year
    plan = Plan.objects.create(year=year, title="시험 계획")
    group = ProjectGroup.objects.create(plan=plan, order=1, name="시험")
    return Project.objects.create(plan=plan, number=1, name="시험 사업", group=group)


def source_of(project, provider="events", target="3회", **fields):
    """An indicator of the project with its source; kinds: names of kinds of meeting."""
    kinds = fields.pop("kinds", ())
    order = project.indicators.count() + 1
    indicator = Indicator.objects.create(
        project=project, order=order, phase="과정평가", objective="x", name=f"지표 {order}", target_text=target
    )
    source = IndicatorSource.objects.create(indicator=indicator, provider=provider, reason="x", **fields)
    source.meeting_kinds.set(MeetingKind.objects.filter(name__in=kinds))
    return indicator


def counted(indicator):
    """[(title, value)] of what stands behind the indicator."""
    rows = results.evidence(indicator.project.plan, [indicator])[indicator.pk]
    return [(row.title, int(row.value)) for row in rows]


def test_a_held_event_counts_with_its_people_and_names_itself(client, office, project):
    held, came = source_of(project), source_of(project, "participants", "10명")
    event = closed_event(office, came=2, title="골목 공론장", project=project)
    assert counted(held) == [("골목 공론장", 1)]
    assert counted(came) == [("골목 공론장", 2)]
    (row,) = results.evidence(project.plan, [held])[held.pk]
    assert row.url == f"/forums/{event.pk}/"


def test_what_was_not_held_or_belongs_elsewhere_does_not_count(office, project):
    held = source_of(project)
    an_event(project=project)
    an_event(project=project, state=EventState.PLANNED)
    event_actions.cancel(event=an_event(project=project), by=office, reason="태풍")
    closed_event(office, headcount=5, title="다른 사업의 것")
    an_event(project=project, state=EventState.CLOSED, days=-800)
    assert counted(held) == []


def test_kind_words_people_and_bodies_narrow_what_counts(office, project):
    school = a_kind("시험 학교", "교육", training=True)
    closed_event(office, headcount=12, title="협치 학교 기본", kind=school, project=project)
    closed_event(office, headcount=40, title="골목 공론장", project=project)
    assert [title for title, _ in counted(source_of(project, kinds=["교육"]))] == ["협치 학교 기본"]
    assert [title for title, _ in counted(source_of(project, words="협치학교, 워크숍"))] == ["협치 학교 기본"]
    assert [title for title, _ in counted(source_of(project, minimum_people=30))] == ["골목 공론장"]
    assert counted(source_of(project, "trained", "10명")) == [("협치 학교 기본", 12)]
    with_bodies = source_of(project)
    body = Body.objects.real().first()
    with_bodies.evidence_source.bodies.add(body)
    assert counted(with_bodies) == []
    event = an_event(title="분과 공론장", project=project)
    with at_the_end_of(event):
        event_actions.close(event=event, by=office, bodies=[body])
    assert counted(with_bodies) == [("분과 공론장", 1)]


def test_an_indicator_per_dong_takes_the_events_dong(office, project):
    indicator = source_of(project, target="동별 1회 이상")
    Indicator.objects.filter(pk=indicator.pk).update(per="동")
    closed_event(office, headcount=9, title="가산 설명회", project=project, dong=Dong.objects.get(name="가산동"))
    indicator = Indicator.objects.get(pk=indicator.pk)
    assert [row.part for row in results.evidence(project.plan, [indicator])[indicator.pk]] == ["가산동"]


def test_an_event_and_its_record_count_once_and_a_record_without_event_counts_too(office, project):
    both = source_of(project, "gatherings", kinds=["공론장"])
    body = Body.objects.real().first()
    event = an_event(title="기록한 공론장", project=project)
    with at_the_end_of(event):
        meeting = event_actions.close(event=event, by=office, bodies=[body], headcount=9).meeting
    assert counted(both) == [("기록한 공론장", 1)]
    meeting.state = MeetingState.PUBLISHED
    meeting.save()
    assert counted(both) == [("기록한 공론장", 1)]
    alone = Meeting.objects.create(year=project.plan.year, no=900, kind=meeting.kind, starts_on=meeting.starts_on)
    ProjectMeeting.objects.create(meeting=alone, project=project)
    assert sorted(counted(both)) == [(f"{alone.year}-900 공론장", 1), ("기록한 공론장", 1)]


def test_who_came_is_read_from_the_published_record_where_the_event_itself_says_nothing(office, project):
    came = source_of(project, "participants", "10명")
    event = an_event(title="기록만 있는 것", project=project, state=EventState.CLOSED)
    event.meeting = Meeting.objects.create(
        year=project.plan.year, no=901, kind=event.kind.meeting_kind, starts_on=event.starts_at.date(), attendees=31,
        state=MeetingState.LOGGED,
    )  # fmt: skip
    event.save()
    assert counted(came) == [("기록만 있는 것", 0)]
    Meeting.objects.filter(no=901).update(state=MeetingState.PUBLISHED)
    assert counted(came) == [("기록만 있는 것", 31)]


def test_a_corrected_headcount_counts_anew(office, project):
    came = source_of(project, "participants", "10명")
    event = closed_event(office, headcount=30, title="골목 공론장", project=project)
    event_actions.set_headcount(event=event, by=office, headcount=35)
    assert counted(came) == [("골목 공론장", 35)]


def test_changed_moved_and_called_off_after_a_hundred_registrations_the_indicators_are_right(office, project):
    held, came = source_of(project), source_of(project, "participants", "10명")
    event = an_event(title="큰 공론장", project=project)
    registered(event, 100)
    later = event.starts_at + timedelta(days=1)
    event_actions.edit(
        event=event, by=office, values={"starts_at": later, "ends_at": later + timedelta(hours=2), "place": "구청"}
    )
    assert (counted(held), counted(came)) == ([], [])  # registering is not coming
    event_actions.cancel(event=event, by=office, reason="태풍")
    assert (counted(held), counted(came)) == ([], [])
    again = closed_event(office, came=3, title="다시 연 공론장", project=project)
    assert (counted(held), counted(came)) == ([(again.title, 1)], [(again.title, 3)])


def test_an_event_of_new_years_night_belongs_to_the_year_of_seoul(office, loaded):
    with time_machine.travel("2031-12-30T00:00:00Z", tick=False):
        an_event(state=EventState.CLOSED, starts_at="2031-12-31T15:30:00Z", ends_at=None, year=2032)
    assert [e.title for e in events_providers.held(Plan(year=2032))] == ["골목 공론장"]
    assert not events_providers.held(Plan(year=2031)).exists()


def test_ten_events_and_six_sources_cost_as_many_queries_as_one(office, project):
    def cost():
        sources = list(Indicator.objects.filter(project=project))
        with CaptureQueriesContext(
            connection,
        ) as found:
            results.evidence(project.plan, sources)
        return len(found)

    source_of(project)
    an_event(project=project, state=EventState.CLOSED)
    one = cost()
    for _ in range(5):
        source_of(project)
    for n in range(9):
        an_event(f"행사 {n}", project=project, state=EventState.CLOSED)
    assert cost() == one
