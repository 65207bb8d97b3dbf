"""Stated against computed: what is found, what is not, and that it is computed."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetLine, LinePrinting, StatedFigure
from budgets.reconciliation import reconcile
from councils.models import Meeting


def wrong(plan, kind):
    return [f for f in reconcile(plan) if f.kind == kind and f.matches is False]


def test_the_wrong_percentages_are_found(loaded):
    found = {
        (f.where.split()[0], f.label, str(f.stated), str(f.computed)) for f in wrong(loaded, "figure") if f.unit == "%"
    }
    values = sorted((stated, computed) for _, _, stated, computed in found)
    assert values == sorted(
        [("73", "74"), ("27", "26"), ("12", "13"), ("13", "14")]
        + [("0.8", "0.9")] * 2
        + [("24.1", "24.0")] * 2
        + [("2.8", "2.7")] * 2
    )


def test_attendance_that_differs_is_found(loaded):
    found = sorted((int(f.stated), int(f.computed)) for f in wrong(loaded, "figure") if f.unit == "명")
    assert found == [(8, 15), (19, 25), (20, 24), (160, 121)]


def test_no_other_figure_is_called_wrong(loaded):
    assert {f.unit for f in wrong(loaded, "figure")} == {"%", "명"}


def test_the_wrong_second_printings_are_found_and_the_factor_named(loaded):
    found = {(f.key, f.stated, f.computed) for f in wrong(loaded, "printing")}
    assert found == {
        ("printing-1-13", Decimal(20_000_000), Decimal(15_000_000)),
        ("printing-1-14", Decimal(20_000_000), Decimal(15_000_000)),
        ("printing-15-4", Decimal(500_000), None),
    }
    notes = {f.key: f.note for f in wrong(loaded, "printing")}
    assert "1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다." in notes["printing-15-4"]


def test_every_formula_of_the_final_version_gives_its_amount(loaded):
    lines = [f for f in reconcile(loaded) if f.kind == "line"]
    assert len(lines) == 71
    assert all(f.matches for f in lines)


def test_the_wrong_weekdays_and_the_wrong_session_are_found(loaded):
    assert {(f.key, f.stated, f.computed) for f in wrong(loaded, "weekday")} == {
        ("weekday-2019-16", "목", "월"),
        ("weekday-2019-21", "목", "화"),
        ("weekday-2019-22", "월", "수"),
        ("weekday-2019-31", "화", "월"),
        ("weekday-2020-4", "수", "월"),
    }
    assert [(f.key, f.stated, f.computed) for f in wrong(loaded, "session")] == [
        ("session-2019-18", "2018-1차", "2019-1차")
    ]


def test_findings_follow_the_rows(loaded):
    Meeting.objects.filter(year=2020, no=26).update(attendees=20)
    LinePrinting.objects.filter(line__project__number=15, line__order=4).update(formula="100,000원×5회")
    StatedFigure.objects.filter(stated=Decimal("73")).update(stated=74)
    # The corrected session agrees now, and the two printed sums of the year, which did, no longer do.
    assert sorted(int(f.stated) for f in wrong(loaded, "figure") if f.unit == "명") == [8, 19, 160, 392, 392]
    assert {f.key for f in wrong(loaded, "printing")} == {"printing-1-13", "printing-1-14"}
    assert "73" not in {str(f.stated) for f in wrong(loaded, "figure")}


def test_a_changed_line_shows_in_every_total_it_is_part_of(loaded):
    line = BudgetLine.objects.get(project__number=4, order=1)
    line.amount_krw += 1_000_000
    line.save()
    totals = {(f.stated, f.computed) for f in wrong(loaded, "figure") if f.unit == "천원"}
    assert (Decimal(35_000), Decimal(36_000)) in totals
    assert (Decimal(956_364), Decimal(957_364)) in totals


def test_a_figure_without_rows_is_neither_right_nor_wrong(loaded):
    unknown = [f for f in reconcile(loaded) if f.matches is None]
    assert unknown
    assert all(f.computed is None and f.difference is None and f.note for f in unknown)


def test_json_is_a_list_of_all_findings(loaded):
    out = StringIO()
    call_command("reconcile_plan", "2021", json=True, stdout=out)
    rows = json.loads(out.getvalue())
    assert len(rows) == len(reconcile(loaded))
    share = next(row for row in rows if row["stated"] == 24.1)
    assert (share["computed"], share["difference"], share["matches"]) == (24, 0.1, False)


def test_text_names_each_mismatch_with_its_place(loaded):
    out = StringIO()
    call_command("reconcile_plan", "2021", stdout=out)
    text = out.getvalue()
    assert "요일 | 2019년 회의 16 · 2019-03-04의 요일" in text
    assert text.count(" ≠ ") == len([f for f in reconcile(loaded) if f.matches is False])


def test_an_unknown_year_is_refused(loaded):
    with pytest.raises(CommandError, match="1999년 계획이 없습니다."):
        call_command("reconcile_plan", "1999")


def test_the_number_of_queries_is_constant(loaded):
    def count():
        with CaptureQueriesContext(connection) as queries:
            reconcile(loaded)
        return len(queries)

    many = count()
    StatedFigure.objects.filter(order__gt=3).delete()
    used = Q(documents__isnull=False) | Q(budget_versions__isnull=False)
    used |= Q(proposal_reviews__isnull=False) | Q(field_checks__isnull=False) | Q(events__isnull=False)
    Meeting.objects.filter(no__gt=3).exclude(pk__in=Meeting.objects.filter(used).values("pk")).delete()
    assert count() == many
