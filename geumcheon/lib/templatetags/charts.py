"""Charts in templates: `{% chart picture %}`, `{% cycle_line line %}`, `{% timeline steps %}` (geumcheon.lib.charts). Pages load
static/css/charts.css in their head block."""

from zlib import crc32

from django import template

register = template.Library()

TABLES = ("fold", "open")


def _ident(context, chart):
    """An id that no other chart of the page has and that stays the same from request to request (conditional requests)."""
    request = context.get("request")
    if request is None:
        return f"chart-{crc32(repr(chart).encode()):08x}"
    request.charts_drawn = getattr(request, "charts_drawn", 0) + 1
    return f"chart-{request.charts_drawn}"


@register.inclusion_tag("charts/figure.html", takes_context=True)
def chart(context, picture, table="fold", ident=""):
    """A chart with its table, folded (`fold`) or in sight (`open`).

    `ident` begins all ids of the figure; give one where a template caches the figure or draws it without a request.
    """
    if table not in TABLES:
        raise template.TemplateSyntaxError(f"table is one of {', '.join(TABLES)}, not {table!r}.")
    ident = ident or _ident(context, picture)
    return {
        "chart": picture,
        "ident": ident,
        "table": table,
        "keys": picture.keys(ident) if picture.total else [],
        "drawings": picture.drawings(ident),
    }


@register.inclusion_tag("charts/cycle_line.html")
def cycle_line(line, compact=False):
    """A CycleLine: the year's steps with the one that runs. `compact` shows only dots and the running step's words on a phone."""
    return {"line": line, "compact": compact}


@register.inclusion_tag("charts/timeline.html")
def timeline(steps, label="추진 단계"):
    """Steps one below the other."""
    return {"steps": steps, "label": label}
