"""What earlier years left: the projects carried out then, and the feedback (환류) a plan answers."""

from django.db import models

from geumcheon.accounts.models import Department
from geumcheon.lib.models import Sourced, choices_check
from projects.models.plan import ONE_PER_LINE, Plan
from projects.models.project import Project


class PastProject(Sourced):
    """A project carried out in an earlier year; two of 2019 share a name and differ by number (`1-3`, `1-4`)."""

    year = models.PositiveSmallIntegerField("연도")
    order = models.PositiveSmallIntegerField("순서")
    number = models.CharField("번호", max_length=10, help_text="문서의 번호 그대로. 예: 1-3")
    name = models.CharField("사업명", max_length=120)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="past_projects", verbose_name="부서"
    )
    cost_krw = models.PositiveBigIntegerField("사업비(원)")
    period = models.CharField("사업기간", max_length=60, blank=True)
    place = models.CharField("사업장소", max_length=120, blank=True)
    purpose = models.TextField("사업목적", blank=True, help_text=ONE_PER_LINE)
    methods = models.TextField("추진방법", blank=True, help_text=ONE_PER_LINE)
    results = models.TextField("추진실적", blank=True, help_text=ONE_PER_LINE)
    outcome = models.TextField("사업성과", blank=True, help_text=ONE_PER_LINE)

    class Meta:
        verbose_name = "지난 사업"
        verbose_name_plural = "지난 사업"
        ordering = ["-year", "order"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="pastproject_unique")]

    def __str__(self):
        return f"{self.year} {self.number} {self.name}"


class FeedbackKind(models.TextChoices):
    LIMIT = "limit", "추진한계"
    WORKSHOP = "workshop", "워크숍 논의"


class Feedback(Sourced):
    """What an earlier year taught (환류): a limit or a finding, and what the plan answers to it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="feedback", verbose_name="반영한 계획")
    key = models.SlugField("이름표", max_length=60, allow_unicode=True)
    order = models.PositiveSmallIntegerField("순서")
    kind = models.CharField("종류", max_length=12, choices=FeedbackKind)
    text = models.TextField("의견")
    detail = models.TextField("설명", blank=True, help_text=ONE_PER_LINE)
    answer = models.TextField("답", blank=True)
    projects = models.ManyToManyField(
        Project, through="FeedbackAnswer", related_name="feedback", verbose_name="답한 사업"
    )

    class Meta:
        verbose_name = "환류 의견"
        verbose_name_plural = "환류 의견"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="feedback_unique"),
            choices_check("kind", FeedbackKind, "feedback_kind_valid"),
        ]

    def __str__(self):
        return self.text


class FeedbackAnswer(models.Model):
    """The project that answers a piece of feedback, and by which of its own words."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="answers", verbose_name="의견")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="answers", verbose_name="사업")
    reason = models.TextField("근거", blank=True)

    class Meta:
        verbose_name = "답한 사업"
        verbose_name_plural = "답한 사업"
        ordering = ["project__number"]
        constraints = [models.UniqueConstraint(fields=["feedback", "project"], name="feedbackanswer_unique")]

    def __str__(self):
        return f"{self.project}"
