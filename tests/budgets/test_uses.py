"""What is used of budget lines: allowances by rates, activity by formulas, and never one times the other."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from openpyxl import load_workbook

from budgets import actions, integrity, loading, loading_rates, rollups, uses
from budgets.models import ActivityPayment, BudgetLine, BudgetVersion, ExpensePayment, RateLine
from councils.models import AllowanceRate, Meeting
from geumcheon.lib.admin_parts import admin_url
from geumcheon.lib.loading import Loader, LoadError
from projects.models import Plan
from tests.admin_data import errors_of, form_data
from tests.councils.pay import a_team, allowances, an_expense
from tests.html import elements

pytestmark = pytest.mark.django_db


def line_of(order, number=1):
    return BudgetLine.objects.current().get(project__plan__year=2021, project__number=number, order=order)


def payment(line, formula="10,000원×2시간×2회×5명"):
    return ActivityPayment.objects.create(
        team=a_team(), line=line, on=date(2021, 5, 3), description="점검", formula=formula
    )


# --- lines of the plan --------------------------------------------------------------------------------------------
def test_the_four_lines_of_project_1_pay_the_rates(loaded):
    got = list(RateLine.objects.values_list("rate__name", "line__project__number", "line__order", "line__description"))
    assert got == [
        ("금천구협치회의 참석수당", 1, 6, "금천구협치회의 참석수당"),
        ("운영위원회 참석수당", 1, 7, "운영위원회 참석수당"),
        ("분과별 확대회의 참석수당", 1, 8, "분과별 확대회의 참석수당"),
        ("합동회의 참석수당", 1, 9, "합동회의 운영"),
    ]
    assert [(use.planned_krw, use.used_krw) for use in uses.of_plan(loaded)] == [
        (7_000_000, 0), (9_240_000, 0), (9_000_000, 0), (6_160_000, 0),
    ]  # fmt: skip


def test_two_allowances_and_two_payments_on_one_line_are_each_counted_once(loaded, django_assert_num_queries):
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    allowances(rate, 2)
    payment(line_of(6)), payment(line_of(6), "5,000원×4명")
    an_expense("1,000원×3명", line=line_of(6), team=a_team())
    an_expense("500원×2명", line=line_of(6), meeting=Meeting.objects.first())
    with django_assert_num_queries(4):
        found = uses.of_plan(loaded)
    assert len(found) == 4
    use = found[0]
    assert (use.allowances_krw, use.activity_krw, use.expenses_krw) == (140_000, 220_000, 4_000)
    assert (use.planned_krw, use.used_krw, use.rest_krw, use.percent) == (7_000_000, 364_000, 6_636_000, Decimal("5.2"))
    assert uses.of_line(line_of(6)) == use
    assert uses.of_project(line_of(6).project) == found


def test_two_rates_of_one_line_are_added_and_another_years_meetings_are_not(loaded):
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    extra = AllowanceRate.objects.create(name="실비", kind="expenses", amount_krw=1_000, starts_on=date(2021, 1, 1))
    RateLine.objects.create(rate=extra, line=line_of(6))
    allowances(rate, 1, date(2021, 1, 1))
    allowances(rate, 1, date(2021, 12, 31))
    allowances(rate, 1, date(2020, 12, 31))
    allowances(rate, 1, date(2022, 1, 1))
    allowances(extra, 3)
    assert uses.of_line(line_of(6)).used_krw == 2 * 70_000 + 3 * 1_000


def test_each_line_counts_the_meetings_of_its_own_plans_year(loaded):
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    plan = Plan.objects.create(year=2022, title="다음 계획")
    version = BudgetVersion.objects.create(plan=plan, key="x", title="x", basis="lines", is_current=True)
    line = line_of(6)
    later = BudgetLine.objects.create(
        version=version, project=line.project, order=6, item=line.item, description="참석수당", amount_krw=0
    )
    RateLine.objects.create(rate=rate, line=later)
    allowances(rate, 1)
    allowances(rate, 2, date(2022, 3, 4))
    assert [use.used_krw for use in uses.of_lines([line, later])] == [70_000, 140_000]
    assert uses.of_line(later).percent is None


def test_a_line_that_nothing_draws_on_has_no_use_and_one_with_activity_alone_has(loaded):
    line = line_of(1, number=4)
    assert uses.of_line(line) is None
    assert uses.of_project(line.project) == []
    payment(line)
    assert uses.of_line(line).used_krw == 200_000
    assert len(uses.of_plan(loaded)) == 5
    an_expense(team=a_team())
    assert uses.of_line(line_of(18)).used_krw == 200_000
    assert len(uses.of_plan(loaded)) == 6


def test_the_public_table_shows_plan_use_rest_and_too_much(loaded):
    line = line_of(9)
    payment(line, "7,000,000원×1회")
    html = render_to_string("budgets/uses.html", {"uses": uses.of_plan(loaded)})

    class Page:
        content = html.encode()

    rows = [row["text"] for row in elements(Page, "tr")]
    assert rows[0] == "예산 줄 계획 쓴 돈 남은 돈 쓴 비율"
    assert rows[1] == "금천구협치회의 참석수당 7,000,000원 0원 7,000,000원 0.0%"
    assert rows[4] == "합동회의 운영 6,160,000원 7,000,000원 840,000원 초과 113.6%"
    assert render_to_string("budgets/uses.html", {"uses": []}).strip() == ""


# --- admin --------------------------------------------------------------------------------------------------------
def test_the_page_of_uses_lists_every_line(client_as, loaded):
    payment(line_of(1, number=4))
    an_expense("10,000원×100명", meeting=Meeting.objects.first())
    url = reverse("admin:budgets_rateline_uses")
    response = client_as("officer").get(url)
    rows = [row["text"] for row in elements(response, "tr")][-7:]  # the navigation is a table too
    assert rows[0] == "예산 줄 계획 수당 활동비 실비 쓴 돈 남은 돈 쓴 비율"
    assert rows[1] == "1-6 금천구협치회의 참석수당 7,000,000원 0원 0원 0원 0원 7,000,000원 0.0%"
    assert rows[5] == "1-18 나풀나풀 협치론장 실비 보상 1,200,000원 0원 0원 1,000,000원 1,000,000원 200,000원 83.3%"
    assert " 0원 200,000원 0원 200,000원 " in rows[6]
    assert client_as("member").get(url).status_code == 302
    assert client_as("secretariat").get(url, {"year": "<s>"}).status_code == 200


def test_the_list_of_links_shows_what_is_used(client_as, loaded):
    allowances(AllowanceRate.objects.get(name="금천구협치회의 참석수당"), 2)
    response = client_as("secretariat").get(admin_url(RateLine))
    row = next(e["text"] for e in elements(response, "tr") if "1-6" in e["text"])
    assert row.endswith("7,000,000원 140,000원 6,860,000원 2.0%")


def test_a_rate_is_paid_by_one_line_of_a_version(client_as, loaded):
    client = client_as("secretariat")
    link = RateLine.objects.first()
    url = admin_url(RateLine, "add")
    response = client.post(url, {"rate": link.rate_id, "line": line_of(10).pk})
    assert errors_of(response) == {"line": ["이 단가는 같은 예산판의 다른 줄에서 이미 나갑니다."]}
    response = client.post(url, {"rate": link.rate_id, "line": link.line_id})
    assert errors_of(response) == {"__all__": ["이미 이은 예산 줄입니다."]}
    other = AllowanceRate.objects.create(name="실비", kind="expenses", amount_krw=1, starts_on=date(2021, 1, 1))
    assert client.post(url, {"rate": other.pk, "line": line_of(10).pk}).status_code == 302
    change = admin_url(RateLine, "change", link.pk)
    assert client.post(change, {"rate": link.rate_id, "line": line_of(11).pk}).status_code == 302


def a_payment_form(client):
    url = admin_url(ActivityPayment, "add")
    data = form_data(client.get(url), ActivityPayment)
    return url, data | {"team": a_team().pk, "line": line_of(10).pk, "on": "2021-05-03", "description": "현장 점검"}


def test_an_activity_costs_the_product_of_its_formula(client_as, loaded):
    client = client_as("secretariat")
    a_team()
    url, data = a_payment_form(client)
    assert client.post(url, data | {"formula": "10,000원×2시간×2회×5명", "amount_krw": "1"}).status_code == 302
    made = ActivityPayment.objects.get()
    assert made.amount_krw == 200_000
    change = admin_url(ActivityPayment, "change", made.pk)
    data = form_data(client.get(change), ActivityPayment)
    assert client.post(change, data | {"formula": "10,000원×3명"}).status_code == 302
    made.refresh_from_db()
    assert made.amount_krw == 30_000
    assert made.history.count() == 2


def test_a_wrong_thousands_group_is_refused_at_the_field_and_names_the_factor(client_as, loaded):
    client = client_as("secretariat")
    a_team()
    url, data = a_payment_form(client)
    errors = errors_of(client.post(url, data | {"formula": "100,0000원×2시간"}))
    assert list(errors) == ["formula"]
    assert "1번째 항 ‘100,0000원’" in errors["formula"][0]
    assert list(errors_of(client.post(url, data | {"formula": ""}))) == ["formula"]
    errors = errors_of(client.post(url, data | {"formula": "10,000원×5명=60,000원"}))
    assert errors == {"formula": ["‘=’ 뒤에 적힌 60,000원과 계산한 50,000원이 다릅니다."]}
    assert not ActivityPayment.objects.exists()


def test_an_activity_names_the_line_it_is_paid_from(client_as, loaded):
    client = client_as("secretariat")
    a_team()
    url, data = a_payment_form(client)
    assert list(errors_of(client.post(url, data | {"formula": "10,000원×3명", "line": ""}))) == ["line"]
    assert not ActivityPayment.objects.exists()


def an_expense_form(client, **typed):
    url = admin_url(ExpensePayment, "add")
    data = form_data(client.get(url), ExpensePayment) | {"line": line_of(18).pk, "on": "2021-05-03"}
    return url, data | {
        "paid_to": "참여 주민 5명",
        "description": "교통비",
        "formula": "10,000원×2시간×2회×5명",
    } | typed


@pytest.mark.parametrize("target", ["meeting", "team"])
def test_an_expense_of_a_meeting_or_a_team_costs_its_product_and_keeps_its_history(client_as, loaded, target):
    client = client_as("secretariat")
    row = Meeting.objects.first() if target == "meeting" else a_team()
    url, data = an_expense_form(client, **{target: row.pk})
    assert client.post(url, data | {"amount_krw": "1"}).status_code == 302
    made = ExpensePayment.objects.get()
    assert (made.meeting or made.team, made.amount_krw, made.paid_on) == (row, 200_000, None)
    change = admin_url(ExpensePayment, "change", made.pk)
    data = form_data(client.get(change), ExpensePayment)
    assert (
        client.post(change, data | {"formula": "10,000원X120명=1,200,000원", "paid_on": "2021-05-04"}).status_code
        == 302
    )
    made.refresh_from_db()
    assert (made.amount_krw, made.paid_on) == (1_200_000, date(2021, 5, 4))
    assert list(made.history.values_list("amount_krw", flat=True)) == [1_200_000, 200_000]
    assert uses.of_line(line_of(18)).rest_krw == 0


def test_an_expense_is_refused_where_it_is_wrong(client_as, loaded):
    client = client_as("secretariat")
    team, meeting = a_team(), Meeting.objects.first()
    url, data = an_expense_form(client, meeting=meeting.pk)
    for wrong, errors in (
        ({"team": team.pk}, {"team": ["회의와 점검단 가운데 하나만 골라 주세요."]}),
        ({"meeting": ""}, {"meeting": ["회의나 점검단을 골라 주세요."]}),
        ({"line": ""}, {"line": ["필수 항목입니다."]}),
        ({"paid_to": ""}, {"paid_to": ["필수 항목입니다."]}),
        ({"formula": "100,0000원×2명"}, {"formula": ["1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다."]}),
        ({"formula": "10,000원×5명=60,000원"}, {"formula": ["‘=’ 뒤에 적힌 60,000원과 계산한 50,000원이 다릅니다."]}),
        ({"formula": "2시간×5명"}, {"formula": ["단가(원)가 있는 항이 꼭 하나 있어야 합니다. 예: 70,000원×25명×4회"]}),
    ):
        response = client.post(url, data | wrong)
        assert errors_of(response) == errors
        assert form_data(response, ExpensePayment)["description"] == "교통비"
    assert not ExpensePayment.objects.exists()


@pytest.mark.parametrize("both", [True, False])
def test_the_database_holds_one_target_of_an_expense(loaded, both):
    made = an_expense(team=a_team())
    meeting, team = (Meeting.objects.first().pk, made.team_id) if both else (None, None)
    with pytest.raises(IntegrityError, match="expensepayment_one_target"), transaction.atomic():
        ExpensePayment.objects.filter(pk=made.pk).update(meeting=meeting, team=team)
    ExpensePayment.objects.filter(pk=made.pk).update(meeting=Meeting.objects.first().pk, team=None)


def test_an_amount_changed_behind_the_formula_is_named(loaded):
    made = an_expense(team=a_team())
    payment(line_of(6))
    assert integrity.miscounted(loaded) == []
    ExpensePayment.objects.filter(pk=made.pk).update(amount_krw=1)
    told = "2021 실비 2021-05-03 ‘교통비’: 계산한 200,000원과 -199,999원 차이가 납니다."
    assert integrity.miscounted(loaded) == [told]
    assert told in rollups.check(loaded)


def test_payments_follow_their_line_into_the_version_in_use(loaded):
    made = [payment(line_of(6)), an_expense(line=line_of(6), team=a_team())]
    old = line_of(6)
    version = BudgetVersion.objects.create(plan=loaded, key="next", title="다음판", basis="lines")
    line = BudgetLine.objects.create(
        version=version, project=old.project, order=6, item=old.item, description="참석수당", amount_krw=0
    )
    actions.use_version(version=version)
    for row in made:
        row.refresh_from_db()
        assert row.line == line


def test_a_rate_of_expenses_or_activity_is_refused_and_says_where_they_go(client_as, loaded):
    client = client_as("secretariat")
    rate = AllowanceRate.objects.first()
    url = admin_url(AllowanceRate, "change", rate.pk)
    data = form_data(client.get(url), AllowanceRate)
    for kind in ("expenses", "activity"):
        errors = errors_of(client.post(url, data | {"kind": kind}))
        assert list(errors) == ["kind"] and "실비와 활동비는 ‘예산’의" in errors["kind"][0]
    assert client.post(url, data).status_code == 302
    AllowanceRate.objects.filter(pk=rate.pk).update(kind="expenses")
    assert client.post(url, data | {"kind": "expenses"}).status_code == 302  # one of before stays as it is


def test_the_office_reads_and_the_secretariat_writes(client_as, loaded):
    made = payment(line_of(10))
    officer = client_as("officer")
    spent = an_expense(meeting=Meeting.objects.first())
    for model, row in ((ActivityPayment, made), (ExpensePayment, spent), (RateLine, RateLine.objects.first())):
        assert officer.get(admin_url(model)).status_code == 200
        assert officer.get(admin_url(model, "add")).status_code == 403
        assert officer.post(admin_url(model, "change", row.pk), {}).status_code == 403


def test_the_chosen_activity_is_a_list_to_pay_by_with_a_living_total(client_as, loaded):
    made = [payment(line_of(10)), payment(line_of(10), "10,000원×3명")]
    ActivityPayment.objects.filter(pk=made[1].pk).update(on=date(2021, 5, 10), paid_on=date(2021, 5, 11))
    payment(line_of(10), "1원×1명")
    data = {"action": "sheet", "_selected_action": [row.pk for row in made]}
    response = client_as("officer").post(admin_url(ActivityPayment), data)
    live, kept = (
        [[cell.value for cell in row] for row in load_workbook(io.BytesIO(response.content), data_only=values).active]
        for values in (False, True)
    )
    assert live[0][0] == "활동비 지급 명세서"
    assert live[1] == ["연번", "날짜", "사업", "점검단", "무엇에", "산출식", "금액(원)", "지급일", "서명"]
    assert [(row[0], row[5], row[6], row[7]) for row in live[2:4]] == [
        (1, "10,000원×2시간×2회×5명", 200_000, ""),
        (2, "10,000원×3명", 30_000, "2021. 5. 11.(화)"),
    ]
    assert (live[4][0], live[4][6], kept[4][6]) == ("합계 (2건)", "=SUM(G3:G4)", 230_000)
    assert client_as("member").post(admin_url(ActivityPayment), data).status_code == 302


def test_the_chosen_expenses_are_a_list_to_pay_by(client_as, loaded):
    meeting = Meeting.objects.first()
    made = [an_expense(meeting=meeting), an_expense("1,000원×3명", team=a_team())]
    data = {"action": "sheet", "_selected_action": [row.pk for row in made]}
    response = client_as("officer").post(admin_url(ExpensePayment), data)
    live = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(response.content)).active]
    assert [row[2:7] for row in live[2:4]] == [
        [str(meeting), "참여 주민 5명", "교통비", "10,000원×2시간×2회×5명", 200_000],
        ["시험 점검단", "참여 주민 5명", "교통비", "1,000원×3명", 3_000],
    ]
    assert (live[4][0], live[4][6]) == ("합계 (2건)", "=SUM(G3:G4)")


def test_the_list_of_expenses_leads_the_secretariat_to_the_meetings_list_to_pay_by(client_as, loaded):
    meeting = Meeting.objects.first()
    an_expense(meeting=meeting)
    address = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
    assert address in client_as("secretariat").get(admin_url(ExpensePayment)).content.decode()
    assert address not in client_as("officer").get(admin_url(ExpensePayment)).content.decode()


def test_the_list_of_activity_can_keep_to_one_project(client_as, loaded):
    own, other = payment(line_of(10)), payment(line_of(1, number=4))
    ActivityPayment.objects.filter(pk=other.pk).update(team=a_team(4))
    response = client_as("officer").get(admin_url(ActivityPayment), {"team__project__id__exact": own.team.project_id})
    assert [row.pk for row in response.context["cl"].result_list] == [own.pk]


# --- loading ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("운영위원회 참석수당,2021-01-01", "없는 단가,2021-01-01", "rate_lines.csv · 3줄 · rate: "),
        (",1,7,", ",1,700,", "rate_lines.csv · 3줄 · order: 이 계획에 없는 예산 줄입니다."),
        (",1,7,", ",1,8,", "rate_lines.csv · 3줄 · description: 예산 줄의 내역과 다릅니다: 분과별 확대회의 참석수당"),
    ],
)
def test_a_wrong_link_names_file_row_and_field(loaded, tmp_path, old, new, words):
    text = (loading.DATA / "2021" / "rate_lines.csv").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rate_lines.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    lines = list(BudgetLine.objects.current().select_related("project", "version"))
    with pytest.raises(LoadError) as error:
        loading_rates.load(path, lines, Loader())
    assert str(error.value).startswith(words)
