"""Open data, the contents: the contract's keys, the loaded plan's values, drafts, the two formats, constant queries."""

import csv
import io
import json
from datetime import date

import pytest

from budgets import rollups
from budgets.models import BudgetGroup, BudgetItem, BudgetLine, BudgetVersion, StatedFigure
from councils.models import Body, BodySeat, BodyTerm, Meeting, MeetingKind
from geumcheon.accounts.models import Department, Dong
from geumcheon.opendata.datasets import DATASETS
from projects.models import (
    Indicator,
    IndicatorResult,
    Partner,
    PastProject,
    Plan,
    PlanStep,
    Project,
    ProjectAlias,
    ProjectGroup,
    Stage,
)
from tests.voting.factories import a_round_of_totals

# Published keys: never renamed, dropped or put in another order. New keys come after them.
CONTRACT = {
    "plans": "year title status city_krw district_krw total_krw",
    "plan_steps": "plan_year order title start end when body",
    "projects": "plan_year number name aliases group subcommittee period place dongs city_krw district_krw "
    "lead_departments partner_departments civil_partners goals origin",
    "partners": "plan_year project_number side name function roles",
    "stages": "plan_year project_number order kind title when tasks",
    "budget_lines": "plan_year project_number order budget_group budget_item heading description formula amount_krw "
    "source nature executed_krw",
    "budget_items": "plan_year budget_item city_krw district_krw total_krw share_percent",
    "stated_figures": "plan_year label where unit stated computed difference matches",
    "indicators": "plan_year project_number phase objective indicator target_text comparator target_value unit per "
    "method measured_value achieved evidence_count",
    "bodies": "name kind parent vision seats term_start term_end",
    "meetings": "year no kind bodies session_label start_date end_date place attendees agenda project_numbers",
    "proposals": "year title body channel stage requested_krw department_krw reviewed_krw ballot_krw council_krw final_krw "
    "amount_shared_with department project_number",
    "proposal_reviews": "year proposal_title stage outcome amount_krw body department date",
    "forums": "title scale kind date place registered attended satisfaction_percent",
    "vote_rounds": "slug title opens_at closes_at state voters by_channel",
    "vote_results": "round_slug basis contest option_number option votes rank tied percent_of_voters percent_of_choices",
    "past_projects": "year number name department cost_krw period place",
}
LISTS = {
    "projects": {"aliases", "dongs", "lead_departments", "partner_departments", "civil_partners", "goals"},
    "partners": {"roles"},
    "stages": {"tasks"},
    "meetings": {"bodies", "project_numbers"},
    "proposals": {"amount_shared_with", "bodies", "aliases"},
    "proposal_reviews": {"amount_shared_with"},
}
COUNTS = {
    "plans": 1,
    "plan_steps": 15,
    "projects": 17,
    "stages": 105,
    "budget_lines": 132,
    "budget_items": 15,
    "indicators": 97,
    "bodies": 16,
    "meetings": 119,
    "proposals": 49,
    "vote_rounds": 1,
    "vote_results": 18,
    "past_projects": 17,
}
NAMES = list(CONTRACT)


def published(client, name):
    """The list as its JSON file gives it."""
    return json.loads(b"".join(client.get(f"/open-data/{name}.json").streaming_content))


def csv_rows(client, name):
    """The list as its CSV file gives it: headings, then rows of texts."""
    text = b"".join(client.get(f"/open-data/{name}.csv").streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def one(rows, **where):
    found = [row for row in rows if all(row[key] == value for key, value in where.items())]
    assert len(found) == 1, found
    return found[0]


def grow(number, status="published"):
    """Bring plan 2030 to `number` rows in every list, with its sums stored; returns the plan."""
    plan, _ = Plan.objects.get_or_create(year=2030, defaults={"title": "2030 시험 계획"})
    plan.status = status
    plan.save()
    group, _ = ProjectGroup.objects.get_or_create(plan=plan, name="시험 구분", order=1)
    version, _ = BudgetVersion.objects.get_or_create(
        plan=plan, key="final", defaults={"title": "최종", "basis": "lines", "is_current": True}
    )
    budget_group, _ = BudgetGroup.objects.get_or_create(fiscal_year=2030, name="일반운영비")
    department = Department.objects.get(name="마을자치과")
    kind = MeetingKind.objects.first()
    for n in range(plan.projects.count() + 1, number + 1):
        body = Body.objects.create(
            name=f"시험 기구 {n}", kind="subcommittee", parent=Body.objects.first(), order=90 + n
        )
        BodySeat.objects.create(body=body, kind="위촉직 민간", label="위원", count=n)
        BodyTerm.objects.create(body=body, label="1기", starts_on=date(2030, 1, 1), ends_before=date(2031, 1, 1))
        project = Project.objects.create(plan=plan, group=group, number=n, name=f"시험 사업 {n}")
        project.project_bodies.create(body=body)
        project.dongs.set(Dong.objects.all()[:2])
        ProjectAlias.objects.create(project=project, name=f"시험 {n}호")
        PlanStep.objects.create(plan=plan, year=2030, order=n, title=f"시험 단계 {n}")
        a_round_of_totals(f"test-{n}")
        Stage.objects.create(project=project, order=1, title="단계", tasks="하나\n둘")
        Partner.objects.create(project=project, order=1, side="주무부서", name="마을자치과", department=department)
        Indicator.objects.create(
            project=project, order=1, phase="과정평가", objective="목표", name="횟수", target_text="2회 이상"
        )
        item = BudgetItem.objects.create(
            fiscal_year=2030, group=budget_group, name=f"과목 {n}", summary_name=f"과목 {n}", nature="경상", order=n
        )
        BudgetLine.objects.create(
            version=version, project=project, order=1, item=item, description="줄", amount_krw=1000 * n
        )
        StatedFigure.objects.create(
            plan=plan, key=f"f{n}", order=n, label=f"합계 {n}", where="표", unit="천원", stated=n, measure="lines_sum",
            filters={"project": n},
        )  # fmt: skip
        meeting = Meeting.objects.create(year=2030, no=n, kind=kind, starts_on=date(2030, 1, n))
        meeting.bodies.add(body)
        PastProject.objects.create(year=2030, order=n, number=f"1-{n}", name="지난", department=department, cost_krw=1)
    rollups.refresh(plan)
    return plan


# --- keys and counts ----------------------------------------------------------------------------------------------


def test_the_published_lists_are_those_of_the_contract_that_have_rows():
    assert sorted(DATASETS) == sorted(CONTRACT)


@pytest.mark.parametrize("name", NAMES)
def test_keys_start_with_the_contract_in_its_order(client, loaded, name):
    keys = CONTRACT[name].split()
    rows = published(client, name)
    assert rows or name == "forums"  # tests/forums/test_event_opendata.py makes some
    for row in rows:
        assert list(row)[: len(keys)] == keys
        assert list(row) == DATASETS[name].keys
        assert all(isinstance(row[key], list) == (key in LISTS.get(name, ())) for key in row)
        assert "" not in row.values()


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_explained_in_korean(name):
    columns = DATASETS[name].columns
    assert all(column.heading and column.note for column in columns)
    assert len({column.heading for column in columns}) == len({column.key for column in columns}) == len(columns)


@pytest.mark.parametrize("name", NAMES)
def test_counts_of_the_loaded_plan(client, loaded, name):
    rows = published(client, name)
    if name in COUNTS:
        assert len(rows) == COUNTS[name]
    assert DATASETS[name].count() == len(rows) == len(csv_rows(client, name)) - 1


# --- values -------------------------------------------------------------------------------------------------------


def test_plan_gives_its_stored_sums(client, loaded):
    (row,) = published(client, "plans")
    del row["source_ref"]
    assert row == {
        "year": 2021,
        "title": "2021. 금천구 지역사회혁신계획(구단위계획형)",
        "status": "closed",
        "city_krw": 900_000_000,
        "district_krw": 56_364_000,
        "total_krw": 956_364_000,
    }


def test_plan_without_stored_sums_gives_null(client, loaded):
    loaded.versions.get(is_current=True).rollups.all().delete()
    (row,) = published(client, "plans")
    assert (row["city_krw"], row["district_krw"], row["total_krw"]) == (None, None, None)
    assert published(client, "budget_items") == []


def test_plan_steps_name_the_plan_they_make_and_leave_a_single_day_without_an_end(client, loaded):
    rows = published(client, "plan_steps")
    assert [(row["plan_year"], row["order"]) for row in rows] == [
        *((2021, n) for n in range(1, 11)),
        *((2022, n) for n in range(1, 6)),
    ]
    assert {row["stated_in"] for row in rows} == {2021}
    approval, vote = (one(rows, plan_year=2021, order=n) for n in (6, 3))
    assert (approval["start"], approval["end"], approval["when"]) == ("2020-08-05", None, "8월 5일")
    assert (vote["start"], vote["end"]) == ("2020-07-17", "2020-07-23")


def test_projects_carry_bodies_partners_and_money(client, loaded):
    rows = published(client, "projects")
    first, youth = one(rows, number=1), one(rows, number=17)
    assert first["subcommittee"] == "금천구협치추진단 및 주민자치·기획분과"
    assert first["origin"] is None
    assert (first["city_krw"], first["district_krw"]) == (208_000_000, 56_364_000)
    assert first["lead_departments"] == ["마을자치과"]
    assert youth["dongs"] == ["독산3동", "독산4동", "시흥1동", "시흥4동", "시흥5동"]
    assert sum(row["city_krw"] for row in rows) == 900_000_000
    for row in rows:
        partners = Partner.objects.filter(project__number=row["number"]).order_by("order")
        for key, side in (
            ("lead_departments", "주무부서"),
            ("partner_departments", "협업부서"),
            ("civil_partners", "민간주체"),
        ):
            assert row[key] == list(dict.fromkeys(partner.name for partner in partners if partner.side == side))


def test_stages_of_projects_one_and_two_have_neither_kind_nor_time(client, loaded):
    for row in published(client, "stages"):
        bare = row["project_number"] in (1, 2)
        assert (row["kind"] is None, row["when"] is None) == (bare or row["project_number"] == 3, bare)


def test_budget_lines_name_both_funders_and_leave_a_plain_amount_without_formula(client, loaded):
    rows = published(client, "budget_lines")
    assert sum(row["amount_krw"] for row in rows) == 956_364_000
    assert sum(row["amount_krw"] for row in rows if row["source"] == "구비") == 56_364_000
    assert sum(row["amount_krw"] for row in rows if row["nature"] == "자본") == 235_000_000
    assert {row["executed_krw"] for row in rows} == {None}
    pay, severance = (one(rows, project_number=1, order=n) for n in (1, 2))
    assert (pay["formula"], pay["amount_krw"]) == ("2,850,000원×2명×12월", 68_400_000)
    assert (severance["formula"], severance["description"]) == (None, "퇴직금")


def test_budget_items_follow_the_financing_table(client, loaded):
    rows = published(client, "budget_items")
    assert [row["budget_item"] for row in rows] == [
        "인건비", "사무관리비", "행사운영비", "시책업무추진비", "연구용역비", "전산개발비", "행사실비지원금", "기타보상금", "포상금",
        "민간경상사업보조", "민간위탁금", "사회복지사업보조", "교육기관에대한보조", "시설비", "자산취득비",
    ]  # fmt: skip
    pay = rows[0]
    assert (pay["city_krw"], pay["district_krw"], pay["total_krw"]) == (85_400_000, 56_364_000, 141_764_000)
    assert pay["share_percent"] == 14.8
    assert one(rows, budget_item="행사운영비")["share_percent"] == 13
    assert sum(row["total_krw"] for row in rows) == 956_364_000


def test_stated_figures_compare_numbers_and_hide_no_mismatch(client, loaded):
    rows = published(client, "stated_figures")
    assert {row["kind"] for row in rows} == {"figure", "line", "printing", "funnel", "event"}
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        assert row["computed"] is not None or row["difference"] is None
        if None not in (row["stated"], row["computed"]):
            assert row["difference"] == pytest.approx(row["stated"] - row["computed"])
        if row["kind"] == "figure":
            assert row["matches"] is (None if row["computed"] is None else row["difference"] == 0)
    capital = one([row for row in rows if row["unit"] == "%" and row["stated"] == 27], kind="figure")
    assert (capital["computed"], capital["difference"], capital["matches"]) == (26, 1, False)


def test_indicators_give_the_target_as_written_and_as_read(client, loaded):
    rows = published(client, "indicators")
    by_text = {row["target_text"]: row for row in rows}
    read = ("comparator", "target_value", "unit", "per")
    assert [by_text["65회"][key] for key in read] == ["=", 65, "회", None]
    assert [by_text["62.2%"][key] for key in read] == ["=", 62.2, "%", None]
    assert [by_text["중복 없음"][key] for key in read] == ["text", None, None, None]
    assert {(row["measured_value"], row["achieved"], row["evidence_count"]) for row in rows} == {(None, None, 0)}
    assert {type(row["target_value"]) for row in rows} == {int, float, type(None)}


def test_indicators_give_the_stored_results_in_one_query(loaded, django_assert_num_queries):
    first = Indicator.objects.order_by("project__number", "order").first()
    IndicatorResult.objects.filter(indicator=first).update(state="missed", value=3, evidence_count=2)
    with django_assert_num_queries(1):
        rows = list(DATASETS["indicators"].rows())
    assert [row[11:14] for row in rows[:2]] == [(3, False, 2), (None, None, 0)]


def test_bodies_give_fixed_seats_and_the_newest_term(client, loaded):
    rows = published(client, "bodies")
    council = one(rows, name="금천구협치회의")
    assert (council["kind"], council["parent"], council["seats"]) == ("협치회의", None, 30)
    # The newest term of the council's own members; the councillors' term (2018-2022) is another matter.
    assert (council["term_start"], council["term_end"]) == ("2021-05-29", "2023-05-28")
    assert one(rows, name="금천구협치추진단")["seats"] == 5
    group = one(rows, name="교육·문화분과 확대회의")  # printed once as up to 5 and once as 5 to 10
    assert (group["parent"], group["seats"], group["term_end"]) == ("교육·문화분과", None, "2021-01-29")
    assert one(rows, name="금천구협치회의 운영위원회")["seats"] is None  # some of its seats are without a number
    assert one(rows, name="교육·문화분과")["seats"] is None  # no seat is printed


def test_a_later_term_of_the_councillors_is_not_the_bodys_term(client, loaded):
    council = Body.objects.get(name="금천구협치회의")
    later = BodyTerm.objects.create(body=council, label="새", seat_kind="위촉직 구의원", starts_on=date(2022, 7, 1))
    assert one(published(client, "bodies"), name=council.name)["term_start"] == "2021-05-29"
    BodyTerm.objects.filter(pk=later.pk).update(seat_kind="위촉직 민간")
    row = one(published(client, "bodies"), name=council.name)
    assert (row["term_start"], row["term_end"]) == ("2022-07-01", None)


def test_meetings_sum_to_the_plans_own_attendance(client, loaded):
    rows = published(client, "meetings")
    assert [sum(row["attendees"] for row in rows if row["year"] == year) for year in (2019, 2020)] == [1567, 392]
    joint = one(rows, year=2020, no=25)
    assert joint["bodies"] == ["금천구협치회의", "주민참여예산위원회 운영위원회"]
    assert (joint["start_date"], joint["end_date"], joint["project_numbers"]) == ("2020-07-30", None, [])
    assert one(rows, year=2019, no=35)["end_date"] == "2019-05-01"


def test_past_projects_of_one_name_differ_by_number(client, loaded):
    twins = [row for row in published(client, "past_projects") if row["name"] == "마음 놓고 걷는 통학로 만들기"]
    assert [(row["number"], row["cost_krw"]) for row in twins] == [("1-3", 17_300_000), ("1-4", 120_300_000)]


# --- the two formats ----------------------------------------------------------------------------------------------


def _as_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "예" if value else "아니요"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@") and not isinstance(value, int | float) else text


@pytest.mark.parametrize("name", NAMES)
def test_csv_and_json_say_the_same(client, loaded, name):
    headings, *rows = csv_rows(client, name)
    assert headings == [column.heading for column in DATASETS[name].columns]
    assert rows == [[_as_cell(value) for value in row.values()] for row in published(client, name)]


def test_text_that_a_spreadsheet_would_run_is_escaped_in_csv_only(client, loaded):
    stage = Stage.objects.filter(project__number=4).first()
    stage.title, stage.tasks = '=HYPERLINK("http://example.org")', "-1+1\n둘"
    stage.save()
    row = one(published(client, "stages"), project_number=4, order=stage.order)
    assert (row["title"], row["tasks"]) == ('=HYPERLINK("http://example.org")', ["-1+1", "둘"])
    cells = next(cells for cells in csv_rows(client, "stages") if cells[:3] == ["2021", "4", str(stage.order)])
    assert (cells[4], cells[6]) == ('\'=HYPERLINK("http://example.org")', "'-1+1; 둘")
