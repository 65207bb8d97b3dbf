"""A ballot's code and what follows from it: tag, nonce and leaf (VOTING.md; docs/ballot-format.md byte by byte)."""

import hmac
import secrets
from hashlib import sha256
from typing import NamedTuple

from voting.counting.encoding import digest, fields, grouped, keyed, letters, tidy, unletters
from voting.counting.errors import CodeError, ContentError, LeafError

VERSION = "geumcheon-vote-1"
CODE_BYTES = 16
TAG_BYTES = 16
NONCE_BYTES = 32
CONTENT_FORM = 1


class Ballot(NamedTuple):
    """One paper of one voter. tag: 16 bytes, leaf and nonce: 32 bytes, picks: option numbers, ascending."""

    tag: bytes
    leaf: bytes
    picks: tuple[int, ...]
    nonce: bytes


def new_code():
    """A fresh code: 128 random bits as 26 letters of Crockford's base32."""
    return letters(secrets.token_bytes(CODE_BYTES))


def read_code(text):
    """The code that was meant by what was typed: 26 letters. Raises CodeError."""
    plain = tidy(text)
    if unletters(plain, CODE_BYTES) is None:
        raise CodeError("확인 코드는 숫자와 영문 26자입니다. 빠지거나 잘못된 글자가 없는지 봐 주세요.")
    return plain


def show_code(code):
    """A code in groups of four, for the page."""
    return grouped(read_code(code))


def _key(code):
    return unletters(read_code(code), CODE_BYTES)


def tag(code, contest):
    """16 bytes under which the ballot of this paper is found."""
    return keyed(_key(code), "tag", str(contest))[:TAG_BYTES]


def nonce(code, contest):
    """32 bytes that hide the picks inside the leaf."""
    return keyed(_key(code), "nonce", str(contest))


def pick_bytes(picks):
    """Picks ascending, each 4 bytes big-endian. Raises CodeError for repeats and for numbers outside 1 to 2³² − 1."""
    numbers = sorted(picks)
    if len(set(numbers)) != len(numbers):
        raise CodeError("같은 선택지를 두 번 고를 수 없습니다.")
    if any(type(number) is not int or not 0 < number < 2**32 for number in numbers):
        raise CodeError("선택지 번호는 1 이상의 정수입니다.")
    return b"".join(number.to_bytes(4, "big") for number in numbers)


def leaf(round_slug, contest, tag, picks, nonce, version=VERSION):
    """32 bytes that bind round, paper, tag and picks; the nonce keeps the picks from being guessed. Raises CodeError."""
    return digest(version, round_slug, str(contest), tag, pick_bytes(picks), nonce)


def make_ballot(code, round_slug, contest, picks):
    """The Ballot of one paper."""
    own_tag, own_nonce = tag(code, contest), nonce(code, contest)
    own_leaf = leaf(round_slug, contest, own_tag, picks, own_nonce)
    return Ballot(own_tag, own_leaf, tuple(sorted(picks)), own_nonce)


def pack_content(picks, nonce, slots):
    """The content to seal: 35 + 4 × `slots` bytes however many picks there are, so that the length tells nothing. Raises ContentError."""
    if len(picks) > slots or len(nonce) != NONCE_BYTES:
        raise ContentError("표의 내용이 정한 길이를 넘습니다.")
    body = CONTENT_FORM.to_bytes(1, "big") + len(picks).to_bytes(2, "big") + pick_bytes(picks)
    return body + bytes(4 * (slots - len(picks))) + nonce


def unpack_content(data):
    """(picks, nonce) of packed content. Raises ContentError."""
    head, room = data[:3], len(data) - 3 - NONCE_BYTES
    count = int.from_bytes(head[1:], "big")
    if room < 0 or room % 4 or head[0] != CONTENT_FORM or count * 4 > room:
        raise ContentError("표의 내용이 정한 꼴이 아닙니다.")
    numbers = [int.from_bytes(data[at : at + 4], "big") for at in range(3, 3 + room, 4)]
    picks = tuple(numbers[:count])
    if any(numbers[count:]) or any(a >= b for a, b in zip((0, *picks), picks, strict=False)):
        raise ContentError("표의 내용이 정한 꼴이 아닙니다.")
    return picks, data[-NONCE_BYTES:]


def check_ballot(round_slug, contest, tag, leaf, content):
    """The Ballot of an opened row. Raises ContentError, and LeafError where the row was not cast as it stands."""
    picks, own_nonce = unpack_content(content)
    expected = digest(VERSION, round_slug, str(contest), tag, pick_bytes(picks), own_nonce)
    if not hmac.compare_digest(expected, leaf):
        raise LeafError("봉인된 내용에서 다시 계산한 잎이 표의 잎과 다릅니다.")
    return Ballot(bytes(tag), bytes(leaf), picks, own_nonce)


def fingerprint(*values):
    """First four bytes of a hash over fields: names a round on a key share."""
    return sha256(fields(*values)).digest()[:4]
