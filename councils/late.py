"""Meetings held long enough ago without a published record."""

from dataclasses import dataclass
from datetime import timedelta

import rules
from django.conf import settings
from django.db.models.functions import Coalesce

from councils.meeting_rules import publishing_body_ids
from councils.models import Meeting, MeetingState
from geumcheon.accounts.rules import is_secretariat
from geumcheon.lib import clock

# In the order of the way a record takes, with what it waits for.
WAITING = {
    MeetingState.CALLED: ("기록을 시작하지 않음", "소집한 회의의 날이 지났습니다. 연 회의면 기록하고, 열지 않았으면 취소해 주세요."),
    MeetingState.LOGGED: ("작성 중", "기록을 마치고 간사·위원장에게 제출해 주세요."),
    MeetingState.SUBMITTED: ("게시 대기", "간사·위원장이 확인하고 게시하거나 돌려보내 주세요."),
}  # fmt: skip


@dataclass(frozen=True)
class LateGroup:
    """Late meetings of one state, oldest first."""

    state: MeetingState
    label: str
    advice: str
    meetings: list


@rules.predicate
def sees_late(user):
    """The secretariat, and whoever publishes the minutes of a body today."""
    return is_secretariat(user) or bool(publishing_body_ids(user))


rules.add_perm("councils.view_late_minutes", sees_late)


def due_before():
    """A meeting whose last day lies before this day is late: MINUTES_DUE_DAYS days have passed since."""
    return clock.today() - timedelta(days=settings.MINUTES_DUE_DAYS)


def late_minutes(user):
    """[LateGroup] without empty ones: all bodies for the secretariat, for publishers those they publish for, else []."""
    found = Meeting.objects.filter(state__in=WAITING).alias(last=Coalesce("ends_on", "starts_on"))
    found = found.filter(last__lt=due_before())
    if not is_secretariat(user):
        found = found.filter(bodies__in=publishing_body_ids(user)).distinct()
    groups = {state: [] for state in WAITING}
    today = clock.today()
    for meeting in found.select_related("kind").prefetch_related("bodies").order_by("starts_on", "pk"):
        meeting.days_since = (today - (meeting.ends_on or meeting.starts_on)).days
        groups[meeting.state].append(meeting)
    return [LateGroup(state, *WAITING[state], meetings) for state, meetings in groups.items() if meetings]
