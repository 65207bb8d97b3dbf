"""One log for every kind of meeting: called, logged in the room, submitted, published, corrected in the open."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models.body import Body
from geumcheon.lib.models import Sourced, choices_check


class MeetingKind(models.Model):
    """A kind of meeting; kinds are rows because they change every year."""

    name = models.CharField("회의 종류", max_length=30, unique=True)
    extraordinary = models.BooleanField(
        "임시회", default=False, help_text="의장이나 재적위원 3분의 1 이상이 요구해야 열 수 있는 회의입니다."
    )
    order = models.PositiveSmallIntegerField("순서", default=0)

    class Meta:
        verbose_name = "회의 종류"
        verbose_name_plural = "회의 종류"
        ordering = ["order", "name"]

    def __str__(self):
        return self.name


class MeetingState(models.TextChoices):
    CALLED = "called", "소집"
    LOGGED = "logged", "작성 중"
    SUBMITTED = "submitted", "게시 대기"
    PUBLISHED = "published", "게시"
    CANCELLED = "cancelled", "취소"


# Moves allowed from each state; councils.meeting_actions.move is the only way to make one.
MEETING_MOVES = {
    MeetingState.CALLED: {MeetingState.LOGGED, MeetingState.CANCELLED},
    MeetingState.LOGGED: {MeetingState.SUBMITTED, MeetingState.CANCELLED},
    MeetingState.SUBMITTED: {MeetingState.LOGGED, MeetingState.PUBLISHED},
    MeetingState.PUBLISHED: set(),
    MeetingState.CANCELLED: set(),
}


class Requested(models.TextChoices):
    CHAIR = "chair", "의장(위원장)이 소집"
    MEMBERS = "members", "위원이 요구"


class MeetingQuerySet(models.QuerySet):
    def published(self):
        """Meetings whose record everybody may read."""
        return self.filter(state=MeetingState.PUBLISHED)

    def announced(self):
        """Meetings everybody may know of: called ones with place and agenda, and published records. No drafts."""
        return self.filter(state__in=[MeetingState.CALLED, MeetingState.PUBLISHED])


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
    state = models.CharField(
        "상태", max_length=10, choices=MeetingState, default=MeetingState.PUBLISHED, editable=False, db_index=True
    )
    starts_at = models.TimeField("시작 시각", null=True, blank=True)
    ends_at = models.TimeField("끝난 시각", null=True, blank=True)
    online_link = models.URLField("온라인 주소", blank=True, help_text="위원에게만 보입니다.")
    requested_by = models.CharField("소집 요구", max_length=8, choices=Requested, blank=True)
    minutes = models.TextField("회의록", blank=True, help_text="말한 사람은 이름 대신 직이나 자리로 적습니다.")
    called_at = models.DateTimeField("소집한 때", null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField("제출한 때", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="제출한 사람",
    )
    published_at = models.DateTimeField("게시한 때", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="게시한 사람",
    )
    edit_version = models.PositiveIntegerField("고친 횟수", default=0, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = MeetingQuerySet.as_manager()

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
            choices_check("state", MeetingState, "meeting_state_valid"),
            models.CheckConstraint(
                condition=Q(requested_by="") | Q(requested_by__in=Requested.values),
                name="meeting_requested_by_valid",
                violation_error_message="정해진 값 가운데 하나여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | Q(ends_on__isnull=False)
                | Q(starts_at__isnull=True)
                | Q(ends_at__gt=F("starts_at")),
                name="meeting_hours_in_order",
                violation_error_message="끝난 시각은 시작 시각보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.no} {self.kind} ({self.starts_on:%Y-%m-%d})"

    def get_absolute_url(self):
        return reverse("councils:meeting", args=[self.year, self.no])
