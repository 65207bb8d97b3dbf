"""Columns by month: one or two measures over the same months, each in a panel of its own (no second axis)."""

from dataclasses import dataclass

from geumcheon.lib.charts import labels, patterns, svg
from geumcheon.lib.charts.base import COUNT, NARROW, Chart, Item, Table, TableRow, Unit, check_amounts

PANEL = 120  # px of the tallest column
ROW = 30  # px of a month in the narrow drawing


@dataclass(frozen=True)
class Panel:
    """One measure: its name, unit and one value per column."""

    label: str
    values: list[int]
    unit: Unit = COUNT


@dataclass(frozen=True, kw_only=True)
class Columns(Chart):
    """Columns over `items`, whose `code` groups neighbours (the year) and whose label names the column (`3월`).

    The items' own values are not drawn; the panels' are. One to four panels, with the fills plain, hatched, dotted, crossed.
    """

    items: list[Item]
    panels: list[Panel]
    head: str = "때"

    def __post_init__(self):
        if not 1 <= len(self.panels) <= len(patterns.NAMES):
            raise ValueError(f"{len(self.panels)} panels: there are fills for 1 to {len(patterns.NAMES)}.")
        for panel in self.panels:
            if len(panel.values) != len(self.items):
                raise ValueError(f"{panel.label} has {len(panel.values)} values for {len(self.items)} columns.")
            check_amounts(panel.values)

    @property
    def total(self):
        return sum(sum(panel.values) for panel in self.panels)

    @property
    def has_links(self):
        return any(item.url for item in self.items)

    @property
    def unit_note(self):
        return "단위: " + ", ".join(dict.fromkeys(panel.unit.name for panel in self.panels))

    @property
    def caption_note(self):
        return " · ".join(f"{panel.label} {panel.unit.full(sum(panel.values))}" for panel in self.panels)

    def description(self):
        told = []
        for panel in self.panels:
            most = max(range(len(self.items)), key=panel.values.__getitem__)
            told.append(
                f"{panel.label} 모두 {panel.unit.full(sum(panel.values))}, 가장 많은 때는 {self._name(most)} {panel.unit.full(panel.values[most])}."
            )
        return f"{self._name(0)}부터 {self._name(-1)}까지. {' '.join(told)}"

    def _name(self, index):
        item = self.items[index]
        return f"{item.code} {item.label}".strip()

    def _told(self, index):
        told = ", ".join(f"{panel.label} {panel.unit.full(panel.values[index])}" for panel in self.panels)
        return f"{self._name(index)}: {told}"

    def tables(self):
        rows = [
            TableRow(self._name(i), [panel.unit.text(panel.values[i]) for panel in self.panels], url=item.url)
            for i, item in enumerate(self.items)
        ]
        rows.append(TableRow("합계", [panel.unit.text(sum(panel.values)) for panel in self.panels], kind="total"))
        return [Table(self.unit_note, [self.head, *(panel.label for panel in self.panels)], rows)]

    def _spans(self):
        """[(code, first, after last)] of neighbours with one code."""
        spans = []
        for index, item in enumerate(self.items):
            if spans and spans[-1][0] == item.code:
                spans[-1] = (item.code, spans[-1][1], index + 1)
            else:
                spans.append((item.code, index, index + 1))
        return spans

    def draw(self, size, ident):
        return self._draw_rows(ident) if size.is_narrow else self._draw_columns(size, ident)

    def _draw_columns(self, size, ident):
        """Columns side by side, panels one below the other."""
        count = len(self.items)
        slot = size.width / count
        shapes = patterns.definitions(ident, len(self.panels))
        tops = [28 + index * (PANEL + 56) for index in range(len(self.panels))]
        foot = tops[-1] + PANEL
        for index, item in enumerate(self.items):
            place = {"x": svg.percent(index, count), "width": svg.percent(1, count)}
            parts = [svg.element("rect", class_="chart-row", **place, height=foot + 28, fill=svg.PAPER)]
            for order, panel in enumerate(self.panels):
                parts += self._column(ident, order, panel, index, tops[order], slot)
            shapes.append(svg.link(item.url, self._told(index), *parts))
        shapes += self._months(count, slot, foot)
        for panel, top in zip(self.panels, tops, strict=True):
            shapes.append(svg.element("rect", y=top + PANEL, width="100%", height=1, fill=svg.SOFT))
            shapes.append(svg.text(0, top - 14, f"{panel.label}({panel.unit.name})", weight=700))
        return shapes, foot + 56

    def _column(self, ident, order, panel, index, top, slot):
        value, count = panel.values[index], len(self.items)
        # The largest leaves 20 px above for its number and the panel's name.
        height = (PANEL - 20) * value / max(*panel.values, 1)
        box = {
            "x": svg.percent(index + 0.2, count),
            "width": svg.percent(0.6, count),
            "y": top + PANEL - height,
            "height": height,
        }
        shapes = []
        if value:
            shapes.append(svg.element("rect", **box, fill=patterns.fill(ident, order), stroke=patterns.DEEP))
        number = panel.unit.text(value)
        if labels.width(number, svg.SMALL) <= slot:
            x = svg.percent(index + 0.5, count)
            shapes.append(svg.text(x, top + PANEL - height - 6, number, size=svg.SMALL, weight=500, anchor="middle"))
        return shapes

    def _months(self, count, slot, foot):
        """Names under the columns (every n-th where they would collide) and their groups below."""
        widest = max(labels.width(item.label, svg.SMALL) for item in self.items) + 4
        every = next(n for n in range(1, count + 1) if n * slot >= widest or n == count)
        shapes = []
        for code, start, end in self._spans():
            shapes += [
                svg.text(
                    svg.percent(i + 0.5, count),
                    foot + 20,
                    self.items[i].label,
                    size=svg.SMALL,
                    fill=svg.SOFT,
                    anchor="middle",
                )
                for i in range(start, end, every)
            ]
            if code:
                shapes.append(
                    svg.element(
                        "rect",
                        x=svg.percent(start + 0.1, count),
                        y=foot + 29,
                        width=svg.percent(end - start - 0.2, count),
                        height=1,
                        fill=svg.RULE,
                    )
                )
                name = labels.shorten(code, (end - start) * slot, svg.BODY)
                shapes.append(
                    svg.text(svg.percent((start + end) / 2, count), foot + 48, name, weight=700, anchor="middle")
                )
        return shapes

    def _draw_rows(self, ident):
        """For phones: months as rows, panels side by side under their names."""
        shapes, top = patterns.definitions(ident, len(self.panels)), 0
        widest = max(labels.width(name, svg.SMALL) for item in self.items for name in (item.label, item.code))
        first = 100 * (widest + 10) / NARROW.width
        room = (100 - first) / len(self.panels)
        for code, start, end in self._spans():
            if code or not start:
                names = [code, *(f"{panel.label}({panel.unit.name})" for panel in self.panels)]
                at = [0, *(first + order * room for order in range(len(self.panels)))]
                shapes += [
                    svg.text(f"{svg.number(x)}%", top + 20, name, size=svg.SMALL, weight=700)
                    for x, name in zip(at, names, strict=True)
                    if name
                ]
                shapes.append(svg.element("rect", y=top + 29, width="100%", height=1, fill=svg.SOFT))
                top += 34
            for index in range(start, end):
                item = self.items[index]
                parts = [_ground(top), svg.text(0, top + 20, item.label, size=svg.SMALL)]
                for order, panel in enumerate(self.panels):
                    parts += self._row_bar(ident, order, panel, index, first + order * room, room, top)
                shapes.append(svg.link(item.url, self._told(index), *parts))
                top += ROW
            top += 8
        return shapes, top - 8

    def _row_bar(self, ident, order, panel, index, start, room, top):
        value = panel.values[index]
        widest = 100 * (max(labels.width(panel.unit.text(v), svg.SMALL) for v in panel.values) + 14) / NARROW.width
        length = (room - widest) * value / max(max(panel.values), 1)
        number = svg.text(
            f"{svg.number(start + length)}%", top + 20, panel.unit.text(value), size=svg.SMALL, weight=500, shift=6
        )
        if not value:
            return [number]
        bar = svg.element(
            "rect", x=f"{svg.number(start)}%", y=top + 7, width=f"{svg.number(length)}%", height=16,
            fill=patterns.fill(ident, order), stroke=patterns.DEEP,
        )  # fmt: skip
        return [bar, number]


def _ground(top):
    """A row's ground, which shows that it is pointed at."""
    return svg.element("rect", class_="chart-row", y=top, width="100%", height=ROW, fill=svg.PAPER)
