"""An event in words: when, where, how; one wording for pages, mails and calendars."""

from django.utils import timezone

from forums.models import Way

WEEKDAYS = "월화수목금토일"


def day_of(moment):
    """`2026년 4월 1일(수)` in Seoul."""
    local = timezone.localtime(moment)
    return f"{local.year}년 {local.month}월 {local.day}일({WEEKDAYS[local.weekday()]})"


def when(event):
    """`2026년 4월 1일(수) 14:00~16:00`; for an event without a day what the document says, with the year."""
    if event.starts_at is None:
        return f"{event.year}년 {event.when_text}".strip()
    first, last = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at) if event.ends_at else None
    same_day = last is None or last.date() == first.date()
    if event.whole_day:
        return day_of(first) if same_day else f"{day_of(first)} ~ {day_of(last)}"
    if last is None:
        return f"{day_of(first)} {first:%H:%M}"
    return f"{day_of(first)} {first:%H:%M}~{'' if same_day else day_of(last) + ' '}{last:%H:%M}"


def length(event):
    """`3시간`, `10분`, `1시간 30분`; "" where nothing is known."""
    minutes = round((event.hours or 0) * 60)
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours}시간" if hours else "", f"{rest}분" if rest else ""]))


def where(event):
    """`구청 대강당`, `온라인`, `구청 대강당, 온라인`; "" where nothing is known."""
    online = event.way in (Way.ONLINE, Way.BOTH)
    return ", ".join(filter(None, [event.place, "온라인" if online else ""]))
