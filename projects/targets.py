"""Targets of indicators as officials write them -> comparator, number, unit, per (DESIGN.md rule 6).

`65회`, `2회 이상`, `연 5회 미만`, `동별 1회 이상`, `일일10명`, `14대(100%)`, `500만원` (5,000,000 원), `중복 없음` (yes or no).
A bare number keeps the comparator "=" as written and is reached at or above it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

MORE_OR_LESS = {"이상": ">=", "이하": "<=", "미만": "<", "초과": ">", "이내": "<="}
PER = {
    "동별": "동",
    "분기별": "분기",
    "연": "연",
    "연간": "연",
    "일일": "일",
    "하루": "일",
    "월": "월",
    "월별": "월",
    "매월": "월",
}
SCALE = {"천": 1_000, "만": 10_000, "백만": 1_000_000, "천만": 10_000_000, "억": 100_000_000}

_TARGET = re.compile(
    r"""^\s*
    (?:(?P<per>동별|분기별|연간|연|일일|하루|매월|월별|월)\s*)?
    (?:총\s*)?
    (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*
    (?P<scale>백만|천만|천|만|억)?\s*
    (?P<unit>%|(?:(?!이상|이하|미만|초과|이내)[가-힣])*)\s*
    (?:\((?P<note>[^()]*)\)\s*)?
    (?P<comparator>이상|이하|미만|초과|이내)?
    \s*$""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Target:
    """A parsed target: `value` is None and comparator "text" where it is answered yes or no."""

    comparator: str
    value: Decimal | None
    unit: str
    per: str


class TargetError(ValueError):
    """A target that cannot be read; the message says what was expected."""


def parse(text):
    """Parse a target as written into a Target; raises TargetError for empty or malformed text."""
    written = (text or "").strip()
    if not written:
        raise TargetError("성과목표를 적어 주세요. 예: 2회 이상, 70% 이상, 중복 없음")
    found = _TARGET.match(written)
    if not found:
        if any(letter.isdigit() for letter in written):
            raise TargetError(
                f"성과목표를 읽을 수 없습니다: {written!r}. 예: 2회 이상, 동별 1회 이상, 14대(100%), 500만원"
            )
        return Target("text", None, "", "")
    value = Decimal(found["number"].replace(",", "")) * SCALE.get(found["scale"], 1)
    return Target(MORE_OR_LESS.get(found["comparator"], "="), value, found["unit"] or "", PER.get(found["per"], ""))


def is_reached(comparator, target, measured):
    """Whether a measured number reaches a target; None when either is missing. "=" is reached at or above."""
    if target is None or measured is None:
        return None
    return {
        ">=": measured >= target,
        "=": measured >= target,
        ">": measured > target,
        "<=": measured <= target,
        "<": measured < target,
    }[comparator]
