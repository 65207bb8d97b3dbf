"""The library: ordinances, bylaws and plans with the articles the plan cites."""

from django.db import models

from councils.models.meeting import Meeting
from geumcheon.lib.models import Sourced, choices_check


class DocumentKind(models.TextChoices):
    ORDINANCE = "조례", "조례"
    BYLAW = "운영세칙", "운영세칙"
    BASIC_PLAN = "기본계획", "기본계획"
    PLAN = "계획", "계획"


class Document(Sourced):
    """A text of the library with the meeting that decided it."""

    title = models.CharField("제목", max_length=200, unique=True)
    kind = models.CharField("종류", max_length=20, choices=DocumentKind)
    decided_on = models.DateField("의결일", null=True, blank=True)
    decided_by = models.CharField("의결 기구", max_length=120, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="의결한 회의"
    )
    note = models.TextField("비고", blank=True)

    class Meta:
        verbose_name = "자료"
        verbose_name_plural = "자료"
        ordering = ["kind", "title"]
        constraints = [choices_check("kind", DocumentKind, "document_kind_valid")]

    def __str__(self):
        return self.title


class Article(Sourced):
    """One article of a document, as far as the plan cites it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="articles", verbose_name="자료")
    number = models.CharField("조", max_length=30)
    title = models.CharField("제목", max_length=120, blank=True)
    summary = models.TextField("내용", blank=True)

    class Meta:
        verbose_name = "조문"
        verbose_name_plural = "조문"
        ordering = ["document", "pk"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="article_unique")]

    def __str__(self):
        return f"{self.number} {self.title}".strip()
