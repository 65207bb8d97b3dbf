"""A project of a plan with its texts, partners and stages. Money is on budget lines (budgets), never here."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models import Body, Meeting
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.models import Sourced, choices_check
from projects.models.plan import ONE_PER_LINE, Plan, PlanStatus, ProjectGroup


class Origin(models.TextChoices):
    AGENDA = "분과 의제", "분과 의제"
    CITIZEN_BUDGET = "시민참여예산", "시민참여예산"


class ProjectQuerySet(models.QuerySet):
    def published(self):
        """Projects of plans everybody may see."""
        return self.exclude(plan__status=PlanStatus.DRAFT)


class Project(Sourced):
    """One project of a plan. Money is on its budget lines (budgets), never here."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="projects", verbose_name="계획")
    number = models.PositiveSmallIntegerField("번호")
    name = models.CharField("사업명", max_length=120)
    group = models.ForeignKey(ProjectGroup, on_delete=models.PROTECT, related_name="projects", verbose_name="구분")
    bodies = models.ManyToManyField(Body, through="ProjectBody", related_name="projects", verbose_name="추진분과")
    origin = models.CharField("나온 곳", max_length=20, choices=Origin, blank=True)
    period = models.CharField(
        "사업추진시기", max_length=40, blank=True, help_text="문서에 적힌 그대로. 예: 2021.1.~12."
    )
    starts_on = models.DateField("시작일", null=True, blank=True)
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
    meetings = models.ManyToManyField(Meeting, through="ProjectMeeting", related_name="projects", verbose_name="회의")
    place = models.CharField("장소", max_length=120, blank=True)
    dongs = models.ManyToManyField(Dong, related_name="projects", blank=True, verbose_name="동")
    summary = models.TextField("요약", blank=True)
    goals = models.TextField("사업목표", blank=True, help_text=ONE_PER_LINE)
    background = models.TextField("추진 배경과 필요성", blank=True, help_text=ONE_PER_LINE)
    direction = models.TextField("추진방향", blank=True, help_text=ONE_PER_LINE)
    contingency = models.TextField("비상시 계획", blank=True)
    effects = models.TextField("기대 효과", blank=True, help_text=ONE_PER_LINE)
    monitoring = models.TextField("성과평가 및 모니터링 계획", blank=True, help_text=ONE_PER_LINE)
    last_results = models.TextField("전년도 추진 성과", blank=True, help_text=ONE_PER_LINE)
    last_open_points = models.TextField("개선해야 할 점", blank=True, help_text=ONE_PER_LINE)
    edit_version = models.PositiveIntegerField("고친 횟수", default=0, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "사업"
        verbose_name_plural = "사업"
        ordering = ["-plan__year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="project_number_unique",
                violation_error_message="이 계획에 같은 번호의 사업이 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(origin="") | Q(origin__in=Origin.values),
                name="project_origin_valid",
                violation_error_message="정해진 값 가운데 하나여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(starts_on__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="project_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.name}"

    def get_absolute_url(self):
        return reverse("projects:detail", args=[self.plan.year, self.number])

    @property
    def bodies_label(self):
        """The 추진분과 as the plan writes it: `금천구협치추진단 및 주민자치·기획분과` (uses prefetched rows)."""
        return " 및 ".join(link.body.name for link in self.project_bodies.all())


class ProjectBody(models.Model):
    """Which body carries a project, in printed order."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="project_bodies", verbose_name="사업")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="project_bodies", verbose_name="기구")
    order = models.PositiveSmallIntegerField("순서", default=1)

    class Meta:
        verbose_name = "추진분과"
        verbose_name_plural = "추진분과"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "body"], name="projectbody_unique", violation_error_message="이미 있는 기구입니다."
            )
        ]

    def __str__(self):
        return str(self.body)


class ProjectMeeting(models.Model):
    """A meeting that dealt with a project. The link is declared here: a meeting knows no project (DESIGN.md, the rooms)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="project_meetings", verbose_name="사업")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="project_meetings", verbose_name="회의")

    class Meta:
        verbose_name = "사업을 다룬 회의"
        verbose_name_plural = "사업을 다룬 회의"
        ordering = ["-meeting__starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "meeting"],
                name="projectmeeting_unique",
                violation_error_message="이미 있는 회의입니다.",
            )
        ]

    def __str__(self):
        return f"{self.project} · {self.meeting}"


class ProjectAlias(models.Model):
    """Another wording of a project's name in the plan; search and links resolve it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="aliases", verbose_name="사업")
    name = models.CharField("다른 이름", max_length=120)

    class Meta:
        verbose_name = "사업의 다른 이름"
        verbose_name_plural = "사업의 다른 이름"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="projectalias_unique")]

    def __str__(self):
        return self.name


class ProjectPart(Sourced):
    """A titled list inside a project's section: a method (추진방법), a similar case, a step of the year before."""

    class Kind(models.TextChoices):
        METHOD = "method", "추진방법"
        CASE = "case", "유사 사례"
        LAST_YEAR = "last_year", "전년도 추진 경과"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="parts", verbose_name="사업")
    kind = models.CharField("종류", max_length=12, choices=Kind.choices, default=Kind.METHOD)
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("제목", max_length=200, blank=True)
    items = models.TextField("내용", blank=True, help_text=ONE_PER_LINE)

    class Meta:
        verbose_name = "추진방법과 경과"
        verbose_name_plural = "추진방법과 경과"
        ordering = ["kind", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "order"],
                name="projectpart_unique",
                violation_error_message="같은 종류에 같은 순서가 있습니다.",
            ),
            choices_check("kind", ["method", "case", "last_year"], "projectpart_kind_valid"),
        ]

    def __str__(self):
        return self.title or self.get_kind_display()


class ProjectTable(Sourced):
    """A small table the project's section shows. `columns` is a list of strings, `rows` a list of lists of strings."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tables", verbose_name="사업")
    order = models.PositiveSmallIntegerField("순서")
    title = models.CharField("제목", max_length=200)
    columns = models.JSONField("열")
    rows = models.JSONField("행")

    class Meta:
        verbose_name = "표"
        verbose_name_plural = "표"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["project", "order"], name="projecttable_unique")]

    def __str__(self):
        return self.title

    def clean(self):
        ok = isinstance(self.columns, list) and isinstance(self.rows, list) and self.columns
        if not ok or any(not isinstance(row, list) or len(row) != len(self.columns) for row in self.rows):
            raise ValidationError({"rows": "행마다 열의 수만큼 칸이 있어야 합니다."})


class Side(models.TextChoices):
    LEAD = "주무부서", "주무부서"
    PARTNER = "협업부서", "협업부서"
    CIVIL = "민간주체", "민간주체"


class Partner(Sourced):
    """Who works on a project, on which side, with which function and roles (민·관 협력체계)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partners", verbose_name="사업")
    order = models.PositiveSmallIntegerField("순서")
    side = models.CharField("구분", max_length=10, choices=Side)
    name = models.CharField("이름", max_length=120)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships", verbose_name="부서"
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships", verbose_name="기구"
    )
    function = models.CharField("기능", max_length=200, blank=True)
    roles = models.TextField("역할", blank=True, help_text=ONE_PER_LINE)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "협력 주체"
        verbose_name_plural = "협력 주체"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "order"], name="partner_order_unique", violation_error_message="순서가 겹칩니다."
            ),
            choices_check("side", Side, "partner_side_valid"),
        ]

    def __str__(self):
        return f"{self.side} {self.name}"


class Stage(Sourced):
    """A stage of a project's process (추진 프로세스). Projects 1 and 2 print month bars the text lost: kind and when are empty."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stages", verbose_name="사업")
    order = models.PositiveSmallIntegerField("단계")
    kind = models.CharField("성격", max_length=30, blank=True, help_text="예: 계획, 공유, 협업, 실행, 평가, 환류")
    title = models.CharField("제목", max_length=120)
    when = models.CharField("때", max_length=40, blank=True)
    tasks = models.TextField("할 일", blank=True, help_text=ONE_PER_LINE)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "추진 단계"
        verbose_name_plural = "추진 단계"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "order"], name="stage_order_unique", violation_error_message="단계가 겹칩니다."
            )
        ]

    def __str__(self):
        return f"{self.order}단계 {self.title}"
