"""What came of a round: integers per option, frozen turnout, objections and the joint meeting's decision."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from councils.models import Meeting
from geumcheon.lib import clock
from geumcheon.lib.models import Sourced, choices_check
from projects.models import Project
from voting.models.contests import Contest, Option
from voting.models.rounds import Round


class Tally(models.Model):
    """The whole result as published (voting.counting.results.make_results), and the seed of a public draw. Secret until publishing."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="tally", verbose_name="투표")
    results = models.JSONField("결과")
    draw_seed = models.CharField("추첨 씨앗값", max_length=120, blank=True)
    made_at = models.DateTimeField("개표한 때", default=clock.now)

    class Meta:
        verbose_name = "개표"
        verbose_name_plural = "개표"
        ordering = ["round"]

    def __str__(self):
        return f"{self.round} 개표"


class OpenedBallot(models.Model):
    """A ballot after the tally: its picks and nonce join tag and leaf. Told once the round is published."""

    pk = models.CompositePrimaryKey("contest_id", "tag")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="opened", db_index=False)
    tag = models.CharField(max_length=32)
    leaf = models.CharField(max_length=64)
    picks = models.CharField("고른 번호", max_length=200, help_text="작은 번호부터, 쉼표로")
    nonce = models.CharField(max_length=64)

    class Meta:
        verbose_name = "연 표"
        verbose_name_plural = "연 표"

    def __str__(self):
        return self.tag

    @property
    def numbers(self):
        return tuple(int(number) for number in self.picks.split(",") if number)


class ContestResult(models.Model):
    """Valid ballots of a paper. For a round of totals: the voters the document states."""

    contest = models.OneToOneField(Contest, on_delete=models.PROTECT, related_name="result", verbose_name="투표용지")
    ballots = models.PositiveIntegerField("유효표")
    stated_choices = models.PositiveIntegerField("문서에 적힌 득표 합계", null=True, blank=True)

    class Meta:
        verbose_name = "투표용지 결과"
        verbose_name_plural = "투표용지 결과"
        ordering = ["contest"]

    def __str__(self):
        return f"{self.contest} {self.ballots:,}표"


class OptionResult(Sourced):
    """Votes of an option. stated_percent: what a document prints beside it, kept as printed."""

    option = models.OneToOneField(Option, on_delete=models.PROTECT, related_name="result", verbose_name="선택지")
    votes = models.PositiveIntegerField("득표")
    stated_percent = models.PositiveSmallIntegerField("문서에 적힌 비율(%)", null=True, blank=True)
    stated_rank = models.PositiveSmallIntegerField("문서에 적힌 순위", null=True, blank=True)

    class Meta:
        verbose_name = "선택지 결과"
        verbose_name_plural = "선택지 결과"
        ordering = ["option"]

    def __str__(self):
        return f"{self.option} {self.votes:,}"


class Turnout(models.Model):
    """Voters by channel, dong or birth band, frozen before the roll is destroyed; cells under 5 are merged (`label` says so)."""

    class By(models.TextChoices):
        CHANNEL = "channel", "방법"
        DONG = "dong", "동"
        BAND = "band", "출생연도대"
        BASIS = "basis", "자격"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="turnout", verbose_name="투표")
    by = models.CharField("기준", max_length=8, choices=By)
    order = models.PositiveSmallIntegerField("순서")
    label = models.CharField("이름", max_length=120)
    voters = models.PositiveIntegerField("투표자")

    class Meta:
        verbose_name = "참여 현황"
        verbose_name_plural = "참여 현황"
        ordering = ["round", "by", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "by", "label"], name="turnout_unique"),
            choices_check("by", ["channel", "dong", "band", "basis"], "turnout_by_valid"),
        ]

    def __str__(self):
        return f"{self.label} {self.voters:,}"


class Objection(models.Model):
    """이의 신청. The contact is kept until the round's roll is destroyed."""

    class State(models.TextChoices):
        RECEIVED = "received", "접수"
        ACCEPTED = "accepted", "받아들임"
        REJECTED = "rejected", "받아들이지 않음"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="objections", verbose_name="투표")
    text = models.TextField("내용", max_length=2000)
    contact = models.CharField(
        "연락처", max_length=120, blank=True, help_text="답을 받으려면 적습니다. 명부와 함께 파기합니다."
    )
    state = models.CharField("상태", max_length=8, choices=State, default=State.RECEIVED)
    answer = models.TextField("답변", blank=True)
    received_at = models.DateTimeField("접수", default=clock.now, editable=False)

    class Meta:
        verbose_name = "이의 신청"
        verbose_name_plural = "이의 신청"
        ordering = ["-received_at", "-pk"]
        constraints = [
            choices_check("state", ["received", "accepted", "rejected"], "objection_state_valid"),
            models.CheckConstraint(
                condition=Q(state="received") | ~Q(answer=""),
                name="objection_answered",
                violation_error_message="판단에는 답변이 있어야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.round} 이의 신청 {self.pk}"


class VoteDecision(models.Model):
    """What the joint meeting decided about an option: the vote is a preference, this makes projects."""

    class Outcome(models.TextChoices):
        SELECTED = "selected", "선정"
        DROPPED = "dropped", "선정하지 않음"

    option = models.OneToOneField(Option, on_delete=models.PROTECT, related_name="decision", verbose_name="선택지")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="vote_decisions", verbose_name="합동회의"
    )
    outcome = models.CharField("결정", max_length=8, choices=Outcome)
    final_krw = models.PositiveBigIntegerField("확정 금액(원)", null=True, blank=True)
    reason = models.TextField("사유", blank=True, help_text="투표 순위와 다르게 정했으면 꼭 적습니다. 공개됩니다.")
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vote_decisions",
        editable=False,
        verbose_name="만든 사업",
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "합동회의 결정"
        verbose_name_plural = "합동회의 결정"
        ordering = ["option__contest", "option__number"]
        constraints = [
            choices_check("outcome", ["selected", "dropped"], "votedecision_outcome_valid"),
            models.CheckConstraint(
                condition=Q(outcome="dropped") | Q(final_krw__isnull=False),
                name="votedecision_selected_has_amount",
                violation_error_message="선정한 사업에는 확정 금액이 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=True) | Q(outcome="selected"),
                name="votedecision_project_selected",
                violation_error_message="선정한 것만 사업이 됩니다.",
            ),
        ]

    def __str__(self):
        return f"{self.option} {self.get_outcome_display()}"

    def clean(self):
        if self.option_id and not self.option.contest.round.is_published:
            raise ValidationError("결과를 게시한 뒤에 결정을 적습니다.")
