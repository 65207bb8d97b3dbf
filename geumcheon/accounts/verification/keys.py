"""Numbers and their keyed hashes. The pepper comes from the environment or a file beside it, never from the database."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError

# What each kind of identity is called inside the hash: two kinds never share a key.
TEXT, IDENTITY, ROLL, LIMIT, PAPER = "text", "identity", "roll", "limit", "paper"
_NUMBER = re.compile(r"010\d{8}|01[16789]\d{7,8}")
_SIGNS = re.compile(r"[\s().\-‐-―−ー]+")
NO_NUMBER = "휴대전화 번호를 적어 주세요. 예: 010-0000-0000"


def pepper():
    """The portal's own pepper as text. Raises ImproperlyConfigured where web processes could each have another one."""
    if not settings.VERIFICATION_PEPPER:
        raise ImproperlyConfigured("VERIFICATION_PEPPER is not set. Web processes that share a database share one.")
    return settings.VERIFICATION_PEPPER


def derive_key(kind, identity, pepper):
    """The keyed hash (64 hex digits) under which one person is met again.

    kind: TEXT, IDENTITY or ROLL; identity: normalised number, CI, or the roll's own number; pepper: the portal's
    (`keys.pepper()`) or a round's, so that keys of two rounds cannot be joined.
    """
    if not pepper or not identity:
        raise ValueError("an identity and a pepper are needed")
    text = "\x00".join((kind, identity))
    return hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()


def normalise_number(text):
    """`010-1234-5678`, `+82 10 1234 5678`, full-width digits -> `01012345678`. Raises ValidationError for anything but a Korean mobile."""
    number = _SIGNS.sub("", unicodedata.normalize("NFKC", text or ""))
    for prefix in ("+82", "0082"):
        if number.startswith(prefix):
            number = "0" + number.removeprefix(prefix).removeprefix("0")
    if not (number.isascii() and _NUMBER.fullmatch(number)):
        raise ValidationError(NO_NUMBER, code="number")
    return number
