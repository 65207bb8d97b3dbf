"""Calls for proposals and the ladders proposals climb: channels, stages, allowed moves, criteria, questions. All are rows."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from geumcheon.lib import periods
from geumcheon.lib.models import Sourced, choices_check


class Outcome(models.TextChoices):
    """How a review ends. REFUSALS always carry a public reason."""

    RECEIVED = "received", "접수"
    GATHERED = "gathered", "발굴"
    TRANSFERRED = "transferred", "이관"
    FIT = "fit", "적정"
    CONDITIONAL = "conditional", "조건부적정"
    UNFIT = "unfit", "부적정"
    CHECKED = "checked", "현장 확인"
    UNNEEDED = "unneeded", "확인할 것 없음"
    SELECTED = "selected", "선정"
    NOT_SELECTED = "not_selected", "미선정"
    BALLOT = "ballot", "투표 상정"
    CONFIRMED = "confirmed", "확정"
    NOT_CONFIRMED = "not_confirmed", "미확정"
    RESOLVED = "resolved", "의결"
    ADJUSTED = "adjusted", "조정"


REFUSALS = (Outcome.UNFIT, Outcome.NOT_SELECTED, Outcome.NOT_CONFIRMED)


class Channel(Sourced):
    """A way proposals come in (금천1번가, 분과 의제, 시민참여예산). Its stages are its ladder."""

    code = models.SlugField("짧은 이름", unique=True)
    name = models.CharField("이름", max_length=40, unique=True)
    description = models.CharField("설명", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("순서", default=1)

    class Meta:
        verbose_name = "제안 경로"
        verbose_name_plural = "제안 경로"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class Decider(models.TextChoices):
    """Who decides a stage."""

    NOBODY = "nobody", "정하지 않음"
    SECRETARIAT = "secretariat", "협치추진단"
    DEPARTMENT = "department", "부서"
    BODY = "body", "기구(회의)"
    VOTE = "vote", "주민투표"
    CITY = "city", "서울시"


class Stage(Sourced):
    """One rung of a channel's ladder. `amount_label` names the amount this stage settles in the trail (신청, 부서조정 …)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="stages", verbose_name="제안 경로")
    order = models.PositiveSmallIntegerField("순서")
    code = models.SlugField("짧은 이름")
    name = models.CharField("이름", max_length=40)
    decider = models.CharField("누가 정하나", max_length=12, choices=Decider, default=Decider.NOBODY)
    amount_label = models.CharField(
        "금액의 이름", max_length=20, blank=True, help_text="예: 부서조정. 비우면 금액을 묻지 않습니다."
    )
    days_due = models.PositiveSmallIntegerField(
        "처리 기한(일)", null=True, blank=True, help_text="이 단계에 들어온 날부터. 비우면 기한이 없습니다."
    )
    endorsable = models.BooleanField("공감을 받는다", default=False)
    is_ballot = models.BooleanField(
        "주민투표 후보", default=False, help_text="이 단계의 제안이 투표의 선택지가 될 수 있습니다."
    )

    class Meta:
        verbose_name = "제안 단계"
        verbose_name_plural = "제안 단계"
        ordering = ["channel__order", "order"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "code"], name="proposalstage_code_unique"),
            models.UniqueConstraint(
                fields=["channel", "order"],
                name="proposalstage_order_unique",
                violation_error_message="이 경로에 이미 있는 순서입니다.",
            ),
            choices_check("decider", Decider, "proposalstage_decider_valid"),
        ]

    def __str__(self):
        return f"{self.channel} · {self.name}"


class Move(models.Model):
    """An allowed outcome of a stage and where it leads; no next stage: the way ends there."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="moves", verbose_name="단계")
    outcome = models.CharField("결과", max_length=14, choices=Outcome)
    to = models.ForeignKey(
        Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="다음 단계"
    )

    class Meta:
        verbose_name = "단계의 결과"
        verbose_name_plural = "단계의 결과"
        ordering = ["stage", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "outcome"], name="proposalmove_unique", violation_error_message="이미 있는 결과입니다."
            ),
            choices_check("outcome", Outcome, "proposalmove_outcome_valid"),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} → {self.to.name if self.to else '끝'}"

    def clean(self):
        if self.to_id and self.stage_id and self.to.channel_id != self.stage.channel_id:
            raise ValidationError({"to": "같은 제안 경로의 단계로만 갈 수 있습니다."})


class Criterion(Sourced):
    """What a stage's review has to answer (사업효과성, 수혜범위 …)."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="criteria", verbose_name="단계")
    order = models.PositiveSmallIntegerField("순서", default=1)
    name = models.CharField("검토 기준", max_length=80)

    class Meta:
        verbose_name = "검토 기준"
        verbose_name_plural = "검토 기준"
        ordering = ["stage", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "name"], name="stagecriterion_unique")]

    def __str__(self):
        return self.name


class CallQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)

    def open(self, day):
        """Published calls that take proposals on `day`."""
        return self.published().filter(periods.covering(day))


class Call(Sourced):
    """One call for proposals of a channel: its half-open period, who may propose, and its limits. Amounts in won."""

    class Who(models.IntegerChoices):
        """The verification level a proposer needs (VOTING.md); 0 is any proved account."""

        ACCOUNT = 0, "가입한 사람"
        TEXT = 1, "문자로 확인한 사람"
        IDENTITY = 2, "본인확인을 한 사람"
        COUNTER = 3, "명부·창구에서 확인한 사람"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="calls", verbose_name="제안 경로")
    year = models.PositiveSmallIntegerField("계획 연도", help_text="어느 해의 계획에 담을 제안인가")
    title = models.CharField("제목", max_length=120)
    text = models.TextField("안내", blank=True)
    starts_on = models.DateField("시작일", null=True, blank=True)
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
    who = models.PositiveSmallIntegerField("누가 제안하나", choices=Who, default=Who.TEXT)
    endorsements_needed = models.PositiveIntegerField(
        "공감 기준(명)",
        default=20,
        help_text="금천1번가는 20일 안에 20명입니다(지역 언론). 0이면 공감 없이 검토합니다.",
    )
    endorsement_days = models.PositiveSmallIntegerField("공감 기간(일)", default=20)
    min_krw = models.PositiveBigIntegerField("금액 아래 한도(원)", null=True, blank=True)
    max_krw = models.PositiveBigIntegerField("금액 위 한도(원)", null=True, blank=True)
    published = models.BooleanField("공개", default=False)
    historical = models.BooleanField("문서에서 옮긴 것", default=False, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "제안 공모"
        verbose_name_plural = "제안 공모"
        ordering = ["-year", "channel__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "year", "title"],
                name="call_unique",
                violation_error_message="같은 이름의 공모가 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="call_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(min_krw__isnull=True) | Q(max_krw__isnull=True) | Q(max_krw__gte=F("min_krw")),
                name="call_limits_ordered",
                violation_error_message="위 한도는 아래 한도보다 크거나 같아야 합니다.",
            ),
            choices_check("who", [0, 1, 2, 3], "call_who_valid"),
        ]

    def __str__(self):
        return f"{self.year} {self.title}"

    def get_absolute_url(self):
        return reverse("call", args=[self.pk])

    def is_open(self, day):
        """Whether proposals are taken on `day`."""
        started = self.starts_on is None or self.starts_on <= day
        return (
            self.published and not self.historical and started and (self.ends_before is None or day < self.ends_before)
        )


class Question(models.Model):
    """One more question a call asks of the proposer."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions", verbose_name="공모")
    order = models.PositiveSmallIntegerField("순서", default=1)
    text = models.CharField("질문", max_length=200)
    required = models.BooleanField("꼭 답함", default=False)

    class Meta:
        verbose_name = "공모의 질문"
        verbose_name_plural = "공모의 질문"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text
