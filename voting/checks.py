"""Who is voting: the one door between the vote and the ways of checking a person.

`start` sends a code to a telephone, `confirm` gives back the identity as a text, from which the round derives its voter key. `of_account`
and `of_paper_code` find a check that was made before, by an account or at the counter: their rows hold the person's key, not the identity. Nothing here stores a number: between the two calls it travels in the voter's own form, and what
the session holds is one keyed digest of number and code together, which tells neither.

Numbers are read and texts are sent as for the residents' verification (geumcheon.accounts.verification); the code is the vote's own,
because that one keeps a row per check, and beside a ballot a row tells a moment.
"""

import hmac
import logging
import secrets
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError

from geumcheon.accounts.models import Level as AccountLevel
from geumcheon.accounts.models import PaperCode, Verification
from geumcheon.accounts.verification import derive_key, identity, normalise_number, texts
from geumcheon.accounts.verification import keys as person_keys
from geumcheon.accounts.verification.actions import normalise_code
from geumcheon.lib import clock
from voting.models import Level

logger = logging.getLogger(__name__)

CODE_MINUTES = 5
TRIES = 5
PER_NUMBER, PER_ADDRESS = 5, 60  # codes an hour; many people of a library share one address
PAPER_TRIES = 60  # codes of the counter an hour, from one address
HOUR = 60 * 60
ACCOUNT_LEVELS = {
    Level.TEXT: AccountLevel.TEXT,
    Level.IDENTITY: AccountLevel.IDENTITY,
    Level.ROLL: AccountLevel.COUNTER,
}


def normalise(number):
    """`010-1234-5678`, `+82 10 1234 5678` and full-width digits in one notation. Raises ValidationError for anything else."""
    return normalise_number(number)


def cannot(level):
    """Why a level cannot be checked here, in a sentence; "" when it can."""
    if level not in settings.VOTE_LEVELS:
        return f"‘{Level(level).label}’ 확인을 이 포털에서 아직 쓸 수 없습니다."
    if level == Level.IDENTITY and not identity.available():
        return "본인확인 기관이 아직 연결되지 않았습니다(IDENTITY_ISSUER)."
    if level == Level.TEXT and not texts.available():
        return "문자를 보낼 곳이 아직 정해지지 않았습니다(TEXT_BACKEND)."
    return "" if settings.VERIFICATION_PEPPER else "확인에 쓰는 비밀값이 없습니다(VERIFICATION_PEPPER)."


def of_account(round, user):
    """The account's Verification that tells who votes, or None: one of the round's own level, which holds today.

    A stronger one does not do: a number, a CI and a roll's id each give another voter key, and one person would have two votes.
    """
    if round.is_rehearsal or not (user.is_authenticated and user.is_active):
        return None
    held = Verification.objects.filter(user=user, ended_at__isnull=True, expires_on__gt=clock.today())
    return held.filter(level=ACCOUNT_LEVELS[round.level]).select_related("dong").first()


def of_paper_code(typed, address):
    """The PaperCode that somebody got at the counter. Nothing is written: voting with it twice is refused by the voter key.

    Raises ValidationError for a wrong or old one, for one that an account used, and for too many tries.
    """
    _limit(f"paper:{address}", PAPER_TRIES, "이 인터넷 주소에서 코드를 너무 여러 번 넣었습니다.")
    code_hash = derive_key(person_keys.PAPER, normalise_code(typed) or "-", person_keys.pepper())
    found = PaperCode.objects.filter(code_hash=code_hash, expires_at__gt=clock.now()).first()
    if found is None:
        raise ValidationError(
            "쓸 수 없는 코드입니다. 종이에 적힌 대로 적었는지 보고, 오래된 코드면 창구에 다시 물어 주세요."
        )
    if found.used_at is not None:
        raise ValidationError("계정에서 쓴 코드입니다. 그 계정으로 로그인하면 바로 투표합니다.")
    return found


def start(round, number, address):
    """Send a new code to a normalised number. Returns the pending check, which the caller keeps in the session.

    Raises ValidationError when the number or the address (of the network) asked too often, or no text can be sent.
    """
    if not texts.available():
        raise ValidationError("문자 확인이 아직 열리지 않았습니다.", code="off")
    _limit(
        f"number:{_digest('number', round.slug, number)}", PER_NUMBER, "이 번호로 인증번호를 너무 여러 번 받았습니다."
    )
    _limit(f"address:{address}", PER_ADDRESS, "이 인터넷 주소에서 인증번호를 너무 여러 번 받았습니다.")
    code, salt = f"{secrets.randbelow(10**6):06}", secrets.token_hex(16)
    until = clock.now() + timedelta(minutes=CODE_MINUTES)
    try:
        texts.send(number, f"[금천구 주민투표] 인증번호 {code}. {CODE_MINUTES}분 안에 넣어 주세요.")
    except texts.TextFailed as error:
        raise ValidationError("문자를 보내지 못했습니다. 잠시 뒤에 다시 해 주세요.", code="failed") from error
    proof = _digest(salt, round.slug, number, code)
    return {"round": round.slug, "salt": salt, "proof": proof, "until": until.timestamp(), "tries": 0}


def confirm(round, number, typed, pending):
    """The identity (a text) of who holds the number, after the right code.

    Counts the try in `pending`, which the caller saves. Raises ValidationError, with `code` "again" where a new code is needed.
    """
    if not pending or pending["round"] != round.slug or clock.now().timestamp() >= pending["until"]:
        raise ValidationError("인증번호의 시간이 지났습니다. 새 번호를 받아 주세요.", code="again")
    if pending["tries"] >= TRIES:
        raise ValidationError(f"인증번호가 {TRIES}번 틀렸습니다. 새 번호를 받아 주세요.", code="again")
    pending["tries"] += 1
    code = unicodedata.normalize("NFKC", typed).strip()
    if not hmac.compare_digest(_digest(pending["salt"], round.slug, number, code), pending["proof"]):
        left = TRIES - pending["tries"]
        if not left:
            raise ValidationError(f"인증번호가 {TRIES}번 틀렸습니다. 새 번호를 받아 주세요.", code="again")
        raise ValidationError(f"인증번호가 다릅니다. {left}번 더 넣어 볼 수 있습니다.", code="wrong")
    return number


def _digest(*parts):
    return hmac.new(settings.SECRET_KEY.encode(), "\x1f".join(("vote check", *parts)).encode(), "sha256").hexdigest()


def _limit(name, most, message):
    """Refuse after `most` calls in an hour. The cache may be away (voting never needs it): then nothing is refused."""
    key = f"vote-text:{name}"
    try:
        cache.add(key, 0, HOUR)
        count = cache.incr(key)
    except Exception as error:  # whatever the cache's driver raises
        logger.warning("codes of the vote are not limited: the cache is away (%s)", type(error).__name__)
        return
    if count > most:
        raise ValidationError(f"{message} 한 시간 뒤에 다시 해 주세요.", code="limit")
