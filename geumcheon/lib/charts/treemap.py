"""Treemap: items sized by value, grouped, every cell's area exactly proportional to its value."""

from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from geumcheon.lib.charts import labels, svg
from geumcheon.lib.charts.base import MIDDLE, NARROW, WIDE, Chart, Group, Item, Table, TableRow, check_amounts, tone

HEAD_LINE = 19  # px of a line of a group's name above its cells
GAP = 8  # px between groups
PAD = 6  # px between a cell's edge and its text
SIZES = (
    (svg.LARGE, svg.HUGE, 24),
    (svg.BODY, svg.BODY, 0),
    (svg.SMALL, svg.SMALL, 0),
)  # px of name, amount, spare height
MAX_GROUPS_TRIED = 14


@dataclass(frozen=True)
class Cell:
    """A rectangle: x and w in the layout's width, y and h in px."""

    x: float
    y: float
    w: float
    h: float
    item: Item

    @property
    def area(self):
        return self.w * self.h


@dataclass(frozen=True)
class Block:
    """A group's rectangle: its name stands in the top `head` px, its cells fill the rest."""

    x: float
    y: float
    w: float
    h: float
    head: int
    group: Group
    index: int
    cells: list[Cell] = field(default_factory=list)


def squarify(items, x, y, w, h):
    """Cells of items in the rectangle, as square as the greedy rule of Bruls, Huizing and van Wijk makes them.

    Items of value 0 get no cell. The areas fill the rectangle and are proportional to the values.
    """
    queue = sorted((item for item in items if item.value), key=lambda item: -item.value)
    left = sum(item.value for item in queue)
    cells = []
    while queue:
        side, scale = min(w, h), w * h / left
        row = [queue.pop(0)]
        while queue and _worst([*row, queue[0]], side, scale) <= _worst(row, side, scale):
            row.append(queue.pop(0))
        inside = sum(item.value for item in row)
        # Shares of what is left, not areas over sides: rounding errors never make a side negative.
        thick, at = max(w, h) * inside / left, 0.0
        for item in row:
            length = side * item.value / inside
            cells.append(Cell(x, y + at, thick, length, item) if w >= h else Cell(x + at, y, length, thick, item))
            at += length
        x, y, w, h = (x + thick, y, w - thick, h) if w >= h else (x, y + thick, w, h - thick)
        left -= inside
    return cells


def _worst(row, side, scale):
    """The largest ratio of a row's cells' sides."""
    values = [item.value * scale for item in row]
    thick = sum(values) / side
    return max(max(value / thick / thick, thick * thick / value) for value in values)


def _cuts(count, most):
    """Ways to cut `count` groups in order into at most `most` columns, as lists of (first, after last)."""
    most = min(most, count)
    if count > MAX_GROUPS_TRIED:
        most = min(most, 3)  # thousands of ways otherwise
    for columns in range(1, most + 1):
        for inner in combinations(range(1, count), columns - 1):
            edges = (0, *inner, count)
            yield list(pairwise(edges))


def layout(groups, w, h, columns, head):
    """Blocks of the groups in at most `columns` columns of a picture w × h, each with `head` px for its name.

    A column of k groups loses k names and k - 1 gaps of its height, so its width is reckoned from what is left. Thereby every
    cell of the picture, not only of its group, has area = value × one scale. The cut with the squarest blocks is taken.
    """
    ranked = sorted(((g, i) for i, g in enumerate(groups) if g.value), key=lambda pair: -pair[0].value)
    if not ranked:
        return []
    tried = [_place([ranked[start:end] for start, end in cut], w, h, head) for cut in _cuts(len(ranked), columns)]
    tried = [blocks for blocks in tried if blocks]
    if not tried:
        raise ValueError(f"{len(ranked)} groups do not fit into {h} px.")
    best = min(tried, key=lambda blocks: max(_ratio(block.w, block.h - head) for block in blocks))
    return [replace(b, cells=squarify(b.group.items, b.x, b.y + head, b.w, b.h - head)) for b in best]


def _place(columns, w, h, head):
    """Blocks, still without cells, of the given columns of (group, index); [] where the names leave no room."""
    free = [h - len(column) * (head + GAP) + GAP for column in columns]
    if min(free) <= 0:
        return []
    sums = [sum(group.value for group, _ in column) for column in columns]
    scale = (w - GAP * (len(columns) - 1)) / sum(s / f for s, f in zip(sums, free, strict=True))
    blocks, x = [], 0.0
    for column, column_sum, room in zip(columns, sums, free, strict=True):
        width, y = column_sum * scale / room, 0.0
        for group, index in column:
            inner = group.value * scale / width
            blocks.append(Block(x, y, width, head + inner, head, group, index))
            y += head + inner + GAP
        x += width + GAP
    return blocks


def _ratio(w, h):
    return max(w / h, h / w)


@dataclass(frozen=True, kw_only=True)
class Treemap(Chart):
    """Groups of items as a treemap. `noun` is what one item is called, `head` the first column of the table."""

    groups: list[Group]
    noun: str = "항목"
    head: str = "이름"

    # Width and height for the layout, most columns, lines of a group's name.
    SHAPES = {NARROW: (328, 720, 2, 2), MIDDLE: (800, 540, 3, 2), WIDE: (1120, 520, 4, 1)}

    def __post_init__(self):
        check_amounts(item.value for group in self.groups for item in group.items)

    @property
    def total(self):
        return sum(group.value for group in self.groups)

    @property
    def has_links(self):
        return any(item.url for group in self.groups for item in group.items)

    def description(self):
        items = sorted((item for group in self.groups for item in group.items), key=lambda item: -item.value)
        big, small = items[0], items[-1]
        return (
            f"{self.noun} {len(items)}개를 크기만큼의 네모로 그리고 {len(self.groups)}개로 묶었습니다. 합계 {self.unit.full(self.total)}. "
            f"가장 큰 것은 {big.label} {self.unit.full(big.value)}, 가장 작은 것은 {small.label} {self.unit.full(small.value)}."
        )

    def tables(self):
        rows = []
        for group in self.groups:
            rows.append(TableRow(group.label, self._cells(group.value), url=group.url, kind="group"))
            rows += [TableRow(item.name, self._cells(item.value), url=item.url, note=item.note) for item in group.items]
        rows.append(TableRow("합계", self._cells(self.total), kind="total"))
        return [Table(self.unit_note, [self.head, "금액" if self.unit.name == "천원" else "수", "비율"], rows)]

    def _cells(self, value):
        return [self.unit.text(value), self.share(value)]

    def draw(self, size, ident):
        width, height, columns, lines = self.SHAPES[size]
        factor = size.width / width
        shapes = []
        for block in layout(self.groups, width, height, columns, head=lines * HEAD_LINE + 9):
            colours = tone(block.index)
            shapes.append(self._head(block, width, factor, lines, colours))
            shapes += [self._cell(cell, width, factor, colours) for cell in block.cells]
        return shapes, height

    def _head(self, block, width, factor, lines, colours):
        """The group's name, with its sum where both fit on one line."""
        room = block.w * factor - 2 * PAD
        name, amount = block.group.label, self.unit.text(block.group.value)
        told = f"{name} {self.unit.full(block.group.value)} ({self.share(block.group.value)})"
        names = labels.fit(name, room, svg.BODY, lines)
        first = block.head / 2 + 5 - (len(names) - 1) * HEAD_LINE / 2
        parts = [
            svg.element("title", told),
            svg.element("rect", width="100%", height=block.head, fill=colours.deep),
            svg.text(PAD, first, names, weight=700, fill=svg.PAPER),
        ]
        if (
            labels.width(names[0] if names else "", svg.BODY) + labels.width(amount, svg.BODY) + 12 <= room
            and len(names) == 1
        ):
            parts.append(svg.text("100%", first, amount, fill=svg.PAPER, anchor="end", shift=-PAD))
        box = {
            "x": svg.percent(block.x, width),
            "y": block.y,
            "width": svg.percent(block.w, width),
            "height": block.head,
        }
        return svg.element("svg", *parts, **box)

    def _cell(self, cell, width, factor, colours):
        item = cell.item
        label = f"{item.name} {self.unit.full(item.value)} ({self.share(item.value)})"
        # Half of each stroke lies outside and is cut off: neighbours stand 2 px apart, the ring of a focused cell inside it.
        face = svg.element(
            "rect",
            class_="chart-cell",
            width="100%",
            height="100%",
            fill=colours.fill,
            stroke=svg.PAPER,
            stroke_width=2,
        )
        words = self._words(item, cell.w * factor - 2 * PAD, cell.h - PAD)
        box = {"x": svg.percent(cell.x, width), "y": cell.y, "width": svg.percent(cell.w, width), "height": cell.h}
        return svg.link(item.url, label, svg.element("svg", face, *words, **box))

    def _words(self, item, room, height):
        """Text of a cell with `room` × `height` px: name and amount, a shortened name and amount, the name, or the code."""
        amount, share = self.unit.text(item.value), self.share(item.value)
        for size, strong, spare in SIZES:
            lines = self._name(item, room, size)
            step, foot = round(size * svg.LEADING), round(strong * svg.LEADING)
            if lines and labels.width(amount, strong) <= room and len(lines) * step + foot + spare <= height:
                return self._named(lines, amount, share, room, size, strong)
        size, step = svg.SMALL, round(svg.SMALL * svg.LEADING)
        lines = labels.fit(item.name, room, size, int(height // step) - 1)
        told = len("".join(lines)) > 6 and labels.keeps_words(" ".join(item.name.split()[:2]), room, size)
        if told and labels.width(amount, size) <= room:
            return self._named(lines, amount, share, room, size, size)
        lines = self._name(item, room, size)
        if lines and len(lines) * step <= height:
            return [svg.text(PAD, PAD + size - 1, lines, size=size, weight=500)]
        short = item.code or labels.shorten(item.label, room, size)
        if not short or height < svg.BODY or labels.width(short, svg.BODY) > room + PAD:
            return []
        words = [svg.text(PAD, svg.BODY + 5, short, weight=700)]
        if height >= 2.5 * svg.BODY and labels.width(amount, size) <= room:
            words.append(svg.text(PAD, svg.BODY + 5 + step, amount, size=size, weight=700))
        return words

    @staticmethod
    def _name(item, room, size):
        """The name's lines without cutting a word, the code on a line of its own where it must be; None where a word is too wide."""
        if labels.keeps_words(item.name, room, size):
            return labels.wrap(item.name, room, size)
        if item.code and labels.keeps_words(item.label, room, size):
            return [f"{item.code}.", *labels.wrap(item.label, room, size)]
        return None

    def _named(self, lines, amount, share, room, size, strong):
        step = round(size * svg.LEADING)
        base = PAD + size - 1
        foot = base + (len(lines) - 1) * step + round(strong * svg.LEADING) + (4 if size == svg.LARGE else 0)
        figures = [svg.element("tspan", amount, font_weight=700)]
        if labels.width(f"{amount} ", strong) + labels.width(share, svg.SMALL) <= room:
            figures.append(svg.element("tspan", share, dx=6, font_size=svg.SMALL, fill=svg.SOFT))
        return [
            svg.text(PAD, base, lines, size=size, weight=500),
            svg.element("text", *figures, x=PAD, y=foot, font_size=strong, fill=svg.INK),
        ]
