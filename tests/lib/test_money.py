from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geumcheon.lib import money


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction(1, 2), 0, 1),
        (Fraction(-1, 2), 0, -1),
        (Fraction(5, 2), 0, 3),
        (Decimal("2.749999"), 1, Decimal("2.7")),
        (Decimal("2.75"), 1, Decimal("2.8")),
        (Decimal("0.05"), 1, Decimal("0.1")),
        (7, 1, Decimal("7.0")),
    ],
)
def test_round_half_up(value, places, rounded):
    result = money.round_half_up(value, places)
    assert (result, str(result)) == (rounded, str(rounded))


@given(st.fractions(), st.integers(0, 4))
def test_round_half_up_stays_within_half_a_unit(value, places):
    difference = Fraction(money.round_half_up(value, places)) - value
    assert abs(difference) <= Fraction(1, 2) / 10**places


def test_percent_of_nothing_is_none_and_of_something_is_exact():
    assert money.percent(1, 0) is None
    assert money.percent(26_300, 956_364) == Decimal("2.7")
    assert money.percent(665, 900, 0) == 74


def test_thousand_never_hides_a_rest():
    assert [money.thousand(n) for n in (35_400_000, 0, 35_400_500, None)] == ["35,400", "0", "35,400.5", "–"]
