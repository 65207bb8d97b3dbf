"""The public pages of results, through HTTP: states, filters, and every number with the rows behind it."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from projects import evidence, measurement_actions, results, rollups
from projects.models import IndicatorResult, Measurement, Partner, PlanStatus, Project, Side
from tests.html import elements, queries, texts
from tests.projects.test_evidence import a_full_body, an_indicator, published, year  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LIST = "/results/2026/"


@pytest.fixture
def project(year):  # noqa: F811
    office = Department.objects.get(name="마을자치과")
    Partner.objects.create(project=year, order=1, side=Side.LEAD, name="마을자치과", department=office)
    return year


def page_of(indicator):
    return f"/projects/2026/{indicator.project.number}/indicators/{indicator.order}/"


def typed(indicator, value, on=date(2026, 3, 1), **fields):
    fields = {"state": "confirmed", "evidence": "결과 보고서", **fields}
    return Measurement.objects.create(indicator=indicator, on=on, value=value, **fields)


# --- the plan ---
def test_the_plan_of_2021_says_that_no_results_were_handed_over(client, loaded):
    rollups.refresh(loaded)
    response = client.get("/results/2021/")
    assert texts(response, "h2")[:3] == ["모든 지표 97개", "부서마다", "사업마다"]
    chips = [e["text"] for e in elements(response, "a", "state-link")]
    assert len(chips) == 17
    assert all(chip.startswith("결과 자료 없음") for chip in chips)
    assert not elements(response, "figure")


def test_states_are_counted_in_a_picture_and_per_project(client, project):
    typed(an_indicator(project), 2)
    typed(an_indicator(project, "연 5회 미만"), 4)
    an_indicator(project)
    rollups.refresh(project.plan)
    response = client.get(LIST)
    rows = [e["text"] for e in elements(response, "tr")]
    assert {"달성 1 33.3%", "진행 중 1 33.3%", "측정 전 1 33.3%"} <= set(rows)
    (row,) = elements(response, "ul", "result-rows")
    assert row["text"] == "1. 시험 사업 지표 3개 달성 1 진행 중 1 측정 전 1"
    stored = project.plan.indicator_rollups.get(project=project).states
    assert stored == {"reached": 1, "on_the_way": 1, "not_measured": 1}
    found = client.get(LIST + row["links"][1].split("#")[0])
    assert texts(found, "h2")[0] == "찾은 지표 1개"


def test_each_department_has_its_counts_and_each_count_leads_to_its_indicators(client, project):
    office = Department.objects.get(name="교육지원과")
    other = Project.objects.create(plan=project.plan, number=2, name="다른 사업", group=project.group)
    Partner.objects.create(project=other, order=1, side=Side.LEAD, name="교육지원과", department=office)
    Partner.objects.create(project=other, order=2, side=Side.PARTNER, name="마을자치과", department=_lead_of(project))
    typed(an_indicator(project), 2)
    an_indicator(project)
    an_indicator(other)
    rollups.refresh(project.plan)
    section = next(e for e in elements(client.get(LIST), "section") if e["text"].startswith("부서마다"))
    assert section["text"].startswith(
        "부서마다 주무부서마다 상태별 지표 수 주무부서 달성 측정 전 지표 교육지원과 0 1 1 마을자치과 1 1 2"
    )
    for link, numbers in zip(section["links"], ({2}, {2}, {1}, {1}, {1}), strict=True):
        found = client.get(LIST + link.replace("&amp;", "&").split("#")[0])
        links = [link for table in elements(found, "table", "result-table") for link in table["links"]]
        assert {int(link.split("/")[3]) for link in links} == numbers
    assert "부서마다" not in texts(client.get(f"{LIST}?project=1"), "h2")


def _lead_of(project):
    return project.partners.get(side=Side.LEAD).department


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=reached", {1}),
        ("state=not_measured", {2}),
        ("department=마을자치과", {1}),
        ("body=교육·문화분과", {2}),
        ("project=2", {2}),
        ("project=1&state=not_measured", set()),
    ],
)
def test_filters(client, project, query, numbers):
    other = Project.objects.create(plan=project.plan, number=2, name="다른 사업", group=project.group)
    other.project_bodies.create(body=Body.objects.get(name="교육·문화분과"), order=1)
    typed(an_indicator(project), 2)
    an_indicator(other)
    rollups.refresh(project.plan)
    response = client.get(f"{LIST}?{query}")
    links = [link for table in elements(response, "table", "result-table") for link in table["links"]]
    assert {int(link.split("/")[3]) for link in links} == numbers
    assert bool(texts(response, "p", "notice")) == (not numbers)


@pytest.mark.parametrize("name", ["state", "department", "body", "project"])
@pytest.mark.parametrize("value", ["없는 값", "-1", "<script>"])
def test_a_bad_filter_is_marked_and_does_not_filter(client, loaded, name, value):
    response = client.get("/results/2021/", {name: value})
    assert texts(response, "div", "field-error") == ["목록에 있는 값을 골라 주세요."]
    assert texts(response, "h2")[0] == "모든 지표 97개"


def test_the_list_costs_the_same_for_one_and_three_rows(client, project):
    counts = []
    for _ in range(2):
        an_indicator(project)
        rollups.refresh(project.plan)
        for page in (LIST, f"{LIST}?project=1"):
            client.get(page)
            counts.append(queries(client, page))
        an_indicator(project)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 10


def test_a_draft_shows_no_results(client, project):
    indicator = an_indicator(project)
    assert client.get(page_of(indicator)).status_code == 200
    type(project.plan).objects.filter(pk=project.plan_id).update(status=PlanStatus.DRAFT)
    assert client.get(LIST).status_code == 404
    assert client.get(page_of(indicator)).status_code == 404


def test_results_that_were_never_computed_are_no_error(client, project):
    indicator = an_indicator(project)
    assert not IndicatorResult.objects.filter(indicator=indicator).exists()
    assert "아직 계산하지 않았습니다." in texts(client.get(LIST), "p", "notice")
    assert texts(client.get(page_of(indicator)), "div", "stat-state") == ["상태 계산 전"]


# --- one indicator ---
def test_an_indicator_shows_its_value_and_links_every_row(client, project):
    indicator = an_indicator(project, "4회 이상")
    body, people = a_full_body()
    meetings = [published(body, people, project), published(body, people, project)]
    rollups.refresh(project.plan)
    response = client.get(page_of(indicator))
    stats = texts(response, "div", "stat")
    assert stats == ["상태 진행 중", "성과목표 4회 이상", "값 2회 근거 2개"]
    assert texts(response, "dl", "result-shares") == ["이룬 비율 50.0% 이날까지의 몫 16.7%"]
    (section,) = elements(response, "section", id="evidence")
    assert section["links"] == [m.get_absolute_url() for m in meetings]
    assert all(client.get(link).status_code == 200 for link in section["links"])


def test_the_dongs_that_lack_are_named(client, project):
    indicator = an_indicator(project, "동별 1회 이상")
    for dong in Dong.objects.exclude(name="가산동"):
        typed(indicator, 1, dong=dong)
    rollups.refresh(project.plan)
    response = client.get(page_of(indicator))
    assert texts(response, "div", "stat")[2] == "값 동 10곳 가운데 9곳 근거 9개"
    assert [e["text"] for e in elements(response, "li", "chip-line")] == ["가산동"]


def test_a_source_nobody_counts_yet_says_so_and_typed_values_count(client, project, monkeypatch):
    monkeypatch.setitem(evidence.EXPECTED, "turnout", "투표율")
    indicator = an_indicator(project, "70% 이상", "turnout")
    typed(indicator, 72, base=40)
    rollups.refresh(project.plan)
    response = client.get(page_of(indicator))
    assert texts(response, "p", "notice-warning")[0].startswith("근거를 아직 셀 수 없음. 투표율")
    assert texts(response, "div", "stat")[2] == "값 72% 근거 1개"
    counted = client.get(page_of(an_indicator(project)))
    assert not texts(counted, "p", "notice-warning")


def test_yes_or_no_reads_as_an_answer(client, project):
    indicator = an_indicator(project, "중복 없음", "measurement")
    typed(indicator, 1)
    rollups.refresh(project.plan)
    assert texts(client.get(page_of(indicator)), "div", "stat") == ["상태 달성", "성과목표 중복 없음", "값 예 근거 1개"]


def test_a_value_is_public_only_after_it_was_confirmed(client, project, users):
    indicator = an_indicator(project, provider="measurement")
    entry = Measurement(indicator=indicator, on=date(2026, 3, 1), value=2, evidence="아직 확인 전")
    entry = measurement_actions.enter(measurement=entry, by=users["officer"])
    assert "아직 확인 전" not in client.get(page_of(indicator)).content.decode()
    measurement_actions.confirm(measurement=entry, by=users["secretariat"])
    assert "아직 확인 전" in client.get(page_of(indicator)).content.decode()


def test_the_file_of_a_value_downloads_once_it_is_confirmed(client, project, client_as, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    indicator = an_indicator(project, provider="measurement")
    paper = SimpleUploadedFile("x.pdf", b"%PDF-1.4 x")
    entry = typed(indicator, 2, state="entered", file=paper)
    url = f"{page_of(indicator)}files/{entry.pk}/"
    assert client.get(url).status_code == 404
    assert client_as("officer").get(url).status_code == 200
    Measurement.objects.update(state="confirmed")
    response = client.get(url)
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == b"%PDF-1.4 x"
    assert client.get(f"{page_of(an_indicator(project))}files/{entry.pk}/").status_code == 404
    assert url in [e["attrs"].get("href") for e in elements(client.get(page_of(indicator)), "a")]


def test_many_rows_come_in_pages(client, project):
    indicator = an_indicator(project, provider="measurement")
    for n in range(21):
        typed(indicator, 1, evidence=f"보고서 {n}")
    rollups.refresh(project.plan)
    first, second = client.get(page_of(indicator)), client.get(page_of(indicator) + "?page=2")
    counts = [len(elements(r, "td", "num")) for r in (first, second)]
    assert counts == [20, 1]


def test_an_indicator_costs_the_same_for_one_and_three_rows(client, project):
    indicator = an_indicator(project)
    body, people = a_full_body()
    published(body, people, project)
    client.get(page_of(indicator))
    one = queries(client, page_of(indicator))
    published(body, people, project)
    typed(indicator, 1)
    assert queries(client, page_of(indicator)) == one <= 16


# --- what is due ---
def test_what_is_due_names_the_officers_own_open_indicators(project, users, time_machine):
    time_machine.move_to("2026-06-30T10:00:00+09:00", tick=False)
    behind, reached, waiting = an_indicator(project, "4회"), an_indicator(project, "1회"), an_indicator(project)
    typed(behind, 0)
    typed(reached, 1)
    other = Project.objects.create(plan=project.plan, number=2, name="다른 사업", group=project.group)
    typed(an_indicator(other, "4회"), 0)
    rollups.refresh(project.plan)
    today = date(2026, 6, 30)
    assert [d.indicator for d in results.due_soon(users["officer"], today)] == [behind]
    assert [d.indicator.project.number for d in results.due_soon(users["secretariat"], today)] == [1, 2]
    soon = results.due_soon(users["officer"], date(2026, 12, 5))
    assert [d.indicator for d in soon] == [behind, waiting]
    assert soon[0].days_left == 185


def test_nothing_is_due_in_a_closed_plan(loaded, users):
    rollups.refresh(loaded)
    assert results.due_soon(users["secretariat"], date(2026, 11, 23)) == []


# --- open data ---
def test_open_data_carries_the_results(client, project, time_machine):
    typed(an_indicator(project, "70% 이상"), 62.5)
    typed(an_indicator(project), 2)
    an_indicator(project)

    def rows():
        rollups.refresh(project.plan)
        data = json.loads(b"".join(client.get("/open-data/indicators.json").streaming_content))
        rows = [row for row in data if row["plan_year"] == 2026]
        return [(row["measured_value"], row["achieved"], row["evidence_count"]) for row in rows]

    assert rows() == [(62.5, None, 1), (2, True, 1), (None, None, 0)]  # under way: neither yes nor no
    time_machine.move_to("2027-01-02T10:00:00+09:00", tick=False)
    assert rows() == [(62.5, False, 1), (2, True, 1), (None, None, 0)]
