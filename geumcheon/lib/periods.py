"""Half-open periods [start, end) of days; an empty end is open (DESIGN.md, STYLE.md point 8)."""

from datetime import date, timedelta

from django.db.models import Q

WEEKDAYS = "월화수목금토일"


def weekday(day: date) -> str:
    """Korean weekday letter of a day: date(2019, 3, 4) -> `월`."""
    return WEEKDAYS[day.weekday()]


def day_text(day) -> str:
    """A day as officials write it: date(2020, 9, 23) -> `2020. 9. 23.(수)`; None -> ``."""
    return f"{day.year}. {day.month}. {day.day}.({weekday(day)})" if day else ""


def covers(start, end, day) -> bool:
    """Whether `day` lies in [start, end); None means open on that side."""
    return (start is None or start <= day) and (end is None or day < end)


def covering(day, start="starts_on", end="ends_before"):
    """Q for rows whose period [start, end) covers `day`."""
    return (Q(**{f"{start}__lte": day}) | Q(**{f"{start}__isnull": True})) & (
        Q(**{f"{end}__gt": day}) | Q(**{f"{end}__isnull": True})
    )


def last_day(ends_before):
    """The last day inside a half-open period, for print: 2021-05-29 -> 2021-05-28."""
    return None if ends_before is None else ends_before - timedelta(days=1)


def day_after(last):
    """The open end of a period whose last day is printed: 2021-05-28 -> 2021-05-29."""
    return None if last is None else last + timedelta(days=1)
