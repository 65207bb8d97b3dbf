"""Every write of a verification: by text, by an identity provider, at the counter, by a paper code; ending and destroying."""

import base64
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from geumcheon.accounts.models import Basis, Level, PaperCode, User, Verification
from geumcheon.accounts.rules import is_secretariat
from geumcheon.accounts.verification import challenges, keys, limits
from geumcheon.lib import clock

KEEP_ENDED = timedelta(days=90)
PAPER_LIFETIME = timedelta(days=14)
TAKEN = "이 번호로 확인한 다른 계정이 있습니다. 그 계정을 쓰거나, 이 계정으로 번호를 옮길 수 있습니다."
METHOD_LEVEL = {
    Verification.Method.TEXT: Level.TEXT,
    Verification.Method.IDENTITY: Level.IDENTITY,
    Verification.Method.COUNTER: Level.COUNTER,
    Verification.Method.PAPER: Level.COUNTER,
}


class Taken(ValidationError):
    """Another account holds the same number, CI or roll entry."""

    def __init__(self):
        super().__init__(TAKEN, code="taken")


def _end(rows, why):
    rows.update(ended_at=clock.now(), ended_why=why)


def _open(**which):
    return Verification.objects.filter(ended_at__isnull=True, **which)


def _record(*, user, method, key, basis, dong, by=None, move=False):
    """Write the verification of a locked user. Call inside a transaction."""
    level, now, today = METHOD_LEVEL[method], clock.now(), clock.today()
    limits.one_at_a_time(f"{level}:{key}")
    others = _open(level=level, key=key).exclude(user=user)
    _end(others.filter(expires_on__lte=today), Verification.Ended.EXPIRED)
    if move:
        _end(others, Verification.Ended.MOVED)
    elif others.exists():
        raise Taken
    _end(_open(user=user, level=level), Verification.Ended.RENEWED)
    row = Verification(
        user=user, level=level, basis=basis, dong=dong, key=key, method=method, verified_at=now, verified_by=by,
        expires_on=today + timedelta(days=settings.VERIFICATION_DAYS),
    )  # fmt: skip
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another account was faster between the look and the write
        raise Taken from None
    return row


def _locked(user):
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise PermissionDenied
    return user


def _check_basis(basis, dong):
    if basis == Basis.RESIDENCE and dong is None:
        raise ValidationError({"dong": "금천구에 살면 동을 골라 주세요."})


@transaction.atomic
def verify_by_text(*, user, challenge_id, basis, dong=None, move=False):
    """Verify an account with a proved challenge (confirm_text). `move` ends the other account's verification by this number.

    Raises Taken when another account holds the number and `move` is off; the challenge then stays good for the answer.
    """
    user = _locked(user)
    _check_basis(basis, dong)
    challenge = challenges.spend(challenge_id, user=user)
    return _record(user=user, method=Verification.Method.TEXT, key=challenge.key, basis=basis, dong=dong, move=move)


@transaction.atomic
def verify_by_identity(*, user, ci, basis, dong=None, move=False):
    """Verify with an identity provider's CI (the same for one person whatever the phone); it is hashed here and kept nowhere."""
    user = _locked(user)
    _check_basis(basis, dong)
    key = keys.derive_key(keys.IDENTITY, ci, keys.pepper())
    return _record(user=user, method=Verification.Method.IDENTITY, key=key, basis=basis, dong=dong, move=move)


def _counter_key(roll_number, fallback):
    """The key of somebody at the counter: of the roll's number where a roll is used, else of the account or code alone."""
    identity = "".join((roll_number or "").split())
    return keys.derive_key(keys.ROLL, identity or fallback, keys.pepper())


@transaction.atomic
def verify_at_counter(*, user, by, basis, dong=None, roll_number=""):
    """Verify an account whose person stood at the counter with an identity card. Nothing of the card is kept."""
    if not is_secretariat(by):
        raise PermissionDenied
    user = _locked(user)
    if user.pk == by.pk:
        raise ValidationError("자기 계정은 다른 담당자가 확인합니다.")
    _check_basis(basis, dong)
    key = _counter_key(roll_number, f"user:{user.pk}")
    return _record(user=user, method=Verification.Method.COUNTER, key=key, basis=basis, dong=dong, by=by)


def _paper_hash(code):
    return keys.derive_key(keys.PAPER, code, keys.pepper())


def normalise_code(text):
    """The 16 letters of a paper code from what was typed: any case, spaces and hyphens; 0 and 1 are read as O and I."""
    text = "".join(ch for ch in keys.unicodedata.normalize("NFKC", text or "") if ch.isalnum()).upper()
    return text.replace("0", "O").replace("1", "I").replace("8", "B")


@transaction.atomic
def make_paper_code(*, by, basis, dong=None, roll_number=""):
    """A one-time code for somebody at the counter who has no account at hand. Returns (PaperCode, code as printed); it is shown once."""
    if not is_secretariat(by):
        raise PermissionDenied
    _check_basis(basis, dong)
    code = base64.b32encode(secrets.token_bytes(10)).decode()
    now = clock.now()
    row = PaperCode(
        code_hash=_paper_hash(code), key=_counter_key(roll_number, f"paper:{code}"), basis=basis, dong=dong,
        made_by=by, made_at=now, expires_at=now + PAPER_LIFETIME,
    )  # fmt: skip
    row.full_clean()
    row.save()
    return row, "-".join(code[i : i + 4] for i in range(0, 16, 4))


def redeem_paper_code(*, user, code):
    """Verify the own account with a paper code, once. Raises ValidationError for a wrong, used or old one, ten tries an hour."""
    allowed, again = limits.count("paper", user.pk, 10)
    if not allowed:
        raise ValidationError(f"여러 번 틀렸습니다. {limits.when(again)}부터 다시 해 주세요.", code="limit")
    with transaction.atomic():
        user = _locked(user)
        paper = PaperCode.objects.select_for_update().filter(code_hash=_paper_hash(normalise_code(code) or "-")).first()
        if paper is None or paper.used_at is not None or paper.expires_at <= clock.now():
            raise ValidationError(
                "쓸 수 없는 코드입니다. 종이에 적힌 대로 적었는지 보고, 오래된 코드면 창구에 다시 물어 주세요."
            )
        if paper.made_by_id == user.pk:
            raise ValidationError("자기가 만든 코드는 쓸 수 없습니다.")
        paper.used_at = clock.now()
        paper.save(update_fields=["used_at"])
        return _record(
            user=user,
            method=Verification.Method.PAPER,
            key=paper.key,
            basis=paper.basis,
            dong=paper.dong,
            by=paper.made_by,
        )


@transaction.atomic
def end(*, verification, by):
    """The secretariat ends a verification that turned out wrong. Ending it twice changes nothing."""
    if not is_secretariat(by):
        raise PermissionDenied
    _end(_open(pk=verification.pk), Verification.Ended.OFFICE)


def expire_and_destroy():
    """Nightly: end what has run out, delete what ended 90 days ago, old codes. Returns (ended, deleted)."""
    ended = _open(expires_on__lte=clock.today()).update(ended_at=clock.now(), ended_why=Verification.Ended.EXPIRED)
    deleted = Verification.objects.filter(ended_at__lt=clock.now() - KEEP_ENDED).delete()[0]
    deleted += PaperCode.objects.filter(expires_at__lt=clock.now()).delete()[0]
    return ended, deleted + challenges.destroy_old()
