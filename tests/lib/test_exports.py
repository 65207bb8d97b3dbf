"""Rows of printed sheets: high enough for what stands in them."""

import pytest

from geumcheon.lib.exports import row_height


@pytest.mark.parametrize(
    ("cells", "height"),
    [
        ([("", 5), (None, 5), (7, 5)], 24),
        ([("2021. 3. 31.(수)", 15), ("교육·문화분과 확대회의", 21)], 24),  # one line each
        ([("협치론장에 참여한 주민과 청년 120명", 21), ("짧다", 5)], 34),
        ([("교통비\n10,000원×2시간×2회×5명", 36)], 34),
        ([("가" * 40, 21)], 62),
    ],
)
def test_a_row_is_as_high_as_the_lines_of_its_fullest_cell(cells, height):
    assert row_height(24, cells) == height
