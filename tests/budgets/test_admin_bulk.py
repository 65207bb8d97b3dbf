"""Actions on many budget lines: the item, the funding, the source."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetGroup, BudgetItem, BudgetLine, BudgetRollup, Dimension
from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import confirm, preview
from tests.html import texts

URL = "/admin/budgets/budgetline/"


def line(project, order):
    return BudgetLine.objects.current().get(project__number=project, order=order)


@pytest.fixture
def item(loaded):
    return BudgetItem.objects.get(name="시설비")


def test_lines_move_to_another_item(client_as, item, django_capture_on_commit_callbacks):
    client, rows = client_as("secretariat"), [line(1, 1), line(4, 1)]
    before = BudgetRollup.objects.get(dimension=Dimension.ITEM, key="시설비").total_krw
    versions = [row.project.edit_version for row in rows]
    page = preview(client, URL, "move_item_selected", rows, item=item.pk)
    told = [f"{row.item.group.name} › {row.item.name} ({row.item.nature})" for row in rows]
    assert all(a in b for a, b in zip(told, texts(page, "td", cls="bulk-before"), strict=True))
    assert texts(page, "td", cls="bulk-after") == [f"시설비 및 부대비 › 시설비 (자본) {r.amount_krw:,}원" for r in rows]
    assert [line(1, 1).item, line(4, 1).item] == [row.item for row in rows]  # a preview writes nothing
    with django_capture_on_commit_callbacks(execute=True):
        done = confirm(client, URL, page)
    assert texts(done, "ul", cls="messagelist") == ["예산 줄 2개: 통계목을 옮겼습니다."]
    assert line(1, 1).item == line(4, 1).item == item
    assert [line(1, 1).project.edit_version, line(4, 1).project.edit_version] == [v + 1 for v in versions]
    assert line(1, 1).history.latest().history_user.username == "secretariat"
    assert LogEntry.objects.filter(change_message="통계목 옮기기").count() == 2
    after = BudgetRollup.objects.get(dimension=Dimension.ITEM, key="시설비").total_krw
    assert after - before == sum(row.amount_krw for row in rows)


def test_an_officer_moves_lines_of_the_own_department_only(client_as, item):
    client, own, other = client_as("officer"), line(1, 1), line(4, 1)
    page = preview(client, URL, "move_item_selected", [own, other], item=item.pk)
    assert texts(page, "span", cls="bulk-state") == ["바뀜", "바꿀 수 없음"]
    done = confirm(client, URL, page)
    assert texts(done, "ul", cls="messagelist") == ["예산 줄 1개: 통계목을 옮겼습니다. 1개는 그대로 두었습니다."]
    assert (line(1, 1).item, line(4, 1).item) == (item, other.item)


def test_a_forged_confirmation_of_another_departments_line_writes_nothing(client_as, item):
    rows = [line(1, 1), line(4, 1)]
    page = preview(client_as("secretariat"), URL, "move_item_selected", rows, item=item.pk)
    answer = confirm(client_as("officer"), URL, page)
    assert "아무것도 바꾸지 않았습니다" in answer.content.decode()
    assert [line(1, 1).item, line(4, 1).item] == [row.item for row in rows]


@pytest.mark.parametrize("role", ["member", "resident", None])
def test_others_do_not_reach_the_preview(client_as, item, role):
    assert preview(client_as(role), URL, "move_item_selected", [line(1, 1)], item=item.pk).status_code in (302, 403)


def test_items_of_another_fiscal_year_are_not_offered(client_as, loaded):
    group = BudgetGroup.objects.create(fiscal_year=2022, name="새 편성목", order=1)
    other = BudgetItem.objects.create(fiscal_year=2022, group=group, name="새 통계목", summary_name="새", nature="경상")
    page = preview(client_as("secretariat"), URL, "move_item_selected", [line(1, 1)], item=other.pk)
    assert texts(page, "ul", cls="errorlist") == ["올바르게 선택해 주세요. 선택하신 것이 선택가능항목에 없습니다."]
    assert not texts(page, "td", cls="bulk-after")


def test_funding_changes_and_rows_that_have_it_stay(client_as, loaded):
    client, rows = client_as("secretariat"), [line(1, 1), line(4, 1)]
    BudgetLine.objects.filter(pk=rows[0].pk).update(funding="구비")
    BudgetLine.objects.filter(pk=rows[1].pk).update(funding="시비")
    page = preview(client, URL, "funding_selected", rows, funding="구비")
    assert texts(page, "span", cls="bulk-state") == ["그대로", "바뀜"]
    confirm(client, URL, page)
    assert [line(1, 1).funding, line(4, 1).funding] == ["구비", "구비"]
    assert line(1, 1).history.count() == rows[0].history.count()


def test_a_line_whose_formula_does_not_hold_is_refused_as_its_own_form_refuses_it(client_as, loaded):
    row = line(1, 6)
    BudgetLine.objects.filter(pk=row.pk).update(amount_krw=1)
    page = preview(client_as("secretariat"), URL, "funding_selected", [row], funding="구비")
    assert texts(page, "span", cls="bulk-state") == ["바꿀 수 없음"]
    assert "금액을 고치거나" in texts(page, "span", cls="bulk-reason")[0]


def test_a_source_is_written_on_many_lines(client_as, loaded):
    client, rows = client_as("officer"), [line(1, 1), line(1, 2)]
    confirm(client, URL, preview(client, URL, "source_selected", rows, source="산출내역 · L1"))
    assert [line(1, 1).source, line(1, 2).source] == ["산출내역 · L1"] * 2


def test_lines_of_a_closed_plan_are_named(client_as, loaded):
    page = preview(client_as("secretariat"), URL, "funding_selected", [line(1, 1)], funding="구비")
    assert "2021년 계획은 마감되었습니다" in texts(page, "p", cls="bulk-note")[0]
    type(loaded).objects.update(status="published")
    page = preview(client_as("secretariat"), URL, "funding_selected", [line(1, 1)], funding="구비")
    assert texts(page, "p", cls="bulk-note") == []


def test_a_preview_costs_the_same_for_few_and_many_lines(client_as, loaded):
    client, rows = client_as("officer"), list(BudgetLine.objects.current().filter(project__number=1))
    preview(client, URL, "funding_selected", rows, funding="구비")
    counts = []
    for chosen in (rows[:1], rows[:3], rows):
        with CaptureQueriesContext(connection) as seen:
            preview(client, URL, "funding_selected", chosen, funding="구비")
        counts.append(len(seen))
    assert len(rows) > 3
    assert len(set(counts)) == 1


def test_the_list_offers_the_actions(client_as, loaded):
    page = client_as("officer").get(admin_url(BudgetLine)).content.decode()
    assert all(label in page for label in ("통계목 옮기기", "재원 바꾸기", "출처 바꾸기"))
