"""How much one person may post: rows in a window of time. The rows count themselves, so no counter can drift."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from forums.models import Comment, Proposal, Report
from geumcheon.accounts.models import User
from geumcheon.lib import clock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOWS = {HOUR: "한 시간", DAY: "하루"}

# kind: (rows, field of the person, field of the time, how it is called with its counter, ((how many, in which window), …)).
LIMITS = {
    "comment": (Comment.objects, "author", "created_at", "댓글을 {}개", ((10, HOUR), (30, DAY))),
    "report": (Report.objects, "reporter", "created_at", "신고를 {}번", ((5, DAY),)),
    "proposal": (Proposal.objects, "author", "submitted_at", "제안을 {}건", ((3, DAY),)),
}


def _again(rows, person, moment, many, window, user, now):
    """The moment from which one more fits into the window; None where it fits now."""
    found = rows.filter(**{person: user, f"{moment}__gt": now - window}).order_by(f"-{moment}")
    nth = found.values_list(moment, flat=True)[many - 1 : many]
    return nth[0] + window if nth else None


def check(user, kind):
    """Raise ValidationError (code "limit") where one more of `kind` would be too many; the message says from when it fits again.

    Call it inside the transaction that writes: it locks the person's row, so that posts sent at once count each other.
    """
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk").first()
    rows, person, moment, words, windows = LIMITS[kind]
    now = clock.now()
    for many, window in windows:
        again = _again(rows, person, moment, many, window, user, now)
        if again is not None:
            raise ValidationError(
                f"{WINDOWS[window]}에 {words.format(many)}까지 올릴 수 있습니다. {when(again, now)}부터 다시 올릴 수 있습니다.",
                code="limit",
            )


def when(moment, now):
    """`오늘 14:32` or `내일 09:10`, rounded up to the minute, in Seoul."""
    local = timezone.localtime(moment + timedelta(seconds=59))
    days = (local.date() - timezone.localtime(now).date()).days
    day = {0: "오늘", 1: "내일"}.get(days, f"{local:%-m월 %-d일}")
    return f"{day} {local:%H:%M}"
