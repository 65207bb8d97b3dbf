"""What every chart shares: its words, units, tones, its tables and its drawings for narrow, middle and wide places."""

from collections.abc import Callable
from dataclasses import dataclass, field

from geumcheon.lib import money
from geumcheon.lib.charts import svg


@dataclass(frozen=True)
class Unit:
    """How a chart writes its numbers: `text` gives the bare number, `name` its unit."""

    name: str
    text: Callable = money.quantity

    def full(self, value):
        """The number with its unit."""
        return f"{self.text(value)}{self.name}"


KRW = Unit("천원", money.thousand)  # values in whole won
COUNT = Unit("회")
PEOPLE = Unit("명")


@dataclass(frozen=True)
class Tone:
    """Colours of one group: `fill` under dark text, `deep` under white text (contrast at least 4.5 for both)."""

    fill: str
    deep: str


# KRDS: primary, success, warning, danger, secondary, gray. Never the only sign: names stand beside them.
TONES = (
    Tone("#d8e5fd", "#0b50d0"),
    Tone("#d8eedd", "#267337"),
    Tone("#ffe0a3", "#614100"),
    Tone("#d6e0eb", "#063a74"),
    Tone("#fcdfd9", "#8a240f"),
    Tone("#e6e8ea", "#464c53"),
)


def tone(index):
    """The tone of the n-th group; after the last they begin again."""
    return TONES[index % len(TONES)]


@dataclass(frozen=True)
class Item:
    """One number with its name. `code` is a short sign such as a project's number; `value` is in the chart's unit."""

    label: str
    value: int
    url: str = ""
    code: str = ""
    note: str = ""

    @property
    def name(self):
        """`8. 안양천에서 놀자!`, or the bare label without a code."""
        return f"{self.code}. {self.label}" if self.code else self.label


@dataclass(frozen=True)
class Group:
    """Items under one name."""

    label: str
    items: list[Item]
    url: str = ""

    @property
    def value(self):
        return sum(item.value for item in self.items)


@dataclass(frozen=True)
class TableRow:
    """A row of a chart's table; `kind` is "", "group" or "total"."""

    head: str
    cells: list[str]
    url: str = ""
    note: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers of a picture as a table: the first column names the row, all others are numbers."""

    caption: str
    columns: list[str]
    rows: list[TableRow]


@dataclass(frozen=True)
class Size:
    """A drawing for places at least `width` px wide: text reckons with that width, shapes fill more."""

    name: str
    width: int

    @property
    def is_narrow(self):
        return self is NARROW


# charts.css shows the middle one from 660 px of the figure's own width, the wide one from 960 px; paper gets the middle one.
NARROW, MIDDLE, WIDE = SIZES = (Size("narrow", 288), Size("middle", 640), Size("wide", 940))


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a name and its little drawing."""

    label: str
    swatch: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture with its table. `title` names it, `lead` is one sentence to look for, `source` says where the numbers are from.

    `summary` replaces the description that is read aloud; without it the chart tells its own numbers.
    """

    title: str
    lead: str = ""
    source: str = ""
    summary: str = ""
    unit: Unit = field(default=KRW)

    @property
    def total(self):
        raise NotImplementedError

    @property
    def has_links(self):
        return False

    @property
    def unit_note(self):
        return f"단위: {self.unit.name}"

    @property
    def caption_note(self):
        """What stands opposite the title: the sum and the unit."""
        return f"합계 {self.unit.full(self.total)}"

    def description(self):
        raise NotImplementedError

    def tables(self):
        """The tables that carry the picture's numbers."""
        raise NotImplementedError

    def keys(self, ident):
        """Entries of the legend, [] where names stand in the picture."""
        return []

    def draw(self, size, ident):
        """(shapes, height in px) of one drawing; ids begin with `ident`."""
        raise NotImplementedError

    def drawings(self, ident):
        """The drawings for narrow, middle and wide places as markup, [] where there is nothing to draw."""
        if not self.total:
            return []
        made = []
        for size in SIZES:
            own = f"{ident}-{size.name}"
            shapes, height = self.draw(size, own)
            desc = self.summary or self.description()
            made.append(
                svg.picture(
                    *shapes,
                    name=size.name,
                    ident=own,
                    title=self.title,
                    desc=desc,
                    height=round(height),
                    links=self.has_links,
                )
            )
        return made

    def share(self, value):
        """`27.6%` of the total, half up; "" without a total."""
        part = money.percent(value, self.total)
        return "" if part is None else f"{part}%"


def check_amounts(values):
    """Refuse what cannot be drawn as an area: ValueError for a number below zero."""
    for value in values:
        if value < 0:
            raise ValueError(f"A picture of areas cannot show {value}: it is below zero.")
