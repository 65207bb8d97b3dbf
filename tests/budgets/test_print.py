"""The A4 print of the budget, as a page and as a PDF, through HTTP."""

import re
import shutil
import subprocess
from html import unescape

import pytest

from budgets.models import BudgetLine, BudgetRollup, BudgetVersion
from geumcheon.lib import pdf
from geumcheon.lib.money import won
from projects.models import Plan, PlanStatus
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db
URL = "/budget/2021/print/"


def test_print_begins_with_the_total_of_the_plan(client, loaded):
    rows = texts(client.get(URL), "tr")
    assert rows[:3] == [
        "합계 956,364천원 (956,364,000원)",
        "재원 시비 900,000천원 · 구비 56,364천원",
        "사업과 줄 17개 사업 · 132개 줄",
    ]
    assert rows[-1] == "모든 사업 합계 (132개 줄) 956,364,000원 (956,364천원)"


def test_print_has_every_dimension_with_the_same_total(client, loaded):
    response = client.get(URL)
    assert texts(response, "h2")[1:6] == ["추진분과별", "통계목별", "재원별", "성격별", "사업별"]
    totals = [row for row in texts(response, "tr", "total") if row.startswith("합계")]
    assert totals == ["합계 132 900,000 56,364 956,364 100%"] * 5
    shown = texts(response, "table", "t-sums")
    for row in BudgetRollup.objects.filter(dimension__in=("body", "item", "funding", "nature")):
        assert any(row.key in table for table in shown), row
    assert all(str(project) in shown[-1] for project in loaded.projects.all())


def test_print_has_every_line_with_its_formula_and_the_subtotal_of_each_project(client, loaded):
    response = client.get(URL)
    tables = texts(response, "table", "t-lines")
    assert len(tables) == 17
    for project, table in zip(loaded.projects.order_by("number"), tables, strict=True):
        lines = list(project.lines.all())
        for line in lines:
            said = (line.heading, line.description, line.details, line.formula, won(line.amount_krw))
            assert all(" ".join(text.split()) in unescape(table) for text in said), line
        assert table.endswith(f"소계 ({len(lines)}개 줄) {won(sum(line.amount_krw for line in lines))}")


def test_print_checks_the_formulas(client, loaded):
    line = BudgetLine.objects.filter(project__number=8, formula__gt="").first()
    BudgetLine.objects.filter(pk=line.pk).update(amount_krw=line.amount_krw + 1, override_reason="예산 조정")
    (row,) = [row for row in texts(client.get(URL), "tr") if "예산 조정" in row]
    assert "다른 까닭: 예산 조정" in row
    assert " 다름 " in row


def test_print_says_when_lines_have_changed_after_the_sums(client, loaded):
    assert "집계와 다릅니다" not in client.get(URL).content.decode()
    line = BudgetLine.objects.filter(project__number=8).first()
    BudgetLine.objects.filter(pk=line.pk).update(amount_krw=line.amount_krw + 1)
    assert "줄의 합 956,364,001원이 집계와 다릅니다." in client.get(URL).content.decode()


def test_print_without_sums_or_without_a_version_says_so(client, loaded):
    BudgetRollup.objects.all().delete()
    assert "집계가 아직 없습니다." in client.get(URL).content.decode()
    BudgetVersion.objects.update(is_current=False)
    response = client.get(URL)
    assert "아직 예산 판이 없습니다" in response.content.decode()
    assert texts(response, "table") == []


def test_print_costs_the_same_for_one_and_seventeen_projects(client, loaded):
    everything = queries(client, URL)
    BudgetLine.objects.exclude(project__number=8).delete()
    assert queries(client, URL) == everything <= 8


@pytest.mark.parametrize("path", [URL, "/budget/2021/print.pdf"])
def test_print_of_a_draft_or_an_unknown_year_is_404(client, loaded, path):
    assert client.get(path.replace("2021", "2020")).status_code == 404
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    assert client.get(path).status_code == 404


def test_without_weasyprint_the_pdf_is_404_with_a_way_to_the_page(client, loaded, monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: False)
    response = client.get("/budget/2021/print.pdf")
    assert response.status_code == 404
    assert URL in elements(response, "main")[0]["links"]


@pytest.mark.skipif(not pdf.available(), reason="WeasyPrint, Pango or a Korean font is missing")
def test_pdf_is_a_pdf(client, loaded):
    response = client.get("/budget/2021/print.pdf")
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.skipif(not pdf.available(), reason="WeasyPrint, Pango or a Korean font is missing")
@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler-utils is missing")
def test_pdf_can_be_read_aloud(tmp_path):
    """Tagged: headings, tables and cells are told to screen readers."""
    file = tmp_path / "print.pdf"
    file.write_bytes(pdf.render("<html lang=ko><title>시험</title><h1>시험</h1><table><tr><th>가<td>나</table>"))
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Tagged:\s+yes$", told, re.MULTILINE)
