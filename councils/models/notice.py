"""Notices of the council (공지사항): what is announced, to whom, and from when to when it runs."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from geumcheon.accounts.models import Dong
from geumcheon.lib import periods
from geumcheon.lib.models import choices_check


class NoticeKind(models.TextChoices):
    VOTE = "vote", "주민투표"
    CALL = "call", "제안 공모"
    RECRUITMENT = "recruitment", "위원 모집"
    EVENT = "event", "공론장·행사"
    RESULT = "result", "결과 발표"
    GENERAL = "general", "알림"


class NoticeQuerySet(models.QuerySet):
    def visible(self, day):
        """Notices that everybody may read on `day`; one without a day of publication is a draft."""
        return self.filter(published_on__lte=day)

    def running(self, day):
        """Visible notices of something that has a period and is open on `day`."""
        dated = self.visible(day).filter(Q(starts_on__isnull=False) | Q(ends_before__isnull=False))
        return dated.filter(periods.covering(day)).order_by("ends_before", "pk")


class Notice(models.Model):
    """A notice: a vote, a call or a recruitment with its half-open period, or plain news."""

    kind = models.CharField("종류", max_length=12, choices=NoticeKind, default=NoticeKind.GENERAL)
    title = models.CharField("제목", max_length=120)
    text = models.TextField("내용", help_text="빈 줄로 문단을 나눕니다. 주소(https://…)는 링크가 됩니다.")
    published_on = models.DateField(
        "게시일", null=True, blank=True, db_index=True, help_text="이날부터 누구나 봅니다. 비우면 초안입니다."
    )
    starts_on = models.DateField("시작일", null=True, blank=True, help_text="투표·공모·모집이 시작하는 날")
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)
    link = models.CharField(
        "이어지는 곳", max_length=300, blank=True, help_text="포털 안의 쪽(/로 시작) 또는 https:// 주소"
    )
    link_label = models.CharField("단추에 적을 말", max_length=40, blank=True, help_text="예: 지원서 내려받기")
    dongs = models.ManyToManyField(
        Dong, related_name="notices", blank=True, verbose_name="동", help_text="비우면 구 전체의 알림입니다."
    )
    history = HistoricalRecords(verbose_name="변경 기록", m2m_fields=[dongs])

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "공지"
        verbose_name_plural = "공지사항"
        ordering = [F("published_on").desc(nulls_first=True), "-pk"]  # drafts first, on both engines
        constraints = [
            choices_check("kind", NoticeKind, "notice_kind_valid"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(starts_on__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="notice_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^(/($|[^/\\])|https://)"),
                name="notice_link_safe",
                violation_error_message="/로 시작하는 포털 안의 쪽이나 https:// 주소를 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("councils:notice", args=[self.pk])

    def clean(self):
        if self.link_label and not self.link:
            raise ValidationError({"link": "단추가 어디로 이어지는지 적어 주세요."})

    @property
    def last_day(self):
        return periods.last_day(self.ends_before)

    def state_on(self, day):
        """`예정`, `진행 중` or `끝남` for what has a period; "" for plain news."""
        if self.starts_on is None and self.ends_before is None:
            return ""
        if self.starts_on and day < self.starts_on:
            return "예정"
        return "진행 중" if periods.covers(self.starts_on, self.ends_before, day) else "끝남"
