"""Fills that differ without colour: plain, hatched, dotted, crossed. Each drawing defines its own, ids begin with the drawing's."""

from geumcheon.lib.charts import svg

DEEP, MIDDLE, PALE = "#0b50d0", "#86aff9", "#ecf2fe"
NAMES = ("plain", "hatched", "dotted", "crossed")


def _hatched(ident):
    return svg.element(
        "pattern",
        svg.element("rect", width=6, height=6, fill=PALE),
        svg.element("rect", width=2, height=6, fill=DEEP),
        id=f"{ident}-hatched", width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip


def _dotted(ident):
    return svg.element(
        "pattern",
        svg.element("rect", width=7, height=7, fill=PALE),
        svg.element("circle", cx=3.5, cy=3.5, r=1.6, fill=DEEP),
        id=f"{ident}-dotted", width=7, height=7, patternUnits="userSpaceOnUse",
    )  # fmt: skip


def _crossed(ident):
    return svg.element(
        "pattern",
        svg.element("rect", width=8, height=8, fill=PALE),
        svg.element("path", d="M0 4H8M4 0V8", stroke=DEEP, stroke_width=1.2),
        id=f"{ident}-crossed", width=8, height=8, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip


_MAKERS = {"hatched": _hatched, "dotted": _dotted, "crossed": _crossed}


def definitions(ident, count):
    """<defs> of the first `count` fills, or nothing where the plain one suffices."""
    wanted = [_MAKERS[name](ident) for name in NAMES[1:count]]
    return [svg.element("defs", *wanted)] if wanted else []


def fill(ident, index):
    """The fill attribute of the n-th series (0 is plain)."""
    return DEEP if index == 0 else f"url(#{ident}-{NAMES[index]})"


def swatch(ident, index):
    """A little drawing of the n-th fill for a legend."""
    box = svg.element("rect", x=0.5, y=0.5, width=23, height=15, fill=fill(ident, index), stroke=DEEP)
    defs = [svg.element("defs", _MAKERS[NAMES[index]](ident))] if index else []
    return svg.element(
        "svg", *defs, box, class_="chart-swatch", width=24, height=16, aria_hidden="true", focusable="false"
    )
