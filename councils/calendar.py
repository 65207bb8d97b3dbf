"""The calendar of meetings: one month as a grid, with the periods of notices."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.shortcuts import redirect, render

from councils.models import Meeting, Notice
from councils.notices import period_text
from geumcheon.lib import clock, periods

FIRST_YEAR, LAST_YEAR = 1900, 2199  # as the forms of the office take days
WEEKDAYS = "일월화수목금토"


@dataclass
class Day:
    """One cell: what happens on the day. `running` counts notices whose period covers it."""

    day: date
    inside: bool
    today: bool
    meetings: list = field(default_factory=list)
    starting: list = field(default_factory=list)
    ending: list = field(default_factory=list)
    running: int = 0

    @property
    def blank(self):
        return not (self.meetings or self.starting or self.ending or self.today)


def newest(request):
    """To the current month if it has a meeting, else the newest month before with one, else the first to come."""
    today = clock.today()
    this = today.replace(day=1)
    months = list(Meeting.objects.announced().dates("starts_on", "month"))
    held = [month for month in months if month <= this]
    month = held[-1] if held else months[0] if months else this
    return redirect("councils:calendar", year=month.year, month=month.month)


def month(request, year, month):
    """One month; months outside the years the office may write are no address."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    today = clock.today()
    first = date(year, month, 1)
    after = _step(first, 1)
    meetings = list(_within(first, after))
    notices = list(_announced(first, after, today))
    for notice in notices:
        notice.period = period_text(notice)
    counted = _counted()
    span = [*counted, today.replace(day=1), first]
    context = {
        "first": first,
        "weeks": _weeks(first, today, meetings, notices),
        "weekdays": WEEKDAYS,
        "meetings": meetings,
        "notices": notices,
        "people": sum(meeting.attendees or 0 for meeting in meetings),
        "before": _step(first, -1) if first > min(span) else None,
        "after": after if first < max(span) else None,
        "years": _years(counted),
    }
    return render(request, "councils/calendar.html", context)


def _step(first, months):
    """The first day of the month so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _within(first, after):
    """Meetings of any day in [first, after), by their first day."""
    touching = (
        Meeting.objects.announced().filter(starts_on__lt=after).filter(Q(starts_on__gte=first) | Q(ends_on__gte=first))
    )
    return touching.select_related("kind").order_by("starts_on", "no")


def _announced(first, after, today):
    """Notices that may be read today and whose period has a day in [first, after)."""
    dated = Notice.objects.visible(today).filter(Q(starts_on__isnull=False) | Q(ends_before__isnull=False))
    begun = Q(starts_on__isnull=True) | Q(starts_on__lt=after)
    return dated.filter(begun, Q(ends_before__isnull=True) | Q(ends_before__gt=first)).order_by("starts_on", "pk")


def _counted():
    """{first day of a month: number of meetings that began in it}, in order."""
    rows = Meeting.objects.announced().order_by().values(month=TruncMonth("starts_on")).annotate(count=Count("pk"))
    return {row["month"]: row["count"] for row in rows.order_by("month")}


def _weeks(first, today, meetings, notices):
    """The weeks of the month from Sunday to Saturday, each seven Days."""
    grid = calendar.Calendar(firstweekday=calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    weeks = [[Day(day, day.month == first.month, day == today) for day in week] for week in grid]
    for cell in (day for week in weeks for day in week if day.inside):
        cell.meetings = [m for m in meetings if m.starts_on <= cell.day <= (m.ends_on or m.starts_on)]
        cell.starting = [n for n in notices if n.starts_on == cell.day]
        cell.ending = [n for n in notices if n.ends_before == cell.day + timedelta(days=1)]
        cell.running = sum(periods.covers(n.starts_on, n.ends_before, cell.day) for n in notices)
    return weeks


def _years(counted):
    """[(year, [(first day, number of meetings)])] of the months with meetings, newest year first."""
    years = {}
    for first, count in counted.items():
        years.setdefault(first.year, []).append((first, count))
    return sorted(years.items(), reverse=True)
