"""What each indicator of the plan counts, from its file."""

import shutil
from collections import Counter
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import make_aware

from councils.models import Meeting, MeetingKind, MeetingState
from forums.models import EventState, Survey, SurveyState
from projects import evidence, loading, results, targets
from projects.models import Indicator, IndicatorSource, InspectionTeam, Project, ProjectMeeting
from tests.forums.events import a_kind, an_event, an_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources(loaded, tmp_path, monkeypatch):
    """The file in a copy of the plan's data."""
    shutil.copytree(loading.DATA, tmp_path / "data")
    monkeypatch.setattr(loading, "DATA", tmp_path / "data")
    return tmp_path / "data" / "2021" / "indicator_sources.csv"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def of(number, order):
    return IndicatorSource.objects.get(indicator__project__number=number, indicator__order=order)


def test_every_indicator_of_the_plan_has_a_source_with_its_reason(loaded):
    indicators = Indicator.objects.filter(project__plan=loaded)
    assert indicators.count() == 97
    assert not indicators.filter(evidence_source=None).exists()
    assert not IndicatorSource.objects.filter(reason="").exists()
    assert not IndicatorSource.objects.filter(source="").exists()
    assert set(IndicatorSource.objects.values_list("provider", flat=True)) <= dict(evidence.register.choices()).keys()


def test_every_target_of_the_plan_is_read(loaded):
    for indicator in Indicator.objects.filter(project__plan=loaded):
        parsed = targets.parse(indicator.target_text)
        assert (parsed.comparator == "text") == (indicator.target_text == "중복 없음")


def test_what_the_indicators_count(loaded):
    council = of(1, 1)
    kinds = set(council.meeting_kinds.values_list("name", flat=True))
    assert (council.provider, council.own_project, kinds) == ("meetings", False, {"정례회", "분과회의", "운영위원회"})
    working = IndicatorSource.objects.filter(indicator__objective__startswith="워킹그룹")
    assert set(working.values_list("provider", "own_project", "meeting_kinds__name")) == {
        ("meetings", True, "확대회의")
    }
    assert working.count() == 14
    assert IndicatorSource.objects.filter(provider="publicity").count() == 8
    assert of(9, 3).provider == "inspections"
    assert set(of(3, 1).bodies.values_list("name", flat=True)) == {
        "주민참여예산위원회",
        "주민참여예산위원회 운영위원회",
    }


def test_how_many_indicators_each_provider_counts(loaded):
    assert Counter(IndicatorSource.objects.values_list("provider", flat=True)) == {
        "meetings": 18, "gatherings": 21, "measurement": 23, "satisfaction": 18, "publicity": 8, "events": 6,
        "inspections": 1, "trained": 1, "stories": 1,
    }  # fmt: skip


def counted(number, order):
    """How many meetings the indicator counts in its plan."""
    indicator = Indicator.objects.get(project__number=number, order=order)
    return len(results.evidence(indicator.project.plan, [indicator])[indicator.pk])


def a_meeting(kind, agenda="", people=20, project=None):
    """A published meeting of 2021, of the project with that number."""
    meeting = Meeting.objects.create(
        year=2021, no=Meeting.objects.filter(year=2021).count() + 1, kind=MeetingKind.objects.get(name=kind),
        starts_on=date(2021, 5, 3), attendees=people, agenda=agenda, state=MeetingState.PUBLISHED,
    )  # fmt: skip
    if project:
        ProjectMeeting.objects.create(project=Project.objects.get(number=project), meeting=meeting)


@pytest.mark.parametrize(
    ("number", "order"), [(4, 3), (6, 2), (7, 2), (8, 2), (9, 2), (13, 2), (14, 3), (15, 2), (16, 2)]
)
def test_a_residents_forum_counts_and_a_planning_forum_does_not(loaded, number, order):
    a_meeting("공론장", "계획 공론장", project=number)
    a_meeting("공론장", "주민 공론장", project=17)
    assert counted(number, order) == 0
    a_meeting("공론장", "주민 공론장(설명회)", project=number)
    a_meeting("공론장", "사업 대상지 주민설명회", project=number)
    assert counted(number, order) == 2


def test_a_forum_of_a_hundred_counts_for_both_sizes_whatever_its_agenda_says(loaded):
    a_meeting("협치론장", "의제 토론과 우선순위 선정", people=49)
    assert (counted(1, 3), counted(1, 4)) == (0, 0)
    a_meeting("협치론장", "의제 토론과 우선순위 선정", people=50)
    assert (counted(1, 3), counted(1, 4)) == (1, 0)
    a_meeting("협치론장", "의제 토론과 우선순위 선정", people=100)
    assert (counted(1, 3), counted(1, 4)) == (2, 1)


def a_rated_forum(people, points):
    """A 협치론장 of 2021 without a size in its name, to which so many came; its survey is closed with these points."""
    day = make_aware(datetime(2021, 5, 3, 14))
    kind = a_kind("시험 론장", meeting="협치론장")
    event = an_event(
        "의제 론장", EventState.CLOSED, kind=kind, headcount=people, year=2021, starts_at=day, ends_at=None
    )
    survey = an_open_survey(event)
    Survey.objects.filter(pk=survey.pk).update(state=SurveyState.CLOSED)
    for point in points:
        survey.answers.create(replies={"satisfaction": point})


def shares(number, order):
    """[(percent satisfied, answers behind it)] the indicator reads in its plan."""
    indicator = Indicator.objects.get(project__number=number, order=order)
    return [(row.value, row.weight) for row in results.evidence(indicator.project.plan, [indicator])[indicator.pk]]


def test_the_satisfaction_of_forums_is_sorted_by_people_as_their_number_is(loaded):
    a_rated_forum(49, [5] * 5)
    assert (shares(1, 7), shares(1, 8)) == ([], [])
    a_rated_forum(50, [5] * 3 + [2] * 2)
    assert (shares(1, 7), shares(1, 8)) == ([(60, 5)], [])
    a_rated_forum(100, [4] * 10)
    assert (shares(1, 7), shares(1, 8)) == ([(60, 5), (100, 10)], [(100, 10)])
    assert (counted(1, 3), counted(1, 4)) == (2, 1)


@pytest.mark.parametrize(("order", "kind"), [(1, "교육"), (2, "워크숍"), (4, "성과공유회")])
def test_the_project_of_learning_counts_its_own_sessions_only(loaded, order, kind):
    a_meeting(kind, "발달장애인 사업", project=10)
    assert counted(2, order) == 0
    a_meeting(kind, "사례를 통한 민관협치의 이해", project=2)
    assert counted(2, order) == 1


@pytest.mark.parametrize(("number", "kind"), [(7, "현장확인"), (8, "조사")])
def test_a_site_visit_counts_and_a_survey_does_not(loaded, number, kind):
    a_meeting("조사", "주민 이용 인터뷰", project=number)
    assert counted(number, 3) == 0
    a_meeting(kind, "민·관합동 현장 조사", project=number)
    assert counted(number, 3) == 1


def test_the_supervisors_count_when_they_go_out(loaded):
    project = Project.objects.get(number=9)
    team = InspectionTeam.objects.create(project=project, kind="supervisors", name="주민감독관", source="시험")
    team.visits.create(way="written", on=date(2021, 5, 3))
    assert counted(9, 3) == 0
    team.visits.create(way="on_site", on=date(2021, 5, 4))
    assert counted(9, 3) == 1


def test_a_second_run_changes_nothing(sources):
    call_command("load_plan", "2021", verbosity=0)
    history = IndicatorSource.history.count()
    call_command("load_plan", "2021", verbosity=0)
    assert IndicatorSource.history.count() == history


def test_a_corrected_file_changes_that_source(sources):
    edit(sources, "meetings,확대회의", "meetings,확대회의;협업회의")
    edit(sources, "이 사업을 다룬 워크숍을 비빔밥 워크숍으로", "비빔밥 워크숍을")
    call_command("load_plan", "2021", verbosity=0)
    assert set(of(4, 1).meeting_kinds.values_list("name", flat=True)) == {"확대회의", "협업회의"}
    assert of(2, 2).reason.startswith("비빔밥 워크숍을 셉니다.")


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("1,1,meetings,정례회", "1,1,meetings,반상회", "2줄 · meeting_kinds", "모르는 이름입니다: 반상회"),
        ("합동회의,주민참여예산위원회;", "합동회의,주민의회;", "17줄 · bodies", "모르는 이름입니다: 주민의회"),
        ("1,2,measurement", "1,2,guess", "3줄 · provider", "가운데 하나여야 합니다"),
        ("1,2,measurement", "1,99,measurement", "3줄 · order", "이 계획에 없는 지표입니다: 1번 사업 99번째"),
        ("1,2,measurement", "1,1,measurement", "3줄 · indicator", "같은 항목이 두 번 있습니다"),
        (",,50,", ",,많이,", "4줄 · minimum_people", "정수여야 합니다"),
        (",,50,", ",,-1,", "4줄 · minimum_people", "0 이상이어야 합니다"),
        ("measurement,,,yes", "measurement,,,maybe", "3줄 · own_project", "가운데 하나여야 합니다"),
        (
            "금천1번가 공론장만 셉니다. 행사로 안내해 마친 것과 회의로만 적힌 것을 한 번씩 셉니다.",
            "",
            "7줄 · reason",
            "값이 없습니다",
        ),
        (",reason,", ",why,", "1줄 · reason", "열이 없습니다"),
    ],
)
def test_a_wrong_file_is_refused_with_file_row_and_field(sources, old, new, where, message):
    kinds = MeetingKind.objects.count()
    edit(sources, old, new)
    with pytest.raises(CommandError) as error:
        call_command("load_plan", "2021", verbosity=0)
    assert str(error.value).startswith(f"indicator_sources.csv · {where}")
    assert message in str(error.value)
    assert MeetingKind.objects.count() == kinds


def drop(path, *starts):
    """Take the rows that begin so out of the file."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(starts)]
    assert len(kept) == len(lines) - len(starts)
    path.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_file_that_leaves_indicators_out_is_refused(sources, dry_run):
    drop(sources, "1,2,", "17,6,")
    with pytest.raises(CommandError) as error:
        call_command("load_plan", "2021", dry_run=dry_run, verbosity=0)
    assert str(error.value).startswith(
        "indicator_sources.csv · order: 성과지표 97개 가운데 1번 사업 2번째, 17번 사업 6번째의 근거가 없습니다."
    )
    assert IndicatorSource.objects.count() == 97


def test_an_unknown_column_is_refused(sources):
    text = sources.read_text(encoding="utf-8").splitlines()
    sources.write_text("\n".join([text[0] + ",memo", *(line + "," for line in text[1:])]), encoding="utf-8")
    with pytest.raises(CommandError, match="indicator_sources.csv · 2줄 · memo: 모르는 항목입니다"):
        call_command("load_plan", "2021", verbosity=0)


def test_a_dry_run_lists_what_would_change_and_keeps_it(sources, capsys):
    edit(sources, "1,2,measurement", "1,2,publicity")
    call_command("load_plan", "2021", dry_run=True)
    assert "provider 'measurement' → 'publicity'" in capsys.readouterr().out
    assert of(1, 2).provider == "measurement"


def test_a_plan_without_the_file_keeps_what_was_set_up(sources):
    sources.unlink()
    call_command("load_plan", "2021", verbosity=0)
    assert IndicatorSource.objects.count() == 97
