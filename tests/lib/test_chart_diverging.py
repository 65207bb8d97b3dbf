"""Bars left and right of a zero line: lengths, sides, signs in words, and what the table keeps."""

from xml.etree import ElementTree

import pytest

from geumcheon.lib import charts
from geumcheon.lib.charts import patterns
from tests.lib.test_charts import SVG, drawings, render, table_rows

ROWS = [
    charts.Change("가", 100_000, 50_000, url="/a/", code="1"),
    charts.Change("나", None, 25_000, code="2", note="목록에 없던 사업", mark="새로"),
    charts.Change("다", 10_000, 10_000, url="/c/", code="3"),
    charts.Change("라", 20_000, None, code="4", mark="빠짐"),
]


def make(rows=ROWS, **changes):
    return charts.DivergingBars(
        **{"title": "차이", "rows": rows, "before_head": "목록", "after_head": "최종", "noun": "사업"} | changes
    )


def bars(drawing):
    """[(left, width, fill)] of the bars, in percent."""
    found = [r for r in drawing.iter(f"{SVG}rect") if r.get("stroke") == patterns.DEEP]
    return [(float(r.get("x").rstrip("%")), float(r.get("width").rstrip("%")), r.get("fill")) for r in found]


def zero(drawing):
    return {float(line.get("x1").rstrip("%")) for line in drawing.iter(f"{SVG}line")}


def test_bars_stand_on_their_side_of_zero_as_long_as_their_differences():
    for drawing in drawings(render("{% chart picture %}", picture=make())):
        (nought,) = zero(drawing)
        less, more, gone = bars(drawing)
        assert less[0] + less[1] == pytest.approx(nought, abs=0.01)
        assert gone[0] + gone[1] == pytest.approx(nought, abs=0.01)
        assert more[0] == pytest.approx(nought, abs=0.01)
        assert (less[1] / more[1], gone[1] / more[1]) == pytest.approx((2, 0.8), abs=1e-3)
        assert all(x >= 0 and x + width <= 100.01 for x, width, _ in (less, more, gone))


def test_more_and_less_differ_without_colour():
    drawing = drawings(render("{% chart picture %}", picture=make()))[1]
    less, more, gone = (fill for _, _, fill in bars(drawing))
    assert less == gone == "url(#chart-1-middle-hatched)"
    assert more == patterns.DEEP
    words = [t.text for t in drawing.iter(f"{SVG}text") if t.text]
    assert {"△50", "+25", "△20"} <= set(words)
    html = render("{% chart picture %}", picture=make())
    assert html.index("△ 줄어듦") < html.index("+ 늘어남")


def test_only_what_differs_is_drawn_and_the_table_has_all():
    html = render("{% chart picture table='open' %}", picture=make())
    for drawing in drawings(html):
        assert len(bars(drawing)) == 3
        assert [a.find(f"{SVG}title").text for a in drawing.iter(f"{SVG}a")] == ["1. 가 50천원 줄었습니다"]
    assert table_rows(html) == [
        ["1. 가", "100", "50", "△50"],
        ["2. 나목록에 없던 사업", "–", "25", "+25"],
        ["3. 다", "10", "10", "0"],
        ["4. 라", "20", "–", "△20"],
        ["합계", "130", "85", "△45"],
    ]
    assert "차이 합계 △45천원" in html


def test_the_description_counts_and_names_the_largest():
    assert make().description() == (
        "사업 4개 가운데 3개가 달라졌습니다: 늘어난 것 1개, 줄어든 것 2개. "
        "차이가 큰 것부터 가 50천원 줄었습니다, 나 25천원 늘었습니다, 라 20천원 줄었습니다."
    )


def test_differences_that_cancel_are_still_drawn_and_none_is_not():
    cancel = [charts.Change("가", 2_000, 1_000), charts.Change("나", 1_000, 2_000)]
    assert make(cancel).net == 0
    assert len(drawings(render("{% chart picture %}", picture=make(cancel)))) == 3
    assert make([charts.Change("가", 1_000, 1_000)]).drawings("x") == []


def test_one_side_alone_still_has_a_zero_line_inside_the_picture():
    only = [charts.Change("가", 1_000, 0), charts.Change("나", 3_000, 0)]
    for drawing in drawings(render("{% chart picture %}", picture=make(only))):
        (nought,) = zero(drawing)
        assert 50 < nought < 99
    assert [key.label for key in make(only).keys("x")] == ["△ 줄어듦"]


def test_it_is_named_described_and_escaped_and_no_id_repeats():
    evil = [charts.Change('<script>"&', 0, 5_000, url="/?a=1&b=2", mark="<b>")]
    html = render("{% chart picture %}{% chart picture %}", picture=make(evil))
    assert "<script>" not in html and "<b>" not in html
    for drawing in drawings(html):
        by_id = {e.get("id"): e.text for e in drawing.iter() if e.get("id")}
        assert by_id[drawing.get("aria-labelledby")] == "차이"
        assert len(by_id[drawing.get("aria-describedby")]) > 20
        assert drawing.get("role") == "group"
        sizes = [float(t.get("font-size")) for t in drawing.iter() if t.get("font-size")]
        assert min(sizes) >= 13
    ids = [e.get("id") for drawing in drawings(html) for e in drawing.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert "style=" not in html


def test_short_names_are_drawn():
    """Names of one or two letters need less room than the least that names are fitted into."""
    stacks = [charts.StackRow("경상", [1_000, 1_000])]
    for picture in (
        make([charts.Change("가", 0, 5_000)]),
        charts.BarChart(title="x", items=[charts.Item("시비", 1_000), charts.Item("구비", 1_000)]),
        charts.StackedBars(title="x", parts=["시비", "구비"], rows=stacks),
    ):
        for drawing in drawings(render("{% chart picture %}", picture=picture)):
            names = {t.text for t in drawing.iter(f"{SVG}text")}
            assert names & {"가", "시비", "경상"}, ElementTree.tostring(drawing)
