"""Calculations as officials write them: examples of the plan, refusals that name the factor, properties."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets import formula
from geumcheon.lib.money import round_half_up


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("70,000원×25명×4회", 7_000_000),
        ("3,200,000원×1명×6개월×투입율15%", 2_880_000),
        ("2,400,000원×1명×6개월×투입율25%", 3_600_000),
        ("75등X400,000원", 30_000_000),
        ("3,000,000원×10개동", 30_000_000),
        ("8000원×5명×20회", 800_000),
        ("8,800원×50명×12개월", 5_280_000),
        ("10,000원X2시간X2회X5명", 200_000),
        ("10,000원 x 2시간 * 2회 × 5명", 200_000),
        ("70천원×25명", 1_750_000),
        ("５０,０００원×２회", 100_000),
        ("1,000원×1.5개월", 1_500),
        ("33원×50%", 17),  # 16.5 is rounded half up
    ],
)
def test_parse_gives_the_product(text, product):
    assert formula.parse(text).product == product


def test_parse_names_every_factor():
    factors = formula.parse("3,200,000원×1명×6개월×투입율15%").factors
    assert [(f.label, f.value, f.unit) for f in factors] == [
        ("", Fraction(3_200_000), "원"),
        ("", Fraction(1), "명"),
        ("", Fraction(6), "개월"),
        ("투입율", Fraction(15, 100), "%"),
    ]


def test_parse_reads_a_stated_amount_after_the_equals_sign():
    parsed = formula.parse("15,000,000원×1회=20,000,000원")
    assert (parsed.product, parsed.stated) == (15_000_000, 20_000_000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100,0000원×5회", "1번째 항 ‘100,0000원’: 천 단위 쉼표가 틀렸습니다."),
        ("70,000원×2,5명", "2번째 항 ‘2,5명’: 천 단위 쉼표가 틀렸습니다."),
        ("70,000원×-3명", "2번째 항 ‘-3명’: 음수는 쓸 수 없습니다."),
        ("70,000원××3명", "2번째 항 ‘’: 곱하기 앞뒤에 수가 없습니다."),
        ("70,000원×", "2번째 항 ‘’: 곱하기 앞뒤에 수가 없습니다."),
        ("70,000원×여러 명", "2번째 항 ‘여러 명’: 수와 단위로 읽을 수 없습니다. 예: 25명, 투입율15%"),
        ("70,000원+3명", "1번째 항 ‘70,000원+3명’: 수와 단위로 읽을 수 없습니다. 예: 25명, 투입율15%"),
        ("25명×4회", "단가(원)가 있는 항이 꼭 하나 있어야 합니다. 예: 70,000원×25명×4회"),
        ("70,000원×25원", "단가(원)가 있는 항이 꼭 하나 있어야 합니다. 예: 70,000원×25명×4회"),
        ("", "산출식이 비어 있습니다."),
        ("  ", "산출식이 비어 있습니다."),
        ("70,000원×1회=칠만원", "‘=’ 뒤 금액을 읽을 수 없습니다: ‘칠만원’. 예: =7,000,000원"),
        ("70,000원×1회=70,00원", "‘=’ 뒤 금액 ‘70,00원’의 천 단위 쉼표가 틀렸습니다."),
        (
            "<script>alert(1)</script>",
            "1번째 항 ‘<script>alert(1)</script>’: 수와 단위로 읽을 수 없습니다. 예: 25명, 투입율15%",
        ),
        (
            "999,999,999,999원×2회",
            "금액이 너무 큽니다(1,999,999,999,998원). 한 줄에 1,000,000,000,000원까지 적을 수 있습니다.",
        ),
    ],
)
def test_parse_refuses_and_names_what_is_wrong(text, message):
    with pytest.raises(formula.FormulaError) as error:
        formula.parse(text)
    assert str(error.value) == message


def test_parse_refuses_what_is_too_long_or_has_too_many_factors():
    with pytest.raises(formula.FormulaError, match="너무 깁니다"):
        formula.parse("1원×" * 3_000_000)
    with pytest.raises(formula.FormulaError, match="항이 너무 많습니다"):
        formula.parse("1원" + "×1회" * 12)


numbers = st.integers(min_value=0, max_value=9_999)


@given(
    price=numbers,
    people=numbers,
    times=st.integers(0, 99),
    sign=st.sampled_from("×xX*"),
    space=st.sampled_from(["", " "]),
)
def test_signs_and_spaces_do_not_change_the_product(price, people, times, sign, space):
    glue = f"{space}{sign}{space}"
    assert formula.parse(glue.join([f"{price:,}원", f"{people}명", f"{times}회"])).product == price * people * times


@given(price=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_percent_is_rounded_half_up_once(price, percent):
    assert formula.parse(f"{price}원×투입율{percent}%").product == round_half_up(Fraction(price * percent, 100))


@given(st.permutations(["70,000원", "25명", "4회", "50%"]))
def test_the_order_of_factors_does_not_matter(pieces):
    assert formula.parse("×".join(pieces)).product == 3_500_000


@given(st.text(max_size=60))
def test_any_text_either_parses_or_is_refused(text):
    try:
        assert formula.parse(text).product >= 0
    except formula.FormulaError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "amount", "state", "difference"),
    [
        ("70,000원×25명×4회", 7_000_000, "ok", 0),
        ("70,000원×25명×4회", 7_000_001, "differs", 1),
        ("15,000,000원×1회=20,000,000원", 20_000_000, "differs", 5_000_000),
        ("100,0000원×5회", 500_000, "invalid", None),
        ("", 500_000, "none", None),
        ("70,000원×2회", None, "ok", None),
    ],
)
def test_check_compares_with_the_amount(text, amount, state, difference):
    check = formula.check(text, amount)
    assert (check.state, check.difference) == (state, difference)
