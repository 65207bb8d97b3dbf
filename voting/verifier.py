"""공개된 투표 파일을 다시 확인하는 프로그램. 파이썬 3.9 이상만 있으면 됩니다: python verify_round.py 폴더 [--checkpoint 지문]

Reads the published files of a round and computes everything again: hashes, chain, signatures, every leaf, the Merkle root, the count, the ranks, the
funding rules. Standard library only and nothing from the portal, so that whoever distrusts the portal can read and run this one file.
The form of the files: docs/ballot-format.md. Exit code 0: everything agrees. 1: something does not, and is named.
"""

import csv
import hashlib
import hmac
import io
import json
import re
import sys
from fractions import Fraction
from itertools import permutations
from pathlib import Path

VERSION = "geumcheon-vote-1"
COLUMNS = [
    "number",
    "title",
    "votes",
    "rank",
    "shared",
    "percent_of_voters",
    "percent_of_choices",
    "score",
    "combined_rank",
]
BALLOT = re.compile(r"([0-9a-f]{32}),([0-9a-f]{64}),([0-9]+(?: [0-9]+)*)?,([0-9a-f]{64})")
MOST_DRAWS = 7


class Wrong(Exception):
    """A check that cannot go on: (file, where, what)."""


# --- Ed25519, verification only (RFC 8032) -------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    """Sum of two points in extended coordinates (x, y, z, xy/z)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = point_add(result, point)
        point, number = point_add(point, point), number >> 1
    return result


def point_read(data):
    """A point from 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_read((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key, data, signature):
    """Whether the Ed25519 signature of data is by this key (both hex)."""
    try:
        key, signature = bytes.fromhex(key), bytes.fromhex(signature)
    except (TypeError, ValueError):
        return False
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment, number = point_read(key), point_read(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or number >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + data).digest(), "little") % ORDER
    left, right = point_times(number, BASE), point_add(commitment, point_times(challenge, public))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# --- hashes ----------------------------------------------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def fields(*values):
    """Each value behind its length in 4 bytes, big-endian."""
    parts = [value.encode() if isinstance(value, str) else value for value in values]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def merkle_root(leaves):
    hashes = [sha256(b"\x00" + leaf) for leaf in sorted(leaves)]
    while len(hashes) > 1:
        pairs = [sha256(b"\x01" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else sha256(b"")


# --- counting --------------------------------------------------------------------------------------------------------------------------


def percent(part, whole):
    if not whole:
        return None
    tenths = int(Fraction(part) * 1000 / whole + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def rank(values):
    return {option: 1 + sum(other > value for other in values.values()) for option, value in values.items()}


def ladder_of(manifest, contest, scores, seed):
    """[(name, {option: key}, higher first)] of the manifest's tie ladder."""
    options, steps = contest["options"], []
    for name in manifest.get("tie_ladder") or []:
        if name == "score":
            steps.append((name, scores or {}, True))
        elif name == "cost":
            steps.append((name, {o["number"]: o.get("cost") for o in options}, False))
        elif name == "earlier":
            steps.append((name, {o["number"]: o.get("decided_on") for o in options}, False))
        elif seed:
            lots = {o["number"]: sha256(fields("draw", seed, contest["id"], str(o["number"]))).hex() for o in options}
            steps.append((name, lots, False))
    return steps


def classes(group, keys, high_first):
    found = sorted({keys[o] for o in group if keys.get(o) is not None}, reverse=high_first)
    parts = [[o for o in group if keys.get(o) == key] for key in found] + [[o for o in group if keys.get(o) is None]]
    return [part for part in parts if part]


def decide(group, ladder, decided):
    """The group in parts, best first, by the ladder; notes (step, group) where a step separated something."""
    if len(group) == 1 or not ladder:
        return [group]
    parts = classes(group, *ladder[0][1:])
    if len(parts) > 1:
        decided.append((ladder[0][0], group))
    return [last for part in parts for last in decide(part, ladder[1:], decided)]


def outcome(rule, selected, tied, cost, decided):
    told = [
        {"step": step, "options": list(group)}
        for step, group in decided
        if 0 < len(set(group) & set(selected)) < len(group)
    ]
    return {"rule": rule, "selected": list(selected), "tied": list(tied), "cost": cost, "decided": told}


def by_seats(groups, decided, seats):
    chosen = []
    for group in groups:
        if len(chosen) + len(group) > seats:
            return outcome("seats", chosen, group if len(chosen) < seats else [], None, decided)
        chosen += group
    return outcome("seats", chosen, [], None, decided)


def by_rank(groups, decided, costs, budget):
    chosen, tied = [], []
    for group in groups:
        left = budget - sum(costs[o] for o in chosen)
        if sum(costs[o] for o in group) > left:
            tied = group if len(group) > 1 and any(costs[o] <= left for o in group) else []
            break
        chosen += group
    return outcome("votes", chosen, tied, sum(costs[o] for o in chosen), decided)


def by_greedy(groups, decided, costs, budget):
    """Every order of an undecided tie is tried; None where that would be too many."""
    draws = {frozenset()}
    for group in groups:
        following = set()
        for drawn in draws:
            left = budget - sum(costs[o] for o in drawn)
            able = [o for o in group if costs[o] <= left]
            fits_all = sum(costs[o] for o in able) <= left
            if len(able) > MOST_DRAWS and not fits_all:
                return None
            for order in [able] if fits_all else permutations(able):
                chosen, rest = set(drawn), left
                for o in order:
                    if costs[o] <= rest:
                        chosen.add(o)
                        rest -= costs[o]
                following.add(frozenset(chosen))
        draws = following
    sure, some = frozenset.intersection(*draws), frozenset.union(*draws)
    chosen = [o for group in groups for o in group if o in sure]
    tied = [o for group in groups for o in group if o in some - sure]
    return outcome("greedy", chosen, tied, sum(costs[o] for o in chosen), decided)


def buy_shares(kinds, costs, share, ladder):
    """Equal Shares at one share: ([(option, cost, supporters, most, least)], decided, whether a tie was left open)."""
    balance, waiting, bought, decided, open_tie = dict.fromkeys(kinds, share), list(costs), [], [], False
    backers = {option: [kind for kind in kinds if option in kind] for option in costs}
    while True:
        rates = {}
        for option in waiting:
            held = sorted((balance[kind], kinds[kind]) for kind in backers[option])
            rest, people = Fraction(costs[option]), sum(count for _, count in held)
            if not held or sum(value * count for value, count in held) < rest:
                continue
            for value, count in held:
                if value * people >= rest:
                    break
                rest, people = rest - value * count, people - count
            rates[option] = rest / people
        if not rates:
            return bought, decided, open_tie
        equal = [option for option, rate in rates.items() if rate == min(rates.values())]
        best = decide(equal, ladder, decided)[0]
        open_tie |= len(best) > 1
        option, rate = best[0], rates[best[0]]
        paid = {kind: min(balance[kind], rate) for kind in backers[option]}
        for kind, amount in paid.items():
            balance[kind] -= amount
        people = sum(kinds[kind] for kind in paid)
        bought.append((option, costs[option], people, max(paid.values()), min(paid.values())))
        waiting = [other for other in waiting if other in rates and other != option]


def by_shares(picks, costs, budget, step, ladder, stated):
    """Equal Shares at the stated share, one step below overspending. Where a tie was left open, the stated outcome is taken as it is."""
    share, kinds = Fraction(stated["share"]), {}
    for kind in map(frozenset, picks):
        kinds[kind] = kinds.get(kind, 0) + 1
    if not picks:
        return {**outcome("equal-shares", [], [], 0, []), "share": "0", "payments": []}
    raised = (share - Fraction(budget, len(picks))) / step
    bought, decided, open_tie = buy_shares(kinds, costs, share, ladder)
    if open_tie:
        return None
    names, cost = [row[0] for row in bought], sum(row[1] for row in bought)
    every = all(option in names for option in costs if any(option in kind for kind in kinds))
    more, _, more_open = ([], [], True) if every else buy_shares(kinds, costs, share + step, ladder)
    keys = ("option", "cost", "supporters", "most", "least")
    payments = [dict(zip(keys, (*row[:3], str(row[3]), str(row[4])))) for row in bought]  # noqa: B905 (Python 3.9 reads this too)
    unlike = raised < 0 or raised.denominator != 1 or cost > budget
    if unlike or not (every or more_open or sum(row[1] for row in more) > budget):
        share = "예산을 넘기 바로 앞의 몫이 아님"
    return {
        **outcome("equal-shares", names, [], cost, dict.fromkeys((s, tuple(g)) for s, g in decided)),
        "share": str(share),
        "payments": payments,
    }


def count_again(manifest, contest, picks, stated, seed):
    """What results.json must say of a paper."""
    numbers = [o["number"] for o in contest["options"]]
    votes = {number: sum(number in kind for kind in picks) for number in numbers}
    scores = {o["number"]: o["score"] for o in contest["options"] if o.get("score") is not None}
    if not scores:  # given after freezing: told in the results only
        scores = {o["number"]: o["score"] for o in stated["options"] if o.get("score") is not None}
    total, ranks, weights, both = sum(votes.values()), rank(votes), manifest.get("weights"), {}
    if scores and weights:
        shares = (Fraction(weights["votes"], total or 1), Fraction(weights["scores"], sum(scores.values()) or 1))
        both = rank({n: votes[n] * shares[0] + scores.get(n, 0) * shares[1] for n in numbers})
    options = [
        {
            "number": o["number"], "title": o["title"], "votes": votes[o["number"]], "rank": ranks[o["number"]],
            "shared": list(votes.values()).count(votes[o["number"]]) > 1,
            "percent_of_voters": percent(votes[o["number"]], len(picks)), "percent_of_choices": percent(votes[o["number"]], total),
            "score": scores.get(o["number"]), "combined_rank": both.get(o["number"]),
        }
        for o in sorted(contest["options"], key=lambda o: ranks[o["number"]])
    ]  # fmt: skip
    told = {"id": contest["id"], "title": contest["title"], "ballots": len(picks), "choices": total, "options": options}
    return {**told, **choose(manifest, contest, picks, votes, ladder_of(manifest, contest, scores, seed), stated)}


def choose(manifest, contest, picks, votes, ladder, stated):
    costs, budget = {o["number"]: o.get("cost") for o in contest["options"]}, contest.get("budget")
    rule, decided, what_if, selection = contest.get("funding_rule"), [], None, None
    groups = [part for group in classes(list(votes), votes, True) for part in decide(group, ladder, decided)]
    if budget is not None and None not in costs.values():
        said, step = stated["what_if"], manifest.get("equal_shares_step") or 1
        what_if = {
            "greedy": by_greedy(groups, decided, costs, budget) or said["greedy"],
            "equal-shares": by_shares(picks, costs, budget, step, ladder, said["equal-shares"]) or said["equal-shares"],
        }
    if contest.get("seats"):
        selection = by_seats(groups, decided, contest["seats"])
    elif rule == "votes":
        selection = by_rank(groups, decided, costs, budget)
    elif rule and what_if:
        selection = what_if[rule]
    return {"selection": selection, "what_if": what_if}


# --- the files ---------------------------------------------------------------------------------------------------------------------------


def unlike(stated, expected, path=""):
    """[(where, what)] of two JSON values that differ."""
    if isinstance(stated, dict) and isinstance(expected, dict) and stated.keys() == expected.keys():
        return [found for key in expected for found in unlike(stated[key], expected[key], f"{path}.{key}".lstrip("."))]
    if isinstance(stated, list) and isinstance(expected, list) and len(stated) == len(expected):
        pairs = enumerate(zip(stated, expected))  # noqa: B905
        return [found for place, pair in pairs for found in unlike(*pair, f"{path}[{place}]")]
    if stated == expected and type(stated) is type(expected):
        return []
    return [
        (
            path,
            f"{json.dumps(stated, ensure_ascii=False)[:120]} → 다시 계산하면 {json.dumps(expected, ensure_ascii=False)[:120]}",
        )
    ]


def no_repeats(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("같은 이름이 두 번 있습니다")
    return dict(pairs)


def no_constant(text):
    raise ValueError(f"{text}은(는) 쓸 수 없습니다")


class Round:
    """A folder of published files and what is wrong with it."""

    def __init__(self, folder, say, seen=None):
        self.folder, self.say, self.seen, self.wrong, self.picks = Path(folder), say, seen, 0, {}

    def fault(self, file, where, what):
        self.wrong += 1
        self.say(f"틀림  {file}{f' {where}' if where else ''}: {what}")

    def read(self, name):
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            raise Wrong(name, "", "파일이 없거나 읽을 수 없습니다") from None

    def text(self, name):
        try:
            return self.read(name).decode()
        except UnicodeDecodeError as error:
            raise Wrong(name, "", f"UTF-8이 아닙니다({error.start}번째 바이트)") from None

    def json(self, name):
        text = self.text(name)
        try:
            return json.loads(text, object_pairs_hook=no_repeats, parse_float=no_constant, parse_constant=no_constant)
        except ValueError as error:
            raise Wrong(name, "", f"JSON을 읽을 수 없습니다({error})") from None

    def run(self):
        """Every check in turn; a broken one does not hide the others."""
        self.check("manifest.json", "선언문", self.manifest_file)
        self.check("files.json", "파일 목록과 서명", self.listed_files)
        self.check("checkpoints.json", "확인점의 사슬과 서명", self.chain)
        if getattr(self, "manifest", {}).get("has_paper"):
            self.check("checkpoints.json", "종이 투표의 정산", self.papers)
        for contest in self.manifest["contests"] if hasattr(self, "manifest") else []:
            name = f"ballots-{contest['id']}"
            self.check(f"{name}.csv", f"표: {contest['title']}", self.ballots, contest)
            self.check(f"{name}.pb", f"Pabulib 파일: {contest['title']}", self.pabulib, contest)
        self.check("results.json", "다시 센 결과", self.results_file)
        self.check("results.csv", "결과 표", self.results_table)
        return not self.wrong

    def check(self, file, title, step, *args):
        before = self.wrong
        try:
            step(*args)
        except Wrong as error:
            self.fault(*error.args)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, ZeroDivisionError) as error:
            self.fault(file, "", f"정한 꼴이 아니어서 확인할 수 없습니다({type(error).__name__}: {error})")
        if self.wrong == before:
            self.say(f"맞음  {title}")

    def manifest_file(self):
        manifest = self.json("manifest.json")
        if manifest["version"] != VERSION:
            raise Wrong("manifest.json", "version", f"{VERSION}이 아닙니다")
        self.hash = sha256(canonical(manifest)).hex()
        first = self.json("checkpoints.json")[0]["body"]["previous"]
        self.manifest = manifest
        if first != self.hash:
            self.fault("manifest.json", "", f"지문이 {self.hash}인데 첫 확인점에는 {first}입니다")

    def listed_files(self):
        listed = self.json("files.json")
        files, present = listed["files"], {path.name for path in self.folder.iterdir()} - {"files.json"}
        needed = {"manifest.json", "checkpoints.json", "results.json", "results.csv", "verify_round.py"}
        for contest in getattr(self, "manifest", {"contests": []})["contests"]:
            needed |= {f"ballots-{contest['id']}.csv", f"ballots-{contest['id']}.pb"}
        for name in sorted(present - files.keys()):
            self.fault(name, "", "목록에 없는 파일입니다")
        for name in sorted(needed - files.keys()):
            self.fault("files.json", name, "목록에 있어야 할 파일이 없습니다")
        for name in sorted(files.keys() - present):
            self.fault(name, "", "목록에 있는데 파일이 없습니다")
        for name in sorted(present & files.keys()):
            if sha256(self.read(name)).hex() != files[name]:
                self.fault(name, "", "files.json에 적힌 지문과 다릅니다")
        key = getattr(self, "manifest", {}).get("signing_key")
        if not signed(key, f"{VERSION} files\n".encode() + canonical(files), listed["signature"]):
            self.fault("files.json", "signature", "서명이 맞지 않습니다")

    def chain(self):
        checkpoints, previous, before = self.json("checkpoints.json"), self.hash, None
        for number, checkpoint in enumerate(checkpoints, 1):
            body, where = checkpoint["body"], f"{number}번"
            faults = {
                "번호가 차례와 다릅니다": body["number"] != number,
                "다른 투표의 것입니다": (body["round"], body["version"]) != (self.manifest["round"], VERSION),
                "앞의 확인점과 이어지지 않습니다": body["previous"] != previous,
                "지문이 내용과 다릅니다": sha256(canonical(body)).hex() != checkpoint["hash"],
                "서명이 맞지 않습니다": not signed(
                    self.manifest["signing_key"], f"{VERSION} checkpoint\n".encode() + canonical(body), checkpoint["signature"]
                ),
                "투표자가 앞보다 적습니다": before is not None and body["voters"] < before["voters"],
                "투표용지가 선언문과 다릅니다": set(body["contests"]) != {c["id"] for c in self.manifest["contests"]},
                "종이 투표가 없는 투표인데 종이의 정산이 있습니다": "paper" in body and not self.manifest.get("has_paper"),
            }  # fmt: skip
            for what in (what for what, found in faults.items() if found):
                self.fault("checkpoints.json", where, what)
            previous, before = checkpoint["hash"], body
        self.final = checkpoints[-1]
        self.say(f"      마지막 확인점 {self.final['hash']}, 투표자 {self.final['body']['voters']:,}명")
        if self.seen and self.seen not in {checkpoint["hash"] for checkpoint in checkpoints}:
            self.fault("checkpoints.json", "", f"보았다는 확인점 {self.seen}이(가) 없습니다")

    def papers(self):
        """Every sheet handed out is accounted for, and the papers joined the box as it stood at closing."""
        body, before = self.final["body"], self.json("checkpoints.json")[-2]["body"]
        people, file = body["paper"]["voters"], "checkpoints.json"
        if (before["state"], before["voters"]) != ("closed", body["voters"]):
            self.fault(file, "", "종이 표를 넣기 앞의 확인점이 마감 때의 것이 아닙니다")
        for contest in self.manifest["contests"]:
            name, told = contest["id"], body["paper"]["contests"][contest["id"]]
            if before["contests"][name]["ballots"] != body["voters"] - people:
                self.fault(file, name, "마감 때의 표가 종이를 받지 않은 투표자와 수가 다릅니다")
            self.sheets(file, name, told, people)

    def sheets(self, file, name, told, people):
        """The account of one paper. told: {"issued", "spoilt", "returned", "missing", "batches"} in sheets; people: who was given one."""
        parts = {part: told[part] for part in ("issued", "spoilt", "returned", "missing")}
        valid_and_void = [[batch["valid"], *batch["void"].values()] for batch in told["batches"]]
        in_box = sum(batch["sheets"] for batch in told["batches"])
        numbers = [people, *parts.values(), *(number for row in valid_and_void for number in row)]
        faults = {
            "장수가 0 이상의 정수가 아닙니다": any(type(number) is not int or number < 0 for number in numbers),
            "나눠 준 종이가 받은 사람과 바꿔 준 종이를 합한 것과 다릅니다": told["issued"] != people + told["spoilt"],
            "나눠 준 종이가 투표함의 종이와 들어오지 않은 종이를 합한 것과 다릅니다": 2 * told["issued"] != in_box + sum(parts.values()),
            "묶음의 장수가 유효와 무효를 합한 것과 다릅니다": [b["sheets"] for b in told["batches"]] != [sum(row) for row in valid_and_void],
        }  # fmt: skip
        for what in (what for what, found in faults.items() if found):
            self.fault(file, name, what)

    def due(self, contest):
        """How many ballots of a paper the voters make: each web voter's, and the valid ones among the papers."""
        body = self.final["body"]
        if not self.manifest.get("has_paper"):
            return body["voters"]
        valid = sum(batch["valid"] for batch in body["paper"]["contests"][contest["id"]]["batches"])
        return body["voters"] - body["paper"]["voters"] + valid

    def ballots(self, contest):
        name, options = f"ballots-{contest['id']}.csv", {o["number"] for o in contest["options"]}
        lines = self.text(name).split("\n")
        if lines[0] != "tag,leaf,picks,nonce" or lines[-1]:
            self.fault(name, "1번째 줄", "머리글이나 마지막 줄바꿈이 다릅니다")
        leaves, tags, last, self.picks[contest["id"]] = set(), set(), "", []
        for number, line in enumerate(lines[1:-1], 2):
            where, row = f"{number}번째 줄", BALLOT.fullmatch(line)
            if not row:
                self.fault(name, where, "정한 꼴이 아닙니다")
                continue
            tag, leaf, listed, nonce = row.groups()
            picks = [int(pick) for pick in (listed or "").split()]
            self.picks[contest["id"]].append(tuple(picks))
            body = fields(VERSION, self.manifest["round"], contest["id"], bytes.fromhex(tag),
                          b"".join((pick % 2**32).to_bytes(4, "big") for pick in picks), bytes.fromhex(nonce))  # fmt: skip
            faults = {
                "같은 표식이 두 번 있습니다": tag in tags,
                "같은 잎이 두 번 있습니다": leaf in leaves,
                "표식의 차례가 아닙니다": tag < last,
                "잎이 표식, 선택, 난수에서 나오지 않습니다": not hmac.compare_digest(sha256(body).hex(), leaf),
                "선택이 차례대로가 아니거나 겹칩니다": picks != sorted(set(picks)) or (listed != " ".join(map(str, picks)) and bool(picks)),
                "이 투표용지에 없는 선택지입니다": not set(picks) <= options,
                f"{len(picks)}개를 골랐습니다": not contest["min_picks"] <= len(picks) <= contest["max_picks"],
            }  # fmt: skip
            for what in (what for what, found in faults.items() if found):
                self.fault(name, where, what)
            tags.add(tag)
            leaves.add(leaf)
            last = tag
        self.in_checkpoint(contest, name, [bytes.fromhex(leaf) for leaf in leaves], len(lines) - 2)

    def in_checkpoint(self, contest, name, leaves, rows):
        said, due = self.final["body"]["contests"][contest["id"]], self.due(contest)
        if not rows == said["ballots"] == due:
            self.fault(
                name,
                "",
                f"표 {rows:,}장, 마지막 확인점의 표 {said['ballots']:,}장, 투표자로 보아 있어야 할 {due:,}장이 서로 다릅니다",
            )
        if merkle_root(leaves).hex() != said["root"]:
            self.fault(name, "", "표에서 계산한 뿌리가 마지막 확인점과 다릅니다")

    def same_lines(self, name, expected):
        stated, expected = self.text(name).split("\n"), expected.split("\n")
        for number in range(max(len(stated), len(expected))):
            pair = [lines[number] if number < len(lines) else "(없음)" for lines in (stated, expected)]
            if pair[0] != pair[1]:
                self.fault(name, f"{number + 1}번째 줄", f"{pair[0][:100]} → 맞는 값은 {pair[1][:100]}")
                return

    def pabulib(self, contest):
        manifest, options, out = self.manifest, contest["options"], io.StringIO()
        priced = contest.get("budget") is not None and all(o.get("cost") is not None for o in options)
        rows = [line.split(",") for line in self.text(f"ballots-{contest['id']}.csv").split("\n")[1:-1]]
        meta = {
            "description": f"{manifest['title']} {contest['title']}", "country": "South Korea",
            "unit": manifest.get("unit", "Geumcheon-gu, Seoul"), "instance": f"{manifest['round']} {contest['id']}",
            "num_projects": len(options), "num_votes": len(rows),
            "budget": contest["budget"] if priced else contest.get("seats") or contest["max_picks"],
            "vote_type": "choose-1" if contest["max_picks"] == 1 else "approval", "rule": contest.get("funding_rule") or "greedy",
            "date_begin": (manifest.get("opens_at") or "")[:10], "date_end": (manifest.get("closes_at") or "")[:10],
            "min_length": contest["min_picks"], "max_length": contest["max_picks"], "language": "ko", "currency": "KRW" if priced else "",
        }  # fmt: skip
        table = [
            ["META"],
            ["key", "value"],
            *([key, value] for key, value in meta.items() if value != ""),
            ["PROJECTS"],
        ]
        table += [["project_id", "cost", "name"]]
        table += [[o["number"], o["cost"] if priced else 1, " ".join(o["title"].split())] for o in options]
        table += [["VOTES"], ["voter_id", "vote"], *([row[0], row[2].replace(" ", ",")] for row in rows)]
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(table)
        self.same_lines(f"ballots-{contest['id']}.pb", out.getvalue())

    def results_file(self):
        stated, manifest, body = self.json("results.json"), self.manifest, self.final["body"]
        expected = {
            "version": VERSION, "round": manifest["round"], "manifest": self.hash, "checkpoint": self.final["hash"],
            "voters": body["voters"], "draw_seed": stated["draw_seed"], "contests": stated["contests"],
        }  # fmt: skip
        found = unlike(stated, expected)
        if [told["id"] for told in stated["contests"]] != [contest["id"] for contest in manifest["contests"]]:
            raise Wrong("results.json", "contests", "투표용지가 선언문과 다릅니다")
        for place, (contest, told) in enumerate(zip(manifest["contests"], stated["contests"])):  # noqa: B905
            picks = self.picks[contest["id"]]
            total, counted = sum(option["votes"] for option in told["options"]), sum(map(len, picks))
            if total != counted or not len(picks) * contest["min_picks"] <= total <= len(picks) * contest["max_picks"]:
                found.append(
                    (f"contests[{place}]", f"득표 합계 {total:,}이 표 {len(picks):,}장의 선택 {counted:,}개와 다릅니다")
                )
            found += unlike(
                told, count_again(manifest, contest, picks, told, stated["draw_seed"]), f"contests[{place}]"
            )
        for where, what in found:
            self.fault("results.json", where, what)

    def results_table(self):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["contest", *COLUMNS])
        for contest in self.json("results.json")["contests"]:
            for option in contest["options"]:
                writer.writerow([contest["id"], *("" if option[name] is None else option[name] for name in COLUMNS)])
        self.same_lines("results.csv", out.getvalue())


def verify(folder, say=print, checkpoint=None):
    """Whether every published file of a round agrees with all the others; `say` is told each check. checkpoint: a hash that was seen before."""
    whole = Round(folder, say, checkpoint).run()
    say("모든 확인이 맞습니다." if whole else "맞지 않는 곳이 있습니다.")
    return whole


def main(arguments):
    seen = None
    if "--checkpoint" in arguments[:-1]:
        at = arguments.index("--checkpoint")
        seen, arguments = arguments[at + 1], arguments[:at] + arguments[at + 2 :]
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("쓰는 법: python verify_round.py 폴더 [--checkpoint 지문]")
        return 1
    return 0 if verify(arguments[0], checkpoint=seen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
