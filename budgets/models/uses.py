"""What is used of budget lines: allowances paid by rates, activity (활동비) and expenses (실비) by formulas."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from budgets import formula as formulas
from budgets.models.lines import BudgetLine
from councils.models import AllowanceRate, Meeting
from projects.models import InspectionTeam


class RateLine(models.Model):
    """The line that pays allowances of one rate: any project's forum draws on project 1's (plan, Ⅲ-1, the note under 공론장)."""

    rate = models.ForeignKey(
        AllowanceRate, on_delete=models.CASCADE, related_name="rate_lines", verbose_name="수당 단가"
    )
    line = models.ForeignKey(BudgetLine, on_delete=models.CASCADE, related_name="rate_lines", verbose_name="예산 줄")

    class Meta:
        verbose_name = "단가의 예산 줄"
        verbose_name_plural = "단가의 예산 줄"
        ordering = ["line__project__number", "line__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["rate", "line"], name="rateline_unique", violation_error_message="이미 이은 예산 줄입니다."
            )
        ]

    def __str__(self):
        return f"{self.rate} ← {self.line}"


class FormulaPayment(models.Model):
    """Money as officials write it: `10,000원×2시간×2회×5명`; the amount is the product, in won, and never typed."""

    on = models.DateField("날짜")
    description = models.CharField("무엇에", max_length=120)
    formula = models.CharField("산출식", max_length=200)
    amount_krw = models.PositiveBigIntegerField("금액(원)", editable=False)
    paid_on = models.DateField("지급일", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-on", "-pk"]

    def save(self, *args, **kwargs):
        self.compute()
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        """Compute the amount first; an amount that the formula itself states after `=` must be its product."""
        parsed = self.compute()
        if parsed.stated not in (None, parsed.product):
            raise ValidationError({"formula": formulas.check(self.formula, None).message})
        super().clean_fields(exclude=exclude)

    def compute(self):
        """Set `amount_krw` to the product of the formula; ValidationError naming the factor that cannot be read."""
        try:
            parsed = formulas.parse(self.formula)
        except formulas.FormulaError as error:
            raise ValidationError({"formula": str(error)}) from None
        self.amount_krw = parsed.product
        return parsed


class ActivityPayment(FormulaPayment):
    """활동비 of an inspection team (the plan's own: 주민감독관 활동비 of project 9)."""

    team = models.ForeignKey(InspectionTeam, on_delete=models.PROTECT, related_name="payments", verbose_name="점검단")
    line = models.ForeignKey(
        BudgetLine,
        on_delete=models.PROTECT,
        null=True,  # rows of before; new ones name their line
        related_name="activity_payments",
        verbose_name="예산 줄",
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta(FormulaPayment.Meta):
        verbose_name = "활동비"
        verbose_name_plural = "활동비"

    def __str__(self):
        return f"{self.team} {self.amount_krw:,}원"


class ExpensePayment(FormulaPayment):
    """실비 of a meeting or of an inspection team (the plan's own: 나풀나풀 협치론장 실비 보상 of project 1), to whom in words."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name="회의"
    )
    team = models.ForeignKey(
        InspectionTeam, on_delete=models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name="점검단"
    )
    line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="expense_payments", verbose_name="예산 줄"
    )
    paid_to = models.CharField("누구에게", max_length=60, help_text="이름 대신 누구인지와 인원. 예: 참여 주민 5명")
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta(FormulaPayment.Meta):
        verbose_name = "실비"
        verbose_name_plural = "실비"
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, team__isnull=True) | Q(meeting__isnull=True, team__isnull=False),
                name="expensepayment_one_target",
                violation_error_message="회의와 점검단 가운데 하나만 고릅니다.",
            )
        ]

    def __str__(self):
        return f"{self.meeting or self.team} {self.amount_krw:,}원"
