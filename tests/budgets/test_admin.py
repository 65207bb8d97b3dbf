"""Budget lines in the admin: the check of formulas, lines on a project's page and alone, their list."""

import pytest
from django.urls import reverse

from budgets.models import BudgetItem, BudgetLine, BudgetRollup, BudgetVersion, Dimension
from geumcheon.lib.admin_parts import admin_url
from projects.models import Project
from tests.admin_data import add_row, errors_of, form_data
from tests.html import elements, texts

DIFFERS = "계산한 7,000,000원과 -1,000,000원 차이가 납니다."


@pytest.fixture
def project(loaded):
    return loaded.projects.get(number=1)


@pytest.fixture
def line(project):
    return project.lines.get(order=6)  # 70,000원×25명×4회


def check(client, **data):
    response = client.get(reverse("admin:budgets_formula_check"), data)
    assert response.status_code == 200
    return texts(response, "p")


def page(client, row):
    url = admin_url(type(row), "change", row.pk)
    return url, form_data(client.get(url), type(row))


# --- the fragment ---
@pytest.mark.parametrize(
    ("formula", "amount", "shown"),
    [
        ("70,000원×25명×4회", "7,000,000", ["70,000원 × 25명 × 4회 = 7,000,000원", "금액과 같습니다. 차이 0원."]),
        ("70,000원x25명*4회", "7000000원", ["70,000원 × 25명 × 4회 = 7,000,000원", "금액과 같습니다. 차이 0원."]),
        ("70,000원×25명×4회", "6000000", ["70,000원 × 25명 × 4회 = 7,000,000원", DIFFERS]),
        (
            "3,200,000원×1명×6개월×투입율15%",
            "",
            ["3,200,000원 × 1명 × 6개월 × 투입율 15% = 2,880,000원", "금액을 적으면 곱한 값과 견줍니다."],
        ),
        ("100,0000원×5회", "5000000", ["1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다."]),
        ("70,000원×-25명", "0", ["2번째 항 ‘-25명’: 음수는 쓸 수 없습니다."]),
        ("", "7,000,000", ["산출식을 적으면 곱한 값을 여기에 보여 줍니다."]),
        ("1,000원×2회", "-5", ["금액은 0원보다 작을 수 없습니다.", "1,000원 × 2회 = 2,000원", "금액을 적으면 곱한 값과 견줍니다."]),
        ("1,000원×2회", "1,00", ["금액은 원 단위의 0 이상인 정수로 적어 주세요. 예: 7,000,000", "1,000원 × 2회 = 2,000원",
                              "금액을 적으면 곱한 값과 견줍니다."]),
    ],
)  # fmt: skip
def test_the_fragment_shows_factors_product_and_difference(client_as, loaded, formula, amount, shown):
    assert check(client_as("officer"), formula=formula, amount_krw=amount) == shown


def test_the_fragment_reads_the_names_of_a_row_and_of_a_post(client_as, loaded):
    client, url = client_as("officer"), reverse("admin:budgets_formula_check")
    data = {"lines-3-formula": "1,000원×2회", "lines-3-amount_krw": "2000"}
    expected = ["1,000원 × 2회 = 2,000원", "금액과 같습니다. 차이 0원."]
    assert check(client, **data) == expected
    assert texts(client.post(url, data), "p") == expected
    assert check(client, formula="1,000원×2회", amount="2000") == expected


@pytest.mark.parametrize("role", [None, "resident", "member"])
def test_the_fragment_is_for_the_office(client_as, loaded, role):
    assert client_as(role).get(reverse("admin:budgets_formula_check")).status_code == 302


@pytest.mark.parametrize(
    "formula", ["<script>alert(1)</script>", "×" * 200, "원" * 299, "１００원×２회", "9" * 299 + "원"]
)
def test_the_fragment_answers_nonsense_in_words(client_as, loaded, formula):
    client, url = client_as("officer"), reverse("admin:budgets_formula_check")
    response = client.post(url, {"formula": formula, "amount_krw": "1"})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()
    assert texts(response, "p")


def test_too_long_a_formula_says_so(client_as, loaded):
    response = client_as("officer").post(reverse("admin:budgets_formula_check"), {"formula": "1" * 301})
    assert "300" in texts(response, "p")[0]


def test_the_rows_ask_for_the_fragment_while_somebody_types(client_as, line):
    response = client_as("officer").get(admin_url(Project, "change", line.project_id))
    inputs = {e["attrs"].get("name"): e["attrs"] for e in elements(response, "input")}
    for name, other in (("formula", "next [name$=amount_krw]"), ("amount_krw", "previous [name$=formula]")):
        for prefix in ("lines-5", "lines-__prefix__"):
            attrs = inputs[f"{prefix}-{name}"]
            assert attrs["hx-get"] == reverse("admin:budgets_formula_check")
            assert (attrs["hx-target"], attrs["hx-include"]) == ("next .formula-check", other)


def test_the_stored_check_stands_on_the_page_without_script(client_as, line):
    response = client_as("officer").get(admin_url(BudgetLine, "change", line.pk))
    assert texts(response, "div", cls="formula-check") == [
        "70,000원 × 25명 × 4회 = 7,000,000원 금액과 같습니다. 차이 0원."
    ]


# --- lines on the project's page ---
def test_a_different_amount_is_refused_at_the_amount_and_nothing_is_lost(client_as, project, line):
    client = client_as("officer")
    url, data = page(client, project)
    data |= {"lines-5-amount_krw": "6,000,000", "place": "구청"}
    response = client.post(url, data)
    assert errors_of(response) == {
        "lines-5-amount_krw": [f"{DIFFERS} 금액을 고치거나 ‘금액이 다른 까닭’을 적어 주세요."]
    }
    kept = form_data(response, Project)
    assert {name: kept[name] for name in ("lines-5-amount_krw", "place")} == {
        "lines-5-amount_krw": "6,000,000",
        "place": "구청",
    }
    # The same text as the fragment, in the row that is opened because of its error.
    assert f"70,000원 × 25명 × 4회 = 7,000,000원 {DIFFERS}" in texts(response, "div", cls="formula-check")
    opened = [e for e in elements(response, "details") if "open" in e["attrs"] and "금액이 다른 까닭" in e["text"]]
    assert "6. 금액" not in opened[0]["text"]
    assert texts(response, "a", cls="has-errors") == ["예산 줄 20 오류 1"]
    line.refresh_from_db()
    assert line.amount_krw == 7_000_000


def test_a_different_amount_with_its_reason_is_saved_and_noted(
    client_as, project, line, django_capture_on_commit_callbacks
):
    client = client_as("officer")
    url, data = page(client, project)
    data |= {"lines-5-amount_krw": "6,000,000", "lines-5-override_reason": "단가를 낮춤"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, data).status_code == 302
    line.refresh_from_db()
    assert (line.amount_krw, line.override_reason) == (6_000_000, "단가를 낮춤")
    assert line.history.latest().override_reason == "단가를 낮춤"
    rollup = BudgetRollup.objects.get(version=line.version, dimension=Dimension.PROJECT, key="1")
    assert rollup.total_krw == 263_364_000


def test_a_reason_without_a_difference_is_refused(client_as, project):
    client = client_as("officer")
    url, data = page(client, project)
    response = client.post(url, data | {"lines-5-override_reason": "그냥"})
    assert list(errors_of(response)) == ["lines-5-override_reason"]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("100,0000원×5회", "1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다."),
        ("70,000원××4회", "2번째 항 ‘’: 곱하기 앞뒤에 수가 없습니다."),
        ("70,000×25명", "단가(원)가 있는 항이 꼭 하나 있어야 합니다. 예: 70,000원×25명×4회"),
        ("70,000원×-4회", "2번째 항 ‘-4회’: 음수는 쓸 수 없습니다."),
        ("9,999,999,999,999원×9회", "금액이 너무 큽니다(89,999,999,999,991원). 한 줄에 1,000,000,000,000원까지 적을 수 있습니다."),
    ],
)  # fmt: skip
def test_a_malformed_formula_is_refused_at_the_formula(client_as, project, formula, message):
    client = client_as("officer")
    url, data = page(client, project)
    response = client.post(url, data | {"lines-5-formula": formula})
    assert errors_of(response) == {"lines-5-formula": [message]}
    assert form_data(response, Project)["lines-5-formula"] == formula


@pytest.mark.parametrize("amount", ["-1", "1e12", "7,00", "9" * 24, "1000000000001", "칠백만", "", "70.5", "٣"])
def test_an_absurd_amount_is_refused_at_the_amount(client_as, project, amount):
    client = client_as("officer")
    url, data = page(client, project)
    response = client.post(url, data | {"lines-1-amount_krw": amount})
    assert list(errors_of(response)) == ["lines-1-amount_krw"]
    assert form_data(response, Project)["lines-1-amount_krw"] == amount


@pytest.mark.parametrize("amount", ["0", "1,000,000,000,000", "1000000000000원", " 5,000 "])
def test_an_amount_at_the_edge_is_taken(client_as, project, amount):
    client = client_as("officer")
    url, data = page(client, project)
    assert client.post(url, data | {"lines-1-amount_krw": amount}).status_code == 302


def test_a_new_line_joins_the_version_in_use(client_as, project, line):
    client = client_as("officer")
    url, data = page(client, project)
    add_row(data, "lines", order="", item=line.item_id, description="새 줄", formula="1,000원×3명", amount_krw="3,000",
            funding="시비")  # fmt: skip
    assert client.post(url, data).status_code == 302
    added = project.lines.get(description="새 줄")
    assert (added.version, added.order) == (line.version, 21)
    assert added.history.latest().history_user.username == "officer"


def test_a_plan_without_a_version_in_use_takes_no_lines(client_as, loaded, project, line):
    BudgetVersion.objects.filter(plan=loaded).update(is_current=False)
    client = client_as("secretariat")
    url, data = page(client, project)
    assert data["lines-TOTAL_FORMS"] == "0"
    add_row(data, "lines", order="1", item=line.item_id, description="몰래", formula="", amount_krw="1", funding="시비")
    assert errors_of(client.post(url, data)) == {
        "lines": ["이 계획에는 지금 쓰는 예산 판이 없어 줄을 적을 수 없습니다. 예산 판을 먼저 정해 주세요."]
    }
    assert not project.lines.filter(description="몰래").exists()


def test_an_officer_adds_no_line_to_anothers_project(client_as, loaded, line):
    other = loaded.projects.get(number=4)
    client = client_as("officer")
    _, data = page(client_as("secretariat"), other)
    add_row(data, "lines", order="", item=line.item_id, description="몰래", formula="", amount_krw="1", funding="시비")
    assert client.post(admin_url(Project, "change", other.pk), data).status_code == 403
    new = {"project": other.pk, "version": line.version_id, "order": 9, "item": line.item_id, "description": "몰래",
           "amount_krw": "1", "funding": "시비"}  # fmt: skip
    assert list(errors_of(client.post(admin_url(BudgetLine, "add"), new))) == ["project"]
    assert not BudgetLine.objects.filter(description="몰래").exists()


def test_the_project_page_shows_the_sum_of_its_lines(client_as, project):
    response = client_as("officer").get(admin_url(Project, "change", project.pk))
    assert texts(response, "span", cls="rows-total") == ["합계 264,364,000원"]


# --- a line alone ---
@pytest.mark.parametrize("number", [1, 6, 11, 17])
def test_every_line_can_be_saved_as_shown(client_as, loaded, number):
    client = client_as("secretariat")
    for line in loaded.projects.get(number=number).lines.all():
        before = BudgetLine.objects.filter(pk=line.pk).values().get()
        url, data = page(client, line)
        assert client.post(url, data).status_code == 302
        assert BudgetLine.objects.filter(pk=line.pk).values().get() == before


def test_a_line_alone_is_checked_too(client_as, line):
    client = client_as("officer")
    url, data = page(client, line)
    response = client.post(url, data | {"amount_krw": "6,000,000"})
    assert errors_of(response) == {"amount_krw": [f"{DIFFERS} 금액을 고치거나 ‘금액이 다른 까닭’을 적어 주세요."]}
    data |= {"amount_krw": "6,000,000", "override_reason": "단가를 낮춤"}
    assert client.post(url, data).status_code == 302
    response = client.get(admin_url(BudgetLine, "change", line.pk))
    assert texts(response, "div", cls="formula-check") == [
        f"70,000원 × 25명 × 4회 = 7,000,000원 {DIFFERS} 까닭: 단가를 낮춤"
    ]


def test_a_line_alone_with_a_taken_number_is_refused(client_as, line):
    client = client_as("officer")
    url, data = page(client, line)
    response = client.post(url, data | {"order": "7"})
    assert errors_of(response) == {"__all__": ["이 사업에 같은 순서의 줄이 있습니다."]}


def test_a_line_keeps_its_version_and_project(client_as, line):
    _, data = page(client_as("officer"), line)
    assert not {"version", "project"} & set(data)


def test_a_line_of_another_plan_is_refused(client_as, loaded, line):
    plan = type(loaded).objects.create(year=2030, title="다른 계획")
    version = BudgetVersion.objects.create(plan=plan, key="x", title="x", basis="lines")
    data = {"project": line.project_id, "version": version.pk, "order": 9, "item": line.item_id, "description": "x",
            "amount_krw": "1", "funding": "시비"}  # fmt: skip
    assert list(errors_of(client_as("secretariat").post(admin_url(BudgetLine, "add"), data))) == ["project"]


def test_deleting_a_line_counts_the_sums_again(client_as, line, django_capture_on_commit_callbacks):
    url = admin_url(BudgetLine, "delete", line.pk)
    assert client_as("officer").post(url, {"post": "yes"}).status_code == 403  # it pays the allowances of a rate
    line.rate_lines.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert client_as("officer").post(url, {"post": "yes"}).status_code == 302
    rollup = BudgetRollup.objects.get(version=line.version, dimension=Dimension.PROJECT, key="1")
    assert rollup.total_krw == 257_364_000
    assert Project.objects.get(pk=line.project_id).edit_version == 1


# --- the list ---
def listed(client, **query):
    response = client.get(admin_url(BudgetLine), query)
    assert response.status_code == 200
    return texts(response, "th", cls="field-number"), texts(response, "td", cls="field-check_state")


def test_the_list_shows_formula_product_amount_and_state(client_as, line):
    response = client_as("officer").get(admin_url(BudgetLine), {"q": "금천구협치회의 참석수당"})
    row = [texts(response, tag, cls=f"field-{name}")[0] for tag, name in (
        ("th", "number"), ("td", "formula"), ("td", "product"), ("td", "amount"), ("td", "check_state"), ("td", "project"),
    )]  # fmt: skip
    assert row == ["1-6", "70,000원×25명×4회", "7,000,000원", "7,000,000원", "맞음", "1. 금천형 협치 제도 구축"]


def test_the_list_filters_by_state(client_as, project):
    def change(order, **fields):
        BudgetLine.objects.filter(project=project, order=order).update(**fields)

    change(6, amount_krw=1)
    change(7, amount_krw=1, override_reason="까닭")
    change(8, formula="100,0000원×5회")
    client = client_as("officer")
    assert listed(client, check="differs") == (["1-6"], ["다름"])
    assert listed(client, check="override") == (["1-7"], ["다름(까닭 있음)"])
    assert listed(client, check="invalid") == (["1-8"], ["읽을 수 없음"])
    assert listed(client, check="nonsense") == ([], [])
    assert set(listed(client, check="none")[1]) == {"산출식 없음"}


def test_an_item_in_use_is_not_deleted(client_as, line):
    url = admin_url(BudgetItem, "delete", line.item_id)
    response = client_as("secretariat").post(url, {"post": "yes"})
    assert "보호되는 것이 있어 지울 수 없습니다" in response.content.decode()
    assert BudgetItem.objects.filter(pk=line.item_id).exists()
