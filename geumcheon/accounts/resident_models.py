"""Rows of residents' accounts: addresses to prove, verifications, codes. No row holds a phone number or a code."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from geumcheon.lib.models import choices_check


class Level(models.IntegerChoices):
    """How surely an account is one person (docs of the vote): a higher number is the stronger check."""

    TEXT = 1, "문자"
    IDENTITY = 2, "본인확인"
    COUNTER = 3, "명부·창구"


class Basis(models.TextChoices):
    """Why somebody belongs to the district."""

    RESIDENCE = "residence", "거주"
    WORK = "work", "직장"
    SCHOOL = "school", "학교"
    GROUP = "group", "단체"


class AddressProof(models.Model):
    """A mail address somebody has yet to prove: of a sign-up (no user yet) or a user's new one. The link's token is kept as a hash."""

    email = models.EmailField("전자우편")
    token_hash = models.CharField("링크의 해시", max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="address_proofs",
        verbose_name="계정",
    )
    name = models.CharField("별명", max_length=60, blank=True)
    password = models.CharField("비밀번호(되돌릴 수 없게 바꾼 것)", max_length=128, blank=True)
    consented_at = models.DateTimeField("약관에 동의한 때", null=True, blank=True)
    created_at = models.DateTimeField("만든 때")
    expires_at = models.DateTimeField("끝나는 때")

    class Meta:
        verbose_name = "확인할 주소"
        verbose_name_plural = "확인할 주소"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["email", "created_at"], name="addressproof_email")]

    def __str__(self):
        return f"{self.email} ({self.user_id or '가입'})"


class Verification(models.Model):
    """One check of one account. `key` is a keyed hash of the number, CI or roll entry: it cannot be read back, only met again."""

    class Method(models.TextChoices):
        TEXT = "text", "문자 확인"
        IDENTITY = "identity", "본인확인 기관"
        COUNTER = "counter", "창구"
        PAPER = "paper", "창구 종이 코드"

    class Ended(models.TextChoices):
        RENEWED = "renewed", "다시 확인함"
        MOVED = "moved", "다른 계정으로 옮김"
        EXPIRED = "expired", "기간이 끝남"
        OFFICE = "office", "협치추진단이 끝냄"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="verifications",
        verbose_name="계정",
    )
    level = models.PositiveSmallIntegerField("단계", choices=Level.choices)
    basis = models.CharField("근거", max_length=20, choices=Basis.choices)
    dong = models.ForeignKey("accounts.Dong", on_delete=models.PROTECT, null=True, blank=True, verbose_name="동")
    key = models.CharField("열쇠", max_length=64, editable=False)
    method = models.CharField("방법", max_length=20, choices=Method.choices)
    verified_at = models.DateTimeField("확인한 때")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="신분증을 본 사람",
    )
    expires_on = models.DateField("끝나는 날(그날 전까지)")
    ended_at = models.DateTimeField("끝낸 때", null=True, blank=True)
    ended_why = models.CharField("끝난 까닭", max_length=20, choices=Ended.choices, blank=True)

    class Meta:
        verbose_name = "주민 확인"
        verbose_name_plural = "주민 확인"
        ordering = ["-verified_at", "-pk"]
        constraints = [
            choices_check("level", Level, "verification_level_valid"),
            choices_check("basis", Basis, "verification_basis_valid"),
            models.UniqueConstraint(
                fields=["level", "key"],
                condition=Q(ended_at__isnull=True),
                name="verification_one_account",
                violation_error_message="이 번호로 확인한 다른 계정이 있습니다.",
            ),
            models.UniqueConstraint(
                fields=["user", "level"],
                condition=Q(ended_at__isnull=True),
                name="verification_one_per_level",
                violation_error_message="이 계정은 이 단계로 이미 확인했습니다.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="verification_end_has_reason",
                violation_error_message="끝낸 확인에는 까닭이 있어야 합니다.",
            ),
        ]

    def __str__(self):
        return f"{self.get_level_display()} · {self.get_basis_display()}"


class TextChallenge(models.Model):
    """A code that was sent by text. Neither number nor code: keyed hashes of both. Destroyed a day later."""

    limit_key = models.CharField("번호의 열쇠(횟수)", max_length=64, db_index=True)
    key = models.CharField("번호의 열쇠(확인)", max_length=64)
    salt = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64)
    purpose = models.CharField("쓰임", max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="계정"
    )
    created_at = models.DateTimeField("보낸 때")
    expires_at = models.DateTimeField("끝나는 때")
    tries = models.PositiveSmallIntegerField("시도", default=0)
    used_at = models.DateTimeField("맞힌 때", null=True, blank=True)
    spent_at = models.DateTimeField("쓴 때", null=True, blank=True)

    class Meta:
        verbose_name = "문자 확인 번호"
        verbose_name_plural = "문자 확인 번호"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(spent_at__isnull=True) | Q(used_at__isnull=False), name="textchallenge_spent_after_used"
            )
        ]

    def __str__(self):
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"


class PaperCode(models.Model):
    """A one-time code the counter hands out on paper after seeing an identity card. The code itself is kept as a keyed hash."""

    code_hash = models.CharField(max_length=64, unique=True)
    key = models.CharField("열쇠", max_length=64)
    basis = models.CharField("근거", max_length=20, choices=Basis.choices)
    dong = models.ForeignKey("accounts.Dong", on_delete=models.PROTECT, null=True, blank=True, verbose_name="동")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="신분증을 본 사람",
    )
    made_at = models.DateTimeField("만든 때")
    expires_at = models.DateTimeField("끝나는 때")
    used_at = models.DateTimeField("쓴 때", null=True, blank=True)

    class Meta:
        verbose_name = "창구 종이 코드"
        verbose_name_plural = "창구 종이 코드"
        ordering = ["-made_at", "-pk"]
        constraints = [choices_check("basis", Basis, "papercode_basis_valid")]

    def __str__(self):
        return f"{self.get_basis_display()} {self.made_at:%Y-%m-%d}"
