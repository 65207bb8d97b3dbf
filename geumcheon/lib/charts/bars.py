"""Horizontal bars: one number a row (BarChart) or parts of a whole (StackedBars)."""

from dataclasses import dataclass

from geumcheon.lib.charts import labels, patterns, svg
from geumcheon.lib.charts.base import Chart, Item, Key, Table, TableRow, check_amounts
from geumcheon.lib.money import percent

TEXT = 15  # px
LINE = round(TEXT * svg.LEADING)
SHARE = 52  # px for the column of shares at the right edge
GAP = 16  # px between names, bars and numbers
LEAST = labels.width("가…", TEXT)  # px: names in less room are not drawn


def _names(items, room):
    """Each item's name in at most two lines."""
    return [labels.fit(item.name, room, TEXT, 2) for item in items]


def _thirds(items, size, numbers):
    """(percent where names end, where bars begin, where bars end) of a drawing with names, bars and numbers side by side.

    Names get what the longest needs on one line, at most a third and never less than labels.fit asks for; `numbers` is their width
    in px.
    """
    longest = max(LEAST, *(labels.width(item.name, TEXT) for item in items))
    names = min(longest, size.width / 3)
    return tuple(100 * px / size.width for px in (names, names + GAP, size.width - numbers - GAP))


def _ground(top, height):
    """The row's ground, which shows that it is pointed at."""
    return svg.element("rect", class_="chart-row", y=top, width="100%", height=height, fill=svg.PAPER)


@dataclass(frozen=True, kw_only=True)
class BarChart(Chart):
    """One bar a row with its number and, unless `shares` is False, its share of all. Rows keep their order."""

    items: list[Item]
    head: str = "이름"
    value_head: str = "금액"
    shares: bool = True

    def __post_init__(self):
        check_amounts(item.value for item in self.items)

    @property
    def total(self):
        return sum(item.value for item in self.items)

    @property
    def has_links(self):
        return any(item.url for item in self.items)

    @property
    def largest(self):
        return max(item.value for item in self.items)

    def description(self):
        ranked = sorted(self.items, key=lambda item: -item.value)
        told = ", ".join(f"{item.label} {self._figure(item.value)}" for item in ranked[:3])
        return f"{len(self.items)}개를 막대 길이로 견줍니다. 큰 것부터 {told}."

    def _figure(self, value):
        full = self.unit.full(value)
        return f"{full}({self.share(value)})" if self.shares else full

    def tables(self):
        def cells(value):
            return [self.unit.text(value), self.share(value)] if self.shares else [self.unit.text(value)]

        rows = [TableRow(item.name, cells(item.value), url=item.url, note=item.note) for item in self.items]
        rows.append(TableRow("합계", cells(self.total), kind="total"))
        return [Table(self.unit_note, [self.head, self.value_head, *(["비율"] if self.shares else [])], rows)]

    def draw(self, size, ident):
        shapes, top = [], 0
        row = self._narrow_row if size.is_narrow else self._row
        numbers = max(labels.width(self.unit.text(item.value), TEXT) for item in self.items) + self._share_room
        edges = _thirds(self.items, size, numbers)
        room = size.width - numbers - 12 if size.is_narrow else edges[0] * size.width / 100
        for item, lines in zip(self.items, _names(self.items, room), strict=True):
            height, *parts = row(item, lines, top, edges)
            shapes.append(svg.link(item.url, f"{item.name} {self._figure(item.value)}", _ground(top, height), *parts))
            top += height
        return shapes, top

    def _row(self, item, lines, top, edges):
        """Name, bar and numbers side by side."""
        height = max(38, len(lines) * LINE + 14)
        middle = top + height / 2
        first = middle + 5 - (len(lines) - 1) * LINE / 2
        _, start, end = edges
        return [
            height,
            svg.text(0, first, lines, size=TEXT),
            *self._bar(item, start, end, middle - 9, 18),
            *self._numbers(item, middle + 5),
        ]

    def _narrow_row(self, item, lines, top, edges):
        """Name and numbers above the bar."""
        first, at = top + 4 + TEXT, top + 10 + len(lines) * LINE
        height = len(lines) * LINE + 32
        return [
            height,
            svg.text(0, first, lines, size=TEXT),
            *self._numbers(item, first),
            *self._bar(item, 0, 100, at, 12),
        ]

    def _bar(self, item, start, end, top, height):
        """A bar on its track between two percents."""
        length = (end - start) * item.value / self.largest
        box = {"x": f"{svg.number(start)}%", "y": top, "height": height}
        return [
            svg.element("rect", **box, width=f"{svg.number(end - start)}%", fill=svg.TRACK),
            svg.element("rect", **box, width=f"{svg.number(length)}%", fill=patterns.DEEP),
        ]

    @property
    def _share_room(self):
        return SHARE if self.shares else 0

    def _numbers(self, item, y):
        text = self.unit.text(item.value)
        amount = svg.text("100%", y, text, size=TEXT, weight=700, anchor="end", shift=-self._share_room)
        if not self.shares:
            return [amount]
        return [amount, svg.text("100%", y, self.share(item.value), size=svg.BODY, fill=svg.SOFT, anchor="end")]


@dataclass(frozen=True)
class StackRow:
    """One bar of parts; `values` in the order of the chart's parts."""

    label: str
    values: list[int]
    url: str = ""
    code: str = ""

    @property
    def name(self):
        return f"{self.code}. {self.label}" if self.code else self.label

    @property
    def value(self):
        return sum(self.values)


@dataclass(frozen=True, kw_only=True)
class StackedBars(Chart):
    """Bars of up to four parts, plain, hatched, dotted and crossed, with a legend and the parts' shares of their own row.

    `same_length` draws every row as 100 %; else the rows' lengths compare their sums.
    """

    parts: list[str]
    rows: list[StackRow]
    head: str = "이름"
    same_length: bool = False

    def __post_init__(self):
        if not 1 <= len(self.parts) <= len(patterns.NAMES):
            raise ValueError(f"{len(self.parts)} parts: there are fills for 1 to {len(patterns.NAMES)}.")
        for row in self.rows:
            if len(row.values) != len(self.parts):
                raise ValueError(f"{row.label} has {len(row.values)} values for {len(self.parts)} parts.")
            check_amounts(row.values)

    @property
    def total(self):
        return sum(row.value for row in self.rows)

    @property
    def has_links(self):
        return any(row.url for row in self.rows)

    def _sums(self):
        return [sum(row.values[i] for row in self.rows) for i in range(len(self.parts))]

    def description(self):
        told = ", ".join(
            f"{part} {self.unit.full(value)}({self.share(value)})"
            for part, value in zip(self.parts, self._sums(), strict=True)
        )
        return f"막대 {len(self.rows)}개를 {len(self.parts)}가지로 나누었습니다. 모두 합하면 {told}."

    def keys(self, ident):
        return [Key(part, patterns.swatch(f"{ident}-{index}", index)) for index, part in enumerate(self.parts)]

    def tables(self):
        def cells(values):
            return [self.unit.text(value) for value in values] + [self.unit.text(sum(values))]

        rows = [TableRow(row.name, cells(row.values), url=row.url) for row in self.rows]
        if len(rows) > 1:
            rows.append(TableRow("합계", cells(self._sums()), kind="total"))
        return [Table(self.unit_note, [self.head, *self.parts, "합계"], rows)]

    def _told(self, row):
        told = ", ".join(f"{part} {self.unit.full(value)}" for part, value in zip(self.parts, row.values, strict=True))
        return f"{row.name} {told}"

    def draw(self, size, ident):
        shapes, top = patterns.definitions(ident, len(self.parts)), 0
        numbers = max(labels.width(self.unit.text(row.value), TEXT) for row in self.rows)
        edges = _thirds(self.rows, size, numbers)
        room = size.width - numbers - 12 if size.is_narrow else edges[0] * size.width / 100
        for row, lines in zip(self.rows, _names(self.rows, room), strict=True):
            words = len(lines) * LINE
            if size.is_narrow:
                height, start, end = words + 48, 0, 100
                name_y = number_y = top + 4 + TEXT
                bar_y = top + 10 + words
            else:
                height, start, end = max(46, words + 14), *edges[1:]
                number_y = top + height / 2 + 5
                name_y, bar_y = number_y - (words - LINE) / 2, number_y - 19
            name = svg.text(0, name_y, lines, size=TEXT)
            amount = svg.text("100%", number_y, self.unit.text(row.value), size=TEXT, weight=700, anchor="end")
            bar = self._bar(row, ident, start, end, bar_y, size.width)
            shapes.append(svg.link(row.url, self._told(row), _ground(top, height), name, *bar, amount))
            top += height
        return shapes, top

    def _bar(self, row, ident, start, end, top, width):
        """The parts of one bar between two percents, each with its share of the row where that fits."""
        longest = row.value if self.same_length else max(r.value for r in self.rows)
        shapes, at = [], start
        for index, value in enumerate(row.values):
            if not value:
                continue
            wide = (end - start) * value / longest
            box = {"x": f"{svg.number(at)}%", "y": top, "width": f"{svg.number(wide)}%", "height": 28}
            face = svg.element("rect", **box, fill=patterns.fill(ident, index), stroke=patterns.DEEP, stroke_width=1)
            shapes += [face, *self._share(index, value, row.value, wide * width / 100, box)]
            at += wide
        return shapes

    @staticmethod
    def _share(index, value, whole, room, box):
        """`84%` in the middle of a part, on a plate where the part is patterned; nothing where it does not fit."""
        share = f"{percent(value, whole, 0)}%"
        plate = labels.width(share, svg.SMALL) + 8
        if plate + 4 > room:
            return []
        ink = svg.INK if index else svg.PAPER
        words = svg.text("50%", 19, share, size=svg.SMALL, weight=700, anchor="middle", fill=ink)
        middle = f"translate({svg.number(-plate / 2)})"
        ground = svg.element("rect", x="50%", y=5, width=plate, height=18, rx=3, fill=svg.PAPER, transform=middle)
        return [svg.element("svg", *([ground] if index else []), words, **box)]
