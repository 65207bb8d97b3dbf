"""Surveys of events: set up at the desk, answered once by a code that names nobody, told when closed, counted for indicators."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from forums import event_mails, survey_actions, survey_codes, survey_results, tasks
from forums.models import Event, Survey, SurveyAnswer, SurveyState
from geumcheon.lib import clock
from geumcheon.opendata.forums import FORUMS
from projects import rollups
from projects.models import IndicatorResult, IndicatorSource, Plan, Project
from tests.forums.events import an_event, closed_event, registered, told
from tests.forums.ladders import a_secretary, an_officer
from tests.html import texts

pytestmark = pytest.mark.django_db
QUESTIONS = [
    {"kind": "satisfaction", "text": "만족하셨습니까?", "choices": "", "required": True},
    {"kind": "choice", "text": "어디서 들었습니까?", "choices": "누리집\n이웃", "required": False},
    {"kind": "many", "text": "무엇이 좋았습니까?", "choices": "주제\n장소\n시간", "required": False},
    {"kind": "text", "text": "하고 싶은 말씀", "choices": "", "required": False},
]


@pytest.fixture
def by(loaded):
    return a_secretary()


@pytest.fixture
def office(by):
    client = Client()
    client.force_login(by)
    return client


def a_survey(event, by, days=10):
    return survey_actions.save(
        event=event, by=by, intro="", closes_at=clock.now() + timedelta(days=days), questions=QUESTIONS
    )


def started(by, came=7):
    """A survey that takes answers of an event to which so many came."""
    event = closed_event(by, came=came)
    survey = survey_actions.start(survey=a_survey(event, by), by=by)
    return survey, [survey_codes.of_registration(survey, row) for row in event.registrations.order_by("line")]


def replies(points=5, **others):
    return {1: points, 2: "", 3: [], 4: "", **others}


def answered(survey, codes, points):
    for code, point in zip(codes, points, strict=True):
        survey_actions.answer(survey=survey, code=code, replies=replies(point))


def test_who_came_is_told_once_and_answers_once(by, client):
    survey, codes = started(by, came=3)
    assert told("survey") == [(f"p{n}@example.org", "survey") for n in (1, 2, 3)]
    survey_actions.start(survey=survey, by=by)
    assert len(told("survey")) == 3
    address = f"/forums/{survey.event_id}/survey/"
    first = client.post(
        address, {"code": survey_codes.shown(codes[0]), "q1": "5", "q2": "1", "q3": ["0", "2"], "q4": "좋았습니다."}
    )
    assert "답을 받았습니다" in first.content.decode()
    assert SurveyAnswer.objects.get().replies == {"satisfaction": 5, "2": 1, "3": [0, 2], "4": "좋았습니다."}
    again = client.post(address, {"code": codes[0], "q1": "1", "q4": "다시 적은 글"})
    assert survey_actions.NO_CODE in again.content.decode()
    assert "다시 적은 글" in again.content.decode()
    assert SurveyAnswer.objects.count() == 1


def test_the_own_page_brings_the_code_until_it_is_used(by, client):
    survey, codes = started(by, came=1)
    own = f"/forums/own/{event_mails.token_of(survey.event.registrations.get())}/"
    assert f'name="code" value="{codes[0]}"' in client.get(own).content.decode()
    page = client.post(f"/forums/{survey.event_id}/survey/", {"start": "1", "code": codes[0]}).content.decode()
    assert survey_codes.shown(codes[0]) in page
    assert SurveyAnswer.objects.count() == 0
    answered(survey, codes, [4])
    assert 'name="code"' not in client.get(own).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": "", "q1": "5"}, "설문 부호를 적어 주세요."),
        ({"code": "ABC", "q1": "5"}, "부호는 글자와 숫자 열 자입니다."),
        ({"code": "ABCDEFGHJK", "q1": "5"}, survey_actions.NO_CODE),
        ({"q1": ""}, "골라 주세요."),
        ({"q1": "6"}, "6"),
        ({"q1": "5", "q2": "9"}, "9"),
        ({"q1": "5", "q4": "가" * 1001}, "1,000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(by, client, data, words):
    survey, codes = started(by, came=1)
    page = client.post(f"/forums/{survey.event_id}/survey/", {"code": codes[0], **data}).content.decode()
    assert words in page
    assert "답을 받았습니다" not in page
    assert (SurveyAnswer.objects.count(), survey.codes.count()) == (0, 1)


def test_what_has_to_be_answered_is_marked_and_the_form_is_named_after_what_it_does(by, office, client):
    survey, _ = started(by, came=0)
    labels = texts(client.get(f"/forums/{survey.event_id}/survey/"), "legend")
    assert ["*" in label for label in labels] == [True, False, False]  # then the words, which may stay empty
    event = an_event("새 설문의 것")
    path = f"/desk/events/{event.pk}/survey/edit/"
    assert texts(office.get(path), "h1") == ["설문 만들기"]
    a_survey(event, by)
    assert texts(office.get(path), "h1") == ["설문 고치기"]


def test_printed_codes_answer_at_home_or_are_typed_in_by_the_office(by, office, client):
    survey, _ = started(by, came=0)
    sheet = office.post(
        f"/desk/events/{survey.event_id}/survey/codes/", {"count": "3", "form": "cards"}
    ).content.decode()
    codes = sorted(set(re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", sheet)))
    assert len(codes) == survey.codes.filter(printed=True).count() == 3
    client.post(f"/forums/{survey.event_id}/survey/", {"code": codes[0], "q1": "4"})
    paper = f"/desk/events/{survey.event_id}/survey/paper/"
    assert office.post(paper, {"code": codes[1], "q1": "2"}).status_code == 302
    assert sorted(row["satisfaction"] for row in SurveyAnswer.objects.values_list("replies", flat=True)) == [2, 4]
    assert survey_actions.NO_CODE in office.post(paper, {"code": codes[1], "q1": "2"}).content.decode()
    assert (
        office.post(f"/desk/events/{survey.event_id}/survey/codes/", {"count": "3", "form": "sheets"}).status_code
        == 200
    )


def test_the_office_does_not_type_in_a_participants_code(by):
    survey, codes = started(by, came=1)
    with pytest.raises(ValidationError, match="부호"):
        survey_actions.answer(survey=survey, code=codes[0], replies=replies(), by=by)


def test_an_officer_of_another_department_runs_no_survey(by):
    event = closed_event(by)
    with pytest.raises(PermissionDenied):
        a_survey(event, an_officer())


def test_a_survey_starts_after_the_event_and_ends_before_contacts_go(by):
    event = an_event()
    survey = a_survey(event, by)
    with pytest.raises(ValidationError, match="행사를 마친 뒤에"):
        survey_actions.start(survey=survey, by=by)
    with pytest.raises(ValidationError, match="30일 안에 마감"):
        a_survey(event, by, days=90)


def test_questions_stand_once_answers_are_taken_and_a_stale_page_is_refused(by, office):
    survey, _ = started(by, came=0)
    with pytest.raises(ValidationError, match="물음은 고칠 수 없습니다"):
        a_survey(survey.event, by)
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    edit = f"/desk/events/{survey.event_id}/survey/edit/"
    stale = office.post(edit, {"last_day": day, "intro": "남는 글", "version": "1"}).content.decode()
    assert "다른 사람이 먼저 고쳤습니다" in stale
    assert "남는 글" in stale
    assert office.post(edit, {"last_day": day, "version": str(Survey.objects.get().version)}).status_code == 302


def test_the_office_sets_a_survey_up_and_a_question_with_one_choice_is_refused(by, office):
    event = an_event()
    form = {
        "last_day": (timezone.localdate() + timedelta(days=9)).isoformat(), "version": "0",
        "q-TOTAL_FORMS": "2", "q-INITIAL_FORMS": "0", "q-0-text": "만족하셨습니까?", "q-0-kind": "satisfaction", "q-0-required": "on",
        "q-1-text": "어디서 들었습니까?", "q-1-kind": "choice", "q-1-choices": "이웃",
    }  # fmt: skip
    page = office.post(f"/desk/events/{event.pk}/survey/edit/", form).content.decode()
    assert "둘에서 12개까지" in page
    assert not Survey.objects.exists()
    form["q-1-choices"] = "이웃\n누리집"
    assert office.post(f"/desk/events/{event.pk}/survey/edit/", form).status_code == 302
    assert [q.text for q in Survey.objects.get().questions.order_by("order")] == [
        "만족하셨습니까?",
        "어디서 들었습니까?",
    ]


def test_a_code_answers_once(by):
    survey, codes = started(by, came=1)
    answered(survey, codes, [5])
    with pytest.raises(ValidationError):
        answered(survey, codes, [5])
    assert SurveyAnswer.objects.count() == 1


def an_asking_indicator(year, target, **fields):
    """An indicator of a plan of that year that asks for satisfaction, with its project."""
    plan = Plan.objects.create(year=year, title="시험 계획", status="published")
    project = Project.objects.create(
        plan=plan, number=1, name="시험 사업", group=plan.groups.create(name="부문", order=1)
    )
    indicator = project.indicators.create(
        order=1,
        phase="성과평가",
        name="만족도",
        target_text=f"{target}% 이상",
        comparator=">=",
        target_value=target,
        unit="%",
        combine="share",
    )
    IndicatorSource.objects.create(
        indicator=indicator, provider="satisfaction", own_project=True, reason="설문", **fields
    )
    return plan, project, indicator


@pytest.mark.parametrize(("satisfied", "reached"), [(7, True), (6, False)])
def test_seven_of_ten_reach_seventy_percent_and_six_do_not(by, satisfied, reached):
    survey, codes = started(by, came=10)
    plan, project, indicator = an_asking_indicator(survey.event.starts_at.year, 70)
    Event.objects.filter(pk=survey.event_id).update(project=project)
    answered(survey, codes, [4] * satisfied + [3] * (10 - satisfied))
    rollups.refresh(plan)
    assert IndicatorResult.objects.get(indicator=indicator).value is None  # nothing is told while answers come
    survey_actions.close(survey=survey, by=by)
    rollups.refresh(plan)
    result = IndicatorResult.objects.get(indicator=indicator)
    assert (result.value, result.state == "reached") == (Decimal(satisfied * 10), reached)
    page = Client().get(f"/projects/{plan.year}/1/indicators/1/").content.decode()
    assert survey.event.title in page


def test_fewer_than_five_answers_are_told_nowhere(by, client):
    survey, codes = started(by, came=4)
    plan, project, indicator = an_asking_indicator(survey.event.starts_at.year, 70)
    Event.objects.filter(pk=survey.event_id).update(project=project)
    answered(survey, codes, [5] * 4)
    survey_actions.close(survey=survey, by=by)
    rollups.refresh(plan)
    assert IndicatorResult.objects.get(indicator=indicator).value is None
    assert survey_results.result(survey).parts == []
    assert next(row for row in FORUMS.rows() if row[0] == survey.event.title)[7] is None
    assert "100.0" not in client.get(survey.event.get_absolute_url()).content.decode()


def test_groups_below_five_are_merged(by, client, office):
    survey, codes = started(by, came=12)
    answered(survey, codes, [5] * 6 + [4] * 3 + [2] * 2 + [1])
    survey_actions.close(survey=survey, by=by)
    [part, *_] = survey_results.result(survey).parts
    assert [(group.label, group.count) for group in part.groups] == [("매우 만족(5점)", 6), ("1~4점", 6)]
    assert part.share == Decimal("75.0")
    assert next(row for row in FORUMS.rows() if row[0] == survey.event.title)[7] == Decimal("75.0")
    assert "75.0" in client.get(survey.event.get_absolute_url()).content.decode()
    assert "75.0" in office.get(f"/desk/events/{survey.event_id}/survey/").content.decode()


def test_the_clock_closes_what_is_overdue_and_unused_codes_go(by, time_machine):
    survey, codes = started(by, came=2)
    tasks.close_surveys()
    survey.refresh_from_db()
    assert survey.state == SurveyState.OPEN
    time_machine.move_to(survey.closes_at + timedelta(minutes=1))
    with pytest.raises(ValidationError, match="받지 않는 설문"):
        survey_actions.answer(survey=survey, code=codes[0], replies=replies())
    tasks.close_surveys()
    survey.refresh_from_db()
    assert (survey.state, survey.codes.count()) == (SurveyState.CLOSED, 0)


def test_a_draft_and_an_event_without_a_survey_have_no_page(by, client):
    event = an_event()
    registered(event, 1)
    assert client.get(f"/forums/{event.pk}/survey/").status_code == 404
    a_survey(event, by)
    assert client.get(f"/forums/{event.pk}/survey/").status_code == 404
