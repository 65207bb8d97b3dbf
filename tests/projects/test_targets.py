"""Targets as written -> comparator, number, unit, per."""

from decimal import Decimal

import pytest

from projects import targets


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("65회", ("=", 65, "회", "")),
        ("2회 이상", (">=", 2, "회", "")),
        ("70%이상", (">=", 70, "%", "")),
        ("연 5회 미만", ("<", 5, "회", "연")),
        ("동별 1회 이상", (">=", 1, "회", "동")),
        ("분기별 1회 이상", (">=", 1, "회", "분기")),
        ("일일10명", ("=", 10, "명", "일")),
        ("일일 10명", ("=", 10, "명", "일")),
        ("14대(100%)", ("=", 14, "대", "")),
        ("500만원", ("=", 5_000_000, "원", "")),
        ("62.2%", ("=", Decimal("62.2"), "%", "")),
        ("20개교 이상", (">=", 20, "개교", "")),
        ("1,000명 초과", (">", 1000, "명", "")),
        ("3일 이내", ("<=", 3, "일", "")),
        ("중복 없음", ("text", None, "", "")),
    ],
)
def test_parse(text, parsed):
    target = targets.parse(text)
    assert (target.comparator, target.value, target.unit, target.per) == parsed


@pytest.mark.parametrize("text", ["", "   ", None, "2회 또는 3회", "-2회", "2회이상이상", "1,00회"])
def test_parse_refuses(text):
    with pytest.raises(targets.TargetError):
        targets.parse(text)


@pytest.mark.parametrize(
    ("comparator", "measured", "reached"),
    [("=", 5, True), ("=", 6, True), ("=", 4, False), (">=", 5, True), (">", 5, False), ("<", 5, False), ("<", 4, True),
     ("<=", 5, True), ("=", None, None)],
)  # fmt: skip
def test_is_reached(comparator, measured, reached):
    assert targets.is_reached(comparator, 5, measured) is reached


def test_every_target_of_the_plan_is_read(loaded):
    from projects.models import Indicator

    unread = [i.target_text for i in Indicator.objects.filter(project__plan=loaded) if i.comparator == "text"]
    assert unread == ["중복 없음", "중복 없음"]
    assert Indicator.objects.filter(project__plan=loaded).count() == 97
