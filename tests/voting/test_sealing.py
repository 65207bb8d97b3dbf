"""Sealed boxes and the key in three parts, of which any two open it and one alone tells nothing."""

from collections import Counter
from itertools import combinations, permutations

import pytest

from voting.counting import sealing, shares
from voting.counting.encoding import LETTERS, letters, tidy
from voting.counting.errors import SealError, ShareError


@pytest.fixture(scope="module")
def key():
    return sealing.new_round_key()


@pytest.fixture(scope="module")
def texts(key):
    return sealing.split_key(key.private, "made-up")


def test_a_box_opens_with_its_key_only(key):
    boxes = {sealing.seal(key.public, b"content") for _ in range(20)}
    assert len(boxes) == 20
    assert {len(box) for box in boxes} == {len(b"content") + 48}
    opened = sealing.unsealer(key.private)
    assert {sealing.unseal(key.private, box) for box in boxes} == {opened(box) for box in boxes} == {b"content"}
    box = boxes.pop()
    for private, broken in (
        (sealing.new_round_key().private, box),
        (key.private, box[:-1]),
        (key.private, b""),
        (key.private, bytes([box[0] ^ 1]) + box[1:]),
    ):
        with pytest.raises(SealError):
            sealing.unseal(private, broken)


@pytest.mark.parametrize("pair", [*permutations(range(3), 2), *permutations(range(3), 3)])
def test_any_two_holders_open(key, texts, pair):
    assert sealing.combine([texts[place] for place in pair], "made-up", key.public) == key.private


def test_three_of_five_when_so_split(key):
    five = sealing.split_key(key.private, "made-up", holders=5, needed=3)
    for some in combinations(five, 3):
        assert sealing.combine(some, "made-up", key.public) == key.private
    with pytest.raises(ShareError, match="3개 있어야"):
        sealing.combine(five[:2], "made-up", key.public)


def test_one_share_or_the_same_twice_is_refused(key, texts):
    for some, match in (([], "2개 있어야"), (texts[:1], "2개 있어야"), ([texts[0], texts[0].lower()], "두 번")):
        with pytest.raises(ShareError, match=match):
            sealing.combine(some, "made-up", key.public)


@pytest.mark.parametrize("x", [1, 2, 3])
def test_one_share_fits_every_secret_equally(x):
    for secret in (0, 1, 77, 255):
        seen = Counter(shares.evaluate([secret, slope], x) for slope in range(256))
        assert seen == Counter(range(256))


def test_field_is_a_field():
    for a in range(1, 256):
        assert shares.times(a, shares.over(1, a)) == 1
        assert shares.times(a, 7 ^ 90) == shares.times(a, 7) ^ shares.times(a, 90)
    assert shares.times(0x57, 0x83) == 0xC1  # FIPS 197, 4.2


def test_every_typo_of_one_letter_and_every_swap_is_noticed(key, texts):
    plain = tidy(texts[0])
    for place, letter in enumerate(plain):
        wrong = LETTERS[(LETTERS.index(letter) + 1) % 32]
        with pytest.raises(ShareError):
            sealing.share_holder(plain[:place] + wrong + plain[place + 1 :], "made-up", key.public)
        swapped = plain[:place] + plain[place : place + 2][::-1] + plain[place + 2 :]
        if swapped != plain:
            with pytest.raises(ShareError, match="잘못 적었습니다"):
                sealing.share_holder(swapped, "made-up", key.public)
    for typed in ("", plain[:-1], plain + "0", "가" * len(plain)):
        with pytest.raises(ShareError):
            sealing.share_holder(typed, "made-up", key.public)


def test_a_share_of_another_round_is_refused(key, texts):
    other = sealing.new_round_key()
    for slug, public in (("another", key.public), ("made-up", other.public)):
        with pytest.raises(ShareError, match="이 투표의 열쇠 조각이 아닙니다"):
            sealing.share_holder(texts[0], slug, public)
    mixed = [texts[0], sealing.split_key(key.private, "made-up")[1]]
    with pytest.raises(ShareError, match="열쇠가 되지 않습니다"):
        sealing.combine(mixed, "made-up", key.public)


def test_a_holder_proves_the_share_that_was_dealt(key, texts):
    kept = [sealing.commit_share(text) for text in texts]
    assert all(len(each) <= 120 for each in kept)
    assert sealing.commit_share(texts[0]) != kept[0]
    assert [sealing.prove_share(t.lower(), k, "made-up", key.public) for t, k in zip(texts, kept, strict=True)] == [
        1,
        2,
        3,
    ]
    with pytest.raises(ShareError, match="이 보관자에게 준"):
        sealing.prove_share(texts[1], kept[0], "made-up", key.public)
    assert letters(key.private) not in "".join(kept)
