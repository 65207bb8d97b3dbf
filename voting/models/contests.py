"""The papers of a round: contests, options and committee scores. Nothing here changes after freezing."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from forums.models import Proposal
from geumcheon.lib.models import Sourced
from projects.models import Origin, Project
from voting.models.rounds import Round


class Contest(Sourced):
    """One paper: its options and how many are picked."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="contests", verbose_name="투표")
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("제목", max_length=120)
    description = models.TextField("설명", blank=True)
    min_picks = models.PositiveSmallIntegerField("고르는 수(최소)", default=1)
    max_picks = models.PositiveSmallIntegerField("고르는 수(최대)", default=1)
    seats = models.PositiveSmallIntegerField(
        "뽑는 수", null=True, blank=True, help_text="득표순으로 정할 때만 적습니다."
    )
    budget_krw = models.PositiveBigIntegerField(
        "예산(원)", null=True, blank=True, help_text="예산 안에서 정할 때만 적습니다."
    )
    origin = models.CharField("사업의 나온 곳", max_length=20, choices=Origin, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "투표용지"
        verbose_name_plural = "투표용지"
        ordering = ["round", "order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "order"], name="contest_order_unique"),
            models.CheckConstraint(
                condition=Q(min_picks__gte=1) & Q(max_picks__gte=F("min_picks")),
                name="contest_picks_valid",
                violation_error_message="고르는 수는 1 이상이고 최대는 최소보다 작을 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(origin="") | Q(origin__in=Origin.values),
                name="contest_origin_valid",
                violation_error_message="정해진 값 가운데 하나여야 합니다.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def ref(self):
        """The name of this paper in tags, leaves and published files: `ROUND-ORDER`. Never a row id."""
        return f"{self.round.slug}-{self.order}"

    @property
    def picks_label(self):
        """`3개` or `1~3개`."""
        return f"{self.max_picks}개" if self.min_picks == self.max_picks else f"{self.min_picks}~{self.max_picks}개"


class Option(Sourced):
    """What can be picked. The number is fixed; the order on the page is shuffled per voter.

    It comes from a proposal or stands for a project (at most one of the two).
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="options", verbose_name="투표용지")
    number = models.PositiveSmallIntegerField("번호")
    title = models.CharField("이름", max_length=120)
    description = models.TextField("설명", blank=True)
    cost_krw = models.PositiveBigIntegerField("사업비(원)", null=True, blank=True)
    decided_on = models.DateField("분과에서 정한 날", null=True, blank=True)
    department = models.CharField("추진부서", max_length=60, blank=True)
    body = models.CharField("분과", max_length=60, blank=True)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="vote_options", verbose_name="사업"
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="vote_options", verbose_name="제안"
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "선택지"
        verbose_name_plural = "선택지"
        ordering = ["contest", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "number"],
                name="option_number_unique",
                violation_error_message="이 투표용지에 같은 번호가 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="option_number_positive", violation_error_message="번호는 1부터입니다."
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=True) | Q(proposal__isnull=True),
                name="option_of_one_thing",
                violation_error_message="사업과 제안 가운데 하나만 이어 주세요.",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"


class CommitteeScore(models.Model):
    """The committee's score of an option, 0 to 100 in whole points; its own column beside the votes."""

    option = models.OneToOneField(Option, on_delete=models.CASCADE, related_name="committee", verbose_name="선택지")
    score = models.PositiveSmallIntegerField("심사 점수(100점 만점)")

    class Meta:
        verbose_name = "심사 점수"
        verbose_name_plural = "심사 점수"
        ordering = ["option"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__lte=100),
                name="committeescore_sane",
                violation_error_message="0점에서 100점까지입니다.",
            )
        ]

    def __str__(self):
        return f"{self.option} {self.score}점"

    def clean(self):
        if self.option_id and self.option.contest.round.committee_weight == 0:
            raise ValidationError("이 투표는 심사 점수를 쓰지 않습니다.")
