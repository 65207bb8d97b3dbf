"""Sealed ballots: a libsodium sealed box to the round's public key, whose private half any two of three holders open together."""

import hmac
import secrets
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from voting.counting import shares
from voting.counting.codes import fingerprint
from voting.counting.encoding import digest, grouped, letters, tidy, unletters
from voting.counting.errors import SealError, ShareError

NEEDED = 2
KEY_BYTES = 32
CHECK_BYTES = 4
# needed, holder, round's fingerprint, share, check
SHARE_BYTES = 1 + 1 + 4 + KEY_BYTES + CHECK_BYTES


class RoundKey(NamedTuple):
    """The key pair of a round. The private half is split and then forgotten."""

    private: bytes
    public: bytes


def new_round_key():
    """A fresh RoundKey."""
    key = PrivateKey.generate()
    return RoundKey(key.encode(), key.public_key.encode())


def _public(private):
    return PrivateKey(private).public_key.encode()


def _check(payload):
    return digest("share", payload)[:CHECK_BYTES]


def split_key(private, round_slug, holders=3, needed=NEEDED):
    """Share texts for holders 1 to n. Every combination of `needed` is tried before they are handed out."""
    public = _public(private)
    texts = []
    for holder, share in shares.split(private, holders, needed).items():
        payload = bytes([needed, holder]) + fingerprint("round", round_slug, public) + share
        texts.append(grouped(letters(payload + _check(payload))))
    if any(combine(some, round_slug, public) != private for some in combinations(texts, needed)):
        raise ShareError("열쇠 조각을 만들지 못했습니다. 다시 만들어 주세요.")
    return texts


def _read(text, round_slug, public):
    """(needed, holder, share) of a share text of this round. Raises ShareError."""
    data = unletters(tidy(text), SHARE_BYTES)
    if data is None or not hmac.compare_digest(_check(data[:-CHECK_BYTES]), data[-CHECK_BYTES:]):
        raise ShareError("열쇠 조각을 잘못 적었습니다. 글자를 다시 확인해 주세요.")
    if data[2:6] != fingerprint("round", round_slug, public):
        raise ShareError("이 투표의 열쇠 조각이 아닙니다.")
    return data[0], data[1], data[6:-CHECK_BYTES]


def share_holder(text, round_slug, public):
    """The holder's number on a share of this round. Raises ShareError."""
    return _read(text, round_slug, public)[1]


def commit_share(text):
    """What the portal keeps of a share: salt and hash. A share holds 256 random bits, so the hash tells nothing."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_salted(salt, text)}"


def _salted(salt, text):
    return hmac.new(salt, tidy(text).encode(), sha256).hexdigest()


def prove_share(text, commitment, round_slug, public):
    """The holder's number when this is the very share that was dealt. Raises ShareError."""
    holder = share_holder(text, round_slug, public)
    salt, _, stored = commitment.partition("$")
    if not hmac.compare_digest(_salted(bytes.fromhex(salt), text), stored):
        raise ShareError("이 보관자에게 준 열쇠 조각이 아닙니다.")
    return holder


def combine(texts, round_slug, public):
    """The private key from enough different shares. Raises ShareError."""
    read = [_read(text, round_slug, public) for text in texts]
    points = {holder: share for _, holder, share in read}
    if len(points) != len(read):
        raise ShareError("같은 보관자의 열쇠 조각이 두 번 들어왔습니다.")
    needed = max((needed for needed, _, _ in read), default=NEEDED)
    if len(points) < needed:
        raise ShareError(f"열쇠 조각이 {needed}개 있어야 합니다.")
    private = shares.join(points)
    if _public(private) != public:
        raise ShareError("열쇠 조각을 모았지만 이 투표의 열쇠가 되지 않습니다.")
    return private


def seal(public, content):
    """The content in a sealed box, 48 bytes longer; the same content never looks the same twice."""
    return SealedBox(PublicKey(public)).encrypt(content)


def unseal(private, box):
    """The content of a sealed box. Raises SealError."""
    return unsealer(private)(box)


def unsealer(private):
    """As `unseal` for many boxes: a function of the box, the key prepared once."""
    box = SealedBox(PrivateKey(private))

    def opened(sealed):
        try:
            return box.decrypt(sealed)
        except (CryptoError, ValueError, TypeError):
            raise SealError("봉인이 이 열쇠로 열리지 않습니다.") from None

    return opened
