"""The admin's landing page: what needs attention, for whom."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetLine, BudgetRollup, StatedFigure
from budgets.reconciliation import reconcile
from geumcheon import attention
from geumcheon.accounts.models import Department, DepartmentAssignment, OutboxMessage, User
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from projects.models import Plan, Project
from tests.html import elements, texts


def items(client):
    """{title: item} of the landing page; the page must show each item's text."""
    response = client.get("/admin/")
    assert response.status_code == 200
    shown = " ".join(texts(response, "section", cls="attention"))
    found = {item.title: item for item in response.context["attention"]}
    assert all(item.title in shown and item.text in shown for item in found.values())
    return found


def followed(client, item):
    """The list the item links to opens."""
    response = client.get(item.url)
    assert response.status_code == 200
    return response


def test_the_secretariat_sees_the_loaded_plan_as_it_is(client_as, loaded):
    found = items(client_as("secretariat"))
    assert {title: item.level for title, item in found.items() if "담당자" not in title} == {
        "2021년 계획의 적힌 수와 계산한 수": "warn",
        "2021년 산출식과 금액": "ok",
        "2021년 사업의 예산": "ok",
        "2021년 집계": "ok",
    }


def test_mismatches_are_counted_by_kind_and_link_to_the_reconciliation(client_as, loaded):
    client = client_as("secretariat")
    item = items(client)["2021년 계획의 적힌 수와 계산한 수"]
    wrong = [f for f in reconcile(loaded) if f.matches is False]
    assert f"{len(wrong)}건이 다릅니다" in item.text
    assert len(item.rows) == 5
    assert item.url == "/reconciliation/2021/"
    followed(client, item)
    for _, url in item.rows:
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("fields", "text", "level", "state"),
    [
        ({"amount_krw": 1}, "금액이 다른 줄 1개가 있습니다.", "bad", "differs"),
        ({"formula": "100,0000원×5회"}, "산출식을 읽을 수 없는 줄 1개가 있습니다.", "bad", "invalid"),
        ({"amount_krw": 1, "override_reason": "까닭"}, "까닭을 적고 다르게 둔 줄 1개가 있습니다.", "warn", "override"),
    ],
)
@pytest.mark.parametrize(
    ("role", "title"), [("secretariat", "2021년 산출식과 금액"), ("officer", "우리 부서 산출식과 금액")]
)
def test_lines_whose_formula_does_not_hold_link_to_their_list(
    client_as, loaded, role, title, fields, text, level, state
):
    BudgetLine.objects.filter(project__number=1, order=6).update(**fields)
    client = client_as(role)
    item = items(client)[title]
    assert (item.text, item.level) == (text, level)
    assert f"check={state}" in item.url
    assert texts(followed(client, item), "th", cls="field-number") == ["1-6"]


def test_lines_of_other_departments_do_not_bother_an_officer(client_as, loaded):
    BudgetLine.objects.filter(project__number=4, order=2).update(amount_krw=1)
    assert items(client_as("officer"))["우리 부서 산출식과 금액"].level == "ok"
    assert items(client_as("secretariat"))["2021년 산출식과 금액"].level == "bad"


def test_projects_without_lines_link_to_their_list(client_as, loaded):
    bare = Project.objects.create(plan=loaded, number=90, name="빈 사업", group=loaded.groups.first())
    client = client_as("secretariat")
    item = items(client)["2021년 사업의 예산"]
    assert (item.text, item.level, item.rows) == (
        "예산 줄이 없는 사업이 1개 있습니다.",
        "warn",
        [("90. 빈 사업", admin_url(Project, "change", bare.pk))],
    )
    assert texts(followed(client, item), "th", cls="field-number") == ["90"]
    assert items(client_as("officer"))["우리 부서 사업의 예산"].level == "ok"


def test_a_drift_names_the_figure(client_as, loaded):
    BudgetRollup.objects.filter(dimension="project", key="4").update(total_krw=1)
    item = items(client_as("secretariat"))["2021년 집계"]
    assert item.level == "bad"
    assert item.rows == [("2021 예산 · 사업 4 합계: 저장 1원, 계산 35,000,000원, 차이 34,999,999원.", "")]


def test_old_rollups_are_said(client_as, loaded):
    client = client_as("secretariat")
    with time_machine.travel(clock.now() + timedelta(hours=11), tick=False):  # the session lasts twelve
        assert items(client)["2021년 집계"].level == "ok"
    BudgetRollup.objects.update(computed_at=clock.now() - timedelta(hours=50))
    item = items(client)["2021년 집계"]
    assert (item.level, item.text) == ("bad", "마지막 집계가 50시간 전입니다. 밤 작업이 돌지 않았습니다.")


def test_a_line_changed_behind_the_portals_back_is_named(client_as, loaded):
    BudgetLine.objects.filter(project__number=4, order=1).update(heading="몰래")
    item = items(client_as("secretariat"))["2021년 예산 줄의 기록"]
    assert item.level == "bad"
    assert "사업 4 1번째" in item.rows[0][0]


def test_failed_messages_link_to_their_list(client_as, loaded):
    client = client_as("secretariat")
    assert "보내지 못한 알림" not in items(client)
    OutboxMessage.objects.create(event="x", recipient="a@example.org", subject="초대", body="x", state="failed")
    OutboxMessage.objects.create(event="y", recipient="a@example.org", subject="보냄", body="x", state="sent")
    item = items(client)["보내지 못한 알림"]
    assert (item.text, item.level) == ("1건을 보내지 못했습니다.", "bad")
    assert "초대" in followed(client, item).content.decode()


def test_officers_without_a_department_are_named(client_as, users, loaded):
    client = client_as("secretariat")
    assert "부서 없는 담당자" not in items(client)
    past = User.objects.create_user("past", "past@example.org", "x", role="officer")
    DepartmentAssignment.objects.create(
        user=past, department=Department.objects.first(), starts_on="2020-01-01", ends_before="2021-01-01"
    )
    item = items(client)["부서 없는 담당자"]
    assert item.rows == [("past", admin_url(User, "change", past.pk))]
    assert "past" in followed(client, item).content.decode()


def test_an_officer_sees_the_own_departments_projects_only(client_as, users, loaded):
    found = items(client_as("officer"))
    assert list(found) == ["우리 부서 산출식과 금액", "우리 부서 사업의 예산", "우리 부서 사업"]
    assert [label.split(".")[0] for label, _ in found["우리 부서 사업"].rows] == ["1", "2", "3", "6", "15", "17"]


def test_an_officer_without_a_department_is_told(client_as, users):
    users["officer"].assignments.all().delete()
    assert [item.text for item in items(client_as("officer")).values()] == [
        "지금 배정된 부서가 없어 사업을 볼 수만 있습니다. 협치추진단에 알려 주세요."
    ]


def test_exports_and_the_public_site_are_one_click_away(client_as, loaded):
    client = client_as("secretariat")
    response = client.get("/admin/")
    links = elements(response, "div", id="exports-module")[0]["links"]
    assert links == ["/budget/2021/sheet.xlsx", "/open-data/"]
    assert "/" in elements(response, "div", id="user-tools")[0]["links"]


def test_a_draft_in_the_making_is_looked_at_beside_the_newest(loaded):
    Plan.objects.create(year=2020, title="옛 계획", status="closed")
    draft = Plan.objects.create(year=2022, title="새 계획")
    assert attention.plans() == [draft]
    draft.delete()
    assert attention.plans() == [loaded]


def test_lists_stand_in_the_order_of_the_work(client_as, loaded):
    response = client_as("secretariat").get("/admin/")
    apps = response.context["app_list"]
    assert [app["app_label"] for app in apps] == ["projects", "budgets", "councils", "forums", "voting", "accounts"]
    assert [model["object_name"] for model in apps[1]["models"]] == [
        "BudgetLine", "BudgetVersion", "StatedFigure", "ActivityPayment", "ExpensePayment", "RateLine", "BudgetGroup", "BudgetItem",
        "BudgetRollup",
    ]  # fmt: skip


def test_the_page_costs_the_same_for_few_and_many_rows(client_as, loaded):
    client = client_as("secretariat")
    client.get("/admin/")
    with CaptureQueriesContext(connection) as many:
        client.get("/admin/")
    StatedFigure.objects.filter(order__gt=3).delete()
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    assert len(few) == len(many)
