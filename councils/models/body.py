"""Bodies of the council as a tree, with their seats, rules, offices and terms."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from geumcheon.lib import periods
from geumcheon.lib.models import Sourced, choices_check


class BodyKind(models.TextChoices):
    COUNCIL = "council", "협치회의"
    STEERING = "steering", "운영위원회"
    SUBCOMMITTEE = "subcommittee", "분과"
    WORKING_GROUP = "working_group", "확대회의"
    SECRETARIAT = "secretariat", "협치추진단"
    BUDGET_COMMITTEE = "budget_committee", "주민참여예산위원회"
    TASK_FORCE = "task_force", "TFT"


class BodyQuerySet(models.QuerySet):
    def real(self):
        """Bodies of the district; the demo body, made with DEBUG only, is in no public list."""
        return self.exclude(is_demo=True)


class Body(Sourced):
    """A body of the council; the tree is data (DESIGN.md rule 1)."""

    name = models.CharField("이름", max_length=80, unique=True)
    kind = models.CharField("종류", max_length=20, choices=BodyKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="상위 기구"
    )
    order = models.PositiveSmallIntegerField("순서", default=0)
    vision = models.CharField("비전", max_length=200, blank=True)
    purpose = models.TextField("목적과 역할", blank=True)
    note = models.TextField("비고", blank=True)
    is_demo = models.BooleanField("시연용", default=False, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "기구"
        verbose_name_plural = "기구"
        ordering = ["order", "pk"]
        constraints = [
            choices_check("kind", BodyKind, "body_kind_valid"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="body_not_own_parent",
                violation_error_message="자기 자신을 상위 기구로 둘 수 없습니다.",
            ),
        ]

    def __str__(self):
        return self.name


class BodyAlias(models.Model):
    """Another printed wording of a body, e.g. 운영협의체 for 운영위원회."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="aliases", verbose_name="기구")
    name = models.CharField("다른 이름", max_length=80)

    class Meta:
        verbose_name = "기구의 다른 이름"
        verbose_name_plural = "기구의 다른 이름"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="bodyalias_unique")]

    def __str__(self):
        return self.name


class SeatKind(models.TextChoices):
    EX_OFFICIO = "당연직", "당연직"
    COUNCILLOR = "위촉직 구의원", "위촉직 구의원"
    CIVILIAN = "위촉직 민간", "위촉직 민간"
    OFFICIAL = "행정", "행정"
    STAFF = "민간", "민간"
    OTHER = "기타", "기타"


class BodySeat(Sourced):
    """Seats of one kind in a body: a fixed count, or a printed range; two printed sizes are two rows."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="seats", verbose_name="기구")
    order = models.PositiveSmallIntegerField("순서", default=1)
    kind = models.CharField("자리 종류", max_length=20, choices=SeatKind)
    label = models.CharField("자리 이름", max_length=120)
    count = models.PositiveSmallIntegerField("정원", null=True, blank=True)
    minimum = models.PositiveSmallIntegerField("최소", null=True, blank=True)
    maximum = models.PositiveSmallIntegerField("최대", null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(
        "임기(개월)", null=True, blank=True, help_text="위촉일로부터. 비우면 그 직위에 있는 동안입니다."
    )
    renewals = models.PositiveSmallIntegerField(
        "연임 횟수", null=True, blank=True, help_text="이어서 다시 위촉할 수 있는 횟수. 비우면 제한이 없습니다."
    )
    renewal_gap_days = models.PositiveSmallIntegerField(
        "이어진 임기로 보는 간격(일)", default=30, help_text="앞 임기가 끝난 뒤 이 날수 안에 다시 시작하면 연임입니다."
    )
    note = models.TextField("비고", blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "자리"
        verbose_name_plural = "자리"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "order"], name="bodyseat_order_unique"),
            choices_check("kind", SeatKind, "bodyseat_kind_valid"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(minimum__lte=F("maximum")),
                name="bodyseat_range_valid",
                violation_error_message="최소가 최대보다 클 수 없습니다.",
            ),
        ]

    def __str__(self):
        return f"{self.label} {self.size}"

    @property
    def limit(self):
        """The most people who may sit here at once, or None where no number is set."""
        return self.count if self.count is not None else self.maximum

    @property
    def size(self):
        """The number of seats in words: `25명`, `5~10명`, `5명 이내`."""
        if self.count is not None:
            return f"{self.count}명"
        if self.minimum and self.maximum:
            return f"{self.minimum}~{self.maximum}명"
        if self.maximum:
            return f"{self.maximum}명 이내"
        return ""


class BodyRule(Sourced):
    """A rule a body works by, as printed, with its number where it has one (`1/2`, `1/3`, `4`)."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="rules", verbose_name="기구")
    order = models.PositiveSmallIntegerField("순서", default=1)
    key = models.SlugField("이름표", max_length=60, allow_unicode=True)
    text = models.TextField("규칙")
    number = models.CharField(
        "수",
        max_length=20,
        blank=True,
        help_text="수나 분수. 예: 4, 1/2, 1/3",
        validators=[RegexValidator(r"^\d+(\.\d+)?(/[1-9]\d*)?$", "수나 분수로 적어 주세요. 예: 4, 1/2")],
    )
    unit = models.CharField("단위", max_length=20, blank=True)
    comparator = models.CharField(
        "비교",
        max_length=2,
        choices=[(">", "초과(과반수)"), (">=", "이상")],
        blank=True,
        help_text="비우면 정족수는 초과(과반수), 소집 요구는 이상으로 봅니다.",
    )
    starts_on = models.DateField("시행일", null=True, blank=True)
    ends_before = models.DateField("폐지일", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "운영 규칙"
        verbose_name_plural = "운영 규칙"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "order"], name="bodyrule_order_unique"),
            choices_check("comparator", ["", ">", ">="], "bodyrule_comparator_valid"),
        ]

    def __str__(self):
        return self.text


class BodyOffice(Sourced):
    """An office inside a body (민간공동의장, 분과 위원장, 간사); it stands for its holder."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="offices", verbose_name="기구")
    order = models.PositiveSmallIntegerField("순서", default=1)
    name = models.CharField("직", max_length=80)
    publishes = models.BooleanField(
        "회의록 게시", default=False, help_text="이 직을 맡은 사람이 제출된 회의록을 확인하고 게시합니다."
    )
    leads = models.BooleanField("의장·위원장", default=False, help_text="임시회를 소집할 수 있는 직입니다.")

    class Meta:
        verbose_name = "직"
        verbose_name_plural = "직"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="bodyoffice_unique")]

    def __str__(self):
        return self.name


class BodyTerm(Sourced):
    """A term of a body or of one kind of its seats, half-open: the printed last day is inside."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="terms", verbose_name="기구")
    label = models.CharField("임기 이름", max_length=80)
    seat_kind = models.CharField("자리 종류", max_length=20, choices=SeatKind, blank=True)
    starts_on = models.DateField("시작일", null=True, blank=True)
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
    note = models.TextField("비고", blank=True)

    class Meta:
        verbose_name = "임기"
        verbose_name_plural = "임기"
        ordering = ["body", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "label"], name="bodyterm_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(starts_on__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="bodyterm_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.label}"

    @property
    def last_day(self):
        return periods.last_day(self.ends_before)
