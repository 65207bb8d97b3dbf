"""The city's budget sheet: layout, live totals, LibreOffice's own recalculation."""

import re
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.utils import timezone

import budgets.rollups
from budgets import exporters
from budgets.models import BudgetGroup, BudgetItem, BudgetLine, BudgetVersion, Dimension
from councils.models import Body
from projects.models import Plan, PlanStatus, Project, ProjectBody, ProjectGroup
from tests.budgets.office import Office, need

AGENDA, ITEMS, FINANCING, NATURE, COVER = "의제별 예산계획", "통계목 집계", "재원별", "성격별", "표지"


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    need("soffice", "libreoffice-calc")
    return Office(tmp_path_factory.mktemp("office"))


def write(plan, path):
    exporters.write_budget_sheet(plan, path)
    return path


def opened(path, values=True):
    return openpyxl.load_workbook(path, data_only=values)


def rows(book, name):
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def labelled(book, name, column=0):
    """{text of a column: the first row with it} of a sheet."""
    return {row[column]: row for row in reversed(rows(book, name)) if row[column] is not None}


def project_totals(book):
    """[(project, city, district, all)] of the 계 rows of the 의제별 예산계획."""
    return [(row[0], row[6] or 0, row[7] or 0, row[8]) for row in rows(book, AGENDA) if row[1] == "계"]


def formulas(path):
    """{(sheet, cell): formula}."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in opened(path, values=False)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def compare(path, recalculated):
    """Assert that every formula cell carries the value LibreOffice computes, and that nothing is an error."""
    carried, computed = opened(path), opened(recalculated)
    live = formulas(path)
    for sheet, cell in live:
        was, now = carried[sheet][cell].value, computed[sheet][cell].value
        assert was is not None, (sheet, cell)
        assert was == now if isinstance(was, str) else was == pytest.approx(now, abs=1e-9), (
            sheet,
            cell,
            live[sheet, cell],
        )
    for sheet in computed:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "e" and not str(cell.value).startswith(("#", "Err:")), (
                    sheet.title,
                    cell.coordinate,
                )
    return computed


def small_plan(*, projects=1, lines=(), year=2031, name="시험 사업", item_names=("사무관리비",)):
    """A published plan with its own accounts; `lines` are dicts of BudgetLine fields given to every project."""
    plan = Plan.objects.create(year=year, title=f"{year}. 시험 계획", status=PlanStatus.PUBLISHED)
    group = ProjectGroup.objects.create(plan=plan, name="부문별 협치 사업", order=1)
    account = BudgetGroup.objects.create(fiscal_year=year, name="일반운영비", order=1)
    items = [
        BudgetItem.objects.create(
            group=account, fiscal_year=year, name=item, summary_name=item, nature="경상", order=order
        )
        for order, item in enumerate(item_names, 1)
    ]
    version = BudgetVersion.objects.create(plan=plan, key="final", title="최종", basis="lines", is_current=True)
    for number in range(1, projects + 1):
        project = Project.objects.create(plan=plan, number=number, name=name, group=group)
        for order, fields in enumerate(lines, 1):
            fields = {"item": items[0], "description": f"내역 {order}", "amount_krw": 1_000_000} | fields
            if isinstance(fields["item"], int):
                fields["item"] = items[fields["item"]]
            BudgetLine.objects.create(version=version, project=project, order=order, **fields)
    budgets.rollups.refresh(plan)
    return plan


# --- the plan's own figures ---------------------------------------------------------------------------------------
def test_the_file_carries_the_values_of_the_rollups(loaded, tmp_path):
    book = opened(write(loaded, tmp_path / "a.xlsx"))
    cover = labelled(book, COVER)
    assert cover["총계"][1:4] == cover["포털 집계"][1:4] == [900_000, 56_364, 956_364]
    assert cover["차이"][1:4] == [0, 0, 0]
    assert cover["성격별"][1:4] == [900_000, None, None]
    assert cover["담당 부서"][1] == "금천구 마을자치과"
    assert (
        cover["계획 연도"][1] == "2021년"
        and cover["예산 판"][1] == "의제별 예산계획"
        and cover["기준일"][1] == "2020. 9. 23."
    )
    items = {row[1]: tuple(row[4:7]) for row in rows(book, ITEMS) if row[1] and row[4] not in (None, "시 보조금")}
    assert items == {
        row.key: (row.city_krw / 1000, row.district_krw / 1000, row.total_krw / 1000)
        for row in budgets.rollups.current(loaded, Dimension.ITEM)
    }
    names = {str(project.number): project.name for project in loaded.projects.all()}
    assert project_totals(book) == [
        (names[row.key], row.city_krw / 1000, row.district_krw / 1000, row.total_krw / 1000)
        for row in budgets.rollups.current(loaded, Dimension.PROJECT)
    ]
    groups = {row[0]: row[8] for row in rows(book, AGENDA) if str(row[0]).endswith("소계")}
    assert groups == {"협치 제도기반 구축 및 강화 소계": 347_364, "부문별 협치 사업 소계": 609_000}


def test_financing_and_nature_follow_the_printed_order(loaded, tmp_path):
    book = opened(write(loaded, tmp_path / "a.xlsx"))
    table = [row for row in rows(book, FINANCING)[4:] if row[0]]
    assert [row[0] for row in table] == [
        "인건비", "사무관리비", "행사운영비", "시책업무추진비", "연구용역비", "전산개발비", "행사실비지원금", "기타보상금", "포상금",
        "민간경상사업보조", "민간위탁금", "사회복지사업보조", "교육기관에대한보조", "시설비", "자산취득비", "총사업비",
    ]  # fmt: skip
    assert table[0] == ["인건비", 85_400, 0.089, 56_364, 0.059, 141_764, 0.148]
    assert table[-1] == ["총사업비", 900_000, 0.941, 56_364, 0.059, 956_364, 1]
    assert rows(book, NATURE)[2:5] == [
        ["구분", "시 보조금", "경상보조", "자본보조"],
        ["금액", 900_000, 665_000, 235_000],
        ["비율", 1, 0.739, 0.261],
    ]


def test_libreoffice_computes_what_the_file_carries(loaded, tmp_path, office):
    path = write(loaded, tmp_path / "a.xlsx")
    assert len(formulas(path)) > 500
    book = compare(path, office.convert(path, "xlsx", "out"))
    assert labelled(book, COVER)["총계"][1:4] == [900_000, 56_364, 956_364]
    items = {row[1]: row[6] for row in rows(book, ITEMS)}
    for row in budgets.rollups.current(loaded, Dimension.ITEM):
        assert items[row.key] == row.total_krw / 1000
    by_project = [row.total_krw / 1000 for row in budgets.rollups.current(loaded, Dimension.PROJECT)]
    assert [row[3] for row in project_totals(book)] == by_project


def test_a_changed_factor_moves_every_total(loaded, tmp_path, office):
    path = write(loaded, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)  # saved again it carries no values: LibreOffice has to compute
    sheet = book["산출내역 1"]
    row = next(r for r in sheet.iter_rows(min_row=4) if r[4].value == "금천구협치회의 참석수당")
    assert [cell.value for cell in row[6:9]] == [70_000, 25, 4]
    row[7].value = 30
    book.save(path)
    book = opened(office.convert(path, "xlsx", "out"))
    cover = labelled(book, COVER)
    assert cover["총계"][1:4] == cover["통계목 집계"][1:4] == cover["재원별"][1:4] == [901_400, 56_364, 957_764]
    assert (cover["성격별"][1], cover["차이"][3]) == (901_400, 1_400)
    assert project_totals(book)[0] == ("금천형 협치 제도 구축", 209_400, 56_364, 265_764)
    assert labelled(book, ITEMS, 1)["사무관리비"][6] == 197_180


def test_money_stands_once_per_account_of_a_project(loaded, tmp_path):
    """What SUBTOTAL adds up: the rows that name a 통계목, and nothing else but totals."""
    book = opened(write(loaded, tmp_path / "a.xlsx"))
    table = rows(book, AGENDA)[4:]
    named = [row for row in table if row[2] is not None]
    assert sum(row[8] for row in named) == 956_364
    totals = [row for row in table if row[8] is not None and row[2] is None]
    assert len(totals) == 1 + 2 + 17
    assert sum(row[5] for row in table if row[5] is not None) == 956_364_000


# --- rows of other kinds ------------------------------------------------------------------------------------------
def test_text_that_starts_like_a_formula_stays_text(loaded, tmp_path, office):
    evil = '=HYPERLINK("http://evil.example","총계")'
    Project.objects.filter(plan=loaded, number=4).update(name=evil)
    lines = BudgetLine.objects.filter(project__plan=loaded, project__number=4)
    lines.filter(order=1).update(description="=1+1", heading="@SUM(A1)", details="=2+2; +3")
    lines.filter(order=2).update(description="-1+1|cmd", formula="")
    lines.filter(order=3).update(description="- 철거공사")
    BudgetItem.objects.filter(fiscal_year=2021, name="연구용역비").update(
        name="=연구용역비", summary_name="=연구용역비"
    )
    Plan.objects.filter(pk=loaded.pk).update(title="=2021 & 계획")
    path = write(Plan.objects.get(pk=loaded.pk), tmp_path / "a.xlsx")
    for formula in formulas(path).values():
        assert re.match(
            r"=(SUM|SUMIFS|SUBTOTAL|ROUND|IF|'산출내역 \d+'!|'의제별|'통계목|'재원별'|'성격별'|[A-Z]+\d+)", formula
        ), formula
        assert "HYPERLINK" not in formula
    book = compare(path, office.convert(path, "xlsx", "out"))
    assert project_totals(book)[3] == (f"'{evil}", 35_000, 0, 35_000)
    texts = [row[3] for row in rows(book, AGENDA)]
    assert {"'@SUM(A1)", "'=1+1\n· =2+2\n· +3", "'-1+1|cmd", "- 철거공사"} <= set(texts)
    assert labelled(book, ITEMS, 1)["'=연구용역비"][6] == 33_000
    assert labelled(book, FINANCING)["'=연구용역비"][5] == 33_000
    assert labelled(book, COVER)["총계"][1:4] == [900_000, 56_364, 956_364]


def test_accounts_whose_names_hold_wildcards_are_not_mixed(db, tmp_path, office):
    names = ("관리비", "*관리비", "관리?", "<관리비")
    plan = small_plan(item_names=names, lines=[{"item": i, "amount_krw": 1_000_000 * 10**i} for i in range(4)])
    path = write(plan, tmp_path / "a.xlsx")
    book = compare(path, office.convert(path, "xlsx", "out"))
    assert [row[6] for row in rows(book, ITEMS)[3:7]] == [1_000, 10_000, 100_000, 1_000_000]


def test_one_project_without_lines_and_a_plan_without_projects(db, tmp_path, office):
    empty = small_plan(projects=0)
    lone = small_plan(projects=1, year=2032)
    for plan in (empty, lone):
        path = write(plan, tmp_path / f"{plan.year}.xlsx")
        book = compare(path, office.convert(path, "xlsx", "out"))
        assert labelled(book, COVER)["총계"][1:4] == [0, 0, 0]
        assert rows(book, NATURE)[4] == ["비율", "–", "–", "–"]
    assert project_totals(book) == [("시험 사업", 0, 0, 0)]
    assert "산출내역이 없습니다." in labelled(book, "산출내역 1")


def test_won_below_a_thousand_are_kept_and_shown(db, tmp_path, office):
    lines = [{"amount_krw": 1_234_567}, {"amount_krw": 433, "funding": "구비"}, {"amount_krw": 1_000, "item": 1}]
    plan = small_plan(lines=lines, item_names=("사무관리비", "시설비"))
    path = write(plan, tmp_path / "a.xlsx")
    book = compare(path, office.convert(path, "xlsx", "out"))
    assert labelled(book, COVER)["총계"][1:4] == [1_235.567, 0.433, 1_236]
    cell = labelled(opened(path), ITEMS, 1)["사무관리비"]
    assert cell[4:7] == [1_234.567, 0.433, 1_235]
    formats = {c.value: c.number_format for c in opened(path)[ITEMS][4]}
    assert formats[1_234.567].strip("_ ") == "#,##0.000" and formats[1_235].startswith("#,##0_")


def test_an_amount_that_differs_from_its_calculation_shows_why(db, tmp_path, office):
    lines = [
        {"formula": "70,000원×25명×4회", "amount_krw": 7_000_000},
        {"formula": "1,000원×3명", "amount_krw": 5_000, "override_reason": "식비 포함"},
        {"formula": "3,200,000원×1.5명×투입율12.5%", "amount_krw": 600_000},
        {"formula": "읽을 수 없음", "amount_krw": 1_000},
        {"formula": "3만원×2회", "amount_krw": 60_000, "details": "하나; 둘"},
    ]
    path = write(small_plan(lines=lines), tmp_path / "a.xlsx")
    book = compare(path, office.convert(path, "xlsx", "out"))
    table = rows(book, "산출내역 1")[3:]
    assert [row[9:13] for row in table[:5]] == [
        [7_000_000, 7_000_000, 0, None],
        [3_000, 5_000, 2_000, "식비 포함"],
        [600_000, 600_000, 0, None],
        [None, 1_000, None, "산출식을 읽을 수 없습니다."],
        [60_000, 60_000, 0, None],
    ]
    assert table[2][6:9] == [3_200_000, 1.5, 0.125]
    assert table[7][10:12] == [7_666_000, 2_000]
    formats = [cell.number_format for cell in opened(path)["산출내역 1"][6][6:9]]
    assert formats == ['#,##0"원"_ ', '#,##0.0"명"_ ', '"투입율"0.0%_ ']


def test_ten_times_the_lines_still_add_up(loaded, tmp_path, office):
    copies = list(BudgetLine.objects.filter(version__plan=loaded, version__is_current=True))
    for _ in range(9):
        for line in copies:
            line.pk, line.order = None, line.order + 100
        BudgetLine.objects.bulk_create(copies)
    budgets.rollups.refresh(loaded)
    steps = []
    path = tmp_path / "a.xlsx"
    exporters.write_budget_sheet(loaded, path, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(step, 20) for step in range(1, 21)]
    book = opened(office.convert(path, "xlsx", "out"))
    assert labelled(book, COVER)["총계"][1:4] == [9_000_000, 563_640, 9_563_640]
    assert project_totals(book)[0][3] == 2_643_640
    named = [row for row in rows(book, AGENDA)[4:] if row[2] is not None]
    continued = [row for row in named if row[2].endswith("(계속)")]
    assert continued and all(row[6:9] == [None, None, None] for row in continued)
    assert sum(row[8] or 0 for row in named) == 9_563_640


# --- paper --------------------------------------------------------------------------------------------------------
def test_every_sheet_is_set_up_for_paper_and_screen(loaded, tmp_path):
    book = opened(write(loaded, tmp_path / "a.xlsx"), values=False)
    assert book.sheetnames == [COVER, NATURE, FINANCING, AGENDA, ITEMS, *(f"산출내역 {n}" for n in range(1, 18))]
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth or 1) == (True, 1)
        assert "&P / &N" in sheet.oddFooter.center.text
        if sheet.title != COVER:
            assert sheet.print_title_rows and sheet.freeze_panes
            assert sheet.page_setup.fitToHeight == 0
    assert (book[AGENDA].freeze_panes, book[AGENDA].print_title_rows) == ("A5", "$3:$4")
    assert "A7:A28" in {
        str(merged) for merged in book[AGENDA].merged_cells.ranges
    }  # project 1: 계, a heading and 20 lines


def test_printed_pages_show_all_text(loaded, tmp_path, office):
    need("pdftotext", "poppler-utils")
    pdf = office.convert(write(loaded, tmp_path / "a.xlsx"), "pdf", "out")
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    assert "###" not in text and "Err:" not in text
    pages = text.split("\f")[:-1]
    feet = [
        page.split()[-1] if not re.search(r"산출내역 \d+\s*$", page) else page.rstrip()[-8:].split()[-1]
        for page in pages
    ]
    assert feet[:3] == [COVER, NATURE, FINANCING]
    assert [foot for foot in feet if foot.isdigit()] == [str(n) for n in range(1, 18)]  # one page per project
    squeezed = re.sub(r"\s", "", text)
    for line in BudgetLine.objects.filter(version__plan=loaded, version__is_current=True, formula__gt=""):
        assert f"{line.amount_krw:,}" in squeezed and re.sub(r"\s", "", line.formula)[:16] in squeezed


# --- data ---------------------------------------------------------------------------------------------------------
def test_the_number_of_queries_does_not_grow(loaded, django_assert_num_queries):
    small = small_plan(lines=[{}])
    ProjectBody.objects.create(project=small.projects.get(), body=Body.objects.first())
    for plan in (small, loaded):
        with django_assert_num_queries(8):
            exporters.collect(plan)


def test_the_same_rows_give_the_same_file(loaded):
    first, second = BytesIO(), BytesIO()
    exporters.write_budget_sheet(loaded, first)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        exporters.write_budget_sheet(loaded, second)
    parts = [
        {name: archive.read(name) for name in archive.namelist()}
        for archive in (zipfile.ZipFile(first), zipfile.ZipFile(second))
    ]
    assert parts[0] == parts[1]
