"""Who sits where: people, their memberships as dated history, their offices, and named stand-ins."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from councils.models.body import Body, BodyOffice, BodySeat
from geumcheon.lib import periods
from geumcheon.lib.models import choices_check


class Person(models.Model):
    """Someone who sits or sat in a body, or applied to.

    The name is public only from the day of a consent to the day it is taken back (DESIGN.md rule 9). Kept for
    allowances and minutes; `councils.actions.forget_people` blanks it a set time after the last membership.
    """

    name = models.CharField("이름", max_length=40)
    email = models.EmailField("전자우편", blank=True, help_text="회의 알림을 보낼 주소. 공개하지 않습니다.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name="계정",
    )
    consented_on = models.DateField("이름 공개에 동의한 날", null=True, blank=True)
    consent_withdrawn_on = models.DateField("동의를 거둔 날", null=True, blank=True)
    forgotten_on = models.DateField("지운 날", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "사람"
        verbose_name_plural = "사람"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consent_withdrawn_on__isnull=True)
                | Q(consented_on__isnull=False, consent_withdrawn_on__gte=F("consented_on")),
                name="person_withdrawal_after_consent",
                violation_error_message="동의를 거둔 날은 동의한 날보다 앞설 수 없습니다.",
            )
        ]

    def __str__(self):
        return self.name

    def name_is_public(self, day):
        """Whether the name may be shown to everybody on `day`."""
        return self.consented_on is not None and periods.covers(self.consented_on, self.consent_withdrawn_on, day)


class Recruited(models.TextChoices):
    OPEN_CALL = "open_call", "공개모집"
    RECOMMENDED = "recommended", "추천"
    EX_OFFICIO = "ex_officio", "당연직"
    ELECTED = "elected", "호선"


class MembershipQuerySet(models.QuerySet):
    def seated(self, day):
        """Memberships that hold on `day`: inside [starts_on, ends_before) and before `left_on`."""
        return self.filter(periods.covering(day)).filter(Q(left_on__isnull=True) | Q(left_on__gt=day))


class Membership(models.Model):
    """One person's term in one body on one kind of seat; history, never overwritten (DESIGN.md rule 2).

    The term is half-open: `ends_before` is the day after its last. `left_on` is the first day the person no longer
    sits, where the term broke off early. The rules (overlap, seats, renewals) are kept by councils.terms.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", verbose_name="사람")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships", verbose_name="기구")
    seat = models.ForeignKey(BodySeat, on_delete=models.PROTECT, related_name="memberships", verbose_name="자리")
    starts_on = models.DateField("위촉일")
    ends_before = models.DateField("임기 종료(그날 전까지)", null=True, blank=True)
    term_no = models.PositiveSmallIntegerField("몇 번째 임기", default=1)
    recruited = models.CharField("어떻게", max_length=12, choices=Recruited, default=Recruited.OPEN_CALL)
    left_on = models.DateField("그만둔 날", null=True, blank=True, help_text="이날부터 위원이 아닙니다.")
    left_reason = models.CharField("그만둔 까닭", max_length=120, blank=True)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name="누구의 뒤를 이어",
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "위원"
        verbose_name_plural = "위원 명부"
        ordering = ["body__order", "seat__order", "starts_on", "pk"]
        constraints = [
            choices_check("recruited", Recruited, "membership_recruited_valid"),
            models.UniqueConstraint(
                fields=["person", "body", "starts_on"],
                name="membership_start_unique",
                violation_error_message="같은 날 시작하는 같은 기구의 임기가 이미 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="membership_ends_after_start",
                violation_error_message="임기 종료일은 위촉일보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(left_on__gte=F("starts_on")) & (Q(ends_before__isnull=True) | Q(left_on__lte=F("ends_before"))),
                name="membership_left_inside_term",
                violation_error_message="그만둔 날은 임기 안에 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(term_no__gte=1),
                name="membership_term_no_positive",
                violation_error_message="임기는 1번째부터 셉니다.",
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.seat.label} {self.starts_on:%Y-%m-%d}"

    @property
    def until(self):
        """The first day the person no longer sits, or None while no end is set."""
        return self.left_on or self.ends_before

    @property
    def last_day(self):
        return periods.last_day(self.until)


class OfficeHolding(models.Model):
    """An office (간사, 위원장) held within a membership from one day to another."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="offices", verbose_name="위원")
    office = models.ForeignKey(BodyOffice, on_delete=models.PROTECT, related_name="holdings", verbose_name="직")
    starts_on = models.DateField("시작일")
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "맡은 직"
        verbose_name_plural = "맡은 직"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["membership", "office", "starts_on"], name="officeholding_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="officeholding_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.office} {self.starts_on:%Y-%m-%d}"


class StandIn(models.Model):
    """A person named to confirm and publish a body's minutes while its 간사 and 위원장 cannot."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="stand_ins", verbose_name="기구")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stand_ins", verbose_name="사람")
    starts_on = models.DateField("시작일")
    ends_before = models.DateField("종료일(그날 전까지)")
    reason = models.CharField("까닭", max_length=120)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "대리"
        verbose_name_plural = "대리"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="standin_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            )
        ]

    def __str__(self):
        return f"{self.body} 대리 {self.starts_on:%Y-%m-%d}"
