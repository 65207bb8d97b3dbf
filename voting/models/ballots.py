"""Who voted and what is in the box, apart from each other (VOTING.md, Rows).

None of these rows has a time, a serial number, a user, a session or an address. On SQLite the tables are made WITHOUT ROWID, so that no
hidden number tells their order; on PostgreSQL mixing rewrites them (voting.mix).
"""

import json

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.models import choices_check
from voting.models.contests import Contest
from voting.models.rounds import Basis, Round

KEY_LENGTH, TAG_LENGTH, LEAF_LENGTH = 64, 32, 64  # hex digits


class Channel(models.TextChoices):
    ONLINE = "online", "온라인"
    PAPER = "paper", "종이"
    ASSISTED = "assisted", "현장 도움"


class RollEntry(models.Model):
    """A person who may vote in a round. voter_key: hex HMAC of the verified identity with the round's pepper."""

    pk = models.CompositePrimaryKey("round_id", "voter_key")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="roll", db_index=False, verbose_name="투표")
    voter_key = models.CharField("열쇠", max_length=KEY_LENGTH)
    basis = models.CharField("자격", max_length=10, choices=Basis)
    dong = models.ForeignKey(Dong, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="동")
    band = models.CharField("출생연도대", max_length=10, blank=True)

    class Meta:
        verbose_name = "명부"
        verbose_name_plural = "명부"
        constraints = [choices_check("basis", Basis, "rollentry_basis_valid")]

    def __str__(self):
        return f"{self.get_basis_display()} 명부"


class Participation(models.Model):
    """That somebody voted, never what. Its primary key is what makes one person one vote."""

    pk = models.CompositePrimaryKey("round_id", "voter_key")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="participations", db_index=False, verbose_name="투표"
    )
    voter_key = models.CharField("열쇠", max_length=KEY_LENGTH)
    channel = models.CharField("방법", max_length=10, choices=Channel)

    class Meta:
        verbose_name = "참여"
        verbose_name_plural = "참여"
        constraints = [choices_check("channel", Channel, "participation_channel_valid")]

    def __str__(self):
        return f"{self.get_channel_display()} 참여"


class AbstractBallot(models.Model):
    """A ballot of one paper: tag and leaf in hex, content sealed (or plain in an unsealed rehearsal)."""

    pk = models.CompositePrimaryKey("contest_id", "tag")
    tag = models.CharField(max_length=TAG_LENGTH)
    leaf = models.CharField(max_length=LEAF_LENGTH)
    content = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self):
        return self.tag


class InboxBallot(AbstractBallot):
    """Cast since the last mix. Shown to nobody."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="inbox", db_index=False)

    class Meta:
        verbose_name = "섞기 전 표"
        verbose_name_plural = "섞기 전 표"
        constraints = [models.UniqueConstraint(fields=["contest", "leaf"], name="inbox_leaf_unique")]


class UrnBallot(AbstractBallot):
    """Mixed. The board lists these by tag."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="urn", db_index=False)

    class Meta:
        verbose_name = "투표함의 표"
        verbose_name_plural = "투표함의 표"
        constraints = [models.UniqueConstraint(fields=["contest", "leaf"], name="urn_leaf_unique")]


class Checkpoint(models.Model):
    """A signed statement of what the urn holds. body: canonical JSON text; each names the hash of the one before."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="checkpoints", verbose_name="투표")
    number = models.PositiveIntegerField("번호")
    voters = models.PositiveIntegerField("투표자")
    body = models.TextField("내용")
    hash = models.CharField("해시", max_length=64)
    signature = models.CharField("서명", max_length=128)
    is_final = models.BooleanField("마지막", default=False)
    made_at = models.DateTimeField("만든 때", default=clock.now)

    class Meta:
        verbose_name = "확인점"
        verbose_name_plural = "확인점"
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="checkpoint_unique"),
            models.UniqueConstraint(fields=["round"], condition=Q(is_final=True), name="checkpoint_one_final"),
        ]

    def __str__(self):
        return f"{self.number}번 확인점"

    def published(self):
        """As it is published: {"body", "hash", "signature"}."""
        return {"body": json.loads(self.body), "hash": self.hash, "signature": self.signature}


class PaperBatch(models.Model):
    """A bundle of paper ballots of one paper, entered twice by two people and closed when both readings agree."""

    class State(models.TextChoices):
        OPEN = "open", "입력 중"
        DONE = "done", "대조 완료"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="batches", verbose_name="투표용지")
    number = models.PositiveSmallIntegerField("묶음 번호")
    papers = models.PositiveIntegerField("종이 수", help_text="손으로 센 장수")
    state = models.CharField("상태", max_length=4, choices=State, default=State.OPEN, editable=False)
    first_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name="첫 입력을 맡은 사람",
    )  # fmt: skip
    second_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name="둘째 입력을 맡은 사람",
    )  # fmt: skip

    class Meta:
        verbose_name = "종이 묶음"
        verbose_name_plural = "종이 묶음"
        ordering = ["contest", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="paperbatch_unique"),
            choices_check("state", ["open", "done"], "paperbatch_state_valid"),
            models.CheckConstraint(
                condition=Q(papers__gte=1),
                name="paperbatch_has_papers",
                violation_error_message="묶음에는 종이가 한 장 이상 있어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | (Q(first_by__isnull=False) & ~Q(second_by=F("first_by"))),
                name="paperbatch_two_people",
                violation_error_message="두 입력은 서로 다른 사람이 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.contest} {self.number}묶음"

    @property
    def is_done(self):
        return self.state == self.State.DONE


class VoidReason(models.TextChoices):
    """Why a paper does not count."""

    BLANK = "blank", "아무것도 고르지 않음"
    UNDER = "under", "정한 수보다 적게 고름"
    OVER = "over", "정한 수보다 많이 고름"
    UNCLEAR = "unclear", "무엇을 골랐는지 알 수 없음"
    MARKED = "marked", "누구인지 알 수 있는 표시가 있음"
    FOREIGN = "foreign", "나눠 준 투표용지가 아님"


class Entry(models.IntegerChoices):
    """Which reading of a paper: the two that are compared, and the third that settles a difference."""

    FIRST = 1, "첫 입력"
    SECOND = 2, "둘째 입력"
    THIRD = 3, "세 번째 확인"


class PaperBallotQuerySet(models.QuerySet):
    def settled(self):
        """What counts of each paper of the closed batches: the third look where there is one, else what both read."""
        third = PaperBallot.objects.filter(batch=OuterRef("batch"), sheet=OuterRef("sheet"), entry=Entry.THIRD)
        counts = Q(entry=Entry.THIRD) | (Q(entry=Entry.FIRST) & ~Exists(third))
        return self.filter(counts, batch__state=PaperBatch.State.DONE)

    def valid(self):
        return self.filter(void="")


class PaperBallot(models.Model):
    """One paper of a batch as one person read it. picks: sorted numbers joined by commas, empty for a void paper."""

    batch = models.ForeignKey(PaperBatch, on_delete=models.PROTECT, related_name="ballots", verbose_name="묶음")
    entry = models.PositiveSmallIntegerField("입력", choices=Entry)
    sheet = models.PositiveIntegerField("장")
    picks = models.CharField("고른 번호", max_length=200, blank=True)
    void = models.CharField("무효 사유", max_length=8, blank=True, choices=VoidReason)
    reason = models.TextField("정한 까닭", max_length=300, blank=True, help_text="세 번째 확인에서만 적습니다.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="입력한 사람")

    objects = PaperBallotQuerySet.as_manager()

    class Meta:
        verbose_name = "종이 표"
        verbose_name_plural = "종이 표"
        ordering = ["batch", "entry", "sheet"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "entry", "sheet"], name="paperballot_unique"),
            choices_check("entry", Entry, "paperballot_entry_valid"),
            choices_check("void", ["", *VoidReason.values], "paperballot_void_valid"),
            models.CheckConstraint(
                condition=(Q(picks="") & ~Q(void="")) | (~Q(picks="") & Q(void="")),
                name="paperballot_picks_or_void",
                violation_error_message="고른 번호와 무효 사유 가운데 하나만 적습니다.",
            ),
            models.CheckConstraint(
                condition=Q(entry__lt=3) | ~Q(reason=""),
                name="paperballot_third_has_reason",
                violation_error_message="세 번째 확인에는 까닭을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return f"{self.batch} {self.sheet}장"

    @property
    def reading(self):
        """What was read, as (picks, void): two readings agree when these are equal."""
        return self.picks, self.void

    @property
    def numbers(self):
        return tuple(int(number) for number in self.picks.split(",") if number)

    @property
    def label(self):
        """`1 · 4 · 7`, or `무효: 아무것도 고르지 않음`."""
        return f"무효: {self.get_void_display()}" if self.void else " · ".join(self.picks.split(","))


class PaperCount(models.Model):
    """The papers of one contest that were handed out, and what became of those that are not in the box. All in sheets."""

    contest = models.OneToOneField(
        Contest, on_delete=models.PROTECT, related_name="paper_count", verbose_name="투표용지"
    )
    issued = models.PositiveIntegerField("나눠 준 투표용지", help_text="묶음에서 떼어 낸 장수")
    spoilt = models.PositiveIntegerField("망쳐서 바꿔 준 투표용지", help_text="돌려받고 새로 준 장수")
    returned = models.PositiveIntegerField("쓰지 않고 돌려받은 투표용지")
    missing = models.PositiveIntegerField("돌려받지 못한 투표용지", help_text="가지고 나가 투표함에 없는 장수")
    note = models.TextField("설명", max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name="적은 사람")

    class Meta:
        verbose_name = "종이 정산"
        verbose_name_plural = "종이 정산"
        ordering = ["contest"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued__gte=F("spoilt") + F("returned") + F("missing")),
                name="papercount_sane",
                violation_error_message="나눠 준 것보다 많은 투표용지를 돌려받을 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(missing=0) | ~Q(note=""),
                name="papercount_missing_explained",
                violation_error_message="돌려받지 못한 투표용지가 있으면 설명을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return f"{self.contest} 종이 정산"
