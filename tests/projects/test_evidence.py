"""Indicators follow the records: a published meeting counts and is named, a correction takes it back."""

from datetime import date

import pytest

from councils import meeting_actions
from councils.models import MeetingState
from geumcheon.lib.admin_parts import admin_url
from projects import results, rollups
from projects.models import (
    Indicator,
    IndicatorResult,
    IndicatorSource,
    InspectionTeam,
    Measurement,
    Partner,
    Plan,
    Project,
    ProjectAgenda,
    ProjectMeeting,
    Side,
)
from tests.councils.life import a_full_body, a_kind, a_log, a_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(loaded, time_machine):
    """An open plan of 2026 with one project, in March."""
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)
    plan = Plan.objects.create(year=2026, title="시험 계획", status="published")
    group = plan.groups.create(name="부문", order=1)
    return Project.objects.create(plan=plan, number=1, name="시험 사업", group=group)


def an_indicator(project, target="2회 이상", provider="meetings", order=None, **fields):
    order = order or project.indicators.count() + 1
    indicator = Indicator.objects.create(
        project=project, order=order, phase="과정평가", objective="운영", name="횟수", target_text=target
    )
    kinds, bodies = fields.pop("kinds", []), fields.pop("bodies", [])
    source = IndicatorSource.objects.create(indicator=indicator, provider=provider, reason="시험", **fields)
    source.meeting_kinds.set(kinds)
    source.bodies.set(bodies)
    return indicator


def result(indicator):
    return IndicatorResult.objects.get(indicator=indicator)


def names(indicator):
    return [row.url for row in results.evidence(indicator.project.plan, [indicator])[indicator.pk]]


def published(body, people, project=None, **fields):
    meeting = a_log(body, people, **fields)
    if project:
        ProjectMeeting.objects.create(project=project, meeting=meeting)
    meeting_actions.submit(meeting=meeting, by=people[0].user)
    return meeting_actions.publish(meeting=meeting, by=people[1].user)


def test_a_published_meeting_counts_and_is_named(year, django_capture_on_commit_callbacks):
    indicator = an_indicator(year)
    body, people = a_full_body()
    rollups.refresh(year.plan)
    assert (result(indicator).state, result(indicator).evidence_count) == ("not_measured", 0)
    meeting = a_log(body, people)
    ProjectMeeting.objects.create(project=year, meeting=meeting)
    meeting_actions.submit(meeting=meeting, by=people[0].user)
    assert names(indicator) == []
    with django_capture_on_commit_callbacks(execute=True):
        meeting_actions.publish(meeting=meeting, by=people[1].user)
    assert (result(indicator).value, result(indicator).evidence_count) == (1, 1)
    assert names(indicator) == [meeting.get_absolute_url()]


def test_a_correction_takes_it_back(year, django_capture_on_commit_callbacks):
    indicator = an_indicator(year, own_project=False, kinds=[a_kind("분과회의")])
    body, people = a_full_body()
    with django_capture_on_commit_callbacks(execute=True):
        meeting = published(body, people)
    assert result(indicator).value == 1
    record = a_record(kind=a_kind("간담회"), present=people)
    with django_capture_on_commit_callbacks(execute=True):
        meeting_actions.correct(meeting=meeting, by=people[1].user, reason="종류를 잘못 적음", record=record)
    assert (result(indicator).value, result(indicator).state) == (None, "not_measured")


def test_a_meeting_counts_once_however_it_is_linked(year):
    indicator = an_indicator(year)
    body, people = a_full_body()
    meeting = published(body, people, year)
    ProjectAgenda.objects.create(project=year, item=meeting.items.get())
    assert len(names(indicator)) == 1


def test_filters_of_a_source(year):
    body, people = a_full_body()
    other, others = a_full_body(name="다른분과")
    small = published(body, people[:3], year, kind=a_kind("공론장"), agenda="주민 설명회")
    large = published(other, others, year, kind=a_kind("공론장"), guests=[("주민", 50)])
    plain = published(body, people, kind=a_kind("분과회의"))
    expected = {
        "own": ({}, [small, large]),
        "kinds": ({"own_project": False, "kinds": [a_kind("분과회의")]}, [plain]),
        "bodies": ({"bodies": [other]}, [large]),
        "people": ({"minimum_people": 50}, [large]),
        "words": ({"words": "주민설명회,보고회"}, [small]),
        "all": ({"own_project": False}, [small, large, plain]),
    }
    for name, (fields, meetings) in expected.items():
        indicator = an_indicator(year, **fields)
        assert sorted(names(indicator)) == sorted(m.get_absolute_url() for m in meetings), name
    people_counted = an_indicator(year, "40명 이상", "attendance")
    rollups.refresh(year.plan)
    assert result(people_counted).value == 3 + 55


def test_only_the_plans_year_and_only_what_is_published_counts(year):
    indicator = an_indicator(year, own_project=False)
    body, people = a_full_body()
    old = published(body, people)
    type(old).objects.filter(pk=old.pk).update(starts_on=date(2025, 12, 31), year=2025)
    a_log(body, people)
    assert names(indicator) == []


def test_visits_and_publicity_are_named_with_their_pages(year):
    visited, told = an_indicator(year, "1회 이상", "inspections"), an_indicator(year, "2회", "publicity", words="영상")
    team = InspectionTeam.objects.create(project=year, kind="supervisors", name="주민감독관")
    team.visits.create(on=date(2026, 3, 1))
    team.visits.create(on=date(2025, 3, 1))
    year.publicity.create(channel="video", on=date(2026, 3, 1), title="안내", link="https://example.org/v")
    paper = year.publicity.create(channel="leaflet", on=date(2026, 3, 2), title="영상 안내문", file="x.pdf")
    year.publicity.create(channel="sns", on=date(2026, 3, 2), title="안내", link="https://example.org/s")
    assert names(visited) == [f"/projects/2026/1/teams/{team.pk}/"]
    assert names(told) == ["https://example.org/v", f"/projects/2026/1/publicity/{paper.pk}/"]
    rollups.refresh(year.plan)
    assert (result(visited).state, result(told).state) == ("reached", "reached")


def test_typed_values_count_only_when_confirmed_and_with_every_provider(year):
    indicator = an_indicator(year, "70% 이상", "satisfaction")
    measured = Measurement.objects.create(
        indicator=indicator, on=date(2026, 3, 1), value=72, evidence="설문조사", base=40
    )
    rollups.refresh(year.plan)
    assert result(indicator).state == "not_measured"
    measured.state = Measurement.State.CONFIRMED
    measured.save()
    rollups.refresh(year.plan)
    assert (result(indicator).state, result(indicator).value) == ("reached", 72)


def test_of_two_values_on_one_day_the_later_is_the_last(year):
    indicator = an_indicator(year, "100%", "measurement")
    Indicator.objects.filter(pk=indicator.pk).update(combine="latest")
    for value in (40, 60, 55):
        Measurement.objects.create(
            indicator=indicator, on=date(2026, 3, 1), value=value, evidence="보고서", state="confirmed"
        )
    rollups.refresh(year.plan)
    assert result(indicator).value == 55


def test_an_indicator_without_a_source_still_takes_typed_values(year):
    indicator = an_indicator(year)
    indicator.evidence_source.delete()
    Measurement.objects.create(indicator=indicator, on=date(2026, 3, 1), value=2, evidence="보고서", state="confirmed")
    rollups.refresh(year.plan)
    assert result(indicator).state == "reached"


def test_the_plan_of_2021_has_no_results_and_says_so(loaded):
    rollups.refresh(loaded)
    assert set(IndicatorResult.objects.values_list("state", "value", "evidence_count")) == {("no_data", None, 0)}
    assert loaded.indicator_rollups.get(project=None).states == {"no_data": 97}


def test_a_result_changed_by_hand_is_found(year):
    indicator = an_indicator(year)
    rollups.refresh(year.plan)
    assert rollups.check(year.plan) == []
    IndicatorResult.objects.filter(indicator=indicator).update(value=7)
    assert rollups.check(year.plan) == [f"2026 지표 · 1. 시험 사업 {indicator} 값: 저장 7.00, 계산 None."]


def test_a_stored_result_does_not_drift_with_the_days(year, time_machine):
    an_indicator(year)
    published(*a_full_body(), year)
    rollups.refresh(year.plan)
    time_machine.move_to("2026-06-03T10:00:00+09:00")
    assert rollups.check(year.plan) == []


@pytest.mark.parametrize("copies", [1, 3])
def test_a_plan_costs_as_many_queries_with_more_rows(year, django_assert_num_queries, copies):
    body, people = a_full_body()
    for _ in range(copies):
        an_indicator(year, words="가,나")
        an_indicator(year, provider="publicity")
        an_indicator(year, "1회", "inspections")
        published(body, people, year)
    with django_assert_num_queries(15):
        results.compute(year.plan)


def test_a_cancelled_or_unpublished_state_is_never_counted(year):
    indicator = an_indicator(year, own_project=False)
    body, people = a_full_body()
    meeting = published(body, people)
    for state in MeetingState.values:
        type(meeting).objects.filter(pk=meeting.pk).update(state=state)
        assert bool(names(indicator)) == (state == MeetingState.PUBLISHED)


def test_an_officer_deletes_an_own_indicator_with_its_source_and_result(loaded, users, client_as):
    rollups.refresh(loaded)
    led = Partner.objects.filter(side=Side.LEAD, department__in=users["officer"].department_ids()).values("project")
    own = Indicator.objects.filter(project__in=led).first()
    other = Indicator.objects.exclude(project__in=led).first()
    client = client_as("officer")
    assert client.post(admin_url(Indicator, "delete", other.pk), {"post": "yes"}).status_code == 403
    assert client.post(admin_url(Indicator, "delete", own.pk), {"post": "yes"}).status_code == 302
    assert not IndicatorResult.objects.filter(indicator_id=own.pk).exists()
