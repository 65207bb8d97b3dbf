"""The weekly mail about followed topics: one for each person and week, none where nothing was new."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from forums import digest_news, topic_actions, topics
from forums.mails import PREFIX, reachable
from forums.models import TopicFollow
from geumcheon.accounts.actions import queue
from geumcheon.accounts.models import OutboxMessage, User
from geumcheon.lib import clock

MOST = 20  # lines under one topic; the rest is a number


@dataclass(frozen=True)
class Part:
    """What was new about one topic. `news`: [(News, full address)]; `more`: how many are left out."""

    name: str
    news: list
    more: int
    leave_url: str


def event_name(user, monday):
    """The outbox's name of one person's mail about the week from a Monday."""
    return f"{topic_actions.DIGEST}{user.pk}:{monday:%Y-%m-%d}"


def over(monday):
    """Whether the week from a day is over; what is still to come might be a draft's."""
    return monday.weekday() == 0 and monday + digest_news.WEEK <= clock.today()


def receivers(monday):
    """Keys of the people to whom something was new. The number of queries does not grow with them."""
    wanted = {key for news in digest_news.of_week(monday) for key in news.topics}
    follows = TopicFollow.objects.filter(user__in=reachable(User.objects.all())).order_by("user") if wanted else []
    return list(dict.fromkeys(row.user_id for row in follows if row.key in wanted))


@transaction.atomic
def send(*, user, monday):
    """Queue one person's mail about the week from a Monday. Returns the message, or None where there is nothing to send.

    Twice is once, also when the address changed between. Only who can be reached, and only weeks that are over.
    """
    if not over(monday) or not reachable(User.objects.filter(pk=user.pk)).exists():
        return None
    event = event_name(user, monday)
    if OutboxMessage.objects.filter(event=event).exists():
        return None
    parts = _parts(user, digest_news.of_week(monday))
    if not parts:
        return None
    count = sum(len(part.news) + part.more for part in parts)
    week = _week(monday)
    body = render_to_string(
        "forums/mail/digest.txt",
        {
            "week": week,
            "count": count,
            "parts": parts,
            "topics_url": settings.SITE_URL + reverse("topics"),
            "leave_url": topic_actions.leave_url(user),
        },
    )
    subject = f"{PREFIX}{week} 소식 {count}건"
    return queue(event=event, recipient=user.email, subject=subject, body=body, user=user)


def _parts(user, week):
    """[Part] of a person's topics; what belongs to several stands under the first of them alone."""
    parts, told = [], set()
    for follow in topics.follows_of(user):
        found = [news for news in week if follow.key in news.topics and news.path not in told]
        if found:
            told |= {news.path for news in found}
            lines = [(news, settings.SITE_URL + news.path) for news in found[:MOST]]
            url = topic_actions.leave_url(user, follow.key)
            name = topics.name(follow.kind, follow.topic)
            parts.append(Part(name, lines, len(found) - len(lines), url))
    return parts


def _week(monday):
    """`6월 1일~7일`, `6월 29일~7월 5일`."""
    sunday = monday + timedelta(days=6)
    last = f"{sunday:%-d일}" if sunday.month == monday.month else f"{sunday:%-m월 %-d일}"
    return f"{monday:%-m월 %-d일}~{last}"
