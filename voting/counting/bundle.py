"""The published files of a round, in the form that voting/verifier.py reads (docs/ballot-format.md)."""

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

from voting.counting.checkpoints import FILES, sign
from voting.counting.errors import CountingError
from voting.counting.manifest import canonical
from voting.counting.pabulib import contest_pb, write_pb

VERIFIER = Path(__file__).resolve().parent.parent / "verifier.py"
RESULT_COLUMNS = (
    "number", "title", "votes", "rank", "shared", "percent_of_voters", "percent_of_choices", "score", "combined_rank",
)  # fmt: skip


def bundle_files(manifest, ballots, checkpoints, results, seed, extra=None):
    """{file name: bytes} of everything published. extra: further files, listed and signed like the others."""
    files = {
        "manifest.json": pretty(manifest),
        "checkpoints.json": pretty(checkpoints),
        "results.json": pretty(results),
        "results.csv": results_csv(results).encode(),
        "verify_round.py": VERIFIER.read_bytes(),
    }
    for contest in manifest["contests"]:
        rows = ballots[contest["id"]]
        files[f"ballots-{contest['id']}.csv"] = ballots_csv(rows).encode()
        files[f"ballots-{contest['id']}.pb"] = write_pb(contest_pb(manifest, contest, rows)).encode()
    doubled = set(files) & {*(extra or {}), "files.json"}
    if doubled:
        raise CountingError(f"파일 이름이 겹칩니다: {min(doubled)}")
    files.update(extra or {})
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    files["files.json"] = pretty({"files": hashes, "signature": sign(FILES, canonical(hashes), seed)})
    return files


def write_bundle(folder, manifest, ballots, checkpoints, results, seed, extra=None):
    """Write the bundle into an absent or empty folder; returns the paths. Raises CountingError, OSError."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise CountingError(f"{folder}이(가) 비어 있지 않습니다.")
    paths = []
    for name, data in bundle_files(manifest, ballots, checkpoints, results, seed, extra).items():
        paths.append(folder / name)
        paths[-1].write_bytes(data)
    return paths


def pretty(value):
    """JSON as published: sorted keys, one space of indent, a line end."""
    canonical(value)
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def ballots_csv(ballots):
    """`tag,leaf,picks,nonce` in the order of tags; hex, picks ascending with spaces between."""
    rows = (
        f"{b.tag.hex()},{b.leaf.hex()},{' '.join(map(str, b.picks))},{b.nonce.hex()}\n"
        for b in sorted(ballots, key=lambda b: b.tag)
    )
    return "tag,leaf,picks,nonce\n" + "".join(rows)


def results_csv(results):
    """Every option of every paper, one a line; the same figures as results.json."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["contest", *RESULT_COLUMNS])
    for contest in results["contests"]:
        for option in contest["options"]:
            writer.writerow([contest["id"], *("" if option[name] is None else option[name] for name in RESULT_COLUMNS)])
    return out.getvalue()
