"""Pictures of the meeting log: meetings and people by month and by year, each from one query."""

from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.urls import reverse

from geumcheon.lib import charts

MOST_MONTHS = 36  # more columns than that are told by year


def of_log(meetings, asked):
    """The meetings by month of the newest MOST_MONTHS months; `asked` are the list's filters, kept in the links.

    None where there is nothing to draw.
    """
    counted = {
        (row["y"], row["m"]): row for row in _counted(meetings, y=ExtractYear("starts_on"), m=ExtractMonth("starts_on"))
    }
    if not counted:
        return None
    months = _months(min(counted), max(counted))
    if len(months) > MOST_MONTHS:
        return _by_year(meetings, asked)
    items = [
        charts.Item(f"{month}월", 0, code=f"{year}년", url=_address(asked | {"year": year, "month": month}))
        for year, month in months
    ]
    return _picture("달마다 연 회의와 참석", "달", items, [counted.get(month) for month in months])


def of_body(body, meetings):
    """The meetings of one body by year, or None without any."""
    return _by_year(meetings, {"body": body.name})


def _by_year(meetings, asked):
    counted = {row["year"]: row for row in _counted(meetings, "year")}
    if not counted:
        return None
    years = range(min(counted), max(counted) + 1)
    items = [charts.Item(f"{year}년", 0, url=_address(asked | {"year": year})) for year in years]
    return _picture("해마다 연 회의와 참석", "연도", items, [counted.get(year) for year in years])


def _counted(meetings, *fields, **expressions):
    """Rows of the fields with `count` meetings and `people`. A subquery: filters by body would double the rows of a join."""
    rows = meetings.model.objects.filter(pk__in=meetings.order_by().values("pk"))
    return rows.order_by().values(*fields, **expressions).annotate(count=Count("pk"), people=Sum("attendees"))


def _months(first, last):
    """Every (year, month) from first to last."""
    start, end = (year * 12 + month - 1 for year, month in (first, last))
    return [(n // 12, n % 12 + 1) for n in range(start, end + 1)]


def _picture(title, head, items, rows):
    panels = [
        charts.Panel("회의", [row["count"] if row else 0 for row in rows]),
        charts.Panel("참석", [(row["people"] or 0) if row else 0 for row in rows], charts.PEOPLE),
    ]
    return charts.Columns(title=title, head=head, items=items, panels=panels)


def _address(asked):
    return f"{reverse('councils:meetings')}?{urlencode(asked)}"
