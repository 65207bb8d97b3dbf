"""The pictures of a budget: what they draw adds up to the stored sums, and each of their links to what it stands for."""

import re
from collections import Counter
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from budgets import display, pictures, rollups
from budgets.models import BudgetLine, BudgetRollup, Dimension, VersionBasis
from tests.html import elements, texts

pytestmark = pytest.mark.django_db


def stored(plan, dimension):
    return {row.key: row for row in rollups.current(plan, dimension)}


def flow_of(plan):
    return pictures.flow(rollups.version_of(plan))


def sums(links, side):
    counted = Counter()
    for link in links:
        counted[getattr(link, side)] += link.value
    return dict(counted)


def totals(plan, dimension):
    return {key: row.total_krw for key, row in stored(plan, dimension).items()}


# --- the flow ---------------------------------------------------------------------------------------------------------


def test_every_step_of_the_flow_adds_up_to_the_stored_sums(loaded):
    flow = flow_of(loaded)
    came, went = flow.steps
    assert (
        flow.total
        == sum(link.value for link in went)
        == stored(loaded, Dimension.PLAN)["전체"].total_krw
        == 956_364_000
    )
    assert sums(came, "source") == totals(loaded, Dimension.FUNDING)
    assert sums(came, "target") == sums(went, "source") == totals(loaded, Dimension.BODY)
    assert sums(went, "target") == totals(loaded, Dimension.BUDGET_GROUP)


def test_a_project_of_two_bodies_flows_once(loaded):
    """Project 1 belongs to two bodies: its money is under both names together and not in either alone."""
    project = loaded.projects.get(number=1)
    assert project.project_bodies.count() == 2
    bodies = [node.key for node in flow_of(loaded).columns[1].nodes]
    assert project.bodies_label in bodies
    assert len(bodies) == len(set(bodies)) == len(totals(loaded, Dimension.BODY))


def test_a_project_moved_to_no_body_stays_in_the_flow(loaded):
    loaded.projects.get(number=17).project_bodies.all().delete()
    rollups.refresh(loaded)
    came, went = flow_of(loaded).steps
    assert sums(came, "target") == sums(went, "source") == totals(loaded, Dimension.BODY)
    assert sums(came, "target")["추진분과 없음"] == 63_000_000


def test_every_link_of_the_flow_opens_into_lines_that_add_up_to_it(client, loaded):
    for link in [link for step in flow_of(loaded).steps for link in step]:
        assert texts(client.get(link.url), "h2")[0].endswith(f"합계 {link.value:,}원")


def test_a_flow_newer_than_the_stored_sums_says_so(client, loaded):
    assert texts(client.get("/budget/2021/"), "p", "notice-warning") == []
    line = BudgetLine.objects.get(project__number=4, order=1)
    BudgetLine.objects.filter(pk=line.pk).update(amount_krw=line.amount_krw + 1_000_000)
    (notice,) = texts(client.get("/budget/2021/"), "p", "notice-warning")
    assert "지금 줄을 더한 957,364천원, 집계는 956,364천원입니다." in notice


def test_a_budget_without_lines_has_no_flow(client, loaded):
    loaded.versions.get(is_current=True).lines.all().delete()
    rollups.refresh(loaded)
    response = client.get("/budget/2021/")
    assert elements(response, "section", id="flow") == []
    assert "#flow" not in elements(response, "nav", "toc")[0]["links"]


# --- the sums by one dimension ----------------------------------------------------------------------------------------


def drawn_links(response, section):
    """{address: name} of the links in a section's first drawing."""
    page = response.content.decode()
    part = page[page.index(f'<section class="section" id="{section}"') :]
    drawing = part[part.index('<svg class="chart-svg chart-narrow') : part.index('<svg class="chart-svg chart-middle')]
    return {url.replace("&amp;", "&"): name for name, url in _pairs(drawing)}


def _pairs(drawing):
    return [(name, url) for url, name in re.findall(r'<a href="([^"]+)"[^>]*><title>([^<]*)</title>', drawing)]


@pytest.mark.parametrize("dimension", ["body", "project", "budget_group", "item", "funding", "nature", "group"])
def test_each_bar_leads_to_the_lines_of_its_own_sum(client, loaded, dimension):
    links = drawn_links(client.get("/budget/2021/"), dimension)
    rows = stored(loaded, Dimension(dimension))
    found = {dict(parse_qsl(urlsplit(url).query))[dimension]: name for url, name in links.items()}
    assert found.keys() == rows.keys()
    for key, name in found.items():
        shown = [f"{int(part.replace(',', '')):,}" for part in re.findall(r"([0-9,]+)천원", name)]
        parts = {f"{amount // 1000:,}" for amount in (rows[key].city_krw, rows[key].district_krw, rows[key].total_krw)}
        assert shown and set(shown) <= parts


def test_pictures_draw_the_stored_sums_and_not_the_lines(client, loaded):
    BudgetRollup.objects.filter(dimension="item", key="포상금").update(total_krw=7_000_000)
    (section,) = elements(client.get("/budget/2021/"), "section", id="item")
    assert "포상금 7,000" in section["text"]


# --- versions and differences -----------------------------------------------------------------------------------------


def compared(plan):
    by_dimension, total = display.by_dimension(plan, BudgetRollup.objects.filter(version__plan=plan))
    return display.version_comparisons(plan, by_dimension[Dimension.PROJECT]), total


def test_versions_stand_beside_each_other_and_are_never_added(loaded):
    comparisons, total = compared(loaded)
    picture = pictures.versions(loaded, comparisons, total)
    (table,) = picture.tables()
    assert [(row.head, row.cells) for row in table.rows] == [
        ("2020. 8. 5. 목록", ["1,000,000"]), ("최종 계획의 시비", ["900,000"]), ("최종 계획", ["956,364"]),
    ]  # fmt: skip
    assert picture.caption_note == "단위: 천원"


def test_a_plan_with_one_version_has_nothing_to_compare(client, loaded):
    loaded.versions.filter(basis=VersionBasis.TOTALS).first().totals.all().delete()
    loaded.versions.filter(basis=VersionBasis.TOTALS).delete()
    assert elements(client.get("/budget/2021/"), "section", id="versions") == []


def test_differences_name_what_was_dropped_and_add_up(loaded):
    ((comparison,), _) = compared(loaded)
    picture = pictures.differences(loaded, comparison)
    assert picture.net == comparison["difference"] == -100_000_000
    assert {(row.code, row.difference, row.mark) for row in picture.changed} == {
        ("1", -6_550_000, ""), ("2", -2_450_000, ""), ("5", -50_000_000, ""), ("10", -41_000_000, "빠짐"),
    }  # fmt: skip
    notes = {row.code: row.note for row in picture.rows if row.note}
    assert (
        notes
        == {
            "1": "구비를 더한 최종 합계 264,364",
            "6": "최종 이름: 어두운 재래시장 길 밝히기",
            "7": "최종 이름: 주민이 함께하는 안전한 어린이 놀이터",
            "10": "최종 계획에서 빠진 사업",
        }
        or "4" not in notes
    )


def test_a_project_the_list_did_not_have_is_called_new(loaded):
    version = loaded.versions.get(basis=VersionBasis.TOTALS)
    version.totals.filter(number=9).delete()
    ((comparison,), _) = compared(loaded)
    (row,) = [row for row in pictures.differences(loaded, comparison).rows if row.mark == "새로"]
    assert (row.before, row.after, row.note) == (None, 51_000_000, "목록에 없던 사업")


def test_a_list_equal_to_the_final_plan_says_so(client, loaded):
    version = loaded.versions.get(basis=VersionBasis.TOTALS)
    version.totals.filter(project=None).delete()
    for row in version.totals.all():
        row.amount_krw = stored(loaded, Dimension.PROJECT)[str(row.project.number)].city_krw
        row.save()
    (section,) = elements(client.get("/budget/2021/"), "section", id="version-council-2020-08-05")
    assert "사업마다 금액이 모두 같습니다." in section["text"]


# --- a calculation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "products"),
    [
        ("70,000원×25명×4회", [70_000, 1_750_000, 7_000_000]),
        ("3,200,000원×1명×투입율15%", [3_200_000, 3_200_000, 480_000]),
        ("2명×5,000원", [None, 10_000]),
        ("100,0000원×5회", []),
    ],
)
def test_factors_multiply_one_after_the_other(formula, products):
    found = [factor["product"] for factor in display.factors(display.formulas.check(formula, None))]
    assert found == [None if p is None else Decimal(p) for p in products]
