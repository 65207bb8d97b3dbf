"""Codes by text: sent, tried, proved. Each write is atomic; a wrong try is counted even though it is refused."""

import hashlib
import hmac
import logging
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare

from geumcheon.accounts.models import TextChallenge
from geumcheon.accounts.verification import keys, limits, texts
from geumcheon.lib import clock

logger = logging.getLogger(__name__)

RESIDENT = "resident"  # the purpose of an account's own verification
LIFETIME = timedelta(minutes=5)
SPEND_WITHIN = timedelta(minutes=15)  # after the right code, for the questions that follow it
MAX_TRIES = 5
KEEP = timedelta(days=1)
GONE = "확인 번호의 시간이 지났습니다. 새 번호를 받아 주세요."


def _code_hash(code, salt):
    return hmac.new(keys.pepper().encode(), f"{salt}:{code}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def _make(*, number, purpose, user, pepper):
    limit_key = keys.derive_key(keys.LIMIT, number, keys.pepper())
    limits.one_at_a_time(limit_key)
    if user is not None:
        limits.one_at_a_time(f"user:{user.pk}")
    limits.check_person(limit_key, user)
    now = clock.now()
    same = TextChallenge.objects.filter(limit_key=limit_key, purpose=purpose, user=user, used_at__isnull=True)
    same.filter(expires_at__gt=now).update(expires_at=now)  # only the newest code works
    code, salt = f"{secrets.randbelow(1_000_000):06d}", secrets.token_hex(16)
    challenge = TextChallenge(
        limit_key=limit_key,
        key=keys.derive_key(keys.TEXT, number, pepper),
        salt=salt,
        code_hash=_code_hash(code, salt),
        purpose=purpose,
        user=user,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    challenge.full_clean()
    challenge.save()
    return challenge, code


def start_text(number, purpose=RESIDENT, user=None, ip=None, pepper=None):
    """Send a code to a number. Returns the TextChallenge; keep its pk in the session, never the number.

    number: as typed; purpose: RESIDENT or a name of the caller's (a vote: `vote:<round>`); pepper: of a round, for a key
    that meets no other round's (default: the portal's). Raises ValidationError: no such number, too often (it says when
    again), or the carrier refused. Call outside a transaction: sending takes seconds and a row must not wait for it.
    """
    number = keys.normalise_number(number)
    if not texts.available():
        raise ValidationError("문자 확인이 아직 열리지 않았습니다.", code="off")
    limits.check_address("text", ip)
    challenge, code = _make(number=number, purpose=purpose, user=user, pepper=pepper or keys.pepper())
    try:
        texts.send(number, f"[금천구 협치 포털] 확인 번호 {code} (5분 안에 적어 주세요. 남에게 알리지 마세요.)")
    except texts.TextFailed as error:
        logger.warning("text message not sent: %s", error)
        TextChallenge.objects.filter(pk=challenge.pk).update(expires_at=clock.now())
        raise ValidationError("문자를 보내지 못했습니다. 잠시 뒤에 다시 해 주세요.", code="failed") from None
    return challenge


def _try(challenge, code):
    """Count the try. Returns what is wrong, or None."""
    now = clock.now()
    if challenge.used_at is not None:
        return "이미 쓴 확인 번호입니다. 새 번호를 받아 주세요."
    if challenge.expires_at <= now:
        return GONE
    if challenge.tries >= MAX_TRIES:
        return f"확인 번호를 {MAX_TRIES}번 틀렸습니다. 새 번호를 받아 주세요."
    challenge.tries += 1
    if constant_time_compare(challenge.code_hash, _code_hash(code, challenge.salt)):
        challenge.used_at = now
    challenge.save(update_fields=["tries", "used_at"])
    if challenge.used_at is not None:
        return None
    left = MAX_TRIES - challenge.tries
    return (
        f"확인 번호가 맞지 않습니다. {left}번 더 적을 수 있습니다."
        if left
        else (f"확인 번호를 {MAX_TRIES}번 틀렸습니다. 새 번호를 받아 주세요.")
    )


def confirm_text(challenge_id, code, purpose=RESIDENT, user=None):
    """Prove that the person holds the number: the right code, in time, once. Returns the TextChallenge, whose `key` is the person's.

    The challenge must be of the same purpose and account. Raises ValidationError for anything else. A caller outside
    this package then does `spend(challenge_id, …)` in the transaction that uses the key.
    """
    code = "".join(ch for ch in keys.unicodedata.normalize("NFKC", code or "") if ch.isdigit())
    with transaction.atomic():
        found = TextChallenge.objects.select_for_update().filter(pk=challenge_id, purpose=purpose, user=user)
        challenge = found.first()
        wrong = GONE if challenge is None else _try(challenge, code)
    if wrong:
        raise ValidationError(wrong, code="code")
    return challenge


def spend(challenge_id, purpose=RESIDENT, user=None):
    """Take a proved challenge, once, within 15 minutes; call inside the transaction that uses it. Returns it or raises ValidationError."""
    now = clock.now()
    challenge = (
        TextChallenge.objects.select_for_update()
        .filter(pk=challenge_id, purpose=purpose, user=user, used_at__gt=now - SPEND_WITHIN, spent_at__isnull=True)
        .first()
    )
    if challenge is None:
        raise ValidationError(GONE, code="code")
    challenge.spent_at = now
    challenge.save(update_fields=["spent_at"])
    return challenge


def is_proved(challenge_id, purpose=RESIDENT, user=None):
    """Whether this challenge was proved within 15 minutes and not spent."""
    fresh = TextChallenge.objects.filter(used_at__gt=clock.now() - SPEND_WITHIN, spent_at__isnull=True)
    return fresh.filter(pk=challenge_id, purpose=purpose, user=user).exists()


def destroy_old():
    """Delete challenges a day after they were sent: until then they count for the limits. Returns how many."""
    return TextChallenge.objects.filter(created_at__lt=clock.now() - KEEP).delete()[0]
