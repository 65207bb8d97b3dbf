"""The public pages of a plan and its projects, through HTTP."""

import re
from html import unescape

import pytest

from budgets.models import BudgetRollup
from councils.models import Meeting
from geumcheon.accounts.models import Department
from projects import rollups
from projects.forms import AMOUNTS
from projects.models import Indicator, PastProject, Plan, PlanStatus, Project, ProjectMeeting, Stage
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


def _numbers(response):
    """The project numbers a list page shows, in order."""
    return [int(e["links"][0].rstrip("/").split("/")[-1]) for e in elements(response, "li", "project-card")]


def test_list_shows_every_project_in_order(client, loaded):
    response = client.get("/projects/2021/")
    assert _numbers(response) == list(range(1, 18))
    assert texts(response, "h2")[0] == "모든 사업 17개"


def test_list_shows_the_stored_amounts(client, loaded):
    amounts = texts(client.get("/projects/2021/"), "div", "project-amount")
    assert amounts[:2] == ["264,364천원 시비 208,000 · 구비 56,364", "70,500천원"]
    assert len(amounts) == 17


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("body=교육·문화분과", {"bodies__name": "교육·문화분과"}),
        ("department=도로과", {"partners__department__name": "도로과"}),
        ("dong=시흥1동", {"dongs__name": "시흥1동"}),
        ("origin=시민참여예산", {"origin": "시민참여예산"}),
        ("origin=없음", {"origin": ""}),
        ("origin=분과 의제&dong=독산1동", {"origin": "분과 의제", "dongs__name": "독산1동"}),
    ],
)
def test_list_filters(client, loaded, query, expected):
    wanted = list(loaded.projects.filter(**expected).distinct().order_by("number").values_list("number", flat=True))
    assert wanted
    assert _numbers(client.get(f"/projects/2021/?{query}")) == wanted


# By the printed amounts: 12 and 14 cost exactly 10 million won, 16 exactly 50 million.
@pytest.mark.parametrize(
    ("amount", "numbers"),
    [
        ("upto-10m", [12, 14]),
        ("10m-50m", [3, 4, 10, 11, 13, 15, 16]),
        ("50m-100m", [2, 5, 6, 7, 9, 17]),
        ("over-100m", [1, 8]),
    ],
)
def test_list_filters_by_amount_with_the_end_in_the_range(client, loaded, amount, numbers):
    response = client.get(f"/projects/2021/?amount={amount}")
    assert _numbers(response) == numbers
    assert "조건 1개" in texts(response, "summary")[0]


@pytest.mark.parametrize(
    ("won", "amount"),
    [
        (0, "upto-10m"),
        (10_000_001, "10m-50m"),
        (50_000_001, "50m-100m"),
        (100_000_000, "50m-100m"),
        (100_000_001, "over-100m"),
    ],
)
def test_list_puts_each_amount_in_exactly_one_range(client, loaded, won, amount):
    BudgetRollup.objects.filter(dimension="project", key="4").update(total_krw=won, city_krw=won)
    found = [name for name in AMOUNTS if 4 in _numbers(client.get(f"/projects/2021/?amount={name}"))]
    assert found == [amount]


def test_list_sorts_by_amount_and_by_name_without_group_headings(client, loaded):
    down = _numbers(client.get("/projects/2021/?sort=amount-down"))
    assert down == [1, 8, 5, 2, 17, 6, 7, 9, 16, 4, 15, 11, 10, 13, 3, 12, 14]
    # Equal amounts stay in the order of their numbers.
    up = _numbers(client.get("/projects/2021/?sort=amount-up"))
    assert up == [12, 14, 3, 13, 10, 11, 15, 4, 16, 9, 6, 7, 17, 2, 5, 8, 1]
    response = client.get("/projects/2021/?sort=name")
    by_name = sorted(loaded.projects.values_list("name", "number"))
    assert _numbers(response) == [number for _, number in by_name]
    assert elements(response, "section", "project-group") == []
    assert texts(client.get("/projects/2021/"), "section", "project-group")[0].startswith(
        "협치 제도기반 구축 및 강화 3개"
    )


def test_list_sorts_what_the_filters_leave_and_its_links_keep_them(client, loaded):
    response = client.get("/projects/2021/?amount=over-100m&sort=amount-up")
    assert _numbers(response) == [8, 1]
    (sorts,) = elements(response, "nav", "sorts")
    assert sorts["links"] == [
        "?amount=over-100m",
        "?amount=over-100m&sort=amount-down",
        "?amount=over-100m&sort=amount-up",
        "?amount=over-100m&sort=name",
    ]
    assert texts(response, "a", "card-link")[0].startswith("8번")


def test_list_folds_the_filters_until_one_is_in_use(client, loaded):
    for query, is_open in (("", False), ("?sort=name", False), ("?dong=가산동", True), ("?sort=x", True)):
        (fold,) = elements(client.get(f"/projects/2021/{query}"), "details", "filter-fold")
        assert ("open" in fold["attrs"]) is is_open, query


def test_list_without_stored_amounts_says_so_and_sorts_last(client, loaded):
    BudgetRollup.objects.filter(dimension="project", key="8").delete()
    assert _numbers(client.get("/projects/2021/?sort=amount-down"))[-1] == 8
    assert 8 not in _numbers(client.get("/projects/2021/?amount=over-100m"))
    assert texts(client.get("/projects/2021/"), "div", "project-amount")[7] == "금액 집계 전"


def test_list_draws_each_share_of_the_whole_budget(client, loaded):
    response = client.get("/projects/2021/?amount=over-100m")
    assert texts(response, "p", "project-share") == ["전체 예산의 27.6%", "전체 예산의 12.2%"]
    assert [e["attrs"]["width"] for e in elements(response, "rect")] == ["27.6", "12.2"]


@pytest.mark.parametrize("name", ["body", "department", "dong", "origin", "amount", "sort"])
@pytest.mark.parametrize("value", ["없는 값", "-1", "99999999999999999999", "<script>"])
def test_list_marks_a_bad_filter(client, loaded, name, value):
    response = client.get("/projects/2021/", {name: value})
    said = "차례: 목록에 있는 값을 골라 주세요." if name == "sort" else "목록에 있는 값을 골라 주세요."
    assert texts(response, "div", "field-error") == [said]
    assert len(_numbers(response)) == 17


def test_list_without_a_match_says_so(client, loaded):
    response = client.get("/projects/2021/?origin=없음&dong=독산1동")
    assert texts(response, "p", "notice") == ["이 조건에 맞는 사업이 없습니다. 조건을 줄여 보세요."]


def test_list_costs_the_same_for_one_and_three_rows(client, loaded):
    one = queries(client, "/projects/2021/?department=여성가족과")
    three = queries(client, "/projects/2021/?body=청년·경제일자리분과")
    everything = queries(client, "/projects/2021/")
    # A set filter is looked up once more than an unset one.
    assert one == three == everything + 1 <= 14


def written(project):
    """Every text the plan has about a project, field by field of every row."""
    texts = [project.name, project.summary, project.period, project.place, project.contingency, project.origin]
    for field in ("goals", "background", "direction", "effects", "monitoring", "last_results", "last_open_points"):
        texts += getattr(project, field).splitlines()
    for part in project.parts.all():
        texts += [part.title, *part.items.splitlines()]
    for table in project.tables.all():
        texts += [table.title, *table.columns, *(cell for row in table.rows for cell in row)]
    for partner in project.partners.all():
        texts += [partner.side, partner.name, partner.function, *partner.roles.splitlines()]
    for stage in project.stages.all():
        texts += [stage.kind, stage.title, stage.when, *stage.tasks.splitlines()]
    for indicator in project.indicators.all():
        texts += [indicator.objective, indicator.name, indicator.target_text, indicator.method]
    for line in project.lines.all():
        texts += [line.heading, line.description, line.details, line.formula, f"{line.amount_krw:,}원"]
    texts += [alias.name for alias in project.aliases.all()]
    return texts + [answer.feedback.text for answer in project.answers.all()]


def missing_in(response, project):
    """The texts of a project that a page does not show."""
    page = re.sub(r"</?strong[^>]*>", "", unescape(response.content.decode()))  # labels stand out
    page = " ".join(page.split())
    return [text for text in written(project) if " ".join(text.split()) not in page]


def test_project_page_says_everything_the_plan_says(client, loaded):
    """Every text field of every row of each project appears on its page."""
    for project in loaded.projects.all():
        assert missing_in(client.get(f"/projects/2021/{project.number}/"), project) == [], project


def test_project_page_answers_feedback_in_words_without_line_numbers_of_the_source(client, loaded):
    (section,) = texts(client.get("/projects/2021/1/"), "section", id="feedback")
    assert "추진방향 “규모별 공론장 운영 등을 통해 주민 참여 유도 및 협치 의제 발굴”, 추진방법" in section
    assert "(L" not in section


def test_project_page_orders_its_stages(client, loaded):
    stages = Stage.objects.filter(project__plan=loaded, project__number=4).order_by("order")
    (timeline,) = texts(client.get("/projects/2021/4/"), "ol", "timeline")
    positions = [timeline.index(stage.title) for stage in stages]
    assert positions == sorted(positions)
    assert len(positions) == 7


def test_project_page_of_a_closed_plan_has_no_results(client, loaded):
    count = Indicator.objects.filter(project__plan=loaded, project__number=1).count()
    results = [t for t in texts(client.get("/projects/2021/1/"), "td") if t.startswith("결과 자료 없음")]
    assert len(results) == count == 8


def test_project_page_of_a_running_plan_does_not_say_that_results_are_missing(client, loaded):
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.PUBLISHED)
    rollups.refresh(Plan.objects.get(pk=loaded.pk))
    page = client.get("/projects/2021/1/").content.decode()
    assert "결과 자료 없음" not in page
    assert page.count("측정 전") == 8


def test_project_page_reads_targets(client, loaded):
    page = texts(client.get("/projects/2021/17/"), "td")
    assert "일마다 10명 (이상이면 달성)" in page


def _section(client, ident, number=8):
    (section,) = elements(client.get(f"/projects/2021/{number}/"), "section", "section", id=ident)
    return section


def test_project_page_leads_to_the_meetings_of_its_bodies_where_the_log_names_none(client, loaded):
    section = _section(client, "meetings", 1)
    assert "다루었다고 적힌 회의가 없습니다" in section["text"]
    assert section["text"].endswith("금천구협치추진단 회의 5회 주민자치·기획분과 회의 13회")
    assert texts(client.get(section["links"][1]), "h2")[0].startswith("찾은 회의 13회")


def test_project_page_lists_its_ten_newest_meetings(client, loaded):
    project = loaded.projects.get(number=8)
    chosen = list(Meeting.objects.order_by("starts_on", "pk")[:12])
    ProjectMeeting.objects.bulk_create(ProjectMeeting(project=project, meeting=m) for m in chosen[:2])
    two = queries(client, "/projects/2021/8/")
    ProjectMeeting.objects.bulk_create(ProjectMeeting(project=project, meeting=m) for m in chosen[2:])
    assert queries(client, "/projects/2021/8/") == two
    section = _section(client, "meetings")
    assert section["text"].startswith("이 사업을 다룬 회의 12회 가장 새로운 10회를 보여 줍니다.")
    wanted = project.meetings.order_by("-starts_on", "-year", "-no")[:10]
    assert section["links"] == [meeting.get_absolute_url() for meeting in wanted]
    assert _section(client, "meetings", 9)["text"].count("없습니다") == 1


def test_project_page_names_the_phone_of_its_department_or_none(client, loaded):
    assert _section(client, "contact")["text"] == "문의할 곳 공원녹지과 금천구청 대표 안내에서 이 부서를 찾아 주세요."
    Department.objects.filter(name="공원녹지과").update(phone="02-0000-0000")
    section = _section(client, "contact")
    assert (section["text"], section["links"]) == ("문의할 곳 공원녹지과 02-0000-0000", ["tel:02-0000-0000"])


def test_project_page_says_at_a_glance(client, loaded):
    (glance,) = texts(client.get("/projects/2021/8/"), "dl", "glance")
    assert glance == (
        "예산 117,000천원 사업추진시기 2021.1.~12. 주무부서 공원녹지과 성과지표 6개 장소 안양천(시흥대교~기아대교 구간)"
    )


def test_project_page_costs_the_same_with_one_row_of_each_kind(client, loaded):
    project = loaded.projects.get(number=1)
    everything = queries(client, "/projects/2021/1/")
    lines = project.lines
    for rows in (project.partners, project.stages, project.indicators, project.answers, project.parts, lines):
        assert rows.count() > 1
        kept = rows.filter(rate_lines__isnull=False).first() if rows is lines else rows.first()
        rows.exclude(pk=kept.pk).delete()
    assert queries(client, "/projects/2021/1/") == everything <= 24


@pytest.mark.parametrize(
    "path",
    ["2021/0", "2021/18", "2021/-1", "2021/abc", "2021/99999999999999999999", "0/1", "99999/1", "2020/1", "2021/1e1"],
)
def test_project_page_of_an_unknown_number_is_404(client, loaded, path):
    assert client.get(f"/projects/{path}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/projects/9999999999999999999/", "/projects/0/", "/projects/-1/", "/plan/abc/", "/plan/2020/"]
)
def test_pages_of_an_unknown_year_are_404(client, loaded, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/projects/2021/", "/projects/2021/1/", "/plan/2021/", "/projects/", "/plan/"])
def test_a_draft_is_not_shown_but_a_published_plan_is(client, loaded, path):
    assert client.get(path).status_code in (200, 302)
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    assert client.get(path).status_code == 404


def test_addresses_without_a_year_lead_to_the_newest_plan(client, loaded):
    assert client.get("/projects/").url == "/projects/2021/"
    assert client.get("/plan/").url == "/plan/2021/"


def test_past_page_shows_both_projects_of_one_name(client, loaded):
    response = client.get("/projects/past/")
    shown = list(zip(texts(response, "span", "project-no"), texts(response, "h3", "row-title"), strict=True))
    assert shown == list(PastProject.objects.filter(year=2019).order_by("order").values_list("number", "name"))
    assert len(shown) == 17
    assert [name for number, name in shown if number in ("1-3", "1-4")] == ["마음 놓고 걷는 통학로 만들기"] * 2


def test_plan_page_shows_the_steps_of_both_years_and_the_feedback(client, loaded):
    response = client.get("/plan/2021/")
    timelines = texts(response, "ol", "timeline")
    assert len(timelines) == 2
    for step in loaded.steps.all():
        assert " ".join(step.title.split()) in timelines[0 if step.year == 2021 else 1]
    page = response.content.decode()
    assert all(feedback.text in page for feedback in loaded.feedback.all())


def test_plan_page_costs_the_same_with_less_feedback(client, loaded):
    everything = queries(client, "/plan/2021/")
    keep = list(loaded.feedback.values_list("pk", flat=True)[:1])
    loaded.feedback.exclude(pk__in=keep).delete()
    assert queries(client, "/plan/2021/") == everything


def test_project_text_is_escaped(client, loaded):
    project = Project.objects.get(plan=loaded, number=1)
    project.summary = project.goals = project.place = "<script>alert(1)</script>"
    project.save()
    for url in ("/projects/2021/", "/projects/2021/1/"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
