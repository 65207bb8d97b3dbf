"""Rules of the bodies in plain words, made from their rows.

A key of the table below has a sentence that takes the row's number. A row without such a sentence, or whose number or
wording the sentence does not fit, is told only as printed.
"""

import re
from dataclasses import dataclass

from councils.models import BodyRule
from geumcheon.lib import periods

HALF = (1, 2)
# The rules a visitor asks for first, in this order.
MEETING_KEYS = ("sessions_per_year", "extraordinary", "quorum_open", "quorum_decide")
MEMBER_KEYS = ("selection", "term_years", "renewal", "term_ex_officio")


@dataclass(frozen=True)
class Reading:
    """One rule: its sentence in plain words ("" without one) beside the row with the printed text."""

    rule: BodyRule
    sentence: str


def sentence(rule):
    """The rule in plain words, or "" where only the printed text tells it."""
    make = SENTENCES.get(rule.key)
    share = _share(rule.number)
    return make(rule.text, share) if make and share else ""


def readings(body):
    """Every rule of a body, in its order."""
    return [Reading(rule, sentence(rule)) for rule in body.rules.all()]


def chosen(found, keys, day):
    """The readings of these keys in the order of the keys, without rules that are not in force on `day`."""
    in_force = [r for r in found if r.rule.key in keys and periods.covers(r.rule.starts_on, r.rule.ends_before, day)]
    return sorted(in_force, key=lambda reading: keys.index(reading.rule.key))


def _share(number):
    """(1, 3) of `1/3`, (4, 1) of `4`, None of anything else."""
    found = re.fullmatch(r"([1-9][0-9]*)(?:/([1-9][0-9]*))?", number.strip())
    return (int(found[1]), int(found[2] or 1)) if found else None


def _whole(template):
    """A sentence for a whole number."""
    return lambda text, share: template.format(n=share[0]) if share[1] == 1 else ""


def _members(text, share):
    """A fixed number of members, or the most where the text says 이내."""
    return _whole("위원은 {n}명까지입니다." if "이내" in text else "위원은 모두 {n}명입니다.")(text, share)


def _called(text, share):
    if share[1] == 1:
        return ""
    return f"의장이 필요하다고 보거나 재적 위원의 {_told(share)} 이상이 요구하면 임시회를 엽니다."


def _quorum(template):
    """A share of people: 과반수 is more than half, another share is reached at it (이상)."""

    def make(text, share):
        if share == HALF:
            return template.format("절반을 넘게") if "과반수" in text else ""
        return template.format(f"{_told(share)} 이상") if share[1] > 1 and "이상" in text else ""

    return make


def _told(share):
    """`3분의 1`, `절반`."""
    return "절반" if share == HALF else f"{share[1]}분의 {share[0]}"


SENTENCES = {
    "composition": _members,
    "composition_limit": _whole("조례는 위원을 {n}명까지 두게 합니다."),
    "composition_officials": _whole("구청 공무원 {n}명이 일합니다."),
    "composition_civilians": _whole("민간 실무자 {n}명이 일합니다."),
    "sessions_per_year": _whole("정기회를 한 해에 {n}번 엽니다."),
    "extraordinary": _called,
    "quorum_open": _quorum("재적 위원의 {} 나와야 회의를 엽니다."),
    "quorum_decide": _quorum("나온 위원의 {} 찬성해야 결정합니다."),
    "new_appointment": _whole("민간 위원 {n}명은 임기가 끝나 새로 위촉합니다."),
    "renewal": _whole("임기가 끝나면 {n}번 더 맡을 수 있습니다."),
    "term_years": _whole("임기는 {n}년입니다."),
    "term_appointed": _whole("위촉직 위원은 위촉한 날부터 {n}년 동안 맡습니다."),
    "subcommittees": _whole("분과는 {n}개입니다."),
}
