"""Recruitment of members: 위촉공고 → 추천·공개모집 → 서면심사 with scores → 위촉."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from councils.models.body import BodySeat
from councils.models.membership import Membership, Person, Recruited
from councils.models.notice import Notice
from geumcheon.lib.models import choices_check


class RecruitmentState(models.TextChoices):
    DRAFT = "draft", "준비"
    OPEN = "open", "모집"
    SCREENING = "screening", "서면심사"
    APPOINTED = "appointed", "위촉"
    CANCELLED = "cancelled", "취소"


# Moves allowed from each state; councils.actions.move_recruitment is the only way to make one.
RECRUITMENT_MOVES = {
    RecruitmentState.DRAFT: {RecruitmentState.OPEN, RecruitmentState.CANCELLED},
    RecruitmentState.OPEN: {RecruitmentState.SCREENING, RecruitmentState.CANCELLED},
    RecruitmentState.SCREENING: {RecruitmentState.APPOINTED, RecruitmentState.CANCELLED},
    RecruitmentState.APPOINTED: set(),
    RecruitmentState.CANCELLED: set(),
}


class Recruitment(models.Model):
    """One call for the members of one kind of seat."""

    seat = models.ForeignKey(BodySeat, on_delete=models.PROTECT, related_name="recruitments", verbose_name="자리")
    title = models.CharField("제목", max_length=120)
    places = models.PositiveSmallIntegerField("뽑을 인원")
    opens_on = models.DateField("모집 시작")
    closes_before = models.DateField("모집 종료(그날 전까지)")
    term_starts_on = models.DateField("위촉일")
    term_ends_before = models.DateField("임기 종료(그날 전까지)", null=True, blank=True)
    notice = models.ForeignKey(
        Notice, on_delete=models.SET_NULL, null=True, blank=True, related_name="recruitments", verbose_name="공고"
    )
    state = models.CharField(
        "상태", max_length=12, choices=RecruitmentState, default=RecruitmentState.DRAFT, editable=False
    )
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "위원 모집"
        verbose_name_plural = "위원 모집"
        ordering = ["-opens_on", "pk"]
        constraints = [
            choices_check("state", RecruitmentState, "recruitment_state_valid"),
            models.CheckConstraint(
                condition=Q(closes_before__gt=F("opens_on")),
                name="recruitment_closes_after_open",
                violation_error_message="모집 종료일은 시작일보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(term_ends_before__isnull=True) | Q(term_ends_before__gt=F("term_starts_on")),
                name="recruitment_term_ends_after_start",
                violation_error_message="임기 종료일은 위촉일보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="recruitment_places_positive",
                violation_error_message="한 사람 이상을 뽑아야 합니다.",
            ),
        ]

    def __str__(self):
        return self.title


class Criterion(models.Model):
    """One criterion of the written screening with its most points."""

    recruitment = models.ForeignKey(
        Recruitment, on_delete=models.CASCADE, related_name="criteria", verbose_name="위원 모집"
    )
    order = models.PositiveSmallIntegerField("순서", default=1)
    name = models.CharField("심사 항목", max_length=80)
    max_points = models.PositiveSmallIntegerField("배점")

    class Meta:
        verbose_name = "심사 항목"
        verbose_name_plural = "심사 항목"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["recruitment", "name"], name="criterion_unique")]

    def __str__(self):
        return f"{self.name} ({self.max_points}점)"


class CandidateState(models.TextChoices):
    APPLIED = "applied", "접수"
    SELECTED = "selected", "위촉 대상"
    RESERVE = "reserve", "예비"
    REJECTED = "rejected", "미선정"
    WITHDRAWN = "withdrawn", "철회"


class Candidate(models.Model):
    """One applicant. Name and address are destroyed with the others' after the appointment (DESIGN.md rule 9)."""

    recruitment = models.ForeignKey(
        Recruitment, on_delete=models.CASCADE, related_name="candidates", verbose_name="위원 모집"
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="candidacies",
        verbose_name="사람",
        help_text="이미 명부에 있는 사람이면 고릅니다. 비우면 위촉할 때 새로 만듭니다.",
    )
    name = models.CharField("이름", max_length=40)
    email = models.EmailField("전자우편", blank=True)
    channel = models.CharField("경로", max_length=12, choices=Recruited, default=Recruited.OPEN_CALL)
    recommended_by = models.CharField("추천한 곳", max_length=80, blank=True, help_text="단체나 기관의 이름")
    state = models.CharField("결과", max_length=12, choices=CandidateState, default=CandidateState.APPLIED)
    reason = models.CharField("까닭", max_length=200, blank=True)
    membership = models.OneToOneField(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="candidacy"
    )
    forgotten_on = models.DateField("지운 날", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "지원자"
        verbose_name_plural = "지원자"
        ordering = ["pk"]
        constraints = [
            choices_check("channel", Recruited, "candidate_channel_valid"),
            choices_check("state", CandidateState, "candidate_state_valid"),
        ]

    def __str__(self):
        return self.name


class CandidateScore(models.Model):
    """The points one reviewer gave a candidate on one criterion; reviewers are numbered, not named."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="scores", verbose_name="지원자")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores", verbose_name="심사 항목")
    reviewer = models.PositiveSmallIntegerField("심사위원 번호", default=1)
    points = models.PositiveSmallIntegerField("점수")

    class Meta:
        verbose_name = "심사 점수"
        verbose_name_plural = "심사 점수"
        ordering = ["candidate", "reviewer", "criterion__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "criterion", "reviewer"],
                name="candidatescore_unique",
                violation_error_message="이 심사위원의 점수가 이미 있습니다.",
            )
        ]

    def __str__(self):
        return f"{self.reviewer}번 심사위원 {self.points}점"
