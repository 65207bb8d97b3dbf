"""협치이야기: stories of what came of the council's work, with pictures, tied to projects, meetings, events and dongs."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models import Meeting
from forums.models.events import Event
from geumcheon.accounts.models import Dong
from projects.models import Project


class StoryQuerySet(models.QuerySet):
    def visible(self, day):
        """Stories that everybody may read on a day."""
        return self.filter(published_on__lte=day)

    def in_order(self):
        """Newest first; with the key, so that two of one day keep their places."""
        return self.order_by("-published_on", "-pk")


class Story(models.Model):
    """One story. Without a day of publication it is a draft that only the office sees; a day ahead is a date it waits for."""

    title = models.CharField("제목", max_length=120)
    text = models.TextField("글", help_text="빈 줄로 문단을 나눕니다. 개인의 이름은 적지 않습니다.")
    published_on = models.DateField(
        "게시일", null=True, blank=True, db_index=True, help_text="비우면 초안입니다. 그날 0시부터 보입니다."
    )
    projects = models.ManyToManyField(Project, related_name="stories", blank=True, verbose_name="사업")
    meetings = models.ManyToManyField(Meeting, related_name="stories", blank=True, verbose_name="회의")
    events = models.ManyToManyField(Event, related_name="stories", blank=True, verbose_name="행사")
    dongs = models.ManyToManyField(Dong, related_name="stories", blank=True, verbose_name="동")
    history = HistoricalRecords(verbose_name="변경 기록", m2m_fields=[projects, meetings, events, dongs])
    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = "이야기"
        verbose_name_plural = "협치이야기"
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""),
                name="story_has_words",
                violation_error_message="제목과 글을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("story", args=[self.pk])


class StoryPicture(models.Model):
    """A picture of a story, made anew without metadata (geumcheon.lib.uploads). `width` and `height` are its pixels."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pictures", verbose_name="이야기")
    order = models.PositiveSmallIntegerField("순서", default=1)
    file = models.FileField("사진", upload_to="stories/")
    width = models.PositiveIntegerField("너비", default=0, editable=False)
    height = models.PositiveIntegerField("높이", default=0, editable=False)
    alt = models.CharField("사진 설명", max_length=120, help_text="보지 못하는 사람에게 읽어 줄 말")
    caption = models.CharField("사진 아래의 글", max_length=200, blank=True)
    consent = models.CharField(
        "동의한 내용",
        max_length=200,
        blank=True,
        help_text="찍힌 사람이 언제 어떻게 동의했는지. 공개하지 않습니다.",
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "이야기 사진"
        verbose_name_plural = "이야기 사진"
        ordering = ["story", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(alt=""), name="storypicture_has_alt", violation_error_message="사진 설명을 적어 주세요."
            ),
        ]

    def __str__(self):
        return self.alt

    def get_absolute_url(self):
        return reverse("story_picture", args=[self.story_id, self.pk])
