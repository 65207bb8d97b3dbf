"""How pictures are laid out: areas and bands are proportional to their numbers, nothing overlaps, words fit."""

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geumcheon.lib import charts
from geumcheon.lib.charts import base, flow, labels, treemap

amounts = st.lists(st.integers(0, 10**9), min_size=1, max_size=25).filter(any)
sides = st.floats(40, 2000)
PICTURE = charts.Treemap(title="x", groups=[charts.Group("가", [charts.Item("모두", 183_000_000)])])


def items(values):
    return [charts.Item(f"사업 {n}", value, code=str(n)) for n, value in enumerate(values, start=1)]


def overlap(a, b):
    """Area that two rectangles share, in px²."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(w, 0) * max(h, 0)


# --- treemap --------------------------------------------------------------------------------------------------------


@given(amounts, sides, sides)
def test_cells_fill_the_rectangle_in_proportion_without_overlap(values, w, h):
    cells = treemap.squarify(items(values), 0, 0, w, h)
    assert sorted(cell.item.value for cell in cells) == sorted(value for value in values if value)
    for cell in cells:
        assert cell.area == pytest.approx(w * h * cell.item.value / sum(values), rel=1e-6)
        assert -1e-6 <= cell.x and cell.x + cell.w <= w + 1e-6
        assert -1e-6 <= cell.y and cell.y + cell.h <= h + 1e-6
    assert sum(cell.area for cell in cells) == pytest.approx(w * h)
    assert all(overlap(a, b) < 1e-6 * w * h for a, b in combinations(cells, 2))


@given(st.lists(amounts, min_size=1, max_size=7), st.sampled_from(base.SIZES))
def test_all_cells_of_all_groups_have_one_scale(groups, size):
    w, h, columns, lines = treemap.Treemap.SHAPES[size]
    head = lines * treemap.HEAD_LINE + 9
    blocks = treemap.layout([charts.Group(str(n), items(v)) for n, v in enumerate(groups)], w, h, columns, head)
    cells = [cell for block in blocks for cell in block.cells]
    scale = sum(cell.area for cell in cells) / sum(map(sum, groups))
    for cell in cells:
        assert cell.area == pytest.approx(cell.item.value * scale, rel=1e-6)
    assert all(overlap(a, b) < 1e-3 for a, b in combinations(blocks, 2))
    for block in blocks:
        assert -1e-6 <= block.x and block.x + block.w <= w + 1e-6
        assert -1e-6 <= block.y and block.y + block.h <= h + 1e-6
        assert all(cell.y >= block.y + head - 1e-6 for cell in block.cells)


def test_many_groups_are_laid_out_too_and_too_many_are_refused():
    groups = [charts.Group(str(n), items([n])) for n in range(1, 21)]
    assert len(treemap.layout(groups, 960, 540, 4, 28)) == 20
    with pytest.raises(ValueError, match="do not fit"):
        treemap.layout(groups, 960, 60, 4, 28)


def test_a_name_stands_without_its_amount_where_only_that_is_too_wide():
    cell = PICTURE._words(charts.Item("골목길 만들기", 51_000_000, code="9"), 40, 80)
    assert re.findall(r">([^<>]+)<", "".join(cell)) == ["9.", "골목길", "만들기"]


@pytest.mark.parametrize(
    ("room", "height", "words"),
    [
        (300, 200, ["8. 안양천에서 놀자!", "117,000", "63.9%"]),
        (80, 60, ["8. 안양천에서", "놀자!", "117,000"]),
        (62, 80, ["8.", "안양천에서", "놀자!", "117,000"]),
        (46, 40, ["8"]),
        (46, 10, []),
        (1, 40, []),
    ],
)
def test_words_of_a_cell_shrink_with_it(room, height, words):
    cell = PICTURE._words(charts.Item("안양천에서 놀자!", 117_000_000, code="8"), room, height)
    assert [text.strip() for text in re.findall(r">([^<>]+)<", "".join(cell))] == words


# --- words ----------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="가나다 (·)8.,abcM…", max_size=40), st.floats(20, 300), st.integers(1, 4))
def test_fitted_lines_are_never_wider_than_their_room(text, room, most):
    lines = labels.fit(text.strip(), room, 13, most)
    assert len(lines) <= most
    assert all(labels.width(line, 13) <= room for line in lines)


def test_lines_break_between_words_and_shorten_at_the_end():
    assert labels.wrap("8. 안양천에서 놀자!(생태탐방로 조성)", 90, 14) == [
        "8. 안양천에서",
        "놀자!",
        "(생태탐방로",
        "조성)",
    ]
    assert labels.fit("8. 안양천에서 놀자!(생태탐방로 조성)", 90, 14, 2) == ["8. 안양천에서", "놀자!(생태탐…"]
    assert labels.wrap("사업 8. 가나", 50, 14) == ["사업", "8. 가나"]
    assert labels.fit("안양천", 200, 14, 1) == ["안양천"]
    assert labels.fit("안양천", 10, 14, 1) == []


# --- flow -----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.integers(0, 10**8), min_size=11, max_size=11), min_size=17, max_size=17).filter(
        lambda m: any(map(any, m))
    )
)
def test_bands_leave_and_reach_their_nodes_in_full_and_names_keep_apart(matrix):
    left = [charts.Node(f"l{n}", f"사업 {n}") for n in range(17)]
    right = [charts.Node(f"r{n}", f"편성목 {n}") for n in range(11)]
    links = [
        charts.Link(a.key, b.key, v)
        for a, row in zip(left, matrix, strict=True)
        for b, v in zip(right, row, strict=True)
        if v
    ]
    outs, ins = flow._sums(links, "source"), flow._sums(links, "target")
    values = [{node.key: sums.get(node.key, 0) for node in nodes} for nodes, sums in ((left, outs), (right, ins))]
    scale = 420 / sum(outs.values())
    height = max(
        flow.needed(nodes, v, [40] * len(nodes), scale) for nodes, v in zip((left, right), values, strict=True)
    )
    columns = [
        flow.stack(nodes, v, [40] * len(nodes), scale, height) for nodes, v in zip((left, right), values, strict=True)
    ]
    for boxes in columns:
        placed = list(boxes.values())
        assert all(b.middle - a.middle >= (a.slot + b.slot) / 2 - 1e-6 for a, b in pairwise(placed))
        assert placed[0].y >= 0 and placed[-1].y + placed[-1].h <= height + 1e-6
    drawn = flow.bands(links, *columns, scale)
    assert sum(band.h for band in drawn) == pytest.approx(420)
    for side, edge in (("source", "y0"), ("target", "y1")):
        for box in {id(getattr(band, side)): getattr(band, side) for band in drawn}.values():
            own = sorted((getattr(band, edge), band.h) for band in drawn if getattr(band, side) is box)
            assert own[0][0] == pytest.approx(box.y)
            assert own[-1][0] + own[-1][1] == pytest.approx(box.y + box.h, abs=1e-6)
            assert all(b[0] == pytest.approx(a[0] + a[1], abs=1e-6) for a, b in pairwise(own))
