"""Flow of money through columns: a node's height and a band's thickness are its amount on one scale."""

from dataclasses import dataclass

from geumcheon.lib.charts import labels, svg
from geumcheon.lib.charts.base import Chart, Table, TableRow, check_amounts, tone

SMALL_LINE = round(svg.SMALL * svg.LEADING)
HEAD = 32  # px of the columns' names
BARS, NARROW_BARS = 420, 300  # px that the whole sum is high
MANY = 12  # nodes in a column
PLAIN_TONE = 5  # of bars outside the toned column
THIN = 1.5  # px: a thinner node or band would vanish; its number stands beside it


@dataclass(frozen=True)
class Node:
    """One place the money passes. `key` is unique in its column; `short` is the name where room is scarce."""

    key: str
    label: str
    url: str = ""
    short: str = ""


@dataclass(frozen=True)
class FlowColumn:
    """Nodes of one kind in their order."""

    label: str
    nodes: list[Node]


@dataclass(frozen=True)
class Link:
    """Money from a node to a node of the next column. `url` is where the table's row leads: what both share, not all of the target."""

    source: str
    target: str
    value: int
    url: str = ""


@dataclass(frozen=True)
class Box:
    """A node laid out: its bar from y over h px, in the middle of a slot that is high enough for its label."""

    node: Node
    index: int
    value: int
    y: float
    h: float
    slot: float

    @property
    def middle(self):
        return self.y + self.h / 2


@dataclass(frozen=True)
class Band:
    """A link laid out between two boxes: thickness h, top at y0 on the left and y1 on the right."""

    source: Box
    target: Box
    value: int
    y0: float
    y1: float
    h: float


def stack(nodes, values, slots, scale, height):
    """Boxes of a column in `height` px: slots at least as high as asked and as the bar, what is left over spread between them."""
    rooms = [max(slot, values[node.key] * scale) for node, slot in zip(nodes, slots, strict=True)]
    gap = (height - sum(rooms)) / len(nodes)
    boxes, y = {}, gap / 2
    for index, (node, room) in enumerate(zip(nodes, rooms, strict=True)):
        bar = values[node.key] * scale
        boxes[node.key] = Box(node, index, values[node.key], y + (room - bar) / 2, bar, room)
        y += room + gap
    return boxes


def needed(nodes, values, slots, scale, gap=6):
    """The height a column needs, in px."""
    rooms = [max(slot, values[node.key] * scale) for node, slot in zip(nodes, slots, strict=True)]
    return sum(rooms) + gap * len(rooms)


def bands(links, left, right, scale):
    """Bands of links between two columns' boxes. At each box they lie in the order of their other ends: none crosses needlessly."""
    ordered = sorted(links, key=lambda link: (left[link.source].index, right[link.target].index))
    starts = _edges(ordered, "source", left, scale)
    # Sorting is stable: at a target its links keep the order of their sources.
    at_targets = sorted(range(len(ordered)), key=lambda n: right[ordered[n].target].index)
    ends = dict(zip(at_targets, _edges([ordered[n] for n in at_targets], "target", right, scale), strict=True))
    return [
        Band(left[link.source], right[link.target], link.value, starts[n], ends[n], link.value * scale)
        for n, link in enumerate(ordered)
    ]


def _edges(links, side, boxes, scale):
    """Where each link's upper edge meets its box, links stacked in their order."""
    used, edges = {key: box.y for key, box in boxes.items()}, []
    for link in links:
        key = getattr(link, side)
        edges.append(used[key])
        used[key] += link.value * scale
    return edges


@dataclass(frozen=True, kw_only=True)
class Flow(Chart):
    """Two or more columns and the links between neighbours: `steps[i]` leads from `columns[i]` to `columns[i + 1]`.

    What enters a node of a middle column must leave it (ValueError else): a flow that loses money is a mistake in its numbers.
    `toned` is the column whose nodes give the bands their colours (by default the second).
    """

    columns: list[FlowColumn]
    steps: list[list[Link]]
    toned: int = 1

    def __post_init__(self):
        if len(self.steps) != len(self.columns) - 1:
            raise ValueError(f"{len(self.columns)} columns need {len(self.columns) - 1} steps, not {len(self.steps)}.")
        for step, left, right in zip(self.steps, self.columns, self.columns[1:], strict=False):
            check_amounts(link.value for link in step)
            known = {node.key for node in left.nodes}, {node.key for node in right.nodes}
            for link in step:
                if link.source not in known[0] or link.target not in known[1]:
                    raise ValueError(f"{link.source} → {link.target} names a node that no column has.")
        for position, column in enumerate(self.columns[1:-1], start=1):
            for node in column.nodes:
                came, went = self._into(position).get(node.key, 0), self._out_of(position).get(node.key, 0)
                if came != went:
                    raise ValueError(f"{node.label}: {came} comes in and {went} goes out.")

    def _into(self, position):
        return _sums(self.steps[position - 1], "target")

    def _out_of(self, position):
        return _sums(self.steps[position], "source")

    def _values(self, position):
        """{node key: amount} of a column."""
        found = self._out_of(position) if position < len(self.steps) else self._into(position)
        return {node.key: found.get(node.key, 0) for node in self.columns[position].nodes}

    @property
    def total(self):
        return sum(link.value for link in self.steps[0])

    @property
    def has_links(self):
        return any(node.url for column in self.columns for node in column.nodes)

    def description(self):
        kinds = ", ".join(f"{column.label} {len(column.nodes)}개" for column in self.columns)
        values = self._values(0)
        told = ", ".join(f"{node.label} {self.unit.full(values[node.key])}" for node in self.columns[0].nodes)
        return f"왼쪽에서 오른쪽으로 {kinds}를 지나는 돈의 흐름이며 띠의 굵기가 금액입니다. 합계 {self.unit.full(self.total)}: {told}."

    def tables(self):
        return [self._table(position) for position in range(len(self.steps))]

    def _table(self, position):
        """One step: the sources as group rows, under each its targets."""
        left, right = self.columns[position], self.columns[position + 1]
        values, names = self._values(position), {node.key: node for node in right.nodes}
        order = {node.key: index for index, node in enumerate(right.nodes)}
        rows = []
        for node in left.nodes:
            rows.append(TableRow(node.label, self._cells(values[node.key]), url=node.url, kind="group"))
            own = sorted(
                (link for link in self.steps[position] if link.source == node.key), key=lambda link: order[link.target]
            )
            rows += [
                TableRow(names[link.target].label, self._cells(link.value), url=link.url or names[link.target].url)
                for link in own
            ]
        rows.append(TableRow("합계", self._cells(self.total), kind="total"))
        name = f"{left.label} → {right.label}"
        return Table(f"{name} · {self.unit_note}", [name, "금액", "비율"], rows)

    def _cells(self, value):
        return [self.unit.text(value), self.share(value)]

    # --- drawing ------------------------------------------------------------------------------------------------------

    def draw(self, size, ident):
        """All columns side by side, or on a phone one step below the other."""
        if not size.is_narrow:
            return self._stretch(range(len(self.columns)), size)
        shapes, top = [], 0
        for position in range(len(self.steps)):
            drawn, height = self._stretch((position, position + 1), size, top)
            shapes += drawn
            top += height + 24
        return shapes, top - 24

    def _stretch(self, positions, size, top=0):
        """(shapes, height) of neighbouring columns: the first and the middle ones are named on their left, the last on its right."""
        values = [self._values(position) for position in positions]
        edge = (0.34 if size.is_narrow else 0.25) * size.width
        words = [self._words(position, v, edge, size) for position, v in zip(positions, values, strict=True)]
        left, right = words[0].room + 8, words[-1].room + 8
        bar = max(8, 0.012 * size.width)
        step = (size.width - left - right - bar) / (len(positions) - 1)
        at = [left + step * order for order in range(len(positions))]
        middle = slice(1, len(positions) - 1)
        words[middle] = [
            self._words(p, v, 0.7 * step, size) for p, v in zip(positions[middle], values[middle], strict=True)
        ]

        scale = (NARROW_BARS if size.is_narrow else BARS) / self.total
        nodes = [self.columns[position].nodes for position in positions]
        slots = [[w.height(node) for node in column] for column, w in zip(nodes, words, strict=True)]
        height = max(needed(*args, scale) for args in zip(nodes, values, slots, strict=True))
        boxes = [stack(*args, scale, height) for args in zip(nodes, values, slots, strict=True)]

        shapes = []
        for order, position in enumerate(positions[:-1]):
            drawn = bands(self.steps[position], boxes[order], boxes[order + 1], scale)
            x0, x1 = 100 * (at[order] + bar) / size.width, 100 * at[order + 1] / size.width
            shapes.append(self._bands(drawn, position, x0, x1, top + HEAD, height))
        for order, position in enumerate(positions):
            side = _Side(at[order], bar, size.width, is_last=order == len(positions) - 1)
            shapes.append(side.text(top + 16, self.columns[position].label, weight=700, fill=svg.SOFT))
            for box in boxes[order].values():
                shapes.append(
                    self._node(box, position, side, words[order], top + HEAD, plate=0 < order < len(positions) - 1)
                )
        return shapes, HEAD + height

    def _words(self, position, values, room, size):
        """The names and figures of a column in `room` px; shares, on wide drawings, where each of the column's fits."""
        nodes = self.columns[position].nodes
        # Two lines a name would make a column of many nodes longer than a sheet of paper.
        text, most = (svg.SMALL, 3) if size.is_narrow else (svg.BODY, 2 if len(nodes) <= MANY else 1)
        names = {}
        for node in nodes:
            full = labels.wrap(node.label, room, text)
            names[node.key] = (
                full if len(full) <= min(most, 2) else labels.fit(node.short or node.label, room, text, most)
            )
        figures = {key: (self.unit.text(value), self.share(value)) for key, value in values.items()}
        if size.is_narrow or any(labels.width(f"{a} {b}", svg.SMALL) + 4 > room for a, b in figures.values()):
            figures = {key: (amount, "") for key, (amount, _) in figures.items()}
        return _Words(text, names, figures)

    def _bands(self, drawn, position, x0, x1, top, height):
        """Bands in a space of their own that stretches sideways only, so their thickness keeps its scale."""
        shapes = []
        for band in drawn:
            colours = tone((band.target if position + 1 == self.toned else band.source).index)
            h = max(band.h, THIN / 2)
            a0, a1, b0, b1 = map(svg.number, (band.y0, band.y1, band.y0 + h, band.y1 + h))
            told = f"{band.source.node.label} → {band.target.node.label}: {self.unit.full(band.value)} ({self.share(band.value)})"
            shapes.append(
                svg.element(
                    "path", svg.element("title", told), class_="chart-band", fill=colours.fill, stroke=colours.deep,
                    stroke_width=0.75, stroke_opacity=0.55, vector_effect="non-scaling-stroke",
                    d=f"M0 {a0}C50 {a0} 50 {a1} 100 {a1}V{b1}C50 {b1} 50 {b0} 0 {b0}Z",
                )
            )  # fmt: skip
        return svg.element(
            "svg", *shapes, x=f"{svg.number(x0)}%", width=f"{svg.number(x1 - x0)}%", y=top, height=height,
            viewBox=f"0 0 100 {svg.number(height)}", preserveAspectRatio="none",
        )  # fmt: skip

    def _node(self, box, position, side, words, top, plate):
        """A node's bar with its name and figures beside it; on a plate where bands run below them."""
        key = box.node.key
        amount, share = words.figures[key]
        names = words.names[key]
        line = round(words.size * svg.LEADING)
        block = len(names) * line + SMALL_LINE
        first = top + box.middle - block / 2 + words.size
        bar = svg.element(
            "rect", class_="chart-node", x=side.percent(side.at), y=top + box.y, width=side.percent(side.bar),
            height=max(box.h, THIN), fill=tone(box.index if position == self.toned else PLAIN_TONE).deep,
        )  # fmt: skip
        figures = [svg.element("tspan", amount, font_weight=700)]
        if share:
            figures.append(svg.element("tspan", share, dx=6, fill=svg.SOFT))
        parts = [bar]
        if plate:
            parts.append(side.plate(first - words.size - 2, words.width(key) + 10, block + 6))
        parts += [
            side.text(first, names, size=words.size, weight=500),
            side.text(first + len(names) * line - (line - SMALL_LINE), svg.join(figures), size=svg.SMALL),
        ]
        return svg.link(box.node.url, f"{box.node.label} {self.unit.full(box.value)} ({self.share(box.value)})", *parts)


@dataclass(frozen=True)
class _Words:
    """What stands beside the nodes of a column: names in lines, (amount, share or "") by node key."""

    size: int
    names: dict
    figures: dict

    def width(self, key):
        amount, share = self.figures[key]
        figures = labels.width(amount, svg.SMALL) + (labels.width(share, svg.SMALL) + 6 if share else 0)
        return max(figures, *(labels.width(line, self.size) for line in self.names[key]), 0)

    @property
    def room(self):
        return max(map(self.width, self.names))

    def height(self, node):
        return len(self.names[node.key]) * round(self.size * svg.LEADING) + SMALL_LINE + 6


@dataclass(frozen=True)
class _Side:
    """Where a column's words stand: left of its bar, in the last column right of it. `at`, `bar` in px of `width`."""

    at: float
    bar: float
    width: int
    is_last: bool

    def percent(self, px):
        return svg.percent(px, self.width)

    @property
    def _place(self):
        """Where words begin, or left of a bar where they end."""
        x = self.percent(self.at + self.bar if self.is_last else self.at)
        return {"x": x, "anchor": None if self.is_last else "end", "shift": 8 if self.is_last else -8}

    def text(self, y, lines, **style):
        return svg.text(y=y, lines=lines, **self._place, **style)

    def plate(self, y, width, height):
        return svg.element(
            "rect", x=self.percent(self.at), y=y, width=width, height=height, rx=3, fill=svg.PAPER, fill_opacity=0.82,
            transform=f"translate({svg.number(-width - 3)})",
        )  # fmt: skip


def _sums(links, side):
    sums = {}
    for link in links:
        key = getattr(link, side)
        sums[key] = sums.get(key, 0) + link.value
    return sums
