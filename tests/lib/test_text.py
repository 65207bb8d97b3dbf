"""Text as the plan prints it, made readable again."""

import pytest

from geumcheon.lib import text


def test_a_short_line_before_a_labelled_one_heads_it():
    items = [
        "금천구협치회의",
        "구 성 : 30명",
        "역 할",
        "회의 개최",
        "긴 문장이라서 머리글이 될 수 없는 줄입니다 여기까지",
        "임 기 : 2년",
    ]
    assert text.outline(items) == [
        (True, "", "금천구협치회의"),
        (False, "구 성", "30명"),
        (True, "", "역 할"),
        (False, "", "회의 개최"),
        (False, "", "긴 문장이라서 머리글이 될 수 없는 줄입니다 여기까지"),
        (False, "임 기", "2년"),
    ]
    assert text.outline([]) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("추진방향 “운영”(L229), 추진방법 “워크숍” (L333-335)", "추진방향 “운영”, 추진방법 “워크숍”"),
        ("역할(L282-285, L290)", "역할"),
        ("(Lab) 30명(당연직3)", "(Lab) 30명(당연직3)"),
        (None, ""),
    ],
)
def test_line_numbers_of_the_source_are_left_out_and_nothing_else(written, read):
    assert text.without_lines(written) == read


def test_numbers_in_names_are_sorted_as_numbers():
    names = ["위원 10", "나 1", "위원 2", "위원", "3번", "", "위원 1", "위원 02", "위원 2-1", "²"]
    assert sorted(names, key=text.natural) == [
        "", "3번", "²", "나 1", "위원", "위원 1", "위원 2", "위원 02", "위원 2-1", "위원 10",
    ]  # fmt: skip
    assert text.natural(None) == text.natural("")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ⅵ-3 의제별 예산계획 · L3917", "Ⅵ-3 의제별 예산계획 · 3917째 줄"),
        ("붙임Ⅱ-4-1 온라인 투표개요 · L4323, L4327-4330", "붙임Ⅱ-4-1 온라인 투표개요 · 4323, 4327~4330째 줄"),
        (
            "붙임Ⅱ-1 수립 과정 · L4001; 붙임Ⅱ-3-2 심의 · L4193",
            "붙임Ⅱ-1 수립 과정 · 4001째 줄; 붙임Ⅱ-3-2 심의 · 4193째 줄",
        ),
        ("조례 제10조", "조례 제10조"),
        ("모델 XL5 · LED 30개", "모델 XL5 · LED 30개"),
        (None, ""),
    ],
)
def test_lines_of_the_source_are_told_in_words(written, read):
    assert text.cited(written) == read
