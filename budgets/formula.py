"""Calculations as officials write them (산출내역) -> factors and product in won (DESIGN.md rule 4).

`70,000원×25명×4회` is 7,000,000; `3,200,000원×1명×6개월×투입율15%` is 2,880,000. The signs ×, x, X and * mean the same; an amount may
follow after `=`. Exactly one factor is money (원, 천원, 만원). A wrong thousands group (`100,0000원`) is an error that names its factor.
The arithmetic is exact (Fraction); only the product is rounded, half up, to whole won.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from geumcheon.lib.money import round_half_up, won

MAX_LENGTH = 300
MAX_FACTORS = 12
MAX_WON = 10**12  # 1조: no line of a district's plan comes near; a slip of the keyboard does

_SIGNS = re.compile(r"[×xX*✕]")
_FACTOR = re.compile(
    r"^(?P<label>[가-힣A-Za-z()·\s]*?)\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>%|[가-힣A-Za-z]*)$"
)
_GROUPED = re.compile(r"^[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?$|^[0-9]+(\.[0-9]+)?$")
_MONEY = {"원": 1, "천원": 1_000, "만원": 10_000, "백만원": 1_000_000, "억원": 100_000_000}


class FormulaError(ValueError):
    """A calculation that cannot be read. `factor` is the factor as written ("" when the whole is wrong), `index` counts from 1."""

    def __init__(self, message, factor="", index=None):
        super().__init__(f"{index}번째 항 ‘{factor}’: {message}" if index else message)
        self.factor, self.index = factor, index


@dataclass(frozen=True)
class Factor:
    """One factor: as written, its label (`투입율`), exact value (won for money, a share for %) and unit."""

    text: str
    label: str
    value: Fraction
    unit: str

    @property
    def is_money(self):
        return self.unit in _MONEY


@dataclass(frozen=True)
class Formula:
    """A parsed calculation. `product` is in whole won, `stated` the amount written after `=` or None."""

    text: str
    factors: tuple[Factor, ...]
    product: int
    stated: int | None


def parse(text):
    """Parse a calculation; raises FormulaError with a Korean message that names the wrong factor."""
    written = unicodedata.normalize("NFKC", text or "").strip()
    if not written:
        raise FormulaError("산출식이 비어 있습니다.")
    if len(written) > MAX_LENGTH:
        raise FormulaError(f"산출식이 너무 깁니다({len(written):,}자, {MAX_LENGTH}자까지).")
    calculation, equals, stated_text = written.partition("=")
    # A label may hold an x of its own (`A x B` never does in these tables), so only signs between factors split.
    pieces = [piece.strip() for piece in _SIGNS.split(calculation)]
    if len(pieces) > MAX_FACTORS:
        raise FormulaError(f"항이 너무 많습니다({len(pieces)}개, {MAX_FACTORS}개까지).")
    factors = tuple(_factor(piece, index) for index, piece in enumerate(pieces, 1))
    money = [factor for factor in factors if factor.is_money]
    if len(money) != 1:
        raise FormulaError("단가(원)가 있는 항이 꼭 하나 있어야 합니다. 예: 70,000원×25명×4회")
    product = Fraction(1)
    for factor in factors:
        product *= factor.value
    amount = round_half_up(product)
    if amount > MAX_WON:
        raise FormulaError(f"금액이 너무 큽니다({won(amount)}). 한 줄에 {won(MAX_WON)}까지 적을 수 있습니다.")
    return Formula(written, factors, amount, _stated(stated_text) if equals else None)


def _factor(piece, index):
    if not piece:
        raise FormulaError("곱하기 앞뒤에 수가 없습니다.", piece, index)
    found = _FACTOR.match(piece)
    if not found:
        if re.match(r"^[가-힣A-Za-z\s]*[-−]\s*[0-9]", piece):
            raise FormulaError("음수는 쓸 수 없습니다.", piece, index)
        raise FormulaError("수와 단위로 읽을 수 없습니다. 예: 25명, 투입율15%", piece, index)
    number, unit = found["number"], found["unit"]
    if not _GROUPED.match(number):
        raise FormulaError("천 단위 쉼표가 틀렸습니다.", piece, index)
    value = Fraction(number.replace(",", ""))
    if unit == "%":
        value /= 100
    value *= _MONEY.get(unit, 1)
    return Factor(piece, found["label"].strip(), value, unit)


def _stated(text):
    text = text.strip()
    found = _FACTOR.match(text)
    if not found or found["label"] or found["unit"] not in _MONEY:
        raise FormulaError(f"‘=’ 뒤 금액을 읽을 수 없습니다: ‘{text}’. 예: =7,000,000원")
    if not _GROUPED.match(found["number"]):
        raise FormulaError(f"‘=’ 뒤 금액 ‘{text}’의 천 단위 쉼표가 틀렸습니다.")
    return round_half_up(Fraction(found["number"].replace(",", "")) * _MONEY[found["unit"]])


@dataclass(frozen=True)
class Check:
    """A calculation beside an amount. `state`: ok, differs, invalid (see `message`), none (no calculation)."""

    state: str
    formula: Formula | None
    amount: int | None
    message: str

    @property
    def product(self):
        return self.formula.product if self.formula else None

    @property
    def difference(self):
        """Amount minus product, in won; None when either is missing."""
        return None if self.formula is None or self.amount is None else self.amount - self.formula.product


def check(text, amount):
    """Compare a calculation with an amount (won or None) and with the amount it states itself; never raises."""
    if not (text or "").strip():
        return Check("none", None, amount, "")
    try:
        formula = parse(text)
    except FormulaError as error:
        return Check("invalid", None, amount, str(error))
    if formula.stated is not None and formula.stated != formula.product:
        message = f"‘=’ 뒤에 적힌 {won(formula.stated)}과 계산한 {won(formula.product)}이 다릅니다."
        return Check("differs", formula, amount, message)
    if amount is not None and amount != formula.product:
        return Check(
            "differs",
            formula,
            amount,
            f"계산한 {won(formula.product)}과 {won(amount - formula.product)} 차이가 납니다.",
        )
    return Check("ok", formula, amount, "")
