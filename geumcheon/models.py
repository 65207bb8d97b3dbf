"""Rows of the top room: the search index."""

from django.db import models

from geumcheon.lib.models import choices_check


class EntryKind(models.TextChoices):
    """Groups of search results in the order they are shown, those with a match in a title before the others."""

    NOTICE = "notice", "공지사항"
    PAGE = "page", "안내 쪽"
    PROJECT = "project", "사업"
    PROPOSAL = "proposal", "제안"
    VOTE = "vote", "주민투표"
    EVENT = "event", "공론장·행사"
    LINE = "line", "예산 줄"
    MEETING = "meeting", "회의"
    STORY = "story", "협치이야기"
    BODY = "body", "기구"
    DOCUMENT = "document", "자료"
    PAST = "past", "지난 사업"


class SearchEntry(models.Model):
    """One thing that can be found: where it is and what it says. The token index lies beside it, per engine (migrations)."""

    kind = models.CharField("묶음", max_length=10, choices=EntryKind)
    key = models.CharField("이름표", max_length=80, unique=True)
    title = models.CharField("제목", max_length=300)
    text = models.TextField("내용", blank=True)
    url = models.CharField("주소", max_length=200)
    order = models.PositiveIntegerField("순서", default=0)

    class Meta:
        verbose_name = "찾기 항목"
        verbose_name_plural = "찾기 항목"
        ordering = ["kind", "order", "pk"]
        constraints = [choices_check("kind", EntryKind, "searchentry_kind_valid")]

    def __str__(self):
        return self.title


class SearchState(models.Model):
    """What the index was built from: one row, compared with the present rows to see whether it is behind."""

    fingerprint = models.CharField("지문", max_length=200)
    built_at = models.DateTimeField("만든 때")

    class Meta:
        verbose_name = "찾기 상태"
        verbose_name_plural = "찾기 상태"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="searchstate_one_row")]

    def __str__(self):
        return f"{self.built_at:%Y-%m-%d %H:%M}"
