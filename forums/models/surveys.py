"""Surveys of events: anonymous answers, one for each participant or printed code."""

import uuid

from django.db import models
from django.db.models import F, Q

from forums.models.events import Event
from geumcheon.lib.models import choices_check

SATISFIED_FROM = 4  # of 5 points: 4 and 5 are satisfied (the plan's 참여자 만족도 70% 이상)
FEWEST = 5  # answers: smaller groups are merged, and no share is told below it


class SurveyState(models.TextChoices):
    DRAFT = "draft", "준비"
    OPEN = "open", "받는 중"
    CLOSED = "closed", "마감"


SURVEY_MOVES = {
    SurveyState.DRAFT: {SurveyState.OPEN},
    SurveyState.OPEN: {SurveyState.CLOSED},
    SurveyState.CLOSED: set(),
}


class Survey(models.Model):
    """The survey of one event, open until `closes_at` (that moment excluded). Results are told once it is closed."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="survey", verbose_name="행사")
    intro = models.TextField("안내", blank=True)
    opens_at = models.DateTimeField("시작", null=True, blank=True)
    closes_at = models.DateTimeField("마감(그때 전까지)")
    state = models.CharField("상태", max_length=8, choices=SurveyState, default=SurveyState.DRAFT)
    version = models.PositiveIntegerField("판", default=1, editable=False)

    class Meta:
        verbose_name = "설문"
        verbose_name_plural = "설문"
        ordering = ["-closes_at"]
        constraints = [
            choices_check("state", SurveyState, "survey_state_valid"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="survey_closes_after_opening",
                violation_error_message="마감은 시작보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.event} 설문"


class QuestionKind(models.TextChoices):
    SATISFACTION = "satisfaction", "만족도(5점)"
    CHOICE = "choice", "하나 고르기"
    MANY = "many", "여럿 고르기"
    TEXT = "text", "글"


class SurveyQuestion(models.Model):
    """One question. The first satisfaction question gives the event's satisfaction. `choices`: one a line."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions", verbose_name="설문")
    order = models.PositiveSmallIntegerField("순서")
    kind = models.CharField("종류", max_length=12, choices=QuestionKind, default=QuestionKind.SATISFACTION)
    text = models.CharField("물음", max_length=200)
    choices = models.TextField("고를 것", blank=True, help_text="한 줄에 하나씩 적습니다.")
    required = models.BooleanField("꼭 답하기", default=True)

    class Meta:
        verbose_name = "설문 물음"
        verbose_name_plural = "설문 물음"
        ordering = ["survey", "order"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "order"], name="survey_question_order_unique"),
            choices_check("kind", QuestionKind, "survey_question_kind_valid"),
        ]

    def __str__(self):
        return self.text

    @property
    def choice_list(self):
        """What may be picked, one a line."""
        return [line.strip() for line in self.choices.splitlines() if line.strip()]


SATISFACTION = "satisfaction"  # the key of the first satisfaction question's reply, wherever the question stands


def keyed(questions):
    """[(key in an answer's replies, question)] of a survey's questions in order."""
    pairs, first = [], True
    for question in questions:
        rates = first and question.kind == QuestionKind.SATISFACTION
        pairs.append((SATISFACTION if rates else str(question.order), question))
        first = first and not rates
    return pairs


class SurveyCode(models.Model):
    """A code that may answer once: the keyed hash of it alone, deleted when used. It says nothing of whose it is."""

    code_hash = models.CharField("부호 열쇠", max_length=64, primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="codes", verbose_name="설문")
    printed = models.BooleanField("종이에 찍은 부호", default=False)

    class Meta:
        verbose_name = "설문 부호"
        verbose_name_plural = "설문 부호"
        ordering = ["code_hash"]

    def __str__(self):
        return "설문 부호"


class SurveyAnswer(models.Model):
    """One filled survey. No time, no person, no code, not how it came, and a key that says nothing of the order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers", verbose_name="설문")
    replies = models.JSONField("답", default=dict, help_text="물음의 순서: 점수, 고른 것의 차례(들), 글")

    class Meta:
        verbose_name = "설문 답"
        verbose_name_plural = "설문 답"
        ordering = ["id"]

    def __str__(self):
        return "설문 답"
