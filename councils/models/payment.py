"""What attending pays (참석수당, 실비, 활동비): rates as rows, and what each meeting cost."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from councils.models.body import Body, SeatKind
from councils.models.meeting import Meeting, MeetingKind
from councils.models.membership import Person
from geumcheon.lib.models import Sourced, choices_check


class RateKind(models.TextChoices):
    ATTENDANCE = "attendance", "참석수당"
    EXPENSES = "expenses", "실비"
    ACTIVITY = "activity", "활동비"


class AllowanceRate(Sourced):
    """Won per person and meeting, for whom and where. No kinds or no bodies chosen means all of them."""

    name = models.CharField("이름", max_length=80)
    kind = models.CharField("종류", max_length=12, choices=RateKind, default=RateKind.ATTENDANCE)
    amount_krw = models.PositiveIntegerField("한 사람 금액(원)")
    seat_kinds = models.JSONField(
        "받는 자리", default=list, blank=True, help_text="이 자리 종류에 앉은 위원만 받습니다. 예: 위촉직 민간"
    )
    meeting_kinds = models.ManyToManyField(MeetingKind, related_name="rates", blank=True, verbose_name="회의 종류")
    bodies = models.ManyToManyField(Body, related_name="rates", blank=True, verbose_name="기구")
    joint = models.BooleanField("합동회의만", default=False, help_text="여러 기구가 함께 연 회의에만 씁니다.")
    starts_on = models.DateField("시행일")
    ends_before = models.DateField("끝(그날 전까지)", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "수당 단가"
        verbose_name_plural = "수당 단가"
        ordering = ["-starts_on", "name"]
        constraints = [
            choices_check("kind", RateKind, "allowancerate_kind_valid"),
            models.UniqueConstraint(fields=["name", "starts_on"], name="allowancerate_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="allowancerate_ends_after_start",
                violation_error_message="끝나는 날은 시행일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.amount_krw:,}원"

    def clean(self):
        if not isinstance(self.seat_kinds, list) or set(self.seat_kinds) - set(SeatKind.values):
            raise ValidationError({"seat_kinds": "정해진 자리 종류 가운데서 골라 주세요."})


class Allowance(models.Model):
    """What one person is due for one meeting, frozen when the record is published; once each (DESIGN.md rule 2)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="allowances", verbose_name="회의")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="allowances", verbose_name="사람")
    rate = models.ForeignKey(AllowanceRate, on_delete=models.PROTECT, related_name="allowances", verbose_name="단가")
    amount_krw = models.PositiveIntegerField("금액(원)")
    paid_on = models.DateField("지급일", null=True, blank=True)

    class Meta:
        verbose_name = "수당"
        verbose_name_plural = "수당"
        ordering = ["meeting__starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person", "rate"],
                name="allowance_unique",
                violation_error_message="이 회의의 같은 수당이 이미 있습니다.",
            )
        ]

    def __str__(self):
        return f"{self.person} {self.amount_krw:,}원"
