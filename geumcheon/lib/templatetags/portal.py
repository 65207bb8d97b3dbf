"""Template filters of the field: money, dates, lists."""

from django import template

from geumcheon.lib import money, periods, text

register = template.Library()

register.filter("won", money.won)
register.filter("thousand", money.thousand)
register.filter("thousand_won", money.thousand_won)
register.filter("signed", money.signed)
register.filter("figure", money.figure)
register.filter("quantity", money.quantity)
register.filter("lines", text.lines)
register.filter("clauses", text.clauses)
register.filter("places", text.places)
register.filter("labelled", text.labelled)
register.filter("outline", text.outline)
register.filter("without_lines", text.without_lines)
register.filter("cited", text.cited)
register.filter("day", periods.day_text)
register.filter("weekday", periods.weekday)
register.filter("last_day", periods.last_day)


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The present query string with some parameters changed (None removes one): `?{% query page=2 %}`."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return params.urlencode()
