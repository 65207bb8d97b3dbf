"""Differences of two columns of numbers: bars left and right of a zero line, each with its sign in words and figures."""

from dataclasses import dataclass

from geumcheon.lib.charts import labels, patterns, svg
from geumcheon.lib.charts.bars import GAP, LINE, TEXT
from geumcheon.lib.charts.bars import LEAST as LEAST_NAME
from geumcheon.lib.charts.base import Chart, Key, Table, TableRow

HEAD = 24  # px of the `0` above the zero line
BAR = 16  # px
LEAST = 0.12  # of the larger side: an empty side still shows that it is one
UP, DOWN = 0, 1  # fills: plain for more, hatched for less


@dataclass(frozen=True)
class Change:
    """One name before and after, in the chart's unit; None on the side where it is not there. `mark` stands behind the drawn name."""

    label: str
    before: int | None
    after: int | None
    url: str = ""
    code: str = ""
    note: str = ""
    mark: str = ""

    @property
    def name(self):
        return f"{self.code}. {self.label}" if self.code else self.label

    @property
    def marked(self):
        """`10. 알리미(빠짐)`."""
        return f"{self.name}({self.mark})" if self.mark else self.name

    @property
    def difference(self):
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, kw_only=True)
class DivergingBars(Chart):
    """After − before, a bar a row, left of the zero line for less and right of it for more.

    Only rows that differ are drawn, the table has them all. `before_head` and `after_head` name the two columns, `noun` one row.
    """

    rows: list[Change]
    head: str = "이름"
    before_head: str = "앞"
    after_head: str = "뒤"
    noun: str = "항목"

    @property
    def changed(self):
        return [row for row in self.rows if row.difference]

    @property
    def total(self):
        """What is drawn: all differences without their signs; 0 where nothing differs. The sum is `net`."""
        return sum(abs(row.difference) for row in self.rows)

    @property
    def net(self):
        return sum(row.difference for row in self.rows)

    @property
    def has_links(self):
        return any(row.url for row in self.changed)

    @property
    def caption_note(self):
        return f"차이 합계 {self._signed(self.net)}{self.unit.name}"

    def _signed(self, value):
        """`+1,000`, `△1,000` (less, as officials write it) or `0`."""
        if not value:
            return self.unit.text(0)
        return f"+{self.unit.text(value)}" if value > 0 else f"△{self.unit.text(-value)}"

    def _told(self, value):
        return f"{self.unit.full(abs(value))} {'늘었습니다' if value > 0 else '줄었습니다'}"

    def description(self):
        more = sum(1 for row in self.changed if row.difference > 0)
        largest = sorted(self.changed, key=lambda row: -abs(row.difference))[:3]
        told = ", ".join(f"{row.label} {self._told(row.difference)}" for row in largest)
        return (
            f"{self.noun} {len(self.rows)}개 가운데 {len(self.changed)}개가 달라졌습니다: 늘어난 것 {more}개, "
            f"줄어든 것 {len(self.changed) - more}개. 차이가 큰 것부터 {told}."
        )

    def keys(self, ident):
        signs = {row.difference > 0 for row in self.changed}
        names = [(DOWN, "△ 줄어듦", False), (UP, "+ 늘어남", True)]
        return [Key(name, patterns.swatch(f"{ident}-{fill}", fill)) for fill, name, sign in names if sign in signs]

    def tables(self):
        def cells(before, after, difference):
            sides = ["–" if value is None else self.unit.text(value) for value in (before, after)]
            return [*sides, self._signed(difference)]

        rows = [
            TableRow(row.name, cells(row.before, row.after, row.difference), url=row.url, note=row.note)
            for row in self.rows
        ]
        sums = [sum(filter(None, side)) for side in zip(*((row.before, row.after) for row in self.rows), strict=True)]
        rows.append(TableRow("합계", cells(*sums, self.net), kind="total"))
        return [Table(self.unit_note, [self.head, self.before_head, self.after_head, "차이"], rows)]

    # --- drawing ------------------------------------------------------------------------------------------------------

    def draw(self, size, ident):
        shapes, top = patterns.definitions(ident, 2), 0 if size.is_narrow else HEAD
        numbers = max(labels.width(self._signed(row.difference), TEXT) for row in self.changed)
        names = max(LEAST_NAME, *(labels.width(row.marked, TEXT) for row in self.changed))
        if size.is_narrow:
            room, start, end = size.width - numbers - 12, 0, 100
        else:
            room = min(names, 0.4 * size.width)
            start, end = (100 * px / size.width for px in (room + GAP, size.width - numbers - GAP))
        zero, scale = self._zero(start, end)
        first = top
        for row in self.changed:
            height, *parts = self._row(row, labels.fit(row.marked, room, TEXT, 2), top, size.is_narrow)
            bar_y = top + height - (22 if size.is_narrow else height / 2 + 8)
            ground = svg.element("rect", class_="chart-row", y=top, width="100%", height=height, fill=svg.PAPER)
            bar = self._bar(row.difference, zero, scale, bar_y, ident)
            # On a phone names and numbers stand above the bars: the zero line is cut there.
            axis = [self._axis(zero, bar_y - 4, bar_y + BAR + 4)] if size.is_narrow else []
            shapes.append(svg.link(row.url, f"{row.marked} {self._told(row.difference)}", ground, *parts, bar, *axis))
            top += height
        if not size.is_narrow:
            nought = svg.text(f"{svg.number(zero)}%", first - 9, "0", size=svg.SMALL, fill=svg.SOFT, anchor="middle")
            shapes += [nought, self._axis(zero, first - 4, top)]
        return shapes, top + 4

    def _zero(self, start, end):
        """(where zero lies, percent a unit): both sides on one scale, an empty one with a little room."""
        less = max([-row.difference for row in self.changed if row.difference < 0], default=0)
        more = max([row.difference for row in self.changed if row.difference > 0], default=0)
        least = LEAST * max(less, more)
        less, more = max(less, least), max(more, least)
        return start + (end - start) * less / (less + more), (end - start) / (less + more)

    def _row(self, row, lines, top, narrow):
        """(height, name, number): side by side with the bar, or above it."""
        if narrow:
            height, number_y = len(lines) * LINE + 34, top + 4 + TEXT
            name_y = number_y
        else:
            height = max(38, len(lines) * LINE + 14)
            number_y = top + height / 2 + 5
            name_y = number_y - (len(lines) - 1) * LINE / 2
        number = svg.text("100%", number_y, self._signed(row.difference), size=TEXT, weight=700, anchor="end")
        return height, svg.text(0, name_y, lines, size=TEXT), number

    @staticmethod
    def _bar(value, zero, scale, top, ident):
        length = abs(value) * scale
        return svg.element(
            "rect", x=f"{svg.number(zero if value > 0 else zero - length)}%", y=top, width=f"{svg.number(length)}%",
            height=BAR, fill=patterns.fill(ident, UP if value > 0 else DOWN), stroke=patterns.DEEP, stroke_width=1,
        )  # fmt: skip

    @staticmethod
    def _axis(zero, top, bottom):
        x = f"{svg.number(zero)}%"
        return svg.element("line", x1=x, x2=x, y1=top, y2=bottom, stroke=svg.INK, stroke_width=1.5)
