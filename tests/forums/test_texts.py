"""Texts of residents come out plain: nothing invisible, one form, and not longer than their field."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from forums.texts import PlainField, clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("가\u200b나\u200d다\ufeff라\u2060", "가나다라"),
        ("돈\u202e원만백\u202c", "돈원만백"),
        ("\u2066가\u2069\u200f\u061c", "가"),
        ("가\x00나\x07다\x1b[31m", "가나다[31m"),
        ("가\u3164\uffa0나\u115f\u2800", "가나"),
        ("가\U000e0041\U000e007f나\ue000", "가나"),
        (unicodedata.normalize("NFD", "금천구"), "금천구"),
        ("가\r\n나\r다\u2028라", "가\n나\n다\n라"),
        ("가 \t\u00a0 나   ", "가 나"),
        ("가\n\n\n\n\n나", "가\n\n나"),
        ("Z" + "\u0335" * 50, "Z" + "\u0335" * 2),
        ("가족 👨\u200d👩\u200d👧 나들이", "가족 👨\u200d👩\u200d👧 나들이"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
        (None, ""),
    ],
)
def test_clean_text(typed, kept):
    assert clean_text(typed, 200) == kept
    assert clean_text(kept, 200) == kept


def test_clean_line_joins_lines():
    assert clean_line(" 골목\n\n길 \u200b 밝히기 ") == "골목 길 밝히기"


def test_a_text_as_long_as_its_limit():
    assert clean_text("가" * 100, 100) == "가" * 100


def test_invisible_letters_do_not_count():
    assert clean_text("가\u200b" * 100, 100) == "가" * 100


@pytest.mark.parametrize("size", [101, 1_000_000])
def test_a_longer_text_is_refused(size):
    with pytest.raises(ValidationError, match="100자까지 쓸 수 있습니다"):
        clean_text("가" * size, 100)


@pytest.mark.parametrize("blank", ["", "  \n ", "\u200b\u200b", "\u3164", "\u202e\u2066"])
def test_an_invisible_text_is_no_text(blank):
    field = PlainField(limit=10, error_messages={"required": "내용을 적어 주세요."})
    with pytest.raises(ValidationError, match="내용을 적어 주세요"):
        field.clean(blank)


def test_a_field_hands_out_plain_text():
    assert PlainField(limit=10, line=True).clean("가\u200b\n나") == "가 나"
