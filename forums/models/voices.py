"""What residents say about proposals: endorsements, comments, reports, and who follows what."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forums.models.proposal import Proposal
from geumcheon.accounts.models import Department
from geumcheon.lib.models import choices_check

PERSON_KEY = 64  # hex letters of the keyed hash that stands for one verified person


class Support(models.Model):
    """One verified person's support of one thing. The key outlives a change of account."""

    person_key = models.CharField("사람 열쇠", max_length=PERSON_KEY)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="공감한 사람",
    )

    class Meta:
        abstract = True
        ordering = ["pk"]

    @staticmethod
    def once(subject, name):
        """The constraints: one support of a subject for each key and each account. The key changes with a new phone, the account does not."""
        return [
            models.UniqueConstraint(
                fields=[subject, by], name=f"{name}_one_per_{word}", violation_error_message="이미 공감하셨습니다."
            )
            for by, word in (("person_key", "person"), ("user", "user"))
        ]


class Endorsement(Support):
    """Support of a proposal. The count is these rows."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="endorsements", verbose_name="제안")
    created_at = models.DateTimeField("공감한 때")

    class Meta(Support.Meta):
        verbose_name = "공감"
        verbose_name_plural = "공감"
        constraints = Support.once("proposal", "endorsement")

    def __str__(self):
        return f"{self.proposal} 공감"


class Stance(models.TextChoices):
    FOR = "for", "찬성"
    AGAINST = "against", "반대"
    QUESTION = "question", "질문"


class CommentState(models.TextChoices):
    WAITING = "waiting", "검토 기다림"
    VISIBLE = "visible", "보임"
    HIDDEN = "hidden", "가림"
    DELETED = "deleted", "지움"


COMMENT_MOVES = {
    CommentState.WAITING: {CommentState.VISIBLE, CommentState.HIDDEN, CommentState.DELETED},
    CommentState.VISIBLE: {CommentState.HIDDEN, CommentState.DELETED},
    CommentState.HIDDEN: {CommentState.VISIBLE},
    CommentState.DELETED: set(),
}


class Comment(models.Model):
    """A word on a proposal; answers are one level deep. `office`: answered for a department."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments", verbose_name="제안")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers", verbose_name="위 댓글"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name="쓴 사람",
    )
    office = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="comments", verbose_name="답한 부서"
    )
    is_secretariat = models.BooleanField("협치추진단의 답", default=False)
    stance = models.CharField("뜻", max_length=8, choices=Stance, blank=True)
    text = models.TextField("내용")
    state = models.CharField("상태", max_length=8, choices=CommentState, default=CommentState.VISIBLE)
    hidden_reason = models.CharField("가린 까닭", max_length=200, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="살핀 사람",
    )
    created_at = models.DateTimeField("쓴 때")
    edited_at = models.DateTimeField("고친 때", null=True, blank=True)

    class Meta:
        verbose_name = "댓글"
        verbose_name_plural = "댓글"
        ordering = ["pk"]
        indexes = [models.Index(fields=["proposal", "state"], name="comment_proposal_state")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CommentState.HIDDEN) | ~Q(hidden_reason=""),
                name="comment_hidden_has_reason",
                violation_error_message="가리는 까닭을 적어 주세요.",
            ),
            models.CheckConstraint(condition=Q(stance="") | Q(stance__in=Stance.values), name="comment_stance_valid"),
            models.CheckConstraint(
                condition=Q(stance="") | Q(parent__isnull=True, office__isnull=True, is_secretariat=False),
                name="comment_stance_of_residents",
                violation_error_message="찬성·반대·질문은 주민의 첫 댓글에만 고릅니다.",
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=True) | Q(is_secretariat=False),
                name="comment_one_office",
                violation_error_message="답하는 곳은 하나입니다.",
            ),
            models.CheckConstraint(
                condition=~Q(state=CommentState.DELETED) | Q(text=""),
                name="comment_deleted_is_empty",
                violation_error_message="지운 댓글에는 내용이 남지 않습니다.",
            ),
            choices_check("state", CommentState, "comment_state_valid"),
        ]

    def __str__(self):
        return self.text[:40]


class CommentEndorsement(Support):
    """Support of a comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="endorsements", verbose_name="댓글")

    class Meta(Support.Meta):
        verbose_name = "댓글 공감"
        verbose_name_plural = "댓글 공감"
        constraints = Support.once("comment", "commentendorsement")

    def __str__(self):
        return f"{self.comment} 공감"


class Report(models.Model):
    """Somebody says that a comment or a proposal breaks the rules; a moderator decides."""

    class Decision(models.TextChoices):
        OPEN = "open", "살펴볼 것"
        KEPT = "kept", "그대로 둠"
        HIDDEN = "hidden", "가림"

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name="제안"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name="댓글"
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="알린 사람",
    )
    reason = models.CharField("까닭", max_length=300)
    decision = models.CharField("처리", max_length=6, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="처리한 사람",
    )
    created_at = models.DateTimeField("알린 때")

    class Meta:
        verbose_name = "신고"
        verbose_name_plural = "신고"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposal__isnull=True, comment__isnull=False)
                | Q(proposal__isnull=False, comment__isnull=True),
                name="report_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["comment", "reporter"], name="report_comment_once", violation_error_message="이미 알리셨습니다."
            ),
            models.UniqueConstraint(
                fields=["proposal", "reporter"],
                name="report_proposal_once",
                violation_error_message="이미 알리셨습니다.",
            ),
            choices_check("decision", ["open", "kept", "hidden"], "report_decision_valid"),
        ]

    def __str__(self):
        return self.reason[:40]


class Follow(models.Model):
    """Who is told about a proposal's steps."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="follows", verbose_name="제안")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows", verbose_name="따르는 사람"
    )

    class Meta:
        verbose_name = "소식 받기"
        verbose_name_plural = "소식 받기"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="follow_unique")]

    def __str__(self):
        return f"{self.user} · {self.proposal}"


class MailStop(models.Model):
    """A proposer who wants no mails about the own proposal. Followers who stop just lose their Follow."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="mail_stops", verbose_name="제안")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_stops", verbose_name="사람"
    )

    class Meta:
        verbose_name = "소식 안 받기"
        verbose_name_plural = "소식 안 받기"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="mailstop_unique")]

    def __str__(self):
        return f"{self.user} · {self.proposal}"
