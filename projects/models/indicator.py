"""Indicators with their targets as written and as parsed, and their stored counts."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from geumcheon.lib.models import Sourced, choices_check
from projects import targets
from projects.models.plan import Plan
from projects.models.project import Project


class Phase(models.TextChoices):
    PROCESS = "과정평가", "과정평가"
    OUTCOME = "성과평가", "성과평가"


class Comparator(models.TextChoices):
    AT_LEAST = ">=", "이상"
    AT_MOST = "<=", "이하"
    LESS = "<", "미만"
    MORE = ">", "초과"
    EQUAL = "=", "그대로(이상이면 달성)"
    TEXT = "text", "예·아니요"


class Combine(models.TextChoices):
    """How measured values of an indicator make one achievement (DESIGN.md rule 6)."""

    SUM = "sum", "합"
    LATEST = "latest", "마지막 값"
    MEAN = "mean", "평균"
    SHARE = "share", "비율"
    EVERY = "every", "단위마다"


class Indicator(Sourced):
    """An indicator with its target as written and as parsed; the parsed fields always follow `target_text`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="indicators", verbose_name="사업")
    order = models.PositiveSmallIntegerField("순서")
    phase = models.CharField("구분", max_length=10, choices=Phase)
    objective = models.CharField("사업목표", max_length=120)
    name = models.CharField("성과지표", max_length=120)
    target_text = models.CharField(
        "성과목표",
        max_length=60,
        help_text="적힌 그대로. 예: 65회, 2회 이상, 연 5회 미만, 동별 1회 이상, 14대(100%), 중복 없음",
    )
    method = models.CharField("측정 방법", max_length=80, blank=True)
    comparator = models.CharField("비교", max_length=4, choices=Comparator, editable=False)
    target_value = models.DecimalField("목표값", max_digits=14, decimal_places=2, null=True, editable=False)
    unit = models.CharField("단위", max_length=20, blank=True, editable=False)
    per = models.CharField("기준", max_length=10, blank=True, editable=False)
    combine = models.CharField(
        "합치는 법", max_length=10, choices=Combine, blank=True, help_text="비우면 성과목표에서 정합니다."
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "성과지표"
        verbose_name_plural = "성과지표"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "order"], name="indicator_order_unique", violation_error_message="순서가 겹칩니다."
            ),
            choices_check("phase", Phase, "indicator_phase_valid"),
            choices_check("comparator", Comparator, "indicator_comparator_valid"),
            choices_check("combine", Combine, "indicator_combine_valid"),
            models.CheckConstraint(
                condition=Q(comparator="text", target_value__isnull=True)
                | (~Q(comparator="text") & Q(target_value__isnull=False)),
                name="indicator_value_matches_comparator",
                violation_error_message="목표값은 예·아니요로 답하는 지표에만 없을 수 있습니다.",
            ),
        ]

    def __str__(self):
        return f"{self.objective} · {self.name}"

    def clean_fields(self, exclude=None):
        """Parse first: the derived fields are validated with what the target says."""
        self.parse_target()
        super().clean_fields(exclude=exclude)

    def parse_target(self):
        """Fill comparator, value, unit, per and the way values combine from `target_text`; ValidationError if unreadable."""
        try:
            target = targets.parse(self.target_text)
        except targets.TargetError as error:
            raise ValidationError({"target_text": str(error)}) from None
        self.comparator, self.target_value = target.comparator, target.value
        self.unit, self.per = target.unit, target.per
        try:  # no form shows these fields: what does not fit in them is an error of the target
            for name in ("target_value", "unit"):
                self._meta.get_field(name).run_validators(getattr(self, name))
        except ValidationError as error:
            raise ValidationError({"target_text": error.messages}) from None
        if self.combine:
            return
        if target.per:
            self.combine = Combine.EVERY
        elif target.unit == "%":
            self.combine = Combine.SHARE
        else:
            self.combine = Combine.LATEST if target.comparator == "text" else Combine.SUM

    def save(self, *args, **kwargs):
        self.parse_target()
        super().save(*args, **kwargs)


class IndicatorRollup(models.Model):
    """Stored counts of a plan's or a project's indicators, with the time they were computed (DESIGN.md rule 7)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="indicator_rollups", verbose_name="계획")
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="indicator_rollups", verbose_name="사업"
    )
    indicators = models.PositiveIntegerField("지표")
    process = models.PositiveIntegerField("과정평가")
    outcome = models.PositiveIntegerField("성과평가")
    numeric = models.PositiveIntegerField("수로 재는 지표")
    yes_no = models.PositiveIntegerField("예·아니요 지표")
    states = models.JSONField("상태마다의 수", default=dict)
    computed_at = models.DateTimeField("계산한 때")

    class Meta:
        verbose_name = "지표 집계"
        verbose_name_plural = "지표 집계"
        ordering = ["plan", "project__number"]
        constraints = [
            models.UniqueConstraint(fields=["project"], name="indicatorrollup_project_unique"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(project__isnull=True), name="indicatorrollup_plan_unique"
            ),
        ]

    def __str__(self):
        return str(self.project or self.plan)
