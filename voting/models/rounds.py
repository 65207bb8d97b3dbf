"""A round of the vote: its rules, its state and who holds its key (VOTING.md, Rows).

From frozen on nothing but the state changes; the database refuses it (voting.triggers) and so do the actions.
"""

import json

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from geumcheon.lib import clock
from geumcheon.lib.models import Sourced, choices_check
from projects.models import Plan


class RoundState(models.TextChoices):
    DRAFT = "draft", "준비 중"
    FROZEN = "frozen", "확정"
    OPEN = "open", "투표 중"
    CLOSED = "closed", "마감"
    TALLIED = "tallied", "개표"
    PUBLISHED = "published", "결과 게시"
    VOID = "void", "무효"


class Level(models.TextChoices):
    """Who is one person: what the check proves (VOTING.md, The promise)."""

    TEXT = "text", "문자 확인"
    IDENTITY = "identity", "본인확인"
    ROLL = "roll", "명부·창구"


class Basis(models.TextChoices):
    """Why someone may vote here."""

    RESIDENCE = "residence", "거주"
    WORK = "work", "직장"
    SCHOOL = "school", "학교"
    GROUP = "group", "단체"


class CountBasis(models.TextChoices):
    """What the result is counted from: ballots, or only the totals an older vote kept."""

    BALLOTS = "ballots", "표"
    TOTALS = "totals", "합계만"


class FundingRule(models.TextChoices):
    """How the selected follow from the votes (voting.counting). A preference: the joint meeting decides."""

    SEATS = "seats", "득표순으로 정한 수만큼"
    VOTES = "votes", "득표순으로 예산까지(넘으면 멈춤)"
    GREEDY = "greedy", "득표순으로 예산까지(넘으면 다음 것)"
    EQUAL_SHARES = "equal-shares", "균등 몫 방식"


class TieStep(models.TextChoices):
    """A step that decides a tie at the cut. Never the number of an option."""

    SCORE = "score", "심사 점수가 높은 쪽"
    COST = "cost", "사업비가 적은 쪽"
    EARLIER = "earlier", "분과에서 먼저 정한 쪽"
    DRAW = "draw", "공개 추첨(마감 뒤 공표하는 씨앗값)"


def all_bases():
    return list(Basis.values)


class RoundQuerySet(models.QuerySet):
    def visible(self):
        """Rounds the public may see: real ones that were frozen. A voided one stays visible with its reason."""
        return self.exclude(state=RoundState.DRAFT).exclude(is_rehearsal=True)

    def visible_to(self, user):
        """Rehearsals and drafts are for the secretariat."""
        from voting import rules

        return self if rules.may_prepare(user) else self.visible()

    def with_results(self):
        """Rounds whose results may be told."""
        return self.filter(state=RoundState.PUBLISHED)


class Round(Sourced):
    """One vote with its papers. `is_rehearsal` is chosen once, when the row is made."""

    MOVES = {
        RoundState.DRAFT: {RoundState.FROZEN},
        RoundState.FROZEN: {RoundState.OPEN, RoundState.VOID},
        RoundState.OPEN: {RoundState.CLOSED, RoundState.VOID},
        RoundState.CLOSED: {RoundState.TALLIED, RoundState.VOID},
        RoundState.TALLIED: {RoundState.PUBLISHED, RoundState.VOID},
        RoundState.PUBLISHED: {RoundState.VOID},
        RoundState.VOID: set(),
    }
    # What may still be written after freezing; the triggers read this list too.
    OPEN_FIELDS = ("state", "void_reason", "destroyed_at")
    # After this state these rows exist; before it they may not be told (no count before publishing).
    SECRET_STATES = (RoundState.DRAFT, RoundState.FROZEN, RoundState.OPEN, RoundState.CLOSED, RoundState.TALLIED)

    slug = models.SlugField(
        "주소 이름",
        max_length=36,
        unique=True,
        help_text="영문 소문자·숫자·붙임표. 주소와 파일에 쓰입니다.",
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "영문 소문자, 숫자, 붙임표만 씁니다.")],
    )
    title = models.CharField("제목", max_length=120)
    purpose = models.TextField("취지", blank=True)
    plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vote_rounds",
        verbose_name="정하는 계획",
        help_text="이 투표로 사업을 정하는 계획. 아직 없으면 비웁니다.",
    )
    state = models.CharField("상태", max_length=10, choices=RoundState, default=RoundState.DRAFT, editable=False)
    basis = models.CharField("집계 바탕", max_length=8, choices=CountBasis, default=CountBasis.BALLOTS, editable=False)
    is_rehearsal = models.BooleanField(
        "연습", default=False, help_text="지어낸 유권자만 쓰며, 실제 투표로 바꿀 수 없습니다."
    )
    opens_at = models.DateTimeField("여는 때", null=True, blank=True)
    closes_at = models.DateTimeField("닫는 때(그때 전까지)", null=True, blank=True)
    level = models.CharField("확인 수준", max_length=10, choices=Level, default=Level.TEXT)
    bases = models.JSONField("투표할 수 있는 사람", default=all_bases, blank=True)
    min_birth_year = models.PositiveSmallIntegerField("출생연도(이때부터)", null=True, blank=True)
    max_birth_year = models.PositiveSmallIntegerField("출생연도(이때까지)", null=True, blank=True)
    channels_meet = models.BooleanField(
        "온라인과 종이가 같은 명부를 씀",
        default=True,
        help_text="창구에서 같은 열쇠를 만들어 한 사람이 두 번 투표할 수 없습니다. 아니면 화면이 그렇게 알립니다.",
    )
    has_paper = models.BooleanField("종이 투표 있음", default=False)
    sealed = models.BooleanField("봉인", default=True, help_text="연습에서만 끌 수 있습니다.")
    public_key = models.CharField("봉인 공개키", max_length=64, blank=True, editable=False)
    signing_public_key = models.CharField("서명 공개키", max_length=64, blank=True, editable=False)
    tie_ladder = models.JSONField("동점일 때 순서", default=list, blank=True)
    vote_weight = models.PositiveSmallIntegerField("주민 투표 비중(%)", default=100)
    committee_weight = models.PositiveSmallIntegerField("심사 점수 비중(%)", default=0)
    funding_rule = models.CharField("예산 배분", max_length=14, choices=FundingRule, default=FundingRule.SEATS)
    share_step_krw = models.PositiveIntegerField("1인 몫을 올리는 단위(원)", default=1)
    objection_until = models.DateField("이의 신청 마지막 날", null=True, blank=True)
    mix_every_minutes = models.PositiveSmallIntegerField("섞기 간격(분)", default=60)
    mix_min_voters = models.PositiveSmallIntegerField("섞기에 필요한 새 투표자", default=20)
    stated_voters = models.PositiveIntegerField("문서에 적힌 투표자 수", null=True, blank=True, editable=False)
    manifest = models.TextField("확정 문서", blank=True, editable=False)
    manifest_hash = models.CharField("확정 문서 해시", max_length=64, blank=True, editable=False)
    void_reason = models.TextField("무효 사유", blank=True, editable=False)
    destroyed_at = models.DateTimeField("명부 파기", null=True, blank=True, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "투표"
        verbose_name_plural = "투표"
        ordering = ["-opens_at", "-pk"]
        constraints = [
            choices_check("state", RoundState, "round_state_valid"),
            choices_check("basis", CountBasis, "round_basis_valid"),
            choices_check("level", Level, "round_level_valid"),
            choices_check("funding_rule", FundingRule, "round_funding_valid"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_open",
                violation_error_message="닫는 때는 여는 때보다 뒤여야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(is_rehearsal=True) | Q(sealed=True) | Q(basis="totals"),
                name="round_real_is_sealed",
                violation_error_message="실제 투표는 반드시 봉인합니다.",
            ),
            models.CheckConstraint(
                condition=Q(is_rehearsal=True) | Q(mix_every_minutes__gte=60, mix_min_voters__gte=20),
                name="round_mix_not_too_often",
                violation_error_message="실제 투표는 60분 이상마다, 새 투표자 20명 이상일 때 섞습니다.",
            ),
            models.CheckConstraint(
                condition=Q(vote_weight=100 - F("committee_weight")),
                name="round_weights_sum",
                violation_error_message="주민 투표와 심사 점수의 비중은 합해서 100이어야 합니다.",
            ),
            models.CheckConstraint(
                condition=Q(share_step_krw__gte=1),
                name="round_share_step_positive",
                violation_error_message="몫을 올리는 단위는 1원 이상이어야 합니다.",
            ),
            models.CheckConstraint(
                condition=~Q(state="void") | ~Q(void_reason=""),
                name="round_void_has_reason",
                violation_error_message="무효로 하려면 사유를 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("voting:round", args=[self.slug])

    def clean(self):
        errors = {}
        if not isinstance(self.bases, list) or not set(self.bases) <= set(Basis.values):
            errors["bases"] = "정해진 값 가운데에서 골라 주세요."
        ladder = self.tie_ladder
        if not isinstance(ladder, list) or not set(ladder) <= set(TieStep.values) or len(set(ladder)) != len(ladder):
            errors["tie_ladder"] = "정해진 단계를 한 번씩만 골라 주세요."
        if errors:
            raise ValidationError(errors)

    @property
    def is_draft(self):
        return self.state == RoundState.DRAFT

    @property
    def is_open(self):
        """For pages only: state and this host's clock. Casting asks the database under its lock."""
        return self.state == RoundState.OPEN and self.opens_at <= clock.now() < self.closes_at

    @property
    def is_published(self):
        return self.state == RoundState.PUBLISHED

    @property
    def from_totals(self):
        return self.basis == CountBasis.TOTALS

    @property
    def takes_objections(self):
        return self.is_published and self.objection_until is not None and clock.today() <= self.objection_until

    @property
    def bases_label(self):
        """`거주·직장·학교·단체`."""
        return "·".join(Basis(value).label for value in self.bases)

    def read_manifest(self):
        """The frozen manifest as data; {} before freezing."""
        return json.loads(self.manifest) if self.manifest else {}

    @property
    def ladder_labels(self):
        return [TieStep(value).label for value in self.tie_ladder]


class KeyHolder(models.Model):
    """An office that holds one of three shares of the round's key. The share itself is stored nowhere."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="key_holders", verbose_name="투표")
    number = models.PositiveSmallIntegerField("번호")
    office = models.CharField("직위", max_length=60, help_text="사람 이름이 아니라 직위를 적습니다.")
    commitment = models.CharField("조각의 확인값", max_length=200, blank=True, editable=False)
    proved_at = models.DateTimeField("조각 확인", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "열쇠 보관자"
        verbose_name_plural = "열쇠 보관자"
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="keyholder_unique"),
            models.UniqueConstraint(
                fields=["round", "office"],
                name="keyholder_office_unique",
                violation_error_message="같은 직위가 두 조각을 가질 수 없습니다.",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=3),
                name="keyholder_number_valid",
                violation_error_message="번호는 1에서 3까지입니다.",
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.office}"


class AuditEvent(models.Model):
    """An administrative act on a round. Never a voter's act."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="events", verbose_name="투표")
    at = models.DateTimeField("때", default=clock.now)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="한 사람"
    )
    act = models.CharField("일", max_length=40)
    note = models.TextField("내용", blank=True)

    class Meta:
        verbose_name = "운영 기록"
        verbose_name_plural = "운영 기록"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.act
