"""The admin's landing page in numbers: every number is recounted here from the rows and its list holds exactly those rows."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetLine, BudgetVersion, RateLine
from councils.models import AllowanceRate
from geumcheon.lib.admin_parts import admin_url
from projects import actions, rollups
from projects.models import Indicator, IndicatorRollup, Plan, Project
from tests.councils.pay import allowances
from tests.html import elements, texts


def dashboard(client):
    response = client.get("/admin/")
    assert response.status_code == 200
    return response.context["dashboard"]


def facts(part):
    return {fact.label: fact for fact in part.facts}


def counted(client, fact):
    """How many rows the list behind a fact holds."""
    return client.get(fact.url).context["cl"].result_count


def test_the_numbers_of_the_plan_are_those_of_the_rows_and_of_their_lists(client_as, loaded):
    client = client_as("secretariat")
    [part] = dashboard(client).parts
    found = facts(part)
    lines = list(BudgetLine.objects.current())
    assert part.title == "2021년 계획"
    assert found["계획 금액"].value == f"{sum(line.amount_krw for line in lines):,}원" == "956,364,000원"
    assert (found["사업"].value, counted(client, found["사업"])) == ("17개", 17)
    assert counted(client, found["계획 금액"]) == len(lines) == 132
    indicators = Indicator.objects.count()
    assert (found["성과지표"].value, counted(client, found["성과지표"])) == (f"{indicators}개", indicators)
    assert found["적힌 수와 다른 곳"].url == "/reconciliation/2021/"
    assert (found["금액이 산출식과 다른 줄"].value, found["금액이 산출식과 다른 줄"].level) == ("0줄", "")
    assert (found["쓴 돈"].value, found["쓴 돈"].level) == ("자료 없음", "")


def test_the_page_shows_each_number_with_its_link(client_as, loaded):
    client = client_as("secretariat")
    response = client.get("/admin/")
    shown = elements(response, "dl", cls="facts-row")[0]
    for fact in dashboard(client).parts[0].facts:
        assert fact.label in shown["text"]
        assert fact.value in shown["text"]
    assert [fact.url for fact in dashboard(client).parts[0].facts if fact.url] == [
        link.replace("&amp;", "&") for link in shown["links"]
    ]


def test_a_line_that_differs_is_counted_and_found(client_as, loaded):
    BudgetLine.objects.filter(project__number=1, order=6).update(amount_krw=1)
    BudgetLine.objects.filter(project__number=1, order=1).update(amount_krw=2, override_reason="까닭")
    client = client_as("secretariat")
    found = facts(dashboard(client).parts[0])
    assert (found["금액이 산출식과 다른 줄"].value, found["금액이 산출식과 다른 줄"].level) == ("1줄", "warn")
    assert counted(client, found["금액이 산출식과 다른 줄"]) == 1
    assert counted(client, found["까닭을 적고 다르게 둔 줄"]) == 1


def test_an_officer_sees_the_own_department_first_and_in_pictures(client_as, loaded):
    client = client_as("officer")
    own, whole = dashboard(client).parts
    assert (own.title, whole.title) == ("우리 부서 사업", "2021년 계획")
    numbers = [1, 2, 3, 6, 15, 17]
    lines = BudgetLine.objects.current().filter(project__number__in=numbers)
    assert facts(own)["사업"].value == "6개"
    assert facts(own)["계획 금액"].value == f"{sum(line.amount_krw for line in lines):,}원"
    assert counted(client, facts(own)["계획 금액"]) == lines.count()
    assert counted(client, facts(own)["성과지표"]) == Indicator.objects.filter(project__number__in=numbers).count()
    assert (len(own.pictures), whole.pictures) == (3, [])


def test_pictures_come_with_tables_whose_rows_lead_to_lists(client_as, loaded):
    client = client_as("secretariat")
    response = client.get("/admin/")
    tables = elements(response, "table", cls="chart-table")
    assert len(tables) == 3
    for link in [link for table in tables for link in table["links"]]:
        assert client.get(link).status_code == 200
    lines = BudgetLine.objects.current().filter(funding="구비").count()
    district = next(link for link in tables[0]["links"] if "%EA%B5%AC" in link)
    assert client.get(district).context["cl"].result_count == lines


def test_a_closed_plan_says_so_and_a_running_one_says_where_it_stands(client_as, loaded):
    client = client_as("secretariat")
    assert "2021 계획 · 마감" in texts(client.get("/admin/"), "div", cls="cycle")[0]
    assert "모두 결과 자료 없음" in facts(dashboard(client).parts[0])["성과지표"].note
    Plan.objects.update(status="published")
    with time_machine.travel("2020-05-21 12:00+09:00", tick=False):
        rollups.refresh(Plan.objects.get())
        client = client_as("secretariat")
        assert dashboard(client).line.current is not None
        assert "모두 측정 전" in facts(dashboard(client).parts[0])["성과지표"].note


def test_money_used_stands_beside_what_its_lines_hold(client_as, loaded):
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    allowances(rate, 3)
    client = client_as("officer")
    own, whole = dashboard(client).parts
    for part in (own, whole):  # project 1 is the department's own
        used = facts(part)["쓴 돈"]
        assert (used.value, used.level) == ("210,000원", "")
        assert "쓰는 줄의 계획 31,400,000원" in used.note
        assert "210,000원" in client.get(used.url).content.decode()
    allowances(rate, 98)
    used = facts(dashboard(client).parts[0])["쓴 돈"]
    assert (used.value, used.level) == ("7,070,000원", "warn")
    assert "계획을 넘은 줄 1개" in used.note


def test_indicators_stand_by_state_with_a_picture_that_leads_to_them(client_as, loaded):
    first, second = IndicatorRollup.objects.get(project=None), IndicatorRollup.objects.get(project__number=1)
    first.states = {"reached": 2, "behind": 1, "not_measured": 94}
    first.save()
    second.states = {"reached": second.indicators}
    second.save()
    client = client_as("secretariat")
    [part] = dashboard(client).parts
    found = facts(part)["성과지표"]
    assert found.level == "warn"
    assert found.note.startswith("달성 2 · 뒤처짐 1 · 측정 전 94 · ")
    picture = part.pictures[-1]
    assert [(item.label, item.value) for item in picture.items] == [("달성", 2), ("뒤처짐", 1), ("측정 전", 94)]
    assert picture.items[1].url == "/results/2021/?state=behind#indicators"


def test_without_stored_figures_or_a_plan_the_page_says_so(client_as, loaded):
    IndicatorRollup.objects.all().delete()
    client = client_as("secretariat")
    assert "저장된 집계 없음" in facts(dashboard(client).parts[0])["성과지표"].note
    BudgetVersion.objects.update(is_current=False)
    assert facts(dashboard(client).parts[0])["계획 금액"].value == "없음"


# --- who changed what ---
def save_name(user, number, name):
    project = Project.objects.get(number=number)
    project.name, project._history_user = name, user
    return actions.save_project(project=project, seen_version=project.edit_version)


def test_the_newest_edits_name_who_and_lead_to_the_history(client_as, users, loaded):
    client = client_as("secretariat")
    assert dashboard(client).edits == []  # loading a plan is nobody's edit
    project = save_name(users["secretariat"], 4, "새 이름")
    [edit] = dashboard(client).edits
    assert (edit.who, edit.kind, edit.model, edit.name) == ("secretariat", "고침", "사업", "새 이름")
    assert edit.url == admin_url(Project, "history", project.pk)
    assert client.get(edit.url).status_code == 200


def test_a_row_saved_with_its_project_is_told_once(client_as, loaded):
    client, line = client_as("secretariat"), BudgetLine.objects.current().filter(project__number=4).first()
    data = {"action": "source_selected", "_selected_action": [line.pk], "step": "preview", "source": "L1"}
    page = client.post(admin_url(BudgetLine), data).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    client.post(admin_url(BudgetLine), data | {"step": "apply", "seen": seen})
    assert [(edit.model, edit.name) for edit in dashboard(client).edits] == [("예산 줄", line.description)]


def test_an_officer_sees_edits_of_the_own_projects_only(client_as, users, loaded):
    save_name(users["secretariat"], 4, "남의 사업")
    save_name(users["secretariat"], 1, "우리 사업")
    assert [edit.name for edit in dashboard(client_as("officer")).edits] == ["우리 사업"]


@pytest.mark.parametrize(("role", "shown"), [("secretariat", True), ("officer", False)])
def test_new_meetings_and_notices_are_offered_to_those_who_may(client_as, loaded, role, shown):
    client = client_as(role)
    links = elements(client.get("/admin/"), "nav", cls="ways")[0]["links"]
    assert ("/admin/councils/meeting/add/" in links) is shown
    assert ("/admin/councils/notice/add/" in links) is shown
    assert "/budget/2021/sheet.xlsx" in links
    assert all(client.get(link).status_code == 200 for link in links if "sheet" not in link)


@pytest.mark.parametrize("role", ["secretariat", "officer"])
def test_the_page_costs_the_same_for_few_and_many_lines(client_as, loaded, role):
    # A line that is drawn on stays, so that what is used is read both times.
    RateLine.objects.filter(line__order=6).update(line=BudgetLine.objects.current().get(project__number=1, order=1))
    client = client_as(role)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as many:
        client.get("/admin/")
    BudgetLine.objects.filter(order__gt=1).delete()
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    assert len(many) == len(few)
    assert len(many) < 85
