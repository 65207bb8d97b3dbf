"""Bytes and letters that every part agrees on (docs/ballot-format.md): length-prefixed fields and base32."""

import hmac
import re
import unicodedata
from hashlib import sha256

# Crockford's base32: no I, L, O, U. What people mistake is read as what was meant.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = str.maketrans("OIL", "011")
VALUES = {letter: value for value, letter in enumerate(LETTERS)}
DROPPED = re.compile("[\\s\u2010-\u2014\u2212-]")


def field(value):
    """A field: its length as 4 bytes big-endian, then its bytes (text as UTF-8)."""
    data = value.encode() if isinstance(value, str) else bytes(value)
    return len(data).to_bytes(4, "big") + data


def fields(*values):
    """Fields one after the other: no two different lists give the same bytes."""
    return b"".join(field(value) for value in values)


def digest(*values):
    """SHA-256 over the fields."""
    return sha256(fields(*values)).digest()


def keyed(key, *values):
    """HMAC-SHA256 over the fields."""
    return hmac.digest(key, fields(*values), "sha256")


def letters(data):
    """Bytes as base32: the number they are, big-endian, in as many letters as it can need."""
    number, length = int.from_bytes(data, "big"), -(-len(data) * 8 // 5)
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(length - 1, -1, -1))


def tidy(text):
    """What was typed, as it was meant: upper case, no spaces or hyphens, O as 0, I and L as 1. Full-width letters are read too."""
    return DROPPED.sub("", unicodedata.normalize("NFKC", str(text))).upper().translate(MEANT)


def unletters(text, size):
    """`size` bytes from tidy base32 letters, or None where a letter or the length is wrong."""
    if len(text) != -(-size * 8 // 5) or any(letter not in VALUES for letter in text):
        return None
    number = 0
    for letter in text:
        number = number << 5 | VALUES[letter]
    return None if number >> 8 * size else number.to_bytes(size, "big")


def grouped(text, size=4):
    """Letters in groups of `size` with hyphens between, for reading and typing."""
    return "-".join(text[start : start + size] for start in range(0, len(text), size))
