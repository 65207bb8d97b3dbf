"""Pictures as pages get them: shapes as large as their numbers, the same numbers in the table, names, ids and safe markup."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from geumcheon.lib import charts
from geumcheon.lib.charts import base, steps, svg

SVG = "{http://www.w3.org/2000/svg}"


def items(values):
    return [charts.Item(f"사업 {n}", value, code=str(n)) for n, value in enumerate(values, start=1)]


def render(source, request=True, **context):
    """A template's text; with a request the charts of one page count up."""
    if request:
        context["request"] = RequestFactory().get("/")
    return Template("{% load charts %}" + source).render(Context(context))


def drawings(html):
    """The drawings of a figure as parsed elements; a malformed one fails here."""
    found = re.findall(
        r'<svg class="chart-svg.*?</svg>(?=\s*(?:<svg class="chart-svg|<div class="chart-tables|<details))', html, re.S
    )
    return [
        ElementTree.fromstring(text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))  # noqa: S314 (our own)
        for text in found
    ]


def table_rows(html):
    """[[cell, …]] of all tables, without their heads."""
    bodies = "".join(re.findall(r"<tbody>(.*?)</tbody>", html, re.S))
    strip = lambda cell: re.sub(r"<[^>]+>", "", cell).strip()  # noqa: E731
    return [
        [strip(c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", bodies, re.S)
    ]


PROJECTS = [
    charts.Group("가 분과", [charts.Item("안양천에서 놀자!", 117_000_000, "/projects/8/", "8"), charts.Item("골목길", 51_000_000, "/projects/9/", "9")]),
    charts.Group("나 분과", [charts.Item("나눔 박람회", 15_000_000, "/projects/13/", "13")]),
]  # fmt: skip


def make_treemap(**changes):
    return charts.Treemap(**{"title": "사업의 크기", "groups": PROJECTS, "noun": "사업", "head": "사업"} | changes)


def make_flow(first=(60, 40), second=(60, 40)):
    """재원 → 분과 → 편성목 with the given amounts into and out of two bodies."""
    names = [("재원", ["시비"]), ("분과", ["가", "나"]), ("편성목", ["운영비"])]
    return charts.Flow(
        title="흐름",
        columns=[charts.FlowColumn(label, [charts.Node(key, key) for key in keys]) for label, keys in names],
        steps=[
            [charts.Link("시비", key, value) for key, value in zip("가나", first, strict=True)],
            [charts.Link(key, "운영비", value) for key, value in zip("가나", second, strict=True)],
        ],
    )


STACKED = charts.StackedBars(
    title="재원", parts=["시비", "구비"], head="분과", rows=[charts.StackRow("가", [700_000, 300_000]), charts.StackRow("나", [500_000, 0])]
)  # fmt: skip
COLUMNS = charts.Columns(
    title="회의", head="달",
    items=[charts.Item(f"{m}월", 0, url=f"/?month={m}", code="2030년") for m in (1, 2, 3)],
    panels=[charts.Panel("회의", [10, 0, 5]), charts.Panel("참석", [100, 0, 294], charts.PEOPLE)],
)  # fmt: skip
BARS = charts.BarChart(title="분과별", items=items([750_000, 250_000]), head="분과")
ALL = [make_treemap(), STACKED, COLUMNS, BARS, make_flow()]


# --- treemap and flow ---------------------------------------------------------------------------------------------


def test_a_cell_links_to_its_project_under_its_full_name_and_amount():
    html = render("{% chart picture %}", picture=make_treemap())
    for drawing in drawings(html):
        found = {a.get("href"): a.find(f"{SVG}title").text for a in drawing.iter(f"{SVG}a")}
        assert found == {
            "/projects/8/": "8. 안양천에서 놀자! 117,000천원 (63.9%)",
            "/projects/9/": "9. 골목길 51,000천원 (27.9%)",
            "/projects/13/": "13. 나눔 박람회 15,000천원 (8.2%)",
        }


def test_a_flow_that_loses_money_is_refused():
    assert make_flow().total == 100
    with pytest.raises(ValueError, match="나: 40 comes in and 30 goes out"):
        make_flow(second=(60, 30))


def test_a_flow_with_an_unknown_node_or_a_missing_step_is_refused():
    good = make_flow()
    with pytest.raises(ValueError, match="국비 → 가"):
        charts.Flow(title="x", columns=good.columns, steps=[[charts.Link("국비", "가", 1)], []])
    with pytest.raises(ValueError, match="3 columns need 2 steps"):
        charts.Flow(title="x", columns=good.columns, steps=good.steps[:1])


# --- bars and columns -----------------------------------------------------------------------------------------------


def bars_of(drawing, fill):
    """Lengths in percent of the bars with this fill."""
    rects = [r for r in drawing.iter(f"{SVG}rect") if r.get("fill") == fill]
    return [float(r.get("width").rstrip("%")) for r in rects if r.get("width").endswith("%")]


def test_bars_are_as_long_as_their_numbers_and_the_table_tells_the_same():
    html = render("{% chart picture table='open' %}", picture=BARS)
    for drawing in drawings(html):
        long, short = bars_of(drawing, "#0b50d0")
        assert (long, short / long) == pytest.approx((bars_of(drawing, svg.TRACK)[0], 1 / 3), abs=1e-4)
    assert table_rows(html) == [
        ["1. 사업 1", "750", "75.0%"],
        ["2. 사업 2", "250", "25.0%"],
        ["합계", "1,000", "100.0%"],
    ]


def test_parts_of_a_bar_are_patterned_and_their_lengths_compare_all_rows():
    html = render("{% chart picture %}", picture=STACKED)
    for name, drawing in zip(("narrow", "middle", "wide"), drawings(html), strict=True):
        city = bars_of(drawing, "#0b50d0")
        district = bars_of(drawing, f"url(#chart-1-{name}-hatched)")
        assert [round(100 * length / city[0]) for length in (*city, *district)] == [100, 71, 43]
        assert drawing.find(f".//{SVG}pattern").get("id") == f"chart-1-{name}-hatched"
        assert [t.text for t in drawing.iter(f"{SVG}text") if t.text and "%" in t.text] == ["70%", "30%", "100%"]
    assert table_rows(html) == [
        ["가", "700", "300", "1,000"],
        ["나", "500", "0", "500"],
        ["합계", "1,200", "300", "1,500"],
    ]


def test_columns_stand_for_their_numbers_and_an_empty_month_says_0():
    html = render("{% chart picture %}", picture=COLUMNS)
    narrow, middle, _ = drawings(html)
    heights = [
        float(r.get("height")) for r in middle.iter(f"{SVG}rect") if r.get("fill") == "#0b50d0" and r.get("stroke")
    ]
    assert heights == [100, 50]
    zeros = [t for t in middle.iter(f"{SVG}text") if t.text == "0"]
    assert len(zeros) == 2
    assert next(a.find(f"{SVG}title").text for a in narrow.iter(f"{SVG}a")) == "2030년 1월: 회의 10회, 참석 100명"
    assert table_rows(html)[1:] == [["2030년 2월", "0", "0"], ["2030년 3월", "5", "294"], ["합계", "15", "394"]]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: charts.BarChart(title="x", items=items([-1])), "below zero"),
        (lambda: make_treemap(groups=[charts.Group("g", items([5, -1]))]), "below zero"),
        (lambda: charts.StackedBars(title="x", parts=["a", "b"], rows=[charts.StackRow("r", [1])]), "1 values for 2 parts"),
        (lambda: charts.StackedBars(title="x", parts=list("abcde"), rows=[]), "fills for 1 to 4"),
        (lambda: charts.Columns(title="x", items=items([0, 0]), panels=[charts.Panel("p", [1])]), "1 values for 2 columns"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_drawn_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


# --- every chart ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", ALL, ids=lambda p: type(p).__name__)
def test_every_drawing_is_named_and_described_and_set_large_enough(picture):
    html = render("{% chart picture %}", picture=picture)
    assert html.count("<figure") == html.count("<figcaption") == 1
    assert len(drawings(html)) == 3
    for drawing in drawings(html):
        by_id = {e.get("id"): e.text for e in drawing.iter() if e.get("id")}
        assert by_id[drawing.get("aria-labelledby")] == picture.title
        assert len(by_id[drawing.get("aria-describedby")]) > 20
        assert drawing.get("role") == ("group" if list(drawing.iter(f"{SVG}a")) else "img")
        sizes = [float(t.get("font-size")) for t in drawing.iter() if t.get("font-size")]
        assert sizes and min(sizes) >= 13
    assert "style=" not in html and "<style" not in html and "<script" not in html


@pytest.mark.parametrize("picture", ALL, ids=lambda p: type(p).__name__)
def test_a_chart_used_twice_repeats_no_id_and_each_reference_is_met(picture):
    html = render("{% chart picture %}{% chart picture %}", picture=picture)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"|url\(#([^)]+)\)', html)
    assert {a or b for a, b in wanted} <= set(ids)


def test_a_page_has_the_same_ids_at_every_request_and_a_given_id_is_used():
    source = "{% chart picture %}"
    assert render(source, picture=BARS) == render(source, picture=BARS)
    assert 'id="chart-1"' in render(source, picture=BARS)
    assert render(source, picture=BARS, request=False) == render(source, picture=BARS, request=False)
    assert '<figure class="chart" id="budget">' in render("{% chart picture ident='budget' %}", picture=BARS)


def test_names_are_escaped():
    evil = '<script>"&'
    html = render(
        "{% chart picture %}", picture=charts.BarChart(title=evil, items=[charts.Item(evil, 1, url="/?a=1&b=2")])
    )
    assert "<script>" not in html
    assert drawings(html)[0].find(f"{SVG}a").get("href") == "/?a=1&b=2"
    assert drawings(html)[0].find(f"{SVG}title").text == evil


def test_without_numbers_there_is_a_sentence_and_still_the_table():
    html = render("{% chart picture %}", picture=charts.BarChart(title="x", items=[charts.Item("가", 0)]))
    assert "그림으로 보여 줄 수가 아직 없습니다." in html
    assert "<svg" not in html
    assert table_rows(html) == [["가", "0", ""], ["합계", "0", ""]]


def test_the_table_is_folded_or_open_and_nothing_else():
    assert "<details" in render("{% chart picture %}", picture=BARS)
    assert "<details" not in render("{% chart picture table='open' %}", picture=BARS)
    with pytest.raises(TemplateSyntaxError):
        render("{% chart picture table='none' %}", picture=BARS)


def test_tables_of_a_flow_and_a_treemap_sum_to_the_picture():
    rows = table_rows(render("{% chart picture %}", picture=make_treemap()))
    assert [row[1] for row in rows] == ["168,000", "117,000", "51,000", "15,000", "15,000", "183,000"]
    rows = table_rows(render("{% chart picture %}", picture=make_flow((60_000, 40_000), (60_000, 40_000))))
    assert rows[:4] == [
        ["시비", "100", "100.0%"],
        ["가", "60", "60.0%"],
        ["나", "40", "40.0%"],
        ["합계", "100", "100.0%"],
    ]
    assert [row[0] for row in rows[4:]] == ["가", "운영비", "나", "운영비", "합계"]


def _luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tone", base.TONES, ids=lambda tone: tone.deep)
def test_words_on_every_tone_can_be_read(tone):
    assert contrast(svg.INK, tone.fill) >= 4.5
    assert contrast(svg.SOFT, tone.fill) >= 4.5
    assert contrast(svg.PAPER, tone.deep) >= 4.5


# --- the year's line ------------------------------------------------------------------------------------------------

YEAR = [
    charts.Step("발굴", "1월", date(2021, 1, 1), date(2021, 1, 31)),
    charts.Step("숙의", "1월 말 ~ 2월", date(2021, 1, 25), date(2021, 2, 28)),
    charts.Step("투표", "3월 5일", date(2021, 3, 5)),
    charts.Step("평가", "때 없음"),
]


@pytest.mark.parametrize(
    ("day", "states", "current", "position"),
    [
        (date(2020, 12, 31), ["next", "next", "next", "next"], None, None),
        (date(2021, 1, 1), ["current", "next", "next", "next"], "발굴", 1),
        (date(2021, 1, 31), ["current", "current", "next", "next"], "숙의", 2),
        (date(2021, 2, 1), ["done", "current", "next", "next"], "숙의", 2),
        (date(2021, 3, 4), ["done", "done", "next", "next"], None, None),
        (date(2021, 3, 5), ["done", "done", "current", "next"], "투표", 3),
        (date(2021, 3, 6), ["done", "done", "done", "next"], None, None),
    ],
)
def test_the_line_stands_where_the_day_stands(day, states, current, position):
    line = charts.CycleLine.on(day, label="2021", steps=YEAR)
    assert [step.state for step in line.steps] == states
    assert (line.current.label if line.current else None) == current
    assert line.position == position


def test_the_line_marks_one_current_step():
    html = render("{% cycle_line line %}", line=charts.CycleLine.on(date(2021, 1, 31), label="2021", steps=YEAR))
    assert html.count('aria-current="step"') == 1
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip().startswith("지금 2 / 4 숙의 1월 말 ~ 2월")


def test_a_closed_line_has_no_current_step():
    line = charts.CycleLine.on(date(2021, 1, 31), label="2021", steps=YEAR, status="2021 계획 · 마감", closed=True)
    html = render("{% cycle_line line compact=True %}", line=line)
    assert {step.state for step in line.steps} == {steps.DONE}
    assert "<strong>2021 계획 · 마감</strong>" in html
    assert "aria-current" not in html


def test_between_two_steps_the_line_names_the_next():
    html = render("{% cycle_line line %}", line=charts.CycleLine.on(date(2021, 3, 1), label="2021", steps=YEAR))
    assert re.search(r"다음</span>\s*투표", html)


def test_a_timeline_numbers_its_steps():
    html = render("{% timeline year label='단계' %}", year=YEAR)
    assert re.findall(r'step-no" aria-hidden="true">(\d)<', html) == ["1", "2", "3", "4"]
    assert '<ol class="timeline" aria-label="단계">' in html
