"""What happens in the hall of an event: tables with the facilitator's notes, and priorities voted by hand or stickers."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from councils.models import Body
from forums.models.events import Event
from forums.models.proposal import Proposal
from geumcheon.accounts.models import Department
from geumcheon.lib.models import Sourced, choices_check


class HallTable(Sourced):
    """One table of a discussion. `notes` are the facilitator's, about what was said and never about who said it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables", verbose_name="행사")
    number = models.PositiveSmallIntegerField("테이블 번호")
    topic = models.CharField("이야기한 것", max_length=120, blank=True)
    people = models.PositiveSmallIntegerField("앉은 사람 수", null=True, blank=True)
    notes = models.TextField("진행자 기록", blank=True)
    published = models.BooleanField("공개", default=False)
    version = models.PositiveIntegerField("판", default=1, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "테이블"
        verbose_name_plural = "테이블"
        ordering = ["event", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"],
                name="halltable_number_unique",
                violation_error_message="이 행사에 이미 있는 테이블 번호입니다.",
            )
        ]

    def __str__(self):
        return f"{self.number}번 테이블"


class Method(models.TextChoices):
    HAND = "hand", "손들기"
    STICKER = "sticker", "스티커"
    OTHER = "other", "그 밖의 방법"


class Priority(Sourced):
    """One vote in the hall about what comes first. `tiers`: one a line from the top (상위, 하위), empty without tiers.

    A higher tier goes before a lower one whatever the votes: each tier is counted by itself (협치론장 2019: 하위 23 is sixth
    after 상위 10).
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="priorities", verbose_name="행사")
    code = models.SlugField("짧은 이름", blank=True, editable=False)
    order = models.PositiveSmallIntegerField("순서", default=1)
    title = models.CharField("무엇의 우선순위인가", max_length=120)
    method = models.CharField("방법", max_length=8, choices=Method, blank=True)
    tiers = models.TextField("층", blank=True, help_text="위에서부터 한 줄에 하나씩. 예: 상위, 하위. 없으면 비웁니다.")
    note = models.CharField("참고", max_length=300, blank=True)
    published = models.BooleanField("공개", default=False)
    version = models.PositiveIntegerField("판", default=1, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "우선순위"
        verbose_name_plural = "우선순위"
        ordering = ["event", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "title"],
                name="hallpriority_title_unique",
                violation_error_message="이 행사에 같은 이름의 우선순위가 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(method="") | Q(method__in=Method.values),
                name="hallpriority_method_valid",
                violation_error_message="정해진 값 가운데 하나여야 합니다.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def tier_list(self):
        """The tiers from the top."""
        return [line.strip() for line in self.tiers.splitlines() if line.strip()]


class PriorityItem(Sourced):
    """One thing that was put to the vote, or presented without one (`votes` empty). Votes are hands or stickers.

    `stated_rank` is the rank a document prints, beside the computed one; `presented_title` its name where it was presented.
    """

    priority = models.ForeignKey(Priority, on_delete=models.CASCADE, related_name="items", verbose_name="우선순위")
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("이름", max_length=120)
    presented_title = models.CharField("발표한 이름", max_length=120, blank=True)
    presented = models.BooleanField("발표", default=True)
    tier = models.CharField("층", max_length=20, blank=True)
    votes = models.PositiveIntegerField("득표", null=True, blank=True)
    stated_rank = models.PositiveSmallIntegerField("적힌 순위", null=True, blank=True)
    amount_krw = models.PositiveBigIntegerField("금액(원)", null=True, blank=True)
    body = models.ForeignKey(
        Body, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="기구"
    )
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="부서"
    )
    department_text = models.CharField("적힌 부서", max_length=60, blank=True)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.SET_NULL, null=True, blank=True, related_name="priority_items", verbose_name="제안"
    )
    note = models.CharField("참고", max_length=300, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "우선순위의 안"
        verbose_name_plural = "우선순위의 안"
        ordering = ["priority", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "title"],
                name="priorityitem_title_unique",
                violation_error_message="같은 이름이 두 번 있습니다.",
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.priority_id and self.tier and self.tier not in self.priority.tier_list:
            raise ValidationError({"tier": f"없는 층입니다: {self.tier}"})


class FigureMeasure(models.TextChoices):
    """What the rows give beside a number that a document prints of events."""

    EVENTS = "events", "마친 행사의 수"
    HOURS = "hours", "마친 행사의 시간"
    PRESENTED = "presented", "발표한 안의 수"
    PRESENTED_KRW = "presented_krw", "발표한 안의 금액"
    VOTED = "voted", "투표한 안의 수"
    VOTED_KRW = "voted_krw", "투표한 안의 금액"
    RANKS = "ranks", "득표로 매긴 순위가 같은 안의 수"


class EventFigure(Sourced):
    """A number a document prints of events (DESIGN.md rule 5). `of`: codes of events or priorities, separated by blanks."""

    year = models.PositiveSmallIntegerField("계획 연도")
    key = models.SlugField("짧은 이름")
    label = models.CharField("무엇", max_length=120)
    where = models.CharField("어디", max_length=80)
    unit = models.CharField("단위", max_length=10)
    stated = models.DecimalField("적힌 수", max_digits=14, decimal_places=2)
    measure = models.CharField("계산", max_length=14, choices=FigureMeasure)
    of = models.TextField("무엇을 세나")
    note = models.CharField("참고", max_length=300, blank=True)

    class Meta:
        verbose_name = "행사에 적힌 수"
        verbose_name_plural = "행사에 적힌 수"
        ordering = ["year", "key"]
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="eventfigure_key_unique"),
            choices_check("measure", FigureMeasure, "eventfigure_measure_valid"),
        ]

    def __str__(self):
        return self.label
