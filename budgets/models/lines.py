"""Money of a plan: accounts, versions, lines with checked formulas, what the documents state, and stored rollups."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from budgets import formula as formulas
from councils.models import Meeting
from geumcheon.lib.models import Sourced, choices_check
from geumcheon.lib.money import won
from projects.models import Plan, Project


class Nature(models.TextChoices):
    CURRENT = "경상", "경상"
    CAPITAL = "자본", "자본"


class Funding(models.TextChoices):
    CITY = "시비", "시비"
    DISTRICT = "구비", "구비"


class BudgetGroup(Sourced):
    """편성목 of a fiscal year."""

    fiscal_year = models.PositiveSmallIntegerField("회계연도")
    name = models.CharField("편성목", max_length=60)
    order = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "편성목"
        verbose_name_plural = "편성목"
        ordering = ["fiscal_year", "order"]
        constraints = [models.UniqueConstraint(fields=["fiscal_year", "name"], name="budgetgroup_unique")]

    def __str__(self):
        return self.name


class BudgetItem(Sourced):
    """통계목 of a fiscal year. Codes change between years: `code` stays empty unless a public source is cited."""

    group = models.ForeignKey(BudgetGroup, on_delete=models.PROTECT, related_name="items", verbose_name="편성목")
    fiscal_year = models.PositiveSmallIntegerField("회계연도")
    name = models.CharField("통계목", max_length=60)
    summary_name = models.CharField(
        "재원표의 이름", max_length=60, help_text="재원 조달에 따른 구분표에서 묶이는 이름. 예: 인건비"
    )
    nature = models.CharField("성격", max_length=4, choices=Nature)
    code = models.CharField("과목 코드", max_length=20, blank=True, help_text="공개된 출처가 있을 때만 적습니다.")
    order = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "통계목"
        verbose_name_plural = "통계목"
        ordering = ["fiscal_year", "order"]
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "name"], name="budgetitem_unique"),
            choices_check("nature", Nature, "budgetitem_nature_valid"),
        ]

    def __str__(self):
        return self.name


class BudgetItemAlias(models.Model):
    """Another printed wording of a 통계목."""

    item = models.ForeignKey(BudgetItem, on_delete=models.CASCADE, related_name="aliases", verbose_name="통계목")
    name = models.CharField("다른 이름", max_length=60)

    class Meta:
        verbose_name = "통계목의 다른 이름"
        verbose_name_plural = "통계목의 다른 이름"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "name"], name="budgetitemalias_unique")]

    def __str__(self):
        return self.name


class VersionBasis(models.TextChoices):
    LINES = "lines", "산출내역"
    TOTALS = "totals", "사업별 총액만"


class BudgetVersion(Sourced):
    """A state of a plan's budget: the final one has lines, the council's list of 2020-08-05 kept totals only."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions", verbose_name="계획")
    key = models.SlugField("이름표", max_length=60)
    title = models.CharField("제목", max_length=120)
    decided_on = models.DateField("결정일", null=True, blank=True)
    basis = models.CharField("바탕", max_length=8, choices=VersionBasis)
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="budget_versions",
        verbose_name="정한 회의",
    )
    is_current = models.BooleanField("지금 쓰는 판", default=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "예산 판"
        verbose_name_plural = "예산 판"
        ordering = ["plan", "decided_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="version_key_unique"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(is_current=True),
                name="version_one_current",
                violation_error_message="계획마다 지금 쓰는 판은 하나입니다.",
            ),
            choices_check("basis", VersionBasis, "version_basis_valid"),
        ]

    def __str__(self):
        return f"{self.plan.year} {self.title}"


class VersionProject(Sourced):
    """A project's total in a version that kept totals only; `project` is empty for one that was dropped later."""

    version = models.ForeignKey(BudgetVersion, on_delete=models.CASCADE, related_name="totals", verbose_name="판")
    number = models.PositiveSmallIntegerField("번호")
    name = models.CharField("사업명", max_length=120)
    amount_krw = models.PositiveBigIntegerField("예산액(원)")
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="version_totals",
        verbose_name="최종 사업",
    )

    class Meta:
        verbose_name = "판의 사업별 총액"
        verbose_name_plural = "판의 사업별 총액"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="versionproject_unique")]

    def __str__(self):
        return f"{self.number}. {self.name}"


class BudgetLineQuerySet(models.QuerySet):
    def current(self):
        """Lines of the version in use."""
        return self.filter(version__is_current=True)

    def published(self):
        """Lines of plans everybody may see."""
        return self.current().exclude(version__plan__status="draft")


class BudgetLine(Sourced):
    """One line of 산출내역: heading, description, formula as written, amount in whole won, who funds it."""

    version = models.ForeignKey(BudgetVersion, on_delete=models.PROTECT, related_name="lines", verbose_name="판")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lines", verbose_name="사업")
    order = models.PositiveSmallIntegerField("순서")
    item = models.ForeignKey(BudgetItem, on_delete=models.PROTECT, related_name="lines", verbose_name="통계목")
    heading = models.CharField("묶음", max_length=120, blank=True)
    description = models.CharField("내역", max_length=200)
    details = models.CharField("세부", max_length=300, blank=True)
    formula = models.CharField(
        "산출식",
        max_length=300,
        blank=True,
        help_text="적는 그대로. 예: 70,000원×25명×4회, 3,200,000원×1명×6개월×투입율15%. 금액만 있으면 비웁니다.",
    )
    amount_krw = models.PositiveBigIntegerField("금액(원)", validators=[MaxValueValidator(formulas.MAX_WON)])
    funding = models.CharField("재원", max_length=4, choices=Funding, default=Funding.CITY)
    override_reason = models.CharField(
        "금액이 다른 까닭",
        max_length=200,
        blank=True,
        help_text="계산한 값과 다른 금액을 쓸 때만 적습니다. 기록에 남습니다.",
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = "예산 줄"
        verbose_name_plural = "예산 줄"
        ordering = ["version", "project__number", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "project", "order"],
                name="budgetline_order_unique",
                violation_error_message="이 사업에 같은 순서의 줄이 있습니다.",
            ),
            choices_check("funding", Funding, "budgetline_funding_valid"),
            models.CheckConstraint(
                condition=Q(amount_krw__gte=0) & Q(amount_krw__lte=formulas.MAX_WON),
                name="budgetline_amount_sane",
                violation_error_message="금액은 0원에서 1조 원 사이여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.description} {won(self.amount_krw)}"

    def get_absolute_url(self):
        return reverse("budgets:line", args=[self.project.plan.year, self.project.number, self.order])

    @property
    def formula_check(self):
        """The formula beside the amount (budgets.formula.Check)."""
        return formulas.check(self.formula, self.amount_krw)

    def clean(self):
        check = self.formula_check
        if check.state == "invalid":
            raise ValidationError({"formula": check.message})
        if check.state == "differs" and not self.override_reason:
            raise ValidationError({"amount_krw": f"{check.message} 금액을 고치거나 ‘금액이 다른 까닭’을 적어 주세요."})
        if check.state != "differs" and self.override_reason:
            raise ValidationError({"override_reason": "금액이 계산과 같으므로 까닭이 필요 없습니다. 비워 주세요."})
        if self.version_id and self.project_id and self.version.plan_id != self.project.plan_id:
            raise ValidationError({"project": "예산 판과 같은 계획의 사업이어야 합니다."})


class LinePrinting(Sourced):
    """The second printing of a line, in its project's section: wording, formula and amount exactly as printed."""

    line = models.OneToOneField(BudgetLine, on_delete=models.CASCADE, related_name="printing", verbose_name="예산 줄")
    heading = models.CharField("묶음", max_length=120, blank=True)
    description = models.CharField("내역", max_length=200)
    formula = models.CharField("산출식", max_length=300, blank=True)
    amount_krw = models.PositiveBigIntegerField("금액(원)")
    printed = models.CharField("인쇄된 그대로", max_length=300)

    class Meta:
        verbose_name = "두 번째 인쇄"
        verbose_name_plural = "두 번째 인쇄"
        ordering = ["line__project__number", "line__order"]

    def __str__(self):
        return f"{self.description} {self.printed}"


class Measure(models.TextChoices):
    """How the portal recomputes a stated figure (budgets.reconciliation)."""

    LINES_SUM = "lines_sum", "예산 줄의 합"
    LINES_SHARE = "lines_share", "예산 줄의 비율"
    VERSION_TOTAL = "version_total", "판의 총액"
    VERSION_PROJECT = "version_project", "판의 사업 금액"
    VERSION_COUNT = "version_count", "판의 사업 수"
    PROJECT_COUNT = "project_count", "사업 수"
    MEETING_COUNT = "meeting_count", "회의 수"
    MEETING_ATTENDANCE = "meeting_attendance", "회의 참석 인원"
    SEATS = "seats", "자리 수"
    SUM_OF = "sum_of", "다른 수의 합"
    NONE = "none", "계산할 행이 없음"


class StatedFigure(Sourced):
    """A number a document prints, beside how to recompute it from rows (DESIGN.md rule 5).

    stated: as printed, in `unit` (천원, 원, %, 건, 회, 명, 개). decimals: at how many the comparison is made.
    filters: which rows count, as {"project": 1, "item": "사무관리비", …}.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="stated_figures", verbose_name="계획")
    key = models.SlugField("이름표", max_length=100, allow_unicode=True)
    order = models.PositiveSmallIntegerField("순서")
    label = models.CharField("이름", max_length=200)
    where = models.CharField("자리", max_length=200)
    unit = models.CharField("단위", max_length=10)
    stated = models.DecimalField("적힌 수", max_digits=16, decimal_places=2)
    decimals = models.PositiveSmallIntegerField("비교 자릿수", default=0)
    measure = models.CharField("계산", max_length=20, choices=Measure)
    filters = models.JSONField("조건", default=dict, blank=True)
    note = models.TextField("비고", blank=True)

    class Meta:
        verbose_name = "적힌 수"
        verbose_name_plural = "적힌 수"
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="statedfigure_unique"),
            choices_check("measure", Measure, "statedfigure_measure_valid"),
        ]

    def __str__(self):
        return self.label


class Dimension(models.TextChoices):
    """By what a budget is rolled up."""

    PLAN = "plan", "전체"
    PROJECT = "project", "사업"
    BODY = "body", "추진분과"
    GROUP = "group", "구분"
    BUDGET_GROUP = "budget_group", "편성목"
    ITEM = "item", "통계목"
    FUNDING = "funding", "재원"
    NATURE = "nature", "성격"


class BudgetRollup(models.Model):
    """A stored sum of a version's lines in whole won, with the time it was computed (DESIGN.md rule 7)."""

    version = models.ForeignKey(BudgetVersion, on_delete=models.CASCADE, related_name="rollups", verbose_name="판")
    dimension = models.CharField("기준", max_length=14, choices=Dimension)
    key = models.CharField("이름", max_length=200, help_text="사업은 번호, 그 밖에는 이름")
    order = models.PositiveIntegerField("순서", default=0)
    city_krw = models.BigIntegerField("시비(원)")
    district_krw = models.BigIntegerField("구비(원)")
    total_krw = models.BigIntegerField("합계(원)")
    lines = models.PositiveIntegerField("줄 수")
    computed_at = models.DateTimeField("계산한 때")

    class Meta:
        verbose_name = "예산 집계"
        verbose_name_plural = "예산 집계"
        ordering = ["version", "dimension", "order", "key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "dimension", "key"], name="budgetrollup_unique"),
            choices_check("dimension", Dimension, "budgetrollup_dimension_valid"),
        ]

    def __str__(self):
        return f"{self.get_dimension_display()} {self.key}"
