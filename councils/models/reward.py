"""The reward system (협치 보상제도, 조례 제25조): points of departments as a ledger, award rounds."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from geumcheon.accounts.models import Department
from geumcheon.lib.models import Sourced, choices_check


class RewardKind(models.TextChoices):
    CARRYING_OUT = "carrying_out", "실행"
    FINDING = "finding", "발굴"
    LEARNING = "learning", "역량강화"


class RewardRule(Sourced):
    """What earns how many points, and when it holds."""

    kind = models.CharField("구분", max_length=12, choices=RewardKind)
    name = models.CharField("무엇에", max_length=120)
    points = models.PositiveSmallIntegerField("점수")
    starts_on = models.DateField("시행일")
    ends_before = models.DateField("끝(그날 전까지)", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "포인트 규칙"
        verbose_name_plural = "포인트 규칙"
        ordering = ["kind", "name"]
        constraints = [
            choices_check("kind", RewardKind, "rewardrule_kind_valid"),
            models.UniqueConstraint(fields=["name", "starts_on"], name="rewardrule_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="rewardrule_ends_after_start",
                violation_error_message="끝나는 날은 시행일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.points}점"


class RewardEntry(models.Model):
    """One line of the ledger. `official` names a post (주무관), never a person. A wrong line is reversed by a minus."""

    rule = models.ForeignKey(RewardRule, on_delete=models.PROTECT, related_name="entries", verbose_name="규칙")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="reward_entries", verbose_name="부서"
    )
    official = models.CharField("담당", max_length=40, blank=True, help_text="직위로 적습니다. 이름은 적지 않습니다.")
    on = models.DateField("날짜")
    points = models.SmallIntegerField("점수")
    basis = models.CharField("근거", max_length=200, help_text="공문, 회의, 사업")
    entered_at = models.DateTimeField("적은 때", editable=False)

    class Meta:
        verbose_name = "포인트"
        verbose_name_plural = "포인트 장부"
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.department} {self.points:+}점"


class RewardRound(models.Model):
    """One round of awards over a period of the ledger."""

    year = models.PositiveSmallIntegerField("연도")
    no = models.PositiveSmallIntegerField("차수")
    starts_on = models.DateField("집계 시작")
    ends_before = models.DateField("집계 끝(그날 전까지)")
    decided_on = models.DateField("지급 결정일", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "포상"
        verbose_name_plural = "포상"
        ordering = ["-year", "-no"]
        constraints = [
            models.UniqueConstraint(fields=["year", "no"], name="rewardround_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="rewardround_ends_after_start",
                violation_error_message="끝나는 날은 시작보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.year}년 {self.no}차 포상"


class RewardAward(models.Model):
    """What a department gets in a round: points as computed at the decision, and won."""

    round = models.ForeignKey(RewardRound, on_delete=models.CASCADE, related_name="awards", verbose_name="포상")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="awards", verbose_name="부서")
    points = models.SmallIntegerField("점수")
    amount_krw = models.PositiveIntegerField("포상금(원)")

    class Meta:
        verbose_name = "포상금"
        verbose_name_plural = "포상금"
        ordering = ["round", "-points", "department__name"]
        constraints = [models.UniqueConstraint(fields=["round", "department"], name="rewardaward_unique")]

    def __str__(self):
        return f"{self.department} {self.amount_krw:,}원"
