"""What 내 활동, the download of the own data and the page of leaving hold of topics."""

from django.urls import reverse
from django.utils import timezone

from forums import topic_actions, topics
from geumcheon.accounts.slots import Row, Section


def section(user):
    """The topics somebody follows, and the way to their page."""
    rows = [
        Row(
            topics.name(row.kind, row.topic),
            topics.address(row.kind, row.topic),
            f"{timezone.localtime(row.consented_at):%Y. %-m. %-d.} 동의",
        )
        for row in topics.follows_of(user)
    ]
    more = {"more": reverse("topics"), "more_label": "주제 더하고 빼기"}
    empty = "사업이나 동, 분과의 소식을 한 주에 한 번 전자우편으로 받을 수 있습니다."
    return Section("topics", "소식 받는 주제", rows, empty=empty, **more)


def own_data(user):
    """The followed topics for the download."""
    rows = topics.follows_of(user)
    return {"topics": [{"topic": topics.name(r.kind, r.topic), "consented_at": r.consented_at} for r in rows]}


def leave(user):
    """Nothing of it stays when somebody leaves."""
    topic_actions.unfollow(user_id=user.pk)


def leaving_words():
    """What the page of leaving says."""
    return {"destroyed": ["소식을 받는 주제와 동의한 때"]}


def fill(slots):
    """Put all this into the slots of the accounts."""
    slots.my_page.fill(section)
    slots.own_data.fill(own_data)
    slots.leaving.fill(leave)
    slots.leaving_words.fill(leaving_words)
