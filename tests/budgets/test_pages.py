"""The public pages of the budget, through HTTP."""

from urllib.parse import urlencode

import pytest

from budgets import rollups, views
from budgets.models import BudgetLine, BudgetRollup
from budgets.reconciliation import reconcile
from projects.models import Plan, PlanStatus
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


def test_overview_shows_the_stored_totals_with_their_time(client, loaded):
    response = client.get("/budget/2021/")
    assert texts(response, "div", "stat") == [
        "총사업비 956,364천원",
        "시비 900,000천원",
        "구비 56,364천원",
        "예산 줄 132개",
    ]
    assert texts(response, "p", "stamp")[0].startswith("계산한 때: 20")


def test_every_sum_of_the_overview_opens_into_lines_that_add_up_to_it(client, loaded):
    """Each rollup row links to a filtered list whose own sum, added from the lines, is the same."""
    response = client.get("/budget/2021/")
    rows = BudgetRollup.objects.filter(version__plan=loaded).exclude(dimension="plan")
    assert rows.count() > 50
    links = {link for table in elements(response, "table", "chart-table") for link in table["links"]}
    for row in rows:
        url = f"/budget/2021/lines/?{urlencode({row.dimension: row.key})}"
        assert url in links
        assert texts(client.get(url), "h2")[0] == f"찾은 줄 {row.lines}개 합계 {row.total_krw:,}원"


def test_the_contents_of_the_overview_lead_to_its_sections_in_order(client, loaded):
    response = client.get("/budget/2021/")
    (contents,) = elements(response, "nav", "toc")
    with_to = [e["attrs"]["id"] for e in elements(response, "section", "section")]
    assert [link.removeprefix("#") for link in contents["links"]] == with_to
    assert with_to == [
        "flow", "body", "project", "budget_group", "item", "funding", "nature", "group", "versions", "version-council-2020-08-05",
    ]  # fmt: skip


def test_overview_compares_the_council_list_with_the_final_plan(client, loaded):
    (section,) = elements(client.get("/budget/2021/"), "section", id="version-council-2020-08-05")
    assert "10. 구민안심 미세먼지 알리미최종 계획에서 빠진 사업 41,000 – △41,000" in section["text"]
    assert "6. 재래시장 어두운 길 밝히기최종 이름: 어두운 재래시장 길 밝히기 53,000 53,000 0" in section["text"]
    assert "합계 1,000,000 900,000 △100,000" in section["text"]
    assert "다른 사업 4개입니다. 같은 사업 14개는" in section["text"]


def test_overview_costs_the_same_for_more_projects_and_lines(client, loaded):
    few = queries(client, "/budget/2021/")
    line = BudgetLine.objects.filter(version__plan=loaded).first()
    for number in (98, 99):
        project = line.project
        project.pk, project.number, project.name, project._state.adding = None, number, f"사업 {number}", True
        project.save()
        line.pk, line.project, line._state.adding = None, project, True
        line.save()
    rollups.refresh(loaded)
    assert queries(client, "/budget/2021/") == few <= 16


def test_overview_without_rollups_says_so(client, loaded):
    BudgetRollup.objects.all().delete()
    assert texts(client.get("/budget/2021/"), "p", "notice") == ["이 계획의 예산 집계가 아직 없습니다."]


def test_overview_of_a_plan_without_money_has_no_shares(client, loaded):
    BudgetLine.objects.update(amount_krw=0, formula="")
    rollups.refresh(loaded)
    response = client.get("/budget/2021/")
    assert response.status_code == 200
    assert "None" not in response.content.decode()
    assert [t for t in texts(response, "td", "num") if t.endswith("%")] == []
    assert texts(response, "p", "notice") == ["그림으로 보여 줄 수가 아직 없습니다."] * 8


def test_lines_show_all_and_add_up(client, loaded):
    response = client.get("/budget/2021/lines/")
    assert texts(response, "h2")[0] == "모든 줄 132개 합계 956,364,000원"
    assert len(elements(response, "td", "l-formula")) == views.LINES_PER_PAGE
    assert len(elements(client.get("/budget/2021/lines/?page=3"), "td", "l-formula")) == 32


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "사업 17개 · 시비 900,000,000원 · 구비 56,364,000원"),
        ("project=1", "사업 1개 · 시비 208,000,000원 · 구비 56,364,000원"),
        ("funding=구비&item=기타직보수", "사업 1개 · 시비 0원 · 구비 56,364,000원"),
    ],
)
def test_lines_tell_what_the_filtered_ones_sum_to(client, loaded, query, told):
    assert texts(client.get(f"/budget/2021/lines/?{query}"), "p", "line-sums") == [told]


def test_the_conditions_of_the_lines_are_folded_until_one_is_in_use(client, loaded):
    (fold,) = elements(client.get("/budget/2021/lines/"), "details", "filter-fold")
    assert "open" not in fold["attrs"]
    (fold,) = elements(client.get("/budget/2021/lines/?project=1&funding=시비"), "details", "filter-fold")
    assert "open" in fold["attrs"]
    assert fold["text"].startswith("조건으로 찾기 조건 2개")
    (fold,) = elements(client.get("/budget/2021/lines/?project=x"), "details", "filter-fold")
    assert "open" in fold["attrs"]


def test_every_line_of_the_list_says_how_it_stands_beside_its_formula(client, loaded):
    line, other = BudgetLine.objects.filter(project__number=1).exclude(formula="").order_by("order")[:2]
    BudgetLine.objects.filter(pk=line.pk).update(amount_krw=1, override_reason="끝수를 버림")
    BudgetLine.objects.filter(pk=other.pk).update(amount_krw=1)
    chips = texts(client.get("/budget/2021/lines/?project=1"), "td", "l-check")
    assert len(chips) == 20
    assert set(chips) == {"산출식과 같음", "산출식 없음", "까닭을 적고 다름", "산출식과 다름"}


def test_lines_of_a_project_without_a_body_are_found_by_the_key_of_its_sum(client, loaded):
    loaded.projects.get(number=17).project_bodies.all().delete()
    rollups.refresh(loaded)
    response = client.get("/budget/2021/lines/", {"body": "추진분과 없음"})
    assert texts(response, "h2")[0] == "찾은 줄 9개 합계 63,000,000원"


def test_a_line_leads_to_its_neighbours_its_project_and_its_accounts(client, loaded):
    response = client.get("/budget/2021/1/2/")
    assert texts(response, "p", "eyebrow") == ["1. 금천형 협치 제도 구축 · 20줄 가운데 2번째"]
    (nav,) = [e for e in elements(response, "nav", "actions") if e["attrs"]["aria-label"] == "앞뒤 줄"]
    assert nav["links"] == ["/budget/2021/1/1/", "/budget/2021/1/3/"]
    (facts,) = elements(response, "dl", "facts")
    for filters in ({"budget_group": "인건비"}, {"item": "기간제근로자등 보수"}, {"project": 1}):
        url = next(link for link in facts["links"] if link.split("?")[-1].startswith(next(iter(filters))))
        expected = texts(client.get(f"/budget/2021/lines/?{urlencode(filters)}"), "h2")[0]
        assert texts(client.get(url), "h2")[0] == expected
    assert "/projects/2021/1/#budget" in facts["links"]


@pytest.mark.parametrize("name", ["project", "body", "group", "budget_group", "item", "funding", "nature"])
@pytest.mark.parametrize("value", ["없는 값", "-1", "99999999999999999999"])
def test_lines_mark_a_bad_filter(client, loaded, name, value):
    response = client.get("/budget/2021/lines/", {name: value})
    assert texts(response, "div", "field-error") == ["목록에 있는 값을 골라 주세요."]
    assert texts(response, "h2")[0] == "모든 줄 132개 합계 956,364,000원"


@pytest.mark.parametrize("page", ["abc", "0", "-1", "999999999999999999999", "%00"])
def test_lines_survive_any_page_number(client, loaded, page):
    assert client.get(f"/budget/2021/lines/?page={page}").status_code == 200


def test_lines_cost_the_same_for_one_and_three_rows(client, loaded, monkeypatch):
    counted = []
    for rows in (1, 3):
        monkeypatch.setattr(views, "LINES_PER_PAGE", rows)
        counted.append(queries(client, "/budget/2021/lines/"))
    assert counted[0] == counted[1] <= 12


def test_line_shows_its_formula_factor_by_factor(client, loaded):
    line = BudgetLine.objects.get(project__plan=loaded, project__number=1, order=1)
    response = client.get(line.get_absolute_url())
    assert texts(response, "ol", "formula") == ["2,850,000원 × 2명 × 12월 = 68,400,000원"]
    factors = texts(response, "table", "factors")[0]
    assert factors.endswith(
        "단가 2,850,000원 2,850,000 원 2,850,000 원 × 수량 2명 2 명 5,700,000 원 × 수량 12월 12 월 68,400,000 원 "
        "계산한 값 68,400,000원 적힌 금액 68,400,000원"
    )
    assert texts(response, "span", "chip-green") == ["산출식과 같음"]


def test_line_shows_a_share_as_a_number(client, loaded):
    line = BudgetLine.objects.get(project__plan=loaded, project__number=1, order=1)
    line.formula, line.amount_krw = "3,200,000원×1명×6개월×투입율15%", 2_880_000
    line.save()
    table = texts(client.get(line.get_absolute_url()), "table", "factors")[0]
    assert "투입율 투입율15% 0.15 비율 2,880,000 원" in table


def test_line_without_a_formula_says_so(client, loaded):
    line = BudgetLine.objects.filter(project__plan=loaded, formula="").first()
    assert texts(client.get(line.get_absolute_url()), "p", "notice")[0] == "이 줄은 산출식 없이 금액만 적혀 있습니다."


def test_line_names_the_wrong_factor_of_its_second_printing(client, loaded):
    line = BudgetLine.objects.get(printing__printed="100,0000원×5회=500,000원")
    notices = texts(client.get(line.get_absolute_url()), "p", "notice-error")
    assert notices == ["1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다."]


@pytest.mark.parametrize("number", range(1, 18))
def test_every_line_has_its_page(client, loaded, number):
    lines = BudgetLine.objects.filter(project__plan=loaded, project__number=number).select_related("project__plan")
    assert lines
    for line in lines:
        response = client.get(line.get_absolute_url())
        assert texts(response, "h1") == [" ".join(line.description.split())]


@pytest.mark.parametrize(
    "path",
    ["/budget/2021/1/0/", "/budget/2021/1/21/", "/budget/2021/18/1/", "/budget/2021/0/1/", "/budget/2021/1/-1/",
     "/budget/2021/1/99999999999999999999/", "/budget/2021/a/b/", "/budget/9999999999999999999/", "/budget/0/",
     "/budget/2020/", "/budget/-1/lines/", "/budget/2020/lines/", "/reconciliation/2020/", "/reconciliation/abc/"],
)  # fmt: skip
def test_unknown_numbers_are_404(client, loaded, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/budget/",
        "/budget/2021/",
        "/budget/2021/lines/",
        "/budget/2021/1/1/",
        "/reconciliation/",
        "/reconciliation/2021/",
    ],
)
def test_a_draft_is_not_shown_but_a_published_plan_is(client, loaded, path):
    assert client.get(path).status_code in (200, 302)
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    assert client.get(path).status_code == 404


def _states(response):
    return texts(response, "td", "f-state")


def test_reconciliation_counts_every_finding(client, loaded):
    findings = reconcile(loaded)
    states = [f.matches for f in findings]
    response = client.get("/reconciliation/2021/")
    shown = [e["text"] for e in elements(response, "div", "stat")]
    assert shown == [
        f"대조한 수 {len(states):,} 모두 보기",
        f"다름 {states.count(False):,} 다른 것만",
        f"같음 {states.count(True):,} 같은 것만",
        f"계산할 행 없음 {states.count(None):,} 이것만",
    ]


def test_reconciliation_shows_mismatches_first_and_hides_none(client, loaded, monkeypatch):
    findings = reconcile(loaded)
    monkeypatch.setattr(views, "FINDINGS_PER_PAGE", len(findings))
    response = client.get("/reconciliation/2021/")
    states = _states(response)
    assert len(states) == len(findings)
    order = {"다름": 0, "계산할 행 없음": 1, "같음": 2}
    assert [order[s] for s in states] == sorted(order[s] for s in states)
    wrong = sum(f.matches is False for f in findings)
    assert wrong > 0
    assert _states(client.get("/reconciliation/2021/?show=mismatch")) == ["다름"] * wrong


@pytest.mark.parametrize("kind", ["figure", "line", "printing", "weekday", "session"])
def test_reconciliation_filters_by_kind(client, loaded, kind):
    count = sum(f.kind == kind for f in reconcile(loaded))
    heading = texts(client.get(f"/reconciliation/2021/?kind={kind}"), "h2", id="findings")
    assert heading == [f"찾은 것 {count}개"]


def test_reconciliation_mismatch_names_numbers_place_and_note(client, loaded):
    response = client.get("/reconciliation/2021/?kind=printing&show=mismatch&q=100,0000")
    (row,) = elements(response, "table", "findings")
    assert "100,0000원" in row["text"]
    assert "천 단위 쉼표가 틀렸습니다" in row["text"]
    assert "2779~2780째 줄" in row["text"]
    assert row["links"][0].startswith("/budget/2021/15/")


@pytest.mark.parametrize("query", ["show=x", "kind=x", "q=" + "가" * 61, "page=abc", "page=-1", "q=%00"])
def test_reconciliation_survives_bad_filters(client, loaded, query):
    total = len(reconcile(loaded))
    response = client.get(f"/reconciliation/2021/?{query}")
    assert response.status_code == 200
    assert texts(response, "h2", id="findings") == [f"모두 {total:,}개"]
    assert len(texts(response, "div", "field-error")) == (0 if query.startswith("page") else 1)


def test_reconciliation_costs_the_same_for_one_and_three_rows(client, loaded, monkeypatch):
    counted = []
    for rows in (1, 3):
        monkeypatch.setattr(views, "FINDINGS_PER_PAGE", rows)
        counted.append(queries(client, "/reconciliation/2021/"))
    assert counted[0] == counted[1] <= 14


def test_line_text_is_escaped(client, loaded):
    line = BudgetLine.objects.get(project__plan=loaded, project__number=1, order=1)
    line.description = line.heading = line.details = "<script>alert(1)</script>"
    line.save()
    for url in ("/budget/2021/lines/", line.get_absolute_url(), "/projects/2021/1/", "/reconciliation/2021/?kind=line"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
