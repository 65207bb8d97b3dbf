"""Preview, then apply: the steps that every action on many rows shares, told with budget lines."""

import pytest

from budgets.models import BudgetLine
from geumcheon.lib import bulk
from tests.admin_data import confirm, form_at, preview
from tests.html import texts

URL, ACTION = "/admin/budgets/budgetline/", "funding_selected"


@pytest.fixture
def rows(loaded):
    return list(BudgetLine.objects.current().filter(project__number=1).order_by("order")[:3])


def funding(rows):
    return [BudgetLine.objects.get(pk=row.pk).funding for row in rows]


@pytest.fixture
def client(client_as, rows):
    BudgetLine.objects.filter(pk__in=[row.pk for row in rows]).update(funding="시비")
    return client_as("secretariat")


def test_the_choice_comes_first_then_the_preview_then_the_writing(client, rows):
    first = client.post(URL, {"action": ACTION, "_selected_action": [row.pk for row in rows], "index": 0})
    assert texts(first, "h2", id="bulk-heading") == ["고른 예산 줄"]
    assert "seen" not in form_at(first, "bulk-apply")
    page = preview(client, URL, ACTION, rows, funding="구비")
    assert texts(page, "p", cls="bulk-counts") == ["바뀜 3개"]
    assert funding(rows) == ["시비"] * 3
    confirm(client, URL, page)
    assert funding(rows) == ["구비"] * 3


def test_a_confirmation_without_a_preview_only_previews(client, rows):
    keys = [row.pk for row in rows]
    client.post(URL, {"action": ACTION, "_selected_action": keys, "step": "apply", "funding": "구비"})
    client.post(URL, {"action": ACTION, "_selected_action": keys, "step": "apply", "funding": "구비", "seen": "x:y"})
    assert funding(rows) == ["시비"] * 3


def test_a_missing_choice_is_said(client, rows):
    page = preview(client, URL, ACTION, rows)
    assert texts(page, "ul", cls="errorlist") == ["필수 항목입니다."]
    assert "seen" not in form_at(page, "bulk-apply")


@pytest.mark.parametrize("change", [{"description": "다른 내역"}, {"source": "다른 출처"}])
def test_one_row_changed_in_between_stops_all_and_is_named(client, rows, change):
    page = preview(client, URL, ACTION, rows, funding="구비")
    BudgetLine.objects.filter(pk=rows[1].pk).update(**change)
    answer = confirm(client, URL, page)
    assert texts(answer, "div", cls="errornote") == [f"아무것도 바꾸지 않았습니다. 1개를 {bulk.STALE_TEXT}"]
    assert texts(answer, "span", cls="bulk-state") == ["바뀜", "그사이 바뀜", "바뀜"]
    assert funding(rows) == ["시비"] * 3
    confirm(client, URL, answer)
    assert funding(rows) == ["구비"] * 3


def test_a_row_deleted_in_between_stops_all(client, rows):
    page = preview(client, URL, ACTION, rows, funding="구비")
    rows.pop().delete()
    answer = confirm(client, URL, page)
    assert texts(answer, "div", cls="errornote") == [f"아무것도 바꾸지 않았습니다. 1개가 {bulk.GONE_TEXT}"]
    assert funding(rows) == ["시비"] * 2


def test_a_refusal_of_the_write_itself_leaves_every_row_and_names_the_one(client, rows):
    # The preview checks what changes; the action validates the whole row.
    BudgetLine.objects.filter(pk=rows[2].pk).update(description="")
    page = preview(client, URL, ACTION, rows, funding="구비")
    assert texts(page, "p", cls="bulk-counts") == ["바뀜 3개"]
    answer = confirm(client, URL, page)
    problem = texts(answer, "div", cls="errornote")[0]
    assert problem.startswith("아무것도 바꾸지 않았습니다.")
    assert str(BudgetLine.objects.get(pk=rows[2].pk)).strip() in problem
    assert funding(rows) == ["시비"] * 3


def test_more_rows_than_the_limit_are_refused(client, rows, monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    data = {"action": ACTION, "_selected_action": [row.pk for row in rows], "index": 0}
    done = client.post(URL, data, follow=True)
    assert texts(done, "ul", cls="messagelist") == [
        "한 번에 2개까지 바꿀 수 있습니다. 고른 것은 3개입니다. 거르기로 나누어 골라 주세요."
    ]


def test_all_rows_of_a_filtered_list_are_chosen_at_once(client, rows):
    every = BudgetLine.objects.current().filter(project__number=1)
    address = f"{URL}?project__id__exact={rows[0].project_id}"
    data = {"action": ACTION, "_selected_action": [rows[0].pk], "index": 0, "select_across": 1}
    page = client.post(address, data)
    keys = form_at(page, "bulk-apply")["_selected_action"]
    assert sorted(map(int, keys)) == sorted(every.values_list("pk", flat=True))
    page = client.post(address, {"action": ACTION, "_selected_action": keys, "step": "preview", "funding": "구비"})
    confirm(client, address, page)
    assert set(every.values_list("funding", flat=True)) == {"구비"}


def test_leaving_goes_back_to_the_list_as_it_was_filtered(client, rows):
    page = client.post(f"{URL}?funding__exact=시비", {"action": ACTION, "_selected_action": [rows[0].pk], "index": 0})
    assert 'class="closelink" href="/admin/budgets/budgetline/?funding__exact=' in page.content.decode()


def test_a_fingerprint_follows_every_stored_field(rows):
    row = rows[0]
    before = bulk.fingerprint(row)
    assert bulk.fingerprint(BudgetLine.objects.get(pk=row.pk)) == bulk.fingerprint(BudgetLine.objects.get(pk=row.pk))
    row.details = "다른 세부"
    assert bulk.fingerprint(row) != before
