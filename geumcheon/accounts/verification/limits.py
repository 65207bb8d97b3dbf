"""How often: hard per number and per person from rows, soft per address from the cache (a library shares one)."""

import hashlib
from datetime import timedelta

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from geumcheon.accounts.models import TextChallenge
from geumcheon.lib import clock

PER_HOUR, PER_DAY = 5, 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS_PER_HOUR = 60


def when(moment):
    """`오후 3시 12분`, with the day when it is not today."""
    local = timezone.localtime(moment + timedelta(minutes=1))  # rounded up: a minute too early would be refused again
    half, hour = ("오전", local.hour) if local.hour < 12 else ("오후", local.hour - 12)
    day = "" if local.date() == clock.today() else f"{local.month}월 {local.day}일 "
    return f"{day}{half} {hour or 12}시 {local.minute:02d}분"


def one_at_a_time(key):
    """Hold the other requests about one key back until this transaction ends. SQLite lets one writer in anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def check_rows(rows, what):
    """Refuse when `rows` (TextChallenge of one number or person) hold 5 of the last hour or 10 of the last day."""
    now = clock.now()
    for span, most, word in ((HOUR, PER_HOUR, "한 시간"), (DAY, PER_DAY, "하루")):
        made = list(
            rows.filter(created_at__gt=now - span).order_by("-created_at").values_list("created_at", flat=True)[:most]
        )
        if len(made) == most:
            raise ValidationError(
                f"{what} {word}에 {most}번까지 보냅니다. {when(made[-1] + span)}부터 다시 받을 수 있습니다.",
                code="limit",
            )


def check_person(limit_key, user):
    check_rows(TextChallenge.objects.filter(limit_key=limit_key), "한 번호로는 확인 번호를")
    if user is not None:
        check_rows(TextChallenge.objects.filter(user=user), "한 계정으로는 확인 번호를")


def count(name, who, most, *, span=HOUR):
    """Count one more of `name` by `who` in this clock span. Returns (allowed, when the next span starts)."""
    now = clock.now()
    slot = int(now.timestamp() // span.total_seconds())
    digest = hashlib.sha256(f"{name}:{who}".encode()).hexdigest()[:32]
    key = f"limit:{digest}:{slot}"
    cache.add(key, 0, timeout=int(span.total_seconds()) + 60)
    try:
        made = cache.incr(key)
    except ValueError:  # thrown out of the cache between the two calls
        made = 1
    return made <= most, now + (span - timedelta(seconds=now.timestamp() % span.total_seconds()))


def check_address(name, ip, most=ADDRESS_PER_HOUR):
    """Slow one address down. `ip` may be None or empty: then nothing is counted."""
    if not ip:
        return
    allowed, again = count(name, ip, most)
    if not allowed:
        raise ValidationError(
            f"이 인터넷 주소에서 한 시간에 {most}번이 넘게 요청했습니다. 여럿이 함께 쓰는 곳일 수 있으니 {when(again)}쯤 다시 해 주세요.",
            code="limit",
        )
