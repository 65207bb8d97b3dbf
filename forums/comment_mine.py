"""What 내 활동, the download of the own data and the page of leaving hold of comments."""

from django.urls import reverse
from django.utils import timezone

from forums import comment_pages
from forums.comment_actions import forget
from forums.models import Comment, CommentState, Report
from geumcheon.accounts.slots import Row, Section

ROWS = 50


def section(user):
    """The own comments, newest first; None for who never wrote one."""
    rows = [_row(comment) for comment in comment_pages.own(user)[:ROWS]]
    return Section("my-comments", "내 댓글", rows) if rows else None


def _row(comment):
    words = comment.text if len(comment.text) <= 60 else comment.text[:59] + "…"
    when = f"{timezone.localtime(comment.created_at):%Y. %-m. %-d.}"
    notes = {
        CommentState.WAITING: "검토 뒤 보입니다",
        CommentState.HIDDEN: f"가림: {comment.hidden_reason}",
    }
    state = notes.get(comment.state)
    meta = " · ".join(filter(None, (comment.proposal.title, when, state)))
    if comment.state == CommentState.HIDDEN:
        return Row(words, comment.proposal.get_absolute_url(), meta)
    return Row(words, reverse("comment", args=[comment.pk]), meta)


def own_data(user):
    """The own comments and reports for the download."""
    fields = ("proposal__title", "text", "stance", "state", "hidden_reason", "created_at", "edited_at")
    reports = Report.objects.filter(reporter=user).values("reason", "decision", "created_at")
    supports = Comment.objects.filter(endorsements__user=user).values("proposal__title", "pk")
    return {
        "comments": list(comment_pages.own(user).values(*fields)),
        "reports": list(reports),
        "comment_endorsements": list(supports),
    }


def leaving_words():
    """What the page of leaving says."""
    return {
        "kept": ["쓴 댓글은 ‘탈퇴한 주민’의 이름으로 남습니다. 남기고 싶지 않으면 떠나기 전에 지워 주세요."],
        "destroyed": ["댓글에 한 공감, 신고한 사람이 누구인지"],
    }


def fill(slots):
    """Put the fragments of comments into the places of the own page."""
    slots.my_page.fill(section)
    slots.own_data.fill(own_data)
    slots.leaving.fill(forget)
    slots.leaving_words.fill(leaving_words)
