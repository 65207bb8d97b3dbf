"""The council: bodies as a tree, seats, rules and terms, the library, and one log for every kind of meeting."""

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
    history = HistoricalRecords(verbose_name="변경 기록")

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
    number = models.CharField("수", max_length=20, blank=True, help_text="수나 분수. 예: 4, 1/2, 1/3")
    unit = models.CharField("단위", max_length=20, blank=True)
    starts_on = models.DateField("시행일", null=True, blank=True)
    ends_before = models.DateField("폐지일", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "운영 규칙"
        verbose_name_plural = "운영 규칙"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["body", "order"], name="bodyrule_order_unique")]

    def __str__(self):
        return self.text


class BodyOffice(Sourced):
    """An office inside a body (민간공동의장, 분과 위원장, 간사); it stands for its holder."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="offices", verbose_name="기구")
    order = models.PositiveSmallIntegerField("순서", default=1)
    name = models.CharField("직", max_length=80)

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


class MeetingKind(models.Model):
    """A kind of meeting; kinds are rows because they change every year."""

    name = models.CharField("회의 종류", max_length=30, unique=True)
    order = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "회의 종류"
        verbose_name_plural = "회의 종류"
        ordering = ["order", "name"]

    def __str__(self):
        return self.name


class Meeting(Sourced):
    """One meeting of the log, of any kind; several bodies may meet jointly (DESIGN.md rule 3).

    `attendees` is a number of people. `printed_weekday` is the weekday as the source prints it, right or wrong; the
    reconciliation compares it with the calendar.
    """

    year = models.PositiveSmallIntegerField("연도")
    no = models.PositiveSmallIntegerField("번호", help_text="그해 회의 목록의 번호")
    kind = models.ForeignKey(MeetingKind, on_delete=models.PROTECT, related_name="meetings", verbose_name="종류")
    bodies = models.ManyToManyField(Body, related_name="meetings", blank=True, verbose_name="기구")
    session_label = models.CharField("회차", max_length=30, blank=True, help_text="예: 2019-1차")
    counterpart = models.CharField("협치 협업 대상", max_length=200, blank=True)
    starts_on = models.DateField("날짜")
    ends_on = models.DateField("마지막 날", null=True, blank=True, help_text="여러 날 열린 때만 적습니다(그날 포함).")
    printed_weekday = models.CharField("인쇄된 요일", max_length=1, blank=True)
    printed_end_weekday = models.CharField("인쇄된 마지막 날 요일", max_length=1, blank=True)
    place = models.CharField("장소", max_length=120, blank=True)
    attendees = models.PositiveIntegerField("참석 인원", null=True, blank=True)
    agenda = models.TextField("주요 내용", blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "회의"
        verbose_name_plural = "회의"
        ordering = ["-starts_on", "-year", "-no"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "no"],
                name="meeting_no_unique",
                violation_error_message="그해에 같은 번호의 회의가 있습니다.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="meeting_ends_after_start",
                violation_error_message="마지막 날은 첫날보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.no} {self.kind} ({self.starts_on:%Y-%m-%d})"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("councils:meeting", args=[self.year, self.no])


class DocumentKind(models.TextChoices):
    ORDINANCE = "조례", "조례"
    BYLAW = "운영세칙", "운영세칙"
    BASIC_PLAN = "기본계획", "기본계획"
    PLAN = "계획", "계획"


class Document(Sourced):
    """A text of the library with the meeting that decided it."""

    title = models.CharField("제목", max_length=200, unique=True)
    kind = models.CharField("종류", max_length=20, choices=DocumentKind)
    decided_on = models.DateField("의결일", null=True, blank=True)
    decided_by = models.CharField("의결 기구", max_length=120, blank=True)
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="의결한 회의"
    )
    note = models.TextField("비고", blank=True)

    class Meta:
        verbose_name = "자료"
        verbose_name_plural = "자료"
        ordering = ["kind", "title"]
        constraints = [choices_check("kind", DocumentKind, "document_kind_valid")]

    def __str__(self):
        return self.title


class Article(Sourced):
    """One article of a document, as far as the plan cites it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="articles", verbose_name="자료")
    number = models.CharField("조", max_length=30)
    title = models.CharField("제목", max_length=120, blank=True)
    summary = models.TextField("내용", blank=True)

    class Meta:
        verbose_name = "조문"
        verbose_name_plural = "조문"
        ordering = ["document", "pk"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="article_unique")]

    def __str__(self):
        return f"{self.number} {self.title}".strip()
