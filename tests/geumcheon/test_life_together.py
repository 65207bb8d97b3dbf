"""What the rooms show of the council's life together: the project page, the line's page, the landing page of the admin."""

from datetime import date
from urllib.parse import urlencode

import pytest

from budgets import actions, uses
from budgets.models import BudgetLine, BudgetVersion
from councils.models import AllowanceRate
from geumcheon import rollups
from geumcheon.lib.admin_parts import admin_url
from projects.inspection_actions import move_finding
from projects.models import Finding, FindingState, Plan, PlanStatus, Project
from projects.rules import own_projects
from tests.budgets.test_uses import allowances, line_of, payment
from tests.councils.life import a_full_body, a_log
from tests.html import elements, texts
from tests.projects.inspections import a_finding, a_team, a_visit, publicity

pytestmark = pytest.mark.django_db


def test_a_project_page_shows_teams_and_publicity_once_there_are_some(client, loaded):
    project = Project.objects.get(plan=loaded, number=9)
    assert "주민 점검" not in texts(client.get("/projects/2021/9/"), "h2")
    a_finding(a_visit(a_team(project)))
    publicity(project)
    page = client.get("/projects/2021/9/")
    assert {"주민 점검", "홍보 1건"} <= set(texts(page, "h2"))
    assert "점검 1회 · 조치할 지적 1건 · 조치한 지적 0건" in page.content.decode()


def test_used_money_shows_beside_the_plan_only_where_some_was_used(client, loaded):
    assert "쓴 돈" not in client.get("/projects/2021/1/").content.decode()
    assert "쓴 돈" not in client.get("/budget/2021/1/6/").content.decode()
    allowances(AllowanceRate.objects.get(name="금천구협치회의 참석수당"), 2)
    for path in ("/projects/2021/1/", "/budget/2021/1/6/"):
        table = elements(client.get(path), "table", cls="uses")[0]["text"]
        assert "7,000,000원 140,000원 6,860,000원 2.0%" in table


def test_a_new_version_in_use_keeps_what_was_used(loaded):
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    allowances(rate, 2)
    payment(line_of(7))
    before = [(use.line.order, use.used_krw) for use in uses.of_plan(loaded)]
    old = BudgetVersion.objects.get(plan=loaded, is_current=True)
    new = BudgetVersion.objects.create(plan=loaded, key="second", title="둘째 판", basis="lines")
    for line in BudgetLine.objects.filter(version=old, project__number=1):
        line.pk, line.version = None, new
        line.save()
    actions.use_version(version=new)
    assert [(use.line.order, use.used_krw) for use in uses.of_plan(loaded)] == before
    assert {use.line.version_id for use in uses.of_plan(loaded)} == {new.pk}


def attention(client, title):
    """The links of one thing to look at on the admin's landing page, each opened once."""
    [item] = [item for item in elements(client.get("/admin/"), "article", "attention-item") if title in item["text"]]
    links = [link.replace("&amp;", "&") for link in item["links"]]
    assert all(client.get(link).status_code == 200 for link in links)
    return links


def test_the_landing_page_names_what_is_late_and_to_whom(client_as, loaded, users, time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)
    body, people = a_full_body()
    meeting = a_log(body, people)
    assert "늦은 회의록" not in texts(client_as("secretariat").get("/admin/"), "h3")
    time_machine.move_to("2026-03-30T10:00:00+09:00", tick=False)
    assert attention(client_as("secretariat"), "늦은 회의록") == [meeting.get_absolute_url(), "/meetings/late/"]
    assert "늦은 회의록" not in texts(client_as("officer").get("/admin/"), "h3")


def test_an_officer_is_led_to_the_own_indicators_and_to_their_list(client_as, loaded, users, time_machine):
    time_machine.move_to("2021-12-20T10:00:00+09:00", tick=False)
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.PUBLISHED)
    loaded.refresh_from_db()
    rollups.refresh(loaded)
    users["officer"].assignments.update(starts_on=date(2021, 1, 1))
    *rows, everything = attention(client_as("officer"), "챙길 성과지표")
    assert everything == "/results/2021/?" + urlencode({"department": "마을자치과"})
    own = {project.number for project in own_projects(users["officer"])}
    assert len(rows) == 5
    assert {int(row.split("/")[3]) for row in rows} <= own
    assert attention(client_as("secretariat"), "챙길 성과지표")[-1] == "/results/2021/"


def test_an_overdue_finding_is_named_while_the_plan_runs_and_never_in_a_closed_one(
    client_as, loaded, users, time_machine
):
    time_machine.move_to("2021-06-01T10:00:00+09:00", tick=False)
    project = Project.objects.get(plan=loaded, number=1)
    finding = a_finding(a_visit(a_team(project)))
    lead = project.partners.filter(department__isnull=False).first().department
    moves = (
        (FindingState.NOTIFIED, {"department": lead, "notified_on": date(2021, 5, 10)}),
        (FindingState.DEMANDED, {"demanded_on": date(2021, 5, 12), "due_on": date(2021, 5, 20)}),
    )
    for to, words in moves:
        move_finding(finding=finding, by=users["secretariat"], to=to, **words)
    assert "기한이 지난 지적" not in texts(client_as("secretariat").get("/admin/"), "h3")
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.PUBLISHED)
    assert attention(client_as("secretariat"), "기한이 지난 지적")[0] == admin_url(Finding, "change", finding.pk)
