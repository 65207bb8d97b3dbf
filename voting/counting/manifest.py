"""The manifest: everything of a round that may not change after freezing, as canonical JSON under one hash."""

import json
import re
from collections import Counter
from hashlib import sha256

from voting.counting.codes import VERSION
from voting.counting.errors import ManifestError

CONTEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
LADDER = ("score", "cost", "earlier", "draw")
RULES = ("votes", "greedy", "equal-shares")


def canonical(value):
    """Canonical JSON as bytes: sorted keys, no spaces, UTF-8, no escapes that are not needed. Floats are refused: they print differently elsewhere."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(value):
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ManifestError("JSON의 이름은 글이어야 합니다.")
        value = value.values()
    elif not isinstance(value, list | tuple):
        if not (value is None or isinstance(value, str | int)):
            raise ManifestError(f"JSON에 쓸 수 없는 값입니다: {value!r}")
        return
    for part in value:
        _refuse_floats(part)


def manifest_hash(manifest):
    """SHA-256 of the canonical manifest, hex."""
    return sha256(canonical(manifest)).hexdigest()


def is_whole(value, least=0):
    """Whether a value is a whole number from `least` (True and False are none)."""
    return type(value) is int and value >= least


def check_manifest(manifest):
    """Raises ManifestError naming the first thing that is missing or contradicts another."""
    canonical(manifest)
    for key in ("version", "round", "title", "signing_key", "tie_ladder", "contests"):
        if not manifest.get(key) and key != "tie_ladder":
            raise ManifestError(f"선언문에 {key}가 없습니다.")
    if manifest["version"] != VERSION:
        raise ManifestError(f"선언문의 판이 {VERSION}이 아닙니다.")
    if not re.fullmatch(r"[0-9a-f]{64}", str(manifest["signing_key"])):
        raise ManifestError("서명 열쇠는 16진수 64자입니다.")
    ladder = manifest.get("tie_ladder") or []
    if len(set(ladder)) != len(ladder) or any(step not in LADDER for step in ladder):
        raise ManifestError("동점 기준에 모르는 단계나 겹친 단계가 있습니다.")
    if not is_whole(manifest.get("equal_shares_step", 1), 1):
        raise ManifestError("균등 몫의 걸음은 1원 이상의 정수입니다.")
    weights = manifest.get("weights")
    if weights and not (all(is_whole(weights.get(key)) for key in ("votes", "scores")) and any(weights.values())):
        raise ManifestError("반영 비율은 0 이상의 정수입니다.")
    repeated = [name for name, times in Counter(c.get("id") for c in manifest["contests"]).items() if times > 1]
    if repeated:
        raise ManifestError(f"투표용지 이름이 겹칩니다: {repeated[0]}")
    for contest in manifest["contests"]:
        _check_contest(contest)


def _check_contest(contest):
    name, options = contest.get("id"), contest.get("options") or []
    if not isinstance(name, str) or not CONTEST_ID.fullmatch(name):
        raise ManifestError(f"투표용지 이름은 영문, 숫자, -만 씁니다: {name!r}")
    numbers = [option.get("number") for option in options]
    if len(set(numbers)) != len(numbers) or not all(is_whole(number, 1) for number in numbers):
        raise ManifestError(f"{name}: 선택지 번호는 서로 다른 1 이상의 정수입니다.")
    low, high = contest.get("min_picks"), contest.get("max_picks")
    if not (is_whole(low) and is_whole(high, 1) and low <= high <= len(options)):
        raise ManifestError(f"{name}: 고르는 수가 선택지 {len(options)}개와 맞지 않습니다.")
    if contest.get("seats") is not None and not (is_whole(contest["seats"], 1) and contest["seats"] <= len(options)):
        raise ManifestError(f"{name}: 뽑는 수가 선택지 {len(options)}개와 맞지 않습니다.")
    rule, budget = contest.get("funding_rule"), contest.get("budget")
    if rule is not None and rule not in RULES:
        raise ManifestError(f"{name}: 모르는 예산 기준입니다: {rule}")
    costs = [option.get("cost") for option in options]
    if any(cost is not None and not is_whole(cost) for cost in (budget, *costs)):
        raise ManifestError(f"{name}: 예산과 사업비는 0원 이상의 정수입니다.")
    if rule and (budget is None or None in costs):
        raise ManifestError(f"{name}: 예산 기준을 쓰려면 예산과 모든 사업비가 있어야 합니다.")
