"""SVG markup: elements, numbers and lines of text, escaped."""

from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

INK = "#1e2124"  # --gray-90
SOFT = "#464c53"  # --gray-70
RULE = "#cdd1d5"  # --gray-20
TRACK = "#e6e8ea"  # --gray-10
PAPER = "#ffffff"

SMALL, BODY, LARGE, HUGE = 13, 14, 16, 20  # px; nothing is set smaller than SMALL
LEADING = 1.35


def number(value):
    """A coordinate with at most three decimals: 12.5 -> `12.5`, 3.0 -> `3`."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(part, whole):
    """A horizontal position as percent of the picture's width."""
    return f"{number(100 * part / whole)}%"


def element(name, *children, **attributes):
    """One element. `class_` and `stroke_width` become `class` and `stroke-width`; None leaves an attribute out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        if isinstance(value, float):
            value = number(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{conditional_escape(value)}"')
    inner = "".join(conditional_escape(child) for child in children)
    # Every name is ours; every value and child was escaped above.
    return mark_safe(f"<{' '.join(parts)}>{inner}</{name}>" if inner else f"<{' '.join(parts)}/>")  # noqa: S308


def join(parts):
    """Drawn parts in one piece."""
    return mark_safe("".join(conditional_escape(part) for part in parts))  # noqa: S308


def text(x, y, lines, *, size=BODY, fill=INK, weight=None, anchor=None, shift=0):
    """Lines of text whose first baseline lies at y (px); x is px or a percent string, moved right by `shift` px."""
    if isinstance(lines, str):
        lines = [lines]
    leading = round(size * LEADING)
    spans = (
        lines
        if len(lines) == 1
        else [element("tspan", line, x=x, dy=leading if i else None) for i, line in enumerate(lines)]
    )
    return element(
        "text",
        *spans,
        x=x,
        y=y,
        font_size=size,
        font_weight=weight,
        fill=fill,
        text_anchor=anchor,
        transform=f"translate({number(shift)})" if shift else None,
    )


def link(url, label, *children, class_="chart-link"):
    """Children as a link, or as a plain group without an address; `label` is its name and shown on hover.

    The name is the <title>: an aria-label would have to repeat the drawn words letter by letter (WCAG 2.5.3).
    """
    title = element("title", label)
    if url:
        return element("a", title, *children, href=url, class_=class_)
    return element("g", title, *children)


def picture(*children, name, ident, title, desc, height, links):
    """The whole picture: as wide as its place, `height` px high, with its name and description.

    One with links is a group: the role img would hide its links from assistive technology.
    """
    heading = (element("title", title, id=f"{ident}-title"), element("desc", desc, id=f"{ident}-desc"))
    return element(
        "svg",
        *heading,
        *children,
        class_=f"chart-svg chart-{name}",
        role="group" if links else "img",
        aria_labelledby=f"{ident}-title",
        aria_describedby=f"{ident}-desc",
        width="100%",
        height=height,
    )
