"""The public pages of a plan and its projects, through HTTP."""

from html import unescape

import pytest

from projects.models import Indicator, PastProject, Plan, PlanStatus, Project, Stage
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


def _numbers(response):
    """The project numbers a list page shows, in order."""
    return [int(e["links"][0].rstrip("/").split("/")[-1]) for e in elements(response, "li", "project-row")]


def test_list_shows_every_project_in_order(client, loaded):
    response = client.get("/projects/2021/")
    assert _numbers(response) == list(range(1, 18))
    assert texts(response, "h2") == ["모든 사업 17개"]


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


@pytest.mark.parametrize("name", ["body", "department", "dong", "origin"])
@pytest.mark.parametrize("value", ["없는 값", "-1", "99999999999999999999", "<script>"])
def test_list_marks_a_bad_filter(client, loaded, name, value):
    response = client.get("/projects/2021/", {name: value})
    assert texts(response, "div", "field-error") == ["목록에 있는 값을 골라 주세요."]
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


def test_project_page_says_everything_the_plan_says(client, loaded):
    """Every text field of every row of each project appears on its page."""
    for project in loaded.projects.all():
        response = client.get(f"/projects/2021/{project.number}/")
        page = " ".join(unescape(response.content.decode()).split())
        written = [project.name, project.summary, project.period, project.place, project.contingency, project.origin]
        for field in ("goals", "background", "direction", "effects", "monitoring", "last_results", "last_open_points"):
            written += getattr(project, field).splitlines()
        for part in project.parts.all():
            written += [part.title, *part.items.splitlines()]
        for table in project.tables.all():
            written += [table.title, *table.columns, *(cell for row in table.rows for cell in row)]
        for partner in project.partners.all():
            written += [partner.side, partner.name, partner.function, *partner.roles.splitlines()]
        for stage in project.stages.all():
            written += [stage.kind, stage.title, stage.when, *stage.tasks.splitlines()]
        for indicator in project.indicators.all():
            written += [indicator.objective, indicator.name, indicator.target_text, indicator.method]
        for line in project.lines.all():
            written += [line.heading, line.description, line.details, line.formula, f"{line.amount_krw:,}원"]
        written += [alias.name for alias in project.aliases.all()]
        written += [answer.feedback.text for answer in project.answers.all()]
        missing = [text for text in written if " ".join(text.split()) not in page]
        assert missing == [], project


def test_project_page_orders_its_stages(client, loaded):
    stages = Stage.objects.filter(project__plan=loaded, project__number=4).order_by("order")
    (timeline,) = texts(client.get("/projects/2021/4/"), "ol", "timeline")
    positions = [timeline.index(stage.title) for stage in stages]
    assert positions == sorted(positions)
    assert len(positions) == 7


def test_project_page_of_a_closed_plan_has_no_results(client, loaded):
    count = Indicator.objects.filter(project__plan=loaded, project__number=1).count()
    results = [t for t in texts(client.get("/projects/2021/1/"), "td") if t == "결과 자료 없음"]
    assert len(results) == count == 8


def test_project_page_of_a_running_plan_does_not_say_that_results_are_missing(client, loaded):
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.PUBLISHED)
    page = client.get("/projects/2021/1/").content.decode()
    assert "결과 자료 없음" not in page


def test_project_page_reads_targets(client, loaded):
    page = texts(client.get("/projects/2021/17/"), "td")
    assert "일마다 10명 (이상이면 달성)" in page


def test_project_page_costs_the_same_with_one_row_of_each_kind(client, loaded):
    project = loaded.projects.get(number=1)
    everything = queries(client, "/projects/2021/1/")
    for rows in (project.partners, project.stages, project.indicators, project.answers, project.parts, project.lines):
        assert rows.count() > 1
        rows.exclude(pk=rows.first().pk).delete()
    assert queries(client, "/projects/2021/1/") == everything <= 22


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
