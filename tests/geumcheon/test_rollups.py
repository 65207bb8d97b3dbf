"""Rollups: stored, checked, idempotent, started on commit."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

import budgets.integrity
import budgets.rollups
import projects.rollups
from budgets.models import BudgetLine, BudgetRollup, Dimension
from projects.models import Indicator, IndicatorResult, IndicatorRollup, IndicatorSource


def check():
    out = StringIO()
    call_command("check_rollups", stdout=out)
    return out.getvalue()


def test_check_is_silent_on_the_loaded_plan(loaded):
    assert check() == "모든 집계가 행과 같습니다.\n"


def test_one_raw_sql_change_is_found_and_named(loaded):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE budgets_budgetline SET amount_krw = amount_krw + 1000 WHERE description = %s", ["성과자료집 제작"]
        )
        assert cursor.rowcount == 1
    out = StringIO()
    with pytest.raises(CommandError, match="곳이 행과 다릅니다"):
        call_command("check_rollups", stdout=out)
    assert "2021 예산 · 사업 4 합계: 저장 35,000,000원, 계산 35,001,000원, 차이 1,000원." in out.getvalue()
    assert (
        "2021 예산 줄 · 사업 4 1번째 ‘성과자료집 제작’ 금액: 기록 1,000,000, 지금 1,001,000. 포털을 거치지 않고 바뀌었습니다."
        in out.getvalue()
    )
    assert "2021 예산 · 통계목 사무관리비 시비: 저장 195,780,000원, 계산 195,781,000원, 차이 1,000원." in out.getvalue()
    call_command("refresh_rollups", stdout=StringIO())
    # The sums follow the row again; that the row was changed behind the portal's back stays visible.
    assert len(budgets.rollups.check(loaded)) == 1


def test_lines_inserted_and_deleted_by_raw_sql_are_named(loaded):
    table = BudgetLine._meta.db_table
    columns = [f.column for f in BudgetLine._meta.concrete_fields if not f.primary_key]
    copied = ", ".join("200" if c == "order" else f'"{c}"' for c in columns)
    quoted = ", ".join(f'"{c}"' for c in columns)
    pk = BudgetLine.objects.get(project__number=4, order=1).pk
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {copied} FROM {table} WHERE id = %s", [pk])
        cursor.execute("DELETE FROM budgets_lineprinting WHERE line_id = %s", [pk])
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])
    assert budgets.integrity.unrecorded(loaded) == [
        "2021 예산 줄 · 사업 4 1번째 ‘성과자료집 제작’: 포털을 거치지 않고 지워졌습니다.",
        "2021 예산 줄 · 사업 4 200번째 ‘성과자료집 제작’: 포털을 거치지 않고 들어왔습니다.",
    ]


def test_a_line_changed_in_the_portal_is_recorded(loaded):
    line = BudgetLine.objects.get(project__number=4, order=1)
    line.amount_krw += 1000
    line.save()
    BudgetLine.objects.get(project__number=4, order=2).delete()
    assert budgets.integrity.unrecorded(loaded) == []


def test_a_missing_and_a_leftover_row_are_drift(loaded):
    BudgetRollup.objects.filter(dimension=Dimension.FUNDING, key="구비").delete()
    row = BudgetRollup.objects.get(dimension=Dimension.PLAN)
    row.pk, row.dimension, row.key = None, Dimension.ITEM, "없는 통계목"
    row.save()
    assert budgets.rollups.check(loaded) == [
        "2021 예산 · 재원 구비: 저장된 집계가 없습니다.",
        "2021 예산 · 통계목 없는 통계목: 행이 없는 집계가 남아 있습니다.",
    ]


def test_an_indicator_removed_by_raw_sql_is_drift(loaded):
    indicator = Indicator.objects.filter(project__number=4, phase="과정평가").first()
    IndicatorSource.objects.filter(indicator=indicator).delete()
    IndicatorResult.objects.filter(indicator=indicator).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM projects_indicator WHERE id = %s", [indicator.pk])
    assert "2021 지표 · 전체 지표: 저장 97, 계산 96." in projects.rollups.check(loaded)


@pytest.mark.parametrize("dimension", [d for d in Dimension if d != Dimension.PLAN])
def test_every_dimension_adds_up_to_the_whole(loaded, dimension):
    rows = budgets.rollups.current(loaded, dimension)
    assert sum(row.total_krw for row in rows) == 956_364_000
    assert sum(row.lines for row in rows) == 132


def test_rollups_agree_with_the_plan(loaded):
    by_body = {row.key: row.total_krw for row in budgets.rollups.current(loaded, Dimension.BODY)}
    assert by_body == {
        "금천구협치추진단 및 주민자치·기획분과": 347_364_000,
        "교육·문화분과": 106_000_000,
        "도시환경·안전분과": 274_000_000,
        "복지·건강분과": 85_000_000,
        "주민자치·기획분과": 81_000_000,
        "청년·경제일자리분과": 63_000_000,
    }
    whole = IndicatorRollup.objects.get(plan=loaded, project=None)
    assert (whole.indicators, whole.process + whole.outcome, whole.yes_no) == (97, 97, 2)


def test_refresh_twice_keeps_the_rows(loaded):
    before = set(BudgetRollup.objects.values_list("pk", "total_krw"))
    budgets.rollups.refresh(loaded)
    projects.rollups.refresh(loaded)
    assert set(BudgetRollup.objects.values_list("pk", "total_krw")) == before


def test_the_number_of_queries_does_not_grow_with_the_lines(loaded):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            budgets.rollups.refresh(loaded)
        return len(queries)

    few = count()
    line = BudgetLine.objects.first()
    for order in range(100, 110):
        line.pk, line.order = None, order
        line.save()
    assert count() == few


def test_a_project_without_lines_is_shown_with_zero(loaded):
    BudgetLine.objects.filter(project__number=12).delete()
    budgets.rollups.refresh(loaded)
    row = BudgetRollup.objects.get(dimension=Dimension.PROJECT, key="12")
    assert (row.total_krw, row.lines) == (0, 0)
