"""Events where the council meets residents: the forum is the public face, the meeting of the log its record."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models import Meeting, MeetingKind
from forums.models.proposal import Proposal
from forums.models.voices import PERSON_KEY
from geumcheon.accounts.models import Dong
from geumcheon.lib.models import Sourced, choices_check
from projects.models import Project


class Scale(models.TextChoices):
    SMALL = "small", "소규모"
    MEDIUM = "medium", "중규모"
    LARGE = "large", "대규모"


class EventKind(models.Model):
    """A kind of event; kinds are rows because they change every year."""

    name = models.CharField("행사 종류", max_length=30, unique=True)
    meeting_kind = models.ForeignKey(
        MeetingKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="event_kinds",
        verbose_name="회의록의 종류",
        help_text="행사를 마치면 이 종류의 회의로 기록합니다. 비우면 회의로 기록하지 않습니다.",
    )
    training = models.BooleanField("교육", default=False, help_text="온 사람을 교육받은 사람으로 셉니다.")
    order = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "행사 종류"
        verbose_name_plural = "행사 종류"
        ordering = ["order", "name"]

    def __str__(self):
        return self.name


class Way(models.TextChoices):
    PLACE = "place", "대면"
    ONLINE = "online", "비대면"
    BOTH = "both", "혼합"


class Audience(models.TextChoices):
    RESIDENTS = "residents", "주민"
    OFFICIALS = "officials", "직원"
    EVERYBODY = "everybody", "주민·직원"


class Level(models.TextChoices):
    BASIC = "basic", "기본"
    ADVANCED = "advanced", "심화"


class EventState(models.TextChoices):
    PLANNED = "planned", "예정"
    ANNOUNCED = "announced", "안내 중"
    CLOSED = "closed", "마침"
    CANCELLED = "cancelled", "취소"


# forums.event_actions.move is the only way to make one.
EVENT_MOVES = {
    EventState.PLANNED: {EventState.ANNOUNCED, EventState.CANCELLED},
    EventState.ANNOUNCED: {EventState.CLOSED, EventState.CANCELLED},
    EventState.CLOSED: set(),
    EventState.CANCELLED: set(),
}


class Event(Sourced):
    """One gathering: a forum, an assembly, a training, a workshop, a site visit.

    A planned event of the plan has no day yet: `year` and `when_text` say what is printed. `capacity` and `headcount` are
    people; `headcount` is who came where nobody was checked in one by one. `code` names a row of a data file. `sequence` grows with every change that
    calendars must take over (RFC 5545).
    """

    code = models.SlugField("짧은 이름", blank=True, editable=False)
    title = models.CharField("이름", max_length=120)
    kind = models.ForeignKey(EventKind, on_delete=models.PROTECT, related_name="events", verbose_name="종류")
    scale = models.CharField("규모", max_length=8, choices=Scale, blank=True)
    audience = models.CharField("대상", max_length=10, choices=Audience, blank=True)
    level = models.CharField("과정", max_length=10, choices=Level, blank=True)
    hours = models.DecimalField("시간", max_digits=5, decimal_places=2, null=True, blank=True, help_text="교육 시간")
    text = models.TextField("내용", blank=True)
    year = models.PositiveSmallIntegerField("연도")
    when_text = models.CharField(
        "적힌 때", max_length=60, blank=True, help_text="날이 정해지기 전에 적힌 때. 예: 3~6월"
    )
    starts_at = models.DateTimeField("시작", null=True, blank=True)
    ends_at = models.DateTimeField("끝", null=True, blank=True)
    whole_day = models.BooleanField("시각 없이 날짜만", default=False)
    way = models.CharField("방식", max_length=8, choices=Way, default=Way.PLACE)
    place = models.CharField("장소", max_length=120, blank=True)
    online_link = models.URLField("온라인 주소", blank=True, help_text="신청한 사람에게만 보입니다.")
    dong = models.ForeignKey(
        Dong, on_delete=models.SET_NULL, null=True, blank=True, related_name="events", verbose_name="동"
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name="사업"
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.SET_NULL, null=True, blank=True, related_name="events", verbose_name="제안"
    )
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name="회의 기록"
    )
    capacity = models.PositiveIntegerField("정원", null=True, blank=True, help_text="비우면 정원이 없습니다.")
    register_from = models.DateTimeField("신청 시작", null=True, blank=True)
    register_until = models.DateTimeField("신청 마감(그때 전까지)", null=True, blank=True)
    headcount = models.PositiveIntegerField(
        "온 사람 수", null=True, blank=True, help_text="한 사람씩 확인하지 않은 행사에만 적습니다."
    )
    state = models.CharField("상태", max_length=10, choices=EventState, default=EventState.PLANNED, db_index=True)
    cancel_reason = models.CharField("취소한 까닭", max_length=200, blank=True)
    reminded_at = models.DateTimeField("미리 알린 때", null=True, blank=True, editable=False)
    forgotten_at = models.DateTimeField("연락처를 없앤 때", null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField("달력 판", default=0, editable=False)
    version = models.PositiveIntegerField("판", default=1, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "행사"
        verbose_name_plural = "공론장·행사"
        ordering = [F("starts_at").desc(nulls_first=True), "-pk"]
        indexes = [models.Index(fields=["year", "state"], name="event_year_state")]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="event_code_unique"),
            choices_check("state", EventState, "event_state_valid"),
            choices_check("way", Way, "event_way_valid"),
            models.CheckConstraint(
                condition=Q(scale="") | Q(scale__in=Scale.values),
                name="event_scale_valid",
                violation_error_message="정해진 값 가운데 하나여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message="끝은 시작보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(state=EventState.PLANNED) | Q(state=EventState.CANCELLED) | Q(starts_at__isnull=False),
                name="event_announced_has_day",
                violation_error_message="안내하려면 시작하는 때를 적어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(register_from__isnull=True)
                | Q(register_until__isnull=True)
                | Q(register_until__gt=F("register_from")),
                name="event_registration_in_order",
                violation_error_message="신청 마감은 신청 시작보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=~Q(state=EventState.CANCELLED) | ~Q(cancel_reason=""),
                name="event_cancelled_has_reason",
                violation_error_message="취소하는 까닭을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("event", args=[self.pk])


class SeatState(models.TextChoices):
    SEATED = "seated", "자리 있음"
    WAITING = "waiting", "대기"
    CANCELLED = "cancelled", "취소"


class Registration(models.Model):
    """One person's place at an event. `line` is the order of coming; name and contact are destroyed 30 days after it.

    `contact_key` is a keyed hash of the contact for this event alone: one registration each, no link between events.
    `token_hash` (SHA-256 of the secret in the person's own address) opens the person's page; the secret is not kept.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="registrations", verbose_name="행사")
    line = models.PositiveIntegerField("차례")
    state = models.CharField("상태", max_length=10, choices=SeatState)
    name = models.CharField("이름", max_length=40, blank=True)
    contact = models.CharField("연락처", max_length=120, blank=True, help_text="메일 또는 전화번호")
    contact_key = models.CharField("연락처 열쇠", max_length=PERSON_KEY, blank=True)
    token_hash = models.CharField("주소 열쇠", max_length=64, blank=True, db_index=True)
    by_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="대신 적은 직원",
    )
    created_at = models.DateTimeField("신청한 때")
    checked_in_at = models.DateTimeField("온 때", null=True, blank=True)

    class Meta:
        verbose_name = "신청"
        verbose_name_plural = "신청"
        ordering = ["event", "line"]
        constraints = [
            models.UniqueConstraint(fields=["event", "line"], name="registration_line_unique"),
            models.UniqueConstraint(
                fields=["event", "contact_key"],
                condition=~Q(state=SeatState.CANCELLED) & ~Q(contact_key=""),
                name="registration_one_per_contact",
                violation_error_message="이 연락처로 이미 신청했습니다.",
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at__isnull=True) | Q(state=SeatState.SEATED), name="registration_came_has_seat"
            ),
            choices_check("state", SeatState, "registration_state_valid"),
        ]

    def __str__(self):
        return f"{self.event} {self.line}번"
