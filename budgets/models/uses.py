"""What is used of budget lines: allowances paid by rates, and activity paid by a formula (활동비)."""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from budgets import formula as formulas
from budgets.models.lines import BudgetLine
from councils.models import AllowanceRate
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


class ActivityPayment(models.Model):
    """활동비 of an inspection team as officials write it: `10,000원×2시간×2회×5명`; the amount is its product, in won."""

    team = models.ForeignKey(InspectionTeam, on_delete=models.PROTECT, related_name="payments", verbose_name="점검단")
    line = models.ForeignKey(
        BudgetLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activity_payments",
        verbose_name="예산 줄",
    )
    on = models.DateField("날짜")
    description = models.CharField("무엇에", max_length=120)
    formula = models.CharField("산출식", max_length=200)
    amount_krw = models.PositiveBigIntegerField("금액(원)", editable=False)
    paid_on = models.DateField("지급일", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "활동비"
        verbose_name_plural = "활동비"
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.team} {self.amount_krw:,}원"

    def save(self, *args, **kwargs):
        self.compute()
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        """Compute the amount first: it is never typed."""
        self.compute()
        super().clean_fields(exclude=exclude)

    def compute(self):
        """Set `amount_krw` to the product of the formula; ValidationError naming the factor that cannot be read."""
        try:
            self.amount_krw = formulas.parse(self.formula).product
        except formulas.FormulaError as error:
            raise ValidationError({"formula": str(error)}) from None
