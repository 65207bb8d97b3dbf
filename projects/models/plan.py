"""The plan of a year: its status, its text, the steps of its making, the groups of its projects."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from geumcheon.lib.models import Sourced, choices_check

ONE_PER_LINE = "한 줄에 한 항목씩 적습니다."


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "작성 중"
    PUBLISHED = "published", "시행 중"
    CLOSED = "closed", "마감"


class PlanQuerySet(models.QuerySet):
    def published(self):
        """Plans everybody may see."""
        return self.exclude(status=PlanStatus.DRAFT)


class Plan(Sourced):
    """지역사회혁신계획 of one year. A closed plan is not measured any more: nothing in it is overdue (DESIGN.md rule 11)."""

    MOVES = {
        PlanStatus.DRAFT: {PlanStatus.PUBLISHED},
        PlanStatus.PUBLISHED: {PlanStatus.CLOSED},
        PlanStatus.CLOSED: set(),
    }

    year = models.PositiveSmallIntegerField("연도", unique=True)
    title = models.CharField("제목", max_length=120)
    status = models.CharField("상태", max_length=12, choices=PlanStatus, default=PlanStatus.DRAFT)
    as_of = models.DateField(
        "기준일", null=True, blank=True, help_text="이 내용이 맞는 날. 마감한 계획은 이날의 모습 그대로 둡니다."
    )
    basis = models.TextField("수립 근거", blank=True)
    background = models.TextField("수립 배경", blank=True, help_text=ONE_PER_LINE)
    results = models.TextField("전년도 추진성과", blank=True, help_text=ONE_PER_LINE)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "계획"
        verbose_name_plural = "계획"
        ordering = ["-year"]
        constraints = [choices_check("status", PlanStatus, "plan_status_valid")]

    def __str__(self):
        return self.title

    @property
    def is_closed(self):
        return self.status == PlanStatus.CLOSED


class PlanSection(Sourced):
    """A titled part of the plan's text: a direction (추진방향) or a part of the evaluation plan."""

    class Kind(models.TextChoices):
        DIRECTION = "direction", "추진방향"
        EVALUATION = "evaluation", "성과평가계획"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections", verbose_name="계획")
    kind = models.CharField("종류", max_length=12, choices=Kind.choices)
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("제목", max_length=200)
    items = models.TextField("내용", blank=True, help_text=ONE_PER_LINE)

    class Meta:
        verbose_name = "계획의 항목"
        verbose_name_plural = "계획의 항목"
        ordering = ["kind", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind", "order"], name="plansection_unique"),
            choices_check("kind", ["direction", "evaluation"], "plansection_kind_valid"),
        ]

    def __str__(self):
        return self.title


class PlanStep(Sourced):
    """A dated step in making a plan. The 2021 plan prints its own steps and those meant for 2022: `year` says which."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps", verbose_name="계획")
    year = models.PositiveSmallIntegerField("만드는 계획의 연도")
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("제목", max_length=200)
    starts_on = models.DateField("시작일", null=True, blank=True)
    ends_on = models.DateField("마지막 날", null=True, blank=True, help_text="여러 날일 때만 적습니다(그날 포함).")
    when = models.CharField("때", max_length=60, blank=True, help_text="문서에 적힌 그대로")
    body = models.TextField("내용", blank=True)

    class Meta:
        verbose_name = "수립 과정"
        verbose_name_plural = "수립 과정"
        ordering = ["year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "order"], name="planstep_order_unique"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="planstep_ends_after_start",
                violation_error_message="마지막 날은 시작일보다 앞설 수 없습니다.",
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.order}. {self.title}"


class ProjectGroup(models.Model):
    """A group the plan orders its projects in."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="groups", verbose_name="계획")
    name = models.CharField("이름", max_length=60)
    order = models.PositiveSmallIntegerField("순서")

    class Meta:
        verbose_name = "사업 구분"
        verbose_name_plural = "사업 구분"
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="projectgroup_unique")]

    def __str__(self):
        return self.name
