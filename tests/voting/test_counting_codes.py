"""Codes, tags, leaves, Merkle roots and the chain of checkpoints: the test vector of docs/ballot-format.md and what must not pass."""

import copy
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting import bundles
from voting.counting import checkpoints, codes, merkle
from voting.counting.encoding import letters, unletters
from voting.counting.errors import ChainError, CodeError, ContentError, LeafError, ManifestError
from voting.counting.manifest import canonical, check_manifest, manifest_hash

CODE = "00041061050R3GG28A1C60T3GF"
ROUND, CONTEST = "2020-naful", "2020-naful-1"
LEAF = "783c42c2d01b9af534bc754b4de9842275f0e09e00a43cdf8123fbad6a2feca6"


def test_vector_of_the_document():
    assert letters(bytes(range(16))) == CODE
    ballot = codes.make_ballot(CODE, ROUND, CONTEST, [7, 1, 4])
    assert ballot.tag.hex() == "a0e8f53a49d18b468a9356c779c6a98a"
    assert ballot.nonce.hex() == "97437e5b5ce61254a9ba5540bde5996e4a97f1b6436c61c6e2b91fed913422d4"
    assert ballot.leaf.hex() == LEAF
    assert ballot.picks == (1, 4, 7)
    root = merkle.merkle_root([bytes([255]) * 32, ballot.leaf, bytes(32)])
    assert root.hex() == "189a42c4bb04a28c3765e9c1bfadc615fc4b9d1dc95c98155d2223219244fcac"


def test_new_codes_are_26_letters_and_differ():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 26 and codes.read_code(code) == code for code in made)


@pytest.mark.parametrize(
    "typed",
    [
        "0004-1061-050R-3GG2-8A1C-60T3-GF",
        "  0004 1061 050r 3gg2 8a1c 60t3 gf\n",
        "OOO4lO6iO5Or3gg28aLc6Ot3gf",
        "０００４－１０６１－０５０Ｒ－３ＧＧ２－８Ａ１Ｃ－６０Ｔ３－ＧＦ",
        "0004\u30001061–050R—3GG2−8A1C\u00a060T3GF",
    ],
)
def test_a_code_is_read_as_it_was_meant(typed):
    assert codes.read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", CODE[:-1], CODE + "0", CODE[:-1] + "U", CODE[:-1] + "가", "8" + CODE[1:], "Z" * 26]
)
def test_other_codes_are_refused(typed):
    with pytest.raises(CodeError):
        codes.read_code(typed)


@given(st.binary(min_size=16, max_size=16))
def test_every_code_comes_back(data):
    assert unletters(letters(data), 16) == data


def test_papers_of_one_code_have_unrelated_tags():
    assert codes.tag(CODE, "a") != codes.tag(CODE, "b")
    assert codes.nonce(CODE, "a") != codes.nonce(CODE, "b")
    assert codes.nonce(CODE, "a")[:16] != codes.tag(CODE, "a")


def test_a_leaf_binds_everything():
    tag, nonce = bytes(16), bytes(32)
    leaf = codes.leaf("r", "c", tag, [1, 2], nonce)
    assert leaf == codes.leaf("r", "c", tag, [2, 1], nonce)
    others = [
        codes.leaf("rc", "", tag, [1, 2], nonce),
        codes.leaf("r", "d", tag, [1, 2], nonce),
        codes.leaf("r", "c", bytes(15) + b"\1", [1, 2], nonce),
        codes.leaf("r", "c", tag, [1, 3], nonce),
        codes.leaf("r", "c", tag, [1, 2], bytes(31) + b"\1"),
        codes.leaf("r", "c", tag, [1, 2], nonce, version="other"),
    ]
    assert len({leaf, *others}) == 7


@pytest.mark.parametrize("picks", [[1, 1], [0], [-1], [2**32], [True], [1.0]])
def test_picks_that_are_no_set_of_numbers_are_refused(picks):
    with pytest.raises(CodeError):
        codes.leaf("r", "c", bytes(16), picks, bytes(32))


@given(st.sets(st.integers(1, 2**32 - 1), max_size=9), st.binary(min_size=32, max_size=32))
def test_content_has_one_length_and_comes_back(picks, nonce):
    data = codes.pack_content(picks, nonce, 9)
    assert len(data) == 35 + 4 * 9
    assert codes.unpack_content(data) == (tuple(sorted(picks)), nonce)


def test_content_that_is_not_in_form_is_refused():
    good = codes.pack_content([1, 2], bytes(32), 3)
    for bad in (
        b"",
        good[:-1],
        b"\2" + good[1:],
        good[:2] + b"\4" + good[3:],
        good[:6] + b"\2" + good[7:],
        good[:14] + b"\1" + good[15:],
    ):
        with pytest.raises(ContentError):
            codes.unpack_content(bad)
    with pytest.raises(ContentError):
        codes.pack_content([1, 2, 3, 4], bytes(32), 3)


def test_a_row_that_was_not_cast_so_stops_the_tally():
    ballot = codes.make_ballot(CODE, ROUND, CONTEST, [1, 2, 3])
    content = codes.pack_content(ballot.picks, ballot.nonce, 3)
    assert codes.check_ballot(ROUND, CONTEST, ballot.tag, ballot.leaf, content) == ballot
    other = codes.pack_content([1, 2, 4], ballot.nonce, 3)
    for args in (
        (ROUND, CONTEST, ballot.tag, ballot.leaf, other),
        ("another", CONTEST, ballot.tag, ballot.leaf, content),
        (ROUND, "another", ballot.tag, ballot.leaf, content),
        (ROUND, CONTEST, bytes(16), ballot.leaf, content),
    ):
        with pytest.raises(LeafError):
            codes.check_ballot(*args)


def rfc_root(hashes):
    """RFC 6962's own recursive words."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\1" + rfc_root(hashes[:half]) + rfc_root(hashes[half:])).digest()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_merkle_tree_and_proofs(count):
    leaves = [sha256(bytes([number])).digest() for number in range(count)]
    root = merkle.merkle_root(leaves)
    assert root == merkle.merkle_root(leaves[::-1])
    assert root == rfc_root([sha256(b"\0" + leaf).digest() for leaf in sorted(leaves)])
    for leaf in leaves:
        proof = merkle.inclusion_proof(leaves, leaf)
        assert merkle.check_proof(leaf, proof, root)
        assert not merkle.check_proof(bytes(32), proof, root)
    with pytest.raises(KeyError):
        merkle.inclusion_proof(leaves, bytes(32))


def test_merkle_root_of_nothing_and_a_branch_is_no_leaf():
    assert merkle.merkle_root([]) == sha256(b"").digest()
    pair = [bytes(32), b"\1" * 32]
    joined = b"".join(sha256(b"\0" + leaf).digest() for leaf in pair)
    assert merkle.merkle_root(pair) != merkle.merkle_root([joined])


def test_chain_of_checkpoints_and_every_break_of_it():
    told = bundles.manifest()
    points = bundles.chain(told, {"made-up-1": [], "made-up-2": []})
    checkpoints.check_chain(told, points)

    def breaks(match, change):
        forged = copy.deepcopy(points)
        forged = change(forged) or forged
        with pytest.raises(ChainError, match=match):
            checkpoints.check_chain(told, forged)

    breaks("1번 자리에 2번", lambda p: p[::-1])
    breaks("1번 자리에 2번", lambda p: p[1:])
    breaks("지문이 내용과", lambda p: p[1]["body"].update(voters=9))
    breaks("다른 투표", lambda p: p[0]["body"].update(round="other"))
    breaks("이어지지", lambda p: p[1]["body"].update(previous="0" * 64))
    breaks("서명이", lambda p: p[1].update(signature=p[0]["signature"]))
    breaks("서명이", lambda p: p[1].update(signature="none"))
    with pytest.raises(ChainError, match="이어지지"):
        checkpoints.check_chain({**told, "title": "다른 제목"}, points)


def test_manifest_hash_does_not_depend_on_order_of_keys():
    told = bundles.manifest()
    assert manifest_hash(dict(reversed(told.items()))) == manifest_hash(told)
    assert manifest_hash({**told, "title": "다른 제목"}) != manifest_hash(told)
    with pytest.raises(ManifestError):
        canonical({"share": 0.1})


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"version": "x"}, "판이"),
        ({"signing_key": "x"}, "서명 열쇠"),
        ({"tie_ladder": ["id"]}, "모르는 단계"),
        ({"tie_ladder": ["cost", "cost"]}, "겹친 단계"),
        ({"weights": {"votes": 0, "scores": 0}}, "반영 비율"),
        ({"equal_shares_step": 0}, "걸음"),
        ({"contests": [bundles.contest("a", 3, 1), bundles.contest("a", 3, 1)]}, "겹칩니다"),
        ({"contests": [bundles.contest("a/b", 3, 1)]}, "이름은"),
        ({"contests": [bundles.contest("a", 3, 4)]}, "고르는 수"),
        ({"contests": [bundles.contest("a", 3, 1, seats=4)]}, "뽑는 수"),
        ({"contests": [bundles.contest("a", 3, 1, funding_rule="greedy")]}, "예산과 모든 사업비"),
        ({"contests": [bundles.contest("a", 3, 1, budget=1, funding_rule="best")]}, "모르는 예산 기준"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(values, match):
    told = bundles.manifest()
    with pytest.raises(ManifestError, match=match):
        check_manifest({**told, **values})
