"""The plan of a year: its making, its projects with partners, stages and indicators, and what fed into it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.models import Sourced, choices_check
from projects import targets

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
    status = models.CharField("상태", max_length=12, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
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
    origin = models.CharField("나온 곳", max_length=20, choices=Origin.choices, blank=True)
    period = models.CharField(
        "사업추진시기", max_length=40, blank=True, help_text="문서에 적힌 그대로. 예: 2021.1.~12."
    )
    starts_on = models.DateField("시작일", null=True, blank=True)
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
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
    side = models.CharField("구분", max_length=10, choices=Side.choices)
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
    phase = models.CharField("구분", max_length=10, choices=Phase.choices)
    objective = models.CharField("사업목표", max_length=120)
    name = models.CharField("성과지표", max_length=120)
    target_text = models.CharField(
        "성과목표",
        max_length=60,
        help_text="적힌 그대로. 예: 65회, 2회 이상, 연 5회 미만, 동별 1회 이상, 14대(100%), 중복 없음",
    )
    method = models.CharField("측정 방법", max_length=80, blank=True)
    comparator = models.CharField("비교", max_length=4, choices=Comparator.choices, editable=False)
    target_value = models.DecimalField("목표값", max_digits=14, decimal_places=2, null=True, editable=False)
    unit = models.CharField("단위", max_length=20, blank=True, editable=False)
    per = models.CharField("기준", max_length=10, blank=True, editable=False)
    combine = models.CharField(
        "합치는 법", max_length=10, choices=Combine.choices, blank=True, help_text="비우면 성과목표에서 정합니다."
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
    kind = models.CharField("종류", max_length=12, choices=FeedbackKind.choices)
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
