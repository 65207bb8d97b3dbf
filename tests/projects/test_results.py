"""Achievement from evidence rows: how values combine, what is due, which parts lack, what a closed plan says."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import results
from projects.evidence import Register, Row
from projects.models import Indicator, ResultState

YEAR = date(2026, 1, 1), date(2027, 1, 1)
MIDDLE = date(2026, 7, 2)  # 182 of 365 days have passed: 49.9 %
OPEN, CLOSED = SimpleNamespace(year=2026, is_closed=False), SimpleNamespace(year=2021, is_closed=True)
DONGS = ["가산동", "독산1동", "독산2동"]


def an_indicator(target, **fields):
    from projects.models import Project

    indicator = Indicator(target_text=target, project=Project(), **fields)
    indicator.parse_target()
    return indicator


def a_row(value=1, day=date(2026, 3, 2), part="", weight=1):
    return Row("근거", day, Decimal(value), (), part, weight)


def achieved(target, *rows, day=MIDDLE, plan=OPEN, **fields):
    return results.achieve(an_indicator(target, **fields), list(rows), plan, day, DONGS)


@pytest.mark.parametrize(
    ("target", "rows", "state", "value", "share"),
    [
        ("2회 이상", [a_row(), a_row()], "reached", 2, 100),
        ("2회", [a_row(), a_row(), a_row()], "reached", 3, 150),  # a bare number is reached at or above it
        ("2회 이상", [a_row()], "on_the_way", 1, 50),
        ("65회", [a_row()] * 17, "on_the_way", 17, "26.2"),
        ("65회", [a_row()] * 16, "behind", 16, "24.6"),  # more than 25 points below 49.9
        ("70% 이상", [a_row(60, weight=10), a_row(80, weight=30)], "reached", 75, "107.1"),
        ("70% 이상", [a_row(60, weight=30), a_row(80, weight=10)], "on_the_way", 65, "92.9"),
        ("연 5회 미만", [a_row(4)], "on_the_way", 4, None),
        ("연 5회 미만", [a_row(5)], "missed", 5, None),
        ("연 5회 이상", [a_row(2), a_row(3)], "reached", 5, 100),
        ("일일10명", [a_row(8), a_row(8), a_row(6, date(2026, 3, 3))], "reached", 11, 110),  # 16 and 6 on two days
        ("일일10명", [a_row(8), a_row(6, date(2026, 3, 3))], "on_the_way", 7, 70),
        ("14대(100%)", [a_row(14)], "reached", 14, 100),
        ("500만원", [a_row(2_000_000)], "on_the_way", 2_000_000, 40),
        ("중복 없음", [a_row(1)], "reached", 1, None),
        ("중복 없음", [a_row(1), a_row(0, date(2026, 5, 1))], "missed", 0, None),
    ],
)
def test_values_combine_as_the_target_says(target, rows, state, value, share):
    found = achieved(target, *rows)
    assert (found.state, found.value, found.share) == (
        state,
        Decimal(value),
        share if share is None else Decimal(share),
    )
    assert found.count == len(rows)


def test_progress_counts_its_last_value():
    rows = [a_row(40, date(2026, 5, 1)), a_row(70, date(2026, 6, 1)), a_row(90, date(2026, 6, 1))]
    assert achieved("100%", *rows, combine="latest").value == 90


def test_every_dong_has_to_reach_and_the_ones_that_lack_are_named():
    rows = [a_row(part="가산동"), a_row(part="가산동"), a_row(part="독산2동"), a_row(part="")]
    found = achieved("동별 1회 이상", *rows)
    assert (found.state, found.value, found.share, found.missing) == ("on_the_way", 2, Decimal("66.7"), ["독산1동"])
    found = achieved("동별 1회 이상", *rows, a_row(part="독산1동"))
    assert (found.state, found.missing) == ("reached", [])


def test_every_quarter_takes_its_rows_by_their_day():
    rows = [a_row(day=date(2026, month, 31)) for month in (1, 3, 7)]
    found = achieved("분기별 1회 이상", *rows, day=date(2027, 1, 1))
    assert (found.state, found.missing) == ("missed", ["2분기", "4분기"])


def test_without_evidence_nothing_is_invented():
    for target in ("2회 이상", "연 5회 미만", "중복 없음", "동별 1회 이상"):
        assert achieved(target).state == ResultState.NOT_MEASURED
        found = achieved(target, plan=CLOSED, day=date(2026, 11, 23))
        assert (found.state, found.value, found.share, found.due_share) == (ResultState.NO_DATA, None, None, None)


def test_a_period_that_is_over_is_judged():
    assert achieved("2회 이상", a_row(), day=YEAR[1]).state == "missed"
    assert achieved("연 5회 미만", a_row(4), day=YEAR[1]).state == "reached"
    assert achieved("2회 이상", a_row(), plan=CLOSED).state == "missed"


def test_the_share_due_follows_the_projects_own_period():
    indicator = an_indicator("4회")
    indicator.project.starts_on, indicator.project.ends_before = date(2026, 7, 1), date(2026, 7, 11)
    found = results.achieve(indicator, [a_row()], OPEN, date(2026, 7, 6))
    assert (found.due_share, found.share, found.state) == (
        50,
        25,
        "on_the_way",
    )  # exactly 25 points below is not behind
    found = results.achieve(indicator, [a_row()], OPEN, date(2026, 7, 7))
    assert (found.due_share, found.state) == (60, "behind")


@given(st.integers(1, 400), st.integers(-50, 450))
def test_what_is_due_grows_from_nothing_to_all(length, passed):
    start = date(2026, 1, 1)
    due = results.due_share(start, start + timedelta(days=length), start + timedelta(days=passed))
    assert 0 <= due <= 100
    assert (due == 100) == (passed >= length)


@given(st.lists(st.integers(0, 1000), min_size=1), st.randoms())
def test_a_sum_knows_no_order(values, shuffle):
    rows = [a_row(value) for value in values]
    before = achieved("65회", *rows)
    shuffle.shuffle(rows)
    assert achieved("65회", *rows) == before


def test_the_register_asks_each_provider_once_and_typed_values_always():
    asked = []

    def counted(sources, plan):
        asked.append(sorted(source.pk for source in sources))
        return {source.pk: [a_row(day=date(2026, 5, 1))] for source in sources}

    def typed(sources, plan):
        return {sources[0].pk: [a_row(9, date(2026, 1, 1))]}

    register = Register()
    register.add("meetings", "회의", counted)
    register.add("measurement", "적어 넣은 값", typed, always=True)
    sources = [SimpleNamespace(pk=1, provider="meetings"), SimpleNamespace(pk=2, provider="meetings")]
    sources.append(SimpleNamespace(pk=3, provider="satisfaction"))
    found = register.rows(sources, OPEN)
    assert asked == [[1, 2]]
    assert [[row.value for row in found[pk]] for pk in (1, 2, 3)] == [[9, 1], [1], []]
    assert (register.label("meetings"), register.label("satisfaction")) == ("회의", "만족도 조사")
    assert (register.counts("meetings"), register.counts("satisfaction"), register.label("guess")) == (True, False, "")
    with pytest.raises(ValueError, match="meetings"):
        register.add("meetings", "회의", typed)
