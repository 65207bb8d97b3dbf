"""Reviews of proposals: who decided which stage, when, in which meeting, with which amount and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from councils.models import AgendaItem, Body, Meeting
from forums.models.ladder import REFUSALS, Channel, Criterion, Outcome, Stage
from forums.models.proposal import Proposal
from geumcheon.accounts.models import Department
from geumcheon.lib.models import Sourced, choices_check


class AmountShare(Sourced):
    """One amount that several proposals share (안양천 어린이 놀이공간 and 생태탐방로: 총 200,000천원). Won."""

    label = models.CharField("무엇의 금액", max_length=120)
    amount_krw = models.PositiveBigIntegerField("함께 쓰는 금액(원)")

    class Meta:
        verbose_name = "함께 쓰는 금액"
        verbose_name_plural = "함께 쓰는 금액"
        ordering = ["pk"]

    def __str__(self):
        return self.label


class ReviewState(models.TextChoices):
    DRAFT = "draft", "쓰는 중"
    PUBLISHED = "published", "공개"
    WITHDRAWN = "withdrawn", "거둠"


class Review(Sourced):
    """The decision on one proposal at one stage. A refusal has a public reason, unless the document it comes from gives none."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reviews", verbose_name="제안")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="reviews", verbose_name="단계")
    outcome = models.CharField("결과", max_length=14, choices=Outcome)
    amount_krw = models.PositiveBigIntegerField("금액(원)", null=True, blank=True)
    share = models.ForeignKey(
        AmountShare,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name="함께 쓰는 금액",
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposal_reviews",
        verbose_name="부서",
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal_reviews", verbose_name="기구"
    )
    body_text = models.CharField("문서에 적힌 주체", max_length=120, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal_reviews", verbose_name="회의"
    )
    on = models.DateField("날짜", null=True, blank=True)
    reason = models.TextField("공개하는 이유", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="적은 사람",
    )
    state = models.CharField("상태", max_length=10, choices=ReviewState, default=ReviewState.PUBLISHED)
    created_at = models.DateTimeField("적은 때", auto_now_add=True)
    withdrawn_on = models.DateField("거둔 날", null=True, blank=True)
    withdrawn_reason = models.CharField("거둔 까닭", max_length=300, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "검토"
        verbose_name_plural = "검토"
        ordering = ["stage__order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome__in=REFUSALS) | ~Q(reason="") | ~Q(source=""),
                name="review_refusal_has_reason",
                violation_error_message="받아들이지 않을 때는 공개하는 이유를 적어 주세요.",
            ),
            models.CheckConstraint(
                condition=Q(amount_krw__isnull=True) | Q(share__isnull=True),
                name="review_one_amount",
                violation_error_message="금액은 따로 쓰거나 함께 쓰거나 하나로 적어 주세요.",
            ),
            models.UniqueConstraint(
                fields=["proposal", "stage"],
                condition=Q(state="published"),
                name="review_one_per_stage",
                violation_error_message="이 단계의 검토가 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="review_withdrawn_has_reason",
                violation_error_message="거두는 까닭을 적어 주세요.",
            ),
            choices_check("outcome", Outcome, "review_outcome_valid"),
            choices_check("state", ReviewState, "review_state_valid"),
        ]

    def __str__(self):
        return f"{self.stage.name} {self.get_outcome_display()}"


class Answered(models.TextChoices):
    GOOD = "good", "좋음"
    FAIR = "fair", "보통"
    POOR = "poor", "나쁨"
    UNKNOWN = "unknown", "알 수 없음"


class ReviewAnswer(models.Model):
    """What a review says to one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers", verbose_name="검토")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="answers", verbose_name="검토 기준")
    answer = models.CharField("답", max_length=8, choices=Answered)
    note = models.CharField("의견", max_length=300, blank=True)

    class Meta:
        verbose_name = "검토 기준의 답"
        verbose_name_plural = "검토 기준의 답"
        ordering = ["criterion__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="reviewanswer_unique"),
            choices_check("answer", Answered, "reviewanswer_valid"),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.get_answer_display()}"


class Transfer(models.Model):
    """이관: a proposal went from one department to another, with the reason, without leaving its stage."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="transfers", verbose_name="제안")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", verbose_name="단계")
    from_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="보낸 부서"
    )
    to_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="transfers_in", verbose_name="받은 부서"
    )
    reason = models.CharField("까닭", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="한 사람",
    )
    on = models.DateField("한 날")
    created_at = models.DateTimeField("적은 때", auto_now_add=True)

    class Meta:
        verbose_name = "이관"
        verbose_name_plural = "이관"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_department__isnull=True) | ~Q(from_department=models.F("to_department")),
                name="transfer_between_two",
                violation_error_message="이미 그 부서가 맡고 있습니다.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="transfer_has_reason", violation_error_message="까닭을 적어 주세요."
            ),
        ]

    def __str__(self):
        return f"{self.from_department or '맡은 부서 없음'} → {self.to_department}"


class ProposalAgenda(models.Model):
    """An agenda item that concerns a proposal (declared on the right: an item knows no proposal)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="proposal_items", verbose_name="제안")
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="proposal_items", verbose_name="안건")

    class Meta:
        verbose_name = "안건의 제안"
        verbose_name_plural = "안건의 제안"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "item"], name="proposalagenda_unique")]

    def __str__(self):
        return f"{self.proposal} · {self.item}"


class FieldCheck(Sourced):
    """A visit to the place a proposal is about (현장 확인)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="field_checks", verbose_name="제안")
    on = models.DateField("날짜")
    people = models.PositiveSmallIntegerField("참석 인원", null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="field_checks", verbose_name="회의"
    )
    findings = models.TextField("확인한 것", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="적은 사람",
    )

    class Meta:
        verbose_name = "현장 확인"
        verbose_name_plural = "현장 확인"
        ordering = ["on", "pk"]

    def __str__(self):
        return f"{self.proposal} {self.on}"


class FieldCheckPhoto(models.Model):
    """A picture of a visit, without metadata."""

    check_record = models.ForeignKey(
        FieldCheck, on_delete=models.CASCADE, related_name="photos", verbose_name="현장 확인"
    )
    file = models.FileField("사진", upload_to="field-checks/")
    alt = models.CharField("사진 설명", max_length=120)

    class Meta:
        verbose_name = "현장 확인 사진"
        verbose_name_plural = "현장 확인 사진"
        ordering = ["pk"]

    def __str__(self):
        return self.alt


class FunnelStep(Sourced):
    """What a document prints of one step of a year's funnel: how many proposals and how much money (won). Stated, never computed.

    forums.funnel counts the proposals with a public review at `stage_code` (any of `outcomes`, separated by blanks; of `body` where one is
    named) and adds their amounts at `amount_code` (a stage's code, or `requested`). `whole`: the document names every proposal it counts.
    """

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="funnel", verbose_name="제안 경로",
        help_text="비우면 모든 경로를 함께 셉니다.",
    )  # fmt: skip
    year = models.PositiveSmallIntegerField("계획 연도")
    order = models.PositiveSmallIntegerField("순서")
    label = models.CharField("무엇", max_length=80)
    count = models.PositiveIntegerField("적힌 수", null=True, blank=True)
    amount_krw = models.PositiveBigIntegerField("적힌 금액(원)", null=True, blank=True)
    stage_code = models.SlugField("세는 단계")
    outcomes = models.CharField("세는 결과", max_length=100)
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="맡은 기구"
    )
    amount_code = models.SlugField("더하는 금액의 단계", blank=True)
    whole = models.BooleanField("모두 행으로 있음", default=True)
    note = models.TextField("설명", blank=True)

    class Meta:
        verbose_name = "문서에 적힌 단계별 수"
        verbose_name_plural = "문서에 적힌 단계별 수"
        ordering = ["year", "order"]
        constraints = [models.UniqueConstraint(fields=["year", "order"], name="funnelstep_unique")]

    def __str__(self):
        return self.label
