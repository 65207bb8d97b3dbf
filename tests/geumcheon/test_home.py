"""The home page: where the year stands, what is open, the news, the plan in one picture, and how little it costs."""

import gzip
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from budgets.models import BudgetRollup, Dimension
from councils.models import Body, Meeting, Notice, NoticeKind
from geumcheon import overview
from projects.models import IndicatorRollup, Plan, PlanStatus
from tests.html import elements, queries, texts

DAY = date(2030, 6, 10)
MAX_BYTES = 150_000  # of a first visit, compressed, without the fonts


@pytest.fixture
def today():
    with time_machine.travel(DAY, tick=False):
        yield DAY


def notice(title, kind=NoticeKind.GENERAL, published=0, starts=None, ends=None):
    """A notice with days counted from DAY; `ends` is the day after its last."""
    days = [None if n is None else DAY + timedelta(n) for n in (published, starts, ends)]
    return Notice.objects.create(
        kind=kind, title=title, text="견본", published_on=days[0], starts_on=days[1], ends_before=days[2]
    )


def opened(response):
    return texts(response, "ul", "open-rows")


def news(response):
    return texts(response, "ul", "notice-rows")


def ways(response):
    return texts(response, "ul", "ways")[0]


# --- the year -------------------------------------------------------------------------------------------------------


def test_closed_plan_is_shown_closed_with_its_ten_steps(client, loaded):
    response = client.get("/")
    assert texts(response, "p", "cycle-status") == ["2021 계획 · 마감 10단계를 모두 마쳤습니다."]
    steps = [text.split(" ")[0] for text in texts(response, "li", "cycle-done")]
    assert len(steps) == loaded.steps.filter(year=2021).count() == 10
    assert texts(response, "p", "hero-foot") == ["기준일 2020. 9. 23.(수)계획 수립 과정"]


def test_running_plan_names_the_step_of_the_day(client, loaded):
    Plan.objects.update(status=PlanStatus.PUBLISHED)
    with time_machine.travel(date(2020, 7, 18)):
        (status,) = texts(client.get("/"), "p", "cycle-status")
    assert (
        status
        == "2021 계획 수립 지금 3 / 10 2021. 협치사업 선정을 위한 「나풀나풀 온라인 주민투표」 실시 7월 17일 ~ 23일"
    )


def test_after_its_own_steps_a_running_plan_shows_those_of_the_next_year(client, loaded):
    Plan.objects.update(status=PlanStatus.PUBLISHED)
    with time_machine.travel(date(2021, 4, 1)):
        (status,) = texts(client.get("/"), "p", "cycle-status")
    assert status == "2022 계획 수립 지금 1 / 5 의제 발굴 ’21.1월 ~ ’21.5월"


def test_draft_plan_shows_nothing_of_itself(client, loaded):
    Plan.objects.update(status=PlanStatus.DRAFT)
    response = client.get("/")
    page = response.content.decode()
    assert "아직 공개한 계획이 없습니다." in page
    assert (
        elements(response, "div", "cycle")
        == elements(response, "figure")
        == elements(response, "dl", "plan-stats")
        == []
    )
    assert "956,364" not in page and "2021 계획" not in page
    assert [
        e for e in elements(response, "a") if e["attrs"]["href"].startswith(("/projects/2021", "/budget/2021"))
    ] == []


def test_newer_draft_does_not_hide_the_published_plan(client, loaded):
    Plan.objects.create(year=2031, title="견본 계획")
    (status,) = texts(client.get("/"), "p", "cycle-status")
    assert status.startswith("2021 계획 · 마감")


def test_plan_without_steps_names_its_status(client, loaded):
    loaded.steps.all().delete()
    response = client.get("/")
    assert elements(response, "div", "cycle") == []
    assert texts(response, "p", "hero-note")[0] == "2021 계획 · 마감"


# --- taking part and news -------------------------------------------------------------------------------------------


def test_nothing_open_is_said_plainly(client, loaded, today):
    response = client.get("/")
    assert opened(response) == []
    assert ways(response) == "제안 지금 없음 투표 지금 없음 모집 지금 없음 회의 기록 보기"
    notes = texts(response, "p", "hero-note")
    assert notes[0] == "지금 열린 투표·공모·모집이 없습니다. 새로 열리면 공지사항과 RSS에 알립니다."
    assert notes[1] == "아직 올린 공지가 없습니다."
    (box,) = [e for e in elements(response, "p", "hero-note") if "RSS" in e["text"]]
    assert box["links"] == [reverse("councils:notices"), reverse("councils:notices_feed")]


def test_open_things_stand_with_kind_title_last_day_and_days_left_the_nearest_first(client, loaded, today):
    late = notice("의제 공모", NoticeKind.CALL, -3, -3, 13)
    vote = notice("의제 투표", NoticeKind.VOTE, -3, -3, 1)
    response = client.get("/")
    assert opened(response) == [
        "의제 투표 주민투표 2030. 6. 10.(월)까지 오늘까지 의제 공모 제안 공모 2030. 6. 22.(토)까지 D-12"
    ]
    assert elements(response, "ul", "open-rows")[0]["links"] == [vote.get_absolute_url(), late.get_absolute_url()]
    assert ways(response) == "제안 D-12 투표 오늘까지 모집 지금 없음 회의 기록 보기"
    assert texts(response, "strong", "open-soon") == ["오늘까지"]


def test_open_without_a_last_day_stands_last_and_says_so(client, loaded, today):
    notice("늘 여는 모집", NoticeKind.RECRUITMENT, -3, -3, None)
    notice("의제 투표", NoticeKind.VOTE, -3, -3, 5)
    response = client.get("/")
    assert opened(response)[0].endswith("늘 여는 모집 위원 모집 마감일 정하지 않음")
    assert ways(response).endswith("모집 진행 중 회의 기록 보기")


@pytest.mark.parametrize(
    ("name", "published", "starts", "ends"),
    [("초안", None, -1, 5), ("내일 게시", 1, -1, 5), ("내일 시작", -1, 1, 5), ("어제까지", -9, -9, 0)],
)
def test_what_is_not_open_is_not_shown_as_open(client, loaded, today, name, published, starts, ends):
    notice(name, NoticeKind.VOTE, published, starts, ends)
    response = client.get("/")
    assert opened(response) == []
    assert "투표 지금 없음" in ways(response)


def test_news_leaves_out_drafts_and_notices_of_tomorrow(client, loaded, today):
    notice("초안 소식", published=None)
    notice("내일의 소식", published=1)
    assert news(client.get("/")) == []
    notice("오늘의 소식")
    assert news(client.get("/")) == ["오늘의 소식6. 10."]


def test_news_are_the_three_newest_without_what_is_shown_as_open(client, loaded, today):
    for days in (1, 2, 3, 4):
        notice(f"소식 {days}", published=-days)
    notice("의제 투표", NoticeKind.VOTE, 0, 0, 5)
    assert news(client.get("/")) == ["소식 16. 9. 소식 26. 8. 소식 36. 7."]


def test_more_open_things_than_places_lead_to_all_notices(client, loaded, today):
    for number in range(1, 6):
        notice(f"투표 {number}", NoticeKind.VOTE, -1, -1, number)
    response = client.get("/")
    assert len(elements(response, "p", "open-title")) == 3
    assert ("열린 것 2건 더", reverse("councils:notices")) in [
        (e["text"], e["attrs"]["href"]) for e in elements(response, "a")
    ]


# --- the plan -------------------------------------------------------------------------------------------------------


def test_plan_stands_in_numbers_with_the_time_of_the_stored_ones(client, loaded):
    response = client.get("/")
    assert texts(response, "dl", "plan-stats") == [
        "사업 17개 예산 956,364천원 예산 줄 132개 성과지표 97개 추진 단계 105개 회의 119회 참석 1,959명"
    ]
    assert texts(response, "p", "stamp")[0].startswith("계산한 때: 20")


def test_the_time_shown_is_the_oldest_of_the_stored_ones(client, loaded):
    with time_machine.travel(date(2030, 1, 2)):
        row = BudgetRollup.objects.get(dimension=Dimension.PROJECT, key="5")
        row.computed_at = timezone.make_aware(datetime(2019, 3, 4, 9))
        row.save()
    assert texts(client.get("/"), "p", "stamp")[0].startswith("계산한 때: 2019. 3. 4.")


def test_picture_and_table_show_every_project_with_its_stored_sum_by_body(client, loaded):
    response = client.get("/")
    (table,) = elements(response, "table", "chart-table")
    rows = table["text"]
    assert rows.startswith("단위: 천원 추진분과와 사업 금액 비율 금천구협치추진단 및 주민자치·기획분과 347,364 36.3%")
    assert "8. 안양천에서 놀자!(안양천 생태탐방로 조성) 117,000 12.2%" in rows
    assert rows.endswith("합계 956,364 100.0%")
    wanted = [reverse("projects:detail", args=[2021, project.number]) for project in loaded.projects.order_by("number")]
    assert sorted(link for link in table["links"] if link.startswith("/projects/")) == sorted(wanted)
    drawn = re.findall(
        r'class="chart-link"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*class="chart-link"', response.content.decode()
    )
    assert {a or b for a, b in drawn} == set(wanted)


def test_picture_shows_what_is_stored_not_what_is_joined(client, loaded):
    BudgetRollup.objects.filter(dimension=Dimension.PROJECT, key="8").update(total_krw=1_000)
    (table,) = texts(client.get("/"), "table", "chart-table")
    assert "8. 안양천에서 놀자!(안양천 생태탐방로 조성) 1 0.0%" in table


def test_home_before_the_rollups_are_computed(client, loaded):
    BudgetRollup.objects.all().delete()
    IndicatorRollup.objects.all().delete()
    response = client.get("/")
    (numbers,) = texts(response, "dl", "plan-stats")
    assert numbers.startswith("사업 17개 예산 집계 전 성과지표 추진 단계 105개")
    assert elements(response, "figure") == []
    assert texts(response, "p", "stamp") == []


def test_from_home_to_a_calculation_in_three_taps(client, loaded):
    assert "/projects/2021/8/" in elements(client.get("/"), "main")[0]["links"]
    assert "/budget/2021/8/1/" in elements(client.get("/projects/2021/8/"), "main")[0]["links"]
    assert "산출식" in texts(client.get("/budget/2021/8/1/"), "main")[0]


# --- the council and the cost ---------------------------------------------------------------------------------------


def test_home_shows_the_visions_and_the_newest_meetings(client, loaded):
    response = client.get("/")
    assert texts(response, "span", "vision") == list(
        Body.objects.filter(kind="subcommittee").order_by("order").values_list("vision", flat=True)
    )
    newest = Meeting.objects.order_by("-starts_on", "-no")[:5]
    shown = [e["links"][0] for e in elements(response, "li", "log-row")]
    assert shown == [meeting.get_absolute_url() for meeting in newest]


def test_home_of_an_empty_portal(client, db, monkeypatch):
    Plan.objects.update(status=PlanStatus.DRAFT)
    monkeypatch.setattr(overview, "newest_meetings", Meeting.objects.none)
    monkeypatch.setattr(overview, "subcommittees", Body.objects.none)
    response = client.get("/")
    assert texts(response, "h1") == ["금천구 협치의 한 해"]
    assert texts(response, "h2")[-5:-4] == ["최근 회의"]  # below stand the footer's four
    assert "아직 등록된 회의가 없습니다." in texts(response, "main")[0]


def test_home_costs_the_same_for_one_and_three_rows(client, loaded, today):
    notice("투표 1", NoticeKind.VOTE, -1, -1, 5)
    notice("소식 1")
    Meeting.objects.filter(year=2019, documents__isnull=True, events__isnull=True).delete()
    one = queries(client, "/")
    for number in (2, 3):
        notice(f"투표 {number}", NoticeKind.VOTE, -1, -1, 5)
        notice(f"소식 {number}")
    assert queries(client, "/") == one <= 17


def test_a_first_visit_weighs_little(client, loaded, today):
    for number in (1, 2, 3):
        notice(f"투표 {number}", NoticeKind.VOTE, -1, -1, 5)
        notice(f"소식 {number}")
    page = client.get("/").content
    paths = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode()))
    assert {"css/portal.css", "css/home.css", "img/favicon.svg"} <= paths
    files = {"": page}
    for path in paths:
        with open(finders.find(path), "rb") as file:
            files[path] = file.read()
    weights = {path: len(gzip.compress(content, 6)) for path, content in files.items()}
    assert sum(weights.values()) < MAX_BYTES, weights
    assert weights[""] < 20_000
