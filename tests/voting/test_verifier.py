"""The one-file verifier on whole, broken and forged bundles."""

import csv
import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tests.voting import bundles
from voting import verifier
from voting.counting.bundle import pretty
from voting.counting.checkpoints import FILES, sign
from voting.counting.manifest import canonical

WHOLE = bundles.files()
NAMES = sorted(WHOLE)


def check(folder, files, sign_again=False):
    """(whole, what was said) of files; sign_again: the forger has the portal's key and lists the forged files anew."""
    if sign_again:
        hashes = {name: sha256(data).hexdigest() for name, data in files.items() if name != "files.json"}
        files = {
            **files,
            "files.json": pretty({"files": hashes, "signature": sign(FILES, canonical(hashes), bundles.SEED)}),
        }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    said = []
    return verifier.verify(folder, said.append), said


def faults(said):
    return [line.removeprefix("틀림").strip() for line in said if line.startswith("틀림")]


def test_whole_bundle_agrees(tmp_path):
    whole, said = check(tmp_path, WHOLE)
    assert whole, faults(said)
    assert not faults(said)


@pytest.mark.parametrize("seed", range(2, 8))
def test_whole_bundles_of_many_kinds_agree(tmp_path, seed):
    rule = ["greedy", "votes", "equal-shares"][seed % 3]
    papers = [
        bundles.contest("one", 5, 1, seats=1),
        bundles.contest("two", 5, 3, budget=100_000_000, funding_rule=rule),
    ]
    ladder = ["draw"] if seed % 2 else []
    whole, said = check(tmp_path, bundles.files(voters=seed + 3, seed=seed, contests=papers, tie_ladder=ladder))
    assert whole, faults(said)


def test_runs_alone_on_the_standard_library(tmp_path):
    whole, _ = check(tmp_path, WHOLE)
    assert whole
    run = [sys.executable, "-I", "-S", str(tmp_path / "verify_round.py"), str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "모든 확인이 맞습니다." in done.stdout
    (tmp_path / "results.csv").write_bytes(b"")
    assert subprocess.run(run, capture_output=True, check=False).returncode == 1


def flip(data):
    """The middle letter or digit changed into another of its kind."""
    for place in [*range(len(data) // 2, len(data)), *range(len(data) // 2)]:
        if chr(data[place]).isalnum() and data[place] < 128:
            return data[:place] + (b"0" if data[place : place + 1] != b"0" else b"1") + data[place + 1 :]
    raise AssertionError


def lines(data):
    return data.splitlines(keepends=True)


def drop(data):
    rows = lines(data)
    return b"".join(rows[:-2] + rows[-1:]) if len(rows) > 2 else b""


def add(data):
    return data + b"0"


def duplicate(data):
    rows = lines(data)
    return b"".join([*rows, rows[-1]])


def reorder(data):
    rows = lines(data)
    return b"".join([*rows[:-2], rows[-1], rows[-2]]) if len(rows) > 1 else data[::-1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [flip, drop, add, duplicate, reorder])
def test_any_change_of_any_published_file_is_named(tmp_path, name, change):
    forged = change(WHOLE[name])
    assert forged != WHOLE[name]
    whole, said = check(tmp_path, {**WHOLE, name: forged})
    assert not whole
    assert any(line.startswith(name) for line in faults(said)), said


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(tmp_path, name):
    whole, said = check(tmp_path, {other: data for other, data in WHOLE.items() if other != name})
    assert not whole
    assert any(line.startswith(name) for line in faults(said)), said


def test_an_unlisted_file_is_named(tmp_path):
    whole, said = check(tmp_path, {**WHOLE, "more.csv": b""})
    assert not whole
    assert faults(said) == ["more.csv: 목록에 없는 파일입니다"]


# The forger below holds the signing key and lists the forged files anew: what is said must come from the content.
COUNTED = [name for name in NAMES if name.startswith("ballots") or name == "results.csv"]


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("change", [flip, drop, add, duplicate, reorder])
def test_a_change_listed_and_signed_anew_is_named_by_its_row(tmp_path, name, change):
    whole, said = check(tmp_path, {**WHOLE, name: change(WHOLE[name])}, sign_again=True)
    assert not whole
    assert any(line.startswith(name) for line in faults(said)), said


def test_a_flipped_pick_is_named_by_its_row(tmp_path):
    rows = WHOLE["ballots-made-up-1.csv"].decode().split("\n")
    tag, leaf, picks, nonce = rows[4].split(",")
    other = next(p for p in ("1 2", "1 3", "2 4") if p != picks)
    rows[4] = ",".join([tag, leaf, other, nonce])
    whole, said = check(tmp_path, {**WHOLE, "ballots-made-up-1.csv": "\n".join(rows).encode()}, sign_again=True)
    assert not whole
    assert "ballots-made-up-1.csv 5번째 줄: 잎이 표식, 선택, 난수에서 나오지 않습니다" in faults(said)


def leaves_of(value, path=()):
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, part in pairs for found in leaves_of(part, (*path, key))]
    return [path]


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "0" if value is None else ("x" + value if value else "x")


@pytest.mark.parametrize("name", ["manifest.json", "checkpoints.json", "results.json"])
def test_every_single_value_of_the_json_files_is_bound(tmp_path, name):
    told = json.loads(WHOLE[name])
    for path in leaves_of(told):
        if path == ("draw_seed",):
            continue  # a seed that decides nothing here; the list of files binds it
        forged = json.loads(WHOLE[name])
        part = forged
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = changed(part[path[-1]])
        whole, said = check(tmp_path, {**WHOLE, name: pretty(forged)}, sign_again=True)
        assert not whole, path
        assert faults(said), path


@pytest.mark.parametrize("name", ["manifest.json", "results.json"])
def test_a_repeated_name_in_json_is_refused(tmp_path, name):
    forged = WHOLE[name].replace(b'"round"', b'"round": "other",\n "round"', 1)
    whole, said = check(tmp_path, {**WHOLE, name: forged}, sign_again=True)
    assert not whole
    assert any("두 번" in line for line in faults(said)), said


def test_reordered_dropped_and_doubled_checkpoints_are_named(tmp_path):
    first, second = json.loads(WHOLE["checkpoints.json"])
    for forged in ([second, first], [first], [second], [first, first, second], [first, second, second], []):
        whole, said = check(tmp_path, {**WHOLE, "checkpoints.json": pretty(forged)}, sign_again=True)
        assert not whole, forged
        assert any("checkpoints.json" in line or "ballots" in line for line in faults(said)), said


def test_a_checkpoint_seen_before_must_be_in_the_chain(tmp_path):
    _, said = check(tmp_path, WHOLE)
    final = json.loads(WHOLE["checkpoints.json"])[-1]["hash"]
    assert verifier.verify(tmp_path, said.append, final)
    assert not verifier.verify(tmp_path, said.append, "0" * 64)


def test_results_csv_tells_the_votes_of_the_json(tmp_path):
    rows = list(csv.DictReader(io.StringIO(WHOLE["results.csv"].decode())))
    told = json.loads(WHOLE["results.json"])
    assert [int(row["votes"]) for row in rows] == [o["votes"] for c in told["contests"] for o in c["options"]]
    assert sum(o["votes"] for o in told["contests"][1]["options"]) == 3 * 12


def test_command_says_and_fails(tmp_path, capsys):
    check(tmp_path, WHOLE)
    call_command("verify_round", str(tmp_path))
    assert "모든 확인이 맞습니다." in capsys.readouterr().out
    (tmp_path / "ballots-made-up-1.csv").write_bytes(b"")
    with pytest.raises(CommandError, match="서로 맞지 않습니다"):
        call_command("verify_round", str(tmp_path))
    assert "ballots-made-up-1.csv" in capsys.readouterr().out
    with pytest.raises(CommandError, match="그런 폴더가 없습니다"):
        call_command("verify_round", str(tmp_path / "none"))


# RFC 8032, 7.1, tests 1 to 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_ed25519_of_rfc_8032(key, message, signature):
    data = bytes.fromhex(message)
    assert verifier.signed(key, data, signature)
    assert not verifier.signed(key, data + b"x", signature)
    assert not verifier.signed(key, data, signature[:-2] + "10")
    assert not verifier.signed(key, data, signature[:64] + "f" * 64)
    assert not verifier.signed(VECTORS[0][0] if key != VECTORS[0][0] else VECTORS[1][0], data, signature)


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
def test_ed25519_agrees_with_libsodium(seed, message):
    key = SigningKey(seed)
    signature = key.sign(message).signature.hex()
    assert verifier.signed(key.verify_key.encode().hex(), message, signature)
    assert not verifier.signed(key.verify_key.encode().hex(), message + b"\0", signature)


def test_published_verifier_is_the_one_of_the_portal():
    assert WHOLE["verify_round.py"] == Path(verifier.__file__).read_bytes()
