"""The verifier on rounds with papers: whole bundles, and accounts that hide, add or lose sheets though they are signed."""

import random
from copy import deepcopy

import pytest

from tests.voting import bundles
from voting import verifier
from voting.counting import checkpoints
from voting.counting.bundle import bundle_files
from voting.counting.errors import CountingError
from voting.counting.manifest import manifest_hash
from voting.counting.results import make_results

WEB, PEOPLE = 6, 5
ACCOUNT = {
    "voters": PEOPLE,
    "contests": {
        "made-up-1": {
            "issued": 6, "spoilt": 1, "returned": 0, "missing": 1,
            "batches": [{"number": 1, "sheets": 3, "valid": 2, "void": {"over": 1}}, {"number": 2, "sheets": 1, "valid": 1, "void": {}}],
        },
        "made-up-2": {
            "issued": 5, "spoilt": 0, "returned": 0, "missing": 0,
            "batches": [{"number": 1, "sheets": 5, "valid": 3, "void": {"blank": 1, "under": 1}}],
        },
    },
}  # fmt: skip
VALID = 3  # on either paper


def made(account=ACCOUNT, has_paper=True, closing=None, **manifest):
    """{name: bytes} of a bundle signed by the round's own key. closing: what the checkpoint of closing says otherwise."""
    told = bundles.manifest(**({"has_paper": True} if has_paper else {}), **manifest)
    ballots = bundles.cast(told, WEB + VALID, random.Random(1))
    steps = [
        {"state": "open", "count": 3, "voters": 4},
        {"state": "closed", "count": WEB, "voters": WEB + PEOPLE} | (closing or {}),
    ]
    previous, points = manifest_hash(told), []
    for number, step in enumerate([*steps, {"state": "closed", "count": WEB + VALID, "voters": WEB + PEOPLE}], 1):
        leaves = {name: [b.leaf for b in rows[: step["count"]]] for name, rows in ballots.items()}
        paper = account if number == 3 else None
        points.append(
            checkpoints.make_checkpoint(told["round"], number, step["state"], step["voters"], leaves, previous, bundles.SEED, paper)
        )  # fmt: skip
        previous = points[-1]["hash"]
    sound = deepcopy(points[-1])
    sound["body"]["paper"] = ACCOUNT  # the forger counts rightly and lies in the account
    results = make_results(told, ballots, sound, draw_seed="314")
    return bundle_files(told, ballots, points, results, bundles.SEED, {"results.xlsx": b"workbook"})


def check(folder, files):
    """(whole, what was said)."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    said = []
    return verifier.verify(folder, said.append), said


def test_a_whole_round_with_papers_agrees(tmp_path):
    whole, said = check(tmp_path, made())
    assert whole, said
    assert "맞음  종이 투표의 정산" in said


def _change(path, value):
    account = deepcopy(ACCOUNT)
    place = account
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return account


ONE, TWO = ("contests", "made-up-1"), ("contests", "made-up-2")
FORGED = {
    "a voter more": (("voters",), 6, "받은 사람과 바꿔 준 종이를 합한 것과 다릅니다"),
    "a sheet more handed out": ((*ONE, "issued"), 7, "받은 사람과 바꿔 준 종이를 합한 것과 다릅니다"),
    "a missing sheet forgotten": ((*ONE, "missing"), 0, "투표함의 종이와 들어오지 않은 종이를 합한 것과 다릅니다"),
    "a sheet more in the box": ((*TWO, "batches", 0, "sheets"), 6, "묶음의 장수가 유효와 무효를 합한 것과 다릅니다"),
    "a void sheet hidden": ((*TWO, "batches", 0, "void"), {"blank": 1}, "묶음의 장수가 유효와 무효를 합한 것과 다릅니다"),
    "a void sheet counted": ((*ONE, "batches", 0), {"number": 1, "sheets": 3, "valid": 3, "void": {}}, "있어야 할 10장이 서로 다릅니다"),
    "a negative sheet": ((*ONE, "returned"), -1, "0 이상의 정수가 아닙니다"),
    "half a sheet": ((*ONE, "returned"), "0", "정한 꼴이 아니어서"),
    "a paper left out": (("contests",), {"made-up-1": ACCOUNT["contests"]["made-up-1"]}, "정한 꼴이 아니어서"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_account_is_named_though_it_is_signed(tmp_path, name):
    path, value, words = FORGED[name]
    whole, said = check(tmp_path, made(_change(path, value)))
    assert not whole
    assert any(words in line for line in said), said


def test_papers_without_an_account_are_named(tmp_path):
    whole, said = check(tmp_path, made(None))
    assert not whole and any("종이" in line or "정한 꼴이 아니어서" in line for line in said if line.startswith("틀림"))


def test_an_account_of_papers_in_a_round_without_them_is_named(tmp_path):
    whole, said = check(tmp_path, made(has_paper=False))
    assert not whole and any("종이 투표가 없는 투표인데" in line for line in said), said


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        ({"count": WEB + 1}, "마감 때의 표가 종이를 받지 않은 투표자와 수가 다릅니다"),
        ({"voters": WEB + PEOPLE - 1}, "마감 때의 것이 아닙니다"),
        ({"state": "open"}, "마감 때의 것이 아닙니다"),
    ],
    ids=["a ballot more", "a voter less", "not closed"],
)
def test_the_box_at_closing_must_be_that_of_the_web(tmp_path, closing, words):
    whole, said = check(tmp_path, made(closing=closing))
    assert not whole and any(words in line for line in said), said


def test_the_count_itself_refuses_ballots_that_do_not_follow_from_the_account():
    told = bundles.manifest(has_paper=True)
    ballots = bundles.cast(told, WEB + VALID, random.Random(1))
    leaves = {name: [b.leaf for b in rows] for name, rows in ballots.items()}
    account = _change((*TWO, "batches", 0, "valid"), 4)
    args = (told["round"], 1, "closed", WEB + PEOPLE, leaves, manifest_hash(told), bundles.SEED)
    with pytest.raises(CountingError, match="맞지 않습니다"):
        make_results(told, ballots, checkpoints.make_checkpoint(*args, account), draw_seed="1")
    assert make_results(told, ballots, checkpoints.make_checkpoint(*args, ACCOUNT), draw_seed="1")["voters"] == 11
