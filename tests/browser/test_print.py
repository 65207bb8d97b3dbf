"""The prints as Chromium prints them: A4, nothing cut, every row there, the head of a table on every page, button and keys."""

import re
import shutil
import subprocess

import pytest

from budgets.models import BudgetLine
from geumcheon.lib.money import won
from projects.models import Indicator, Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is missing: apt-get install poppler-utils"),
]
A4 = (595, 842)  # points
SIDE = 15 / 25.4 * 72  # the margin of 15 mm in points


def _squeeze(text):
    return "".join(text.split())


class Print:
    """A printed page: its sheets as text in reading order, and where the words stand."""

    def __init__(self, page, path, folder):
        assert page.open(path) == 200
        file = folder / "print.pdf"
        page.tab.pdf(path=file, prefer_css_page_size=True)
        raw = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True, text=True).stdout
        boxes = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True, text=True).stdout
        self.sheets = [_squeeze(sheet) for sheet in raw.split("\f") if sheet.strip()]
        self.text = "".join(self.sheets)
        self.sizes = {
            (round(float(w)), round(float(h)))
            for w, h in re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', boxes)
        }
        words = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"', boxes)
        self.left, self.right = min(float(x) for x, _ in words), max(float(x) for _, x in words)

    def missing(self, texts):
        return [text for text in texts if _squeeze(text) not in self.text]


def _fits(print_):
    assert print_.sizes == {A4}
    assert SIDE - 1 <= print_.left
    assert print_.right <= A4[0] - SIDE + 1


@pytest.fixture
def lines(loaded):
    """Each line as its row reads: what it is for, its formula, its amount. Read before the browser starts."""
    return [
        (line.heading, line.description, line.details, line.formula or "산출식 없음", won(line.amount_krw))
        for line in BudgetLine.objects.order_by("project__number", "order")
    ]


@pytest.fixture
def rows_of_8(loaded):
    stages, indicators = Stage.objects.filter(project__number=8), Indicator.objects.filter(project__number=8)
    texts = [text for stage in stages for text in (stage.title, *stage.tasks.splitlines())]
    return texts + [text for row in indicators for text in (row.objective, row.name, row.target_text, row.method)]


def test_the_budget_prints_whole_on_a4(lines, tab, tmp_path):
    printed = Print(tab(1280), "/budget/2021/print/", tmp_path)
    _fits(printed)
    assert len(lines) == 132
    assert printed.missing(text for line in lines for text in line) == []
    assert "956,364천원" in printed.sheets[0]
    assert "모든사업합계(132개줄)956,364,000원(956,364천원)" in printed.sheets[-1]
    pages = len(printed.sheets)
    assert [f"{n}/{pages}" in sheet for n, sheet in enumerate(printed.sheets, 1)] == [True] * pages


def test_a_table_that_goes_on_begins_with_its_head(lines, tab, tmp_path):
    printed = Print(tab(1280), "/budget/2021/print/", tmp_path)
    begin = next(n for n, sheet in enumerate(printed.sheets) if "1.금천형협치제도구축금천구" in sheet)
    after = [re.sub(r"^\d+/\d+", "", sheet) for sheet in printed.sheets[begin + 1 :]]
    assert len(after) >= 5
    # A sheet begins with a table's head, or with the heading of the next project right before it.
    assert [sheet[:40] for sheet in after if "내역산출식확인재원금액" not in sheet[:80]] == []
    assert sum(sheet.startswith("내역산출식확인재원금액") for sheet in after) >= 3


def test_a_project_prints_whole_on_a4(rows_of_8, lines, tab, tmp_path):
    printed = Print(tab(1280), "/projects/2021/8/print/", tmp_path)
    _fits(printed)
    assert printed.missing(rows_of_8) == []
    assert "합계(8개줄)117,000,000원" in printed.text
    assert "돌아가기" not in printed.text


@pytest.mark.parametrize("path", ["/budget/2021/print/", "/projects/2021/1/print/"])
def test_the_pages_themselves_are_accessible_on_a_phone_and_fit(loaded, tab, path):
    for width in (320, 1280):
        page = tab(width)
        page.open(path)
        assert (page.overflow(), page.complaints, page.violations()) == (0, [], []), width


def test_the_button_prints_and_without_script_the_page_names_the_keys(loaded, tab):
    page = tab(390)
    page.tab.add_init_script("window.print = () => { document.title = 'printed' }")
    page.open("/projects/2021/8/print/")
    assert not page.tab.is_visible("text=Ctrl+P")
    page.tab.click("text=인쇄하기")
    assert page.tab.title() == "printed"
    plain = tab(390, java_script_enabled=False)
    plain.open("/projects/2021/8/print/")
    assert plain.tab.is_visible("text=Ctrl+P")
    assert not plain.tab.is_visible("text=인쇄하기")


def test_filters_fold_on_a_phone_and_stand_open_on_a_wide_screen(loaded, tab):
    phone, wide = tab(390, java_script_enabled=False), tab(1280)
    phone.open("/projects/2021/")
    assert not phone.tab.is_visible("select[name=amount]")
    phone.tab.click(".filter-fold summary")
    phone.tab.select_option("select[name=amount]", "over-100m")
    phone.tab.click("form.filters button")
    assert phone.tab.is_visible("select[name=amount]")
    assert phone.tab.locator(".project-card").count() == 2
    wide.open("/projects/2021/")
    assert wide.tab.is_visible("select[name=amount]")
    assert not wide.tab.is_visible(".filter-fold summary")
    for page in (wide, tab(320)):
        page.open("/projects/2021/?amount=10m-50m&sort=name")
        assert (page.overflow(), page.violations()) == (0, [])
