"""A proposal: what a resident or a subcommittee wants, where it stands, and what it came from or went into."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from councils.models import Body
from forums.models.ladder import Call, Question, Stage
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.models import Sourced, choices_check
from projects.models import Project


class ProposalState(models.TextChoices):
    DRAFT = "draft", "쓰는 중"
    OPEN = "open", "진행 중"
    ENDED = "ended", "끝남"
    PROJECT = "project", "사업이 됨"
    MERGED = "merged", "합쳐짐"
    SPLIT = "split", "나뉨"
    WITHDRAWN = "withdrawn", "거둠"
    HIDDEN = "hidden", "가림"


# One function moves it: forums.standing.set_state.
PROPOSAL_MOVES = {
    ProposalState.DRAFT: {ProposalState.OPEN, ProposalState.WITHDRAWN},
    ProposalState.OPEN: {
        ProposalState.ENDED, ProposalState.PROJECT, ProposalState.MERGED, ProposalState.SPLIT,
        ProposalState.WITHDRAWN, ProposalState.HIDDEN,
    },
    # Shown again, it is what it was (`hidden_from`).
    ProposalState.HIDDEN: {
        ProposalState.OPEN, ProposalState.ENDED, ProposalState.MERGED, ProposalState.SPLIT, ProposalState.WITHDRAWN,
    },
    ProposalState.ENDED: {ProposalState.OPEN, ProposalState.HIDDEN},
    ProposalState.MERGED: {ProposalState.OPEN, ProposalState.HIDDEN},
    ProposalState.SPLIT: {ProposalState.OPEN, ProposalState.HIDDEN},
    ProposalState.PROJECT: set(),
    ProposalState.WITHDRAWN: {ProposalState.HIDDEN},
}  # fmt: skip

# The public reason of a proposal that is not seen yet: a new account wrote an address into it.
WAITS = "주소(링크)가 적혀 있어 협치추진단이 살펴본 뒤 보입니다."

PUBLIC_STATES = tuple(s for s in ProposalState if s not in (ProposalState.DRAFT, ProposalState.HIDDEN))


class ProposalQuerySet(models.QuerySet):
    def public(self):
        """What everybody may read: neither drafts nor what moderators hid."""
        return self.filter(state__in=PUBLIC_STATES)

    def visible_to(self, user):
        """The public ones, and one's own drafts and hidden ones."""
        if not user.is_authenticated:
            return self.public()
        if user.is_staff:
            return self.filter(~Q(state=ProposalState.DRAFT) | Q(author=user))
        return self.filter(Q(state__in=PUBLIC_STATES) | Q(author=user))


class Proposal(Sourced):
    """An idea on its way. Where no author is kept (the plan names none, or the account has left) the page says so.

    `requested_krw`: won, as proposed. `entered_on`: the day it came to its stage, from which `Stage.days_due` counts.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="proposals", verbose_name="공모")
    number = models.PositiveIntegerField("번호", null=True, blank=True, help_text="공모 안의 차례. 올릴 때 매깁니다.")
    title = models.CharField("제목", max_length=80)
    body = models.TextField("내용", blank=True)
    place = models.CharField("장소", max_length=120, blank=True)
    dong = models.ForeignKey(
        Dong, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name="동"
    )
    requested_krw = models.PositiveBigIntegerField("신청 금액(원)", null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="제안한 사람",
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="proposals", verbose_name="단계")
    state = models.CharField("상태", max_length=10, choices=ProposalState, default=ProposalState.DRAFT)
    entered_on = models.DateField("이 단계에 들어온 날", null=True, blank=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="맡은 부서",
    )
    departments_text = models.CharField("문서에 적힌 부서", max_length=80, blank=True)
    bodies = models.ManyToManyField(Body, related_name="proposals", blank=True, verbose_name="맡은 기구")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name="된 사업"
    )
    submitted_at = models.DateTimeField("올린 때", null=True, blank=True)
    endorse_before = models.DateField("공감 마감(그날 전까지)", null=True, blank=True)
    hidden_reason = models.CharField("가린 까닭", max_length=200, blank=True, help_text="제안 대신 보입니다.")
    hidden_from = models.CharField("가리기 전 상태", max_length=10, blank=True, editable=False)
    hidden_on = models.DateField("가린 날", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("판", default=1, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록", m2m_fields=[bodies])

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "제안"
        verbose_name_plural = "제안"
        ordering = ["-submitted_at", "call", "number", "pk"]
        indexes = [models.Index(fields=["state", "stage"], name="proposal_state_stage")]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="proposal_number_unique"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.DRAFT) | Q(number__isnull=False), name="proposal_submitted_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.PROJECT) | Q(project__isnull=False), name="proposal_project_named"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.HIDDEN) | ~Q(hidden_reason=""),
                name="proposal_hidden_has_reason",
                violation_error_message="가리는 까닭을 적어 주세요.",
            ),
            choices_check("state", ProposalState, "proposal_state_valid"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("proposal", args=[self.pk])

    @property
    def is_open(self):
        return self.state == ProposalState.OPEN


class ProposalAlias(models.Model):
    """Another printed wording of a proposal's title (DESIGN.md rule 12)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="aliases", verbose_name="제안")
    name = models.CharField("다른 이름", max_length=80)

    class Meta:
        verbose_name = "제안의 다른 이름"
        verbose_name_plural = "제안의 다른 이름"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "name"], name="proposalalias_unique")]

    def __str__(self):
        return self.name


class Answer(models.Model):
    """The proposer's answer to one question of the call."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="answers", verbose_name="제안")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers", verbose_name="질문")
    text = models.TextField("답", blank=True)

    class Meta:
        verbose_name = "공모 질문의 답"
        verbose_name_plural = "공모 질문의 답"
        ordering = ["question__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "question"], name="proposalanswer_unique")]

    def __str__(self):
        return self.text[:40]


class ProposalPhoto(models.Model):
    """A picture of a proposal, made anew without metadata (geumcheon.lib.uploads)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="photos", verbose_name="제안")
    file = models.FileField("사진", upload_to="proposals/")
    alt = models.CharField("사진 설명", max_length=120, help_text="보지 못하는 사람에게 읽어 줄 말")

    class Meta:
        verbose_name = "제안 사진"
        verbose_name_plural = "제안 사진"
        ordering = ["pk"]

    def __str__(self):
        return self.alt


class KinshipKind(models.TextChoices):
    MERGE = "merge", "합침"
    SPLIT = "split", "나눔"


class Kinship(Sourced):
    """One proposal went into another: merged into it, or split off from it. Undone rows keep their story."""

    kind = models.CharField("종류", max_length=6, choices=KinshipKind)
    source_proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="went_into", verbose_name="원래 제안"
    )
    target = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="came_from", verbose_name="된 제안")
    reason = models.CharField("까닭", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="한 사람",
    )
    on = models.DateField("한 날", null=True, blank=True)
    undone_on = models.DateField("되돌린 날", null=True, blank=True)
    undone_reason = models.CharField("되돌린 까닭", max_length=300, blank=True)

    class Meta:
        verbose_name = "합침·나눔"
        verbose_name_plural = "합침·나눔"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_proposal", "target"],
                condition=Q(undone_on__isnull=True),
                name="kinship_once",
                violation_error_message="이미 이어진 두 제안입니다.",
            ),
            models.CheckConstraint(
                condition=~Q(source_proposal=models.F("target")),
                name="kinship_of_two",
                violation_error_message="제안을 그 자신과 합칠 수 없습니다.",
            ),
            choices_check("kind", KinshipKind, "kinship_kind_valid"),
        ]

    def __str__(self):
        return f"{self.source_proposal} → {self.target}"
