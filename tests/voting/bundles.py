"""A made-up round as published files: two papers, ties, scores, a budget."""

import random

from voting.counting import checkpoints
from voting.counting.bundle import bundle_files
from voting.counting.codes import VERSION, make_ballot, new_code
from voting.counting.manifest import check_manifest, manifest_hash
from voting.counting.results import make_results

SEED = bytes(range(32))
COSTS = [30_000_000, 45_000_000, 12_000_000, 45_000_000, 60_000_000]


def contest(name, count, picks, **values):
    options = [
        {
            "number": number,
            "title": f'사업 {number}; 둘째 "이름"',
            "cost": COSTS[number - 1] if values.get("budget") else None,
            "score": 100 - number if values.get("budget") else None,
            "decided_on": f"2020-07-{number:02}",
        }
        for number in range(1, count + 1)
    ]
    paper = {"id": name, "title": f"투표용지 {name}", "min_picks": picks, "max_picks": picks, "options": options}
    return {**paper, "budget": None, "seats": None, "funding_rule": None, **values}


def manifest(**values):
    made = {
        "version": VERSION,
        "round": "made-up",
        "title": "연습 투표",
        "opens_at": "2020-08-24T09:00:00+09:00",
        "closes_at": "2020-08-31T00:00:00+09:00",
        "signing_key": checkpoints.verify_key(SEED).hex(),
        "public_key": None,
        "tie_ladder": ["score", "cost", "earlier", "draw"],
        "weights": {"votes": 60, "scores": 40},
        "equal_shares_step": 1,
        "contests": [
            contest("made-up-1", 4, 2, seats=2),
            contest("made-up-2", 5, 3, budget=100_000_000, funding_rule="greedy"),
        ],
        **values,
    }
    check_manifest(made)
    return made


def cast(told, voters, chance):
    """{contest: [Ballot]} of made-up voters."""
    ballots = {paper["id"]: [] for paper in told["contests"]}
    for _ in range(voters):
        code = new_code()
        for paper in told["contests"]:
            picks = chance.sample([option["number"] for option in paper["options"]], paper["max_picks"])
            ballots[paper["id"]].append(make_ballot(code, told["round"], paper["id"], picks))
    return ballots


def chain(told, ballots):
    """Two checkpoints: half of the ballots, then all."""
    previous, made = manifest_hash(told), []
    voters = len(next(iter(ballots.values())))
    for number, (count, state) in enumerate([(voters // 2, "open"), (voters, "closed")], 1):
        leaves = {name: [b.leaf for b in rows[:count]] for name, rows in ballots.items()}
        made.append(checkpoints.make_checkpoint(told["round"], number, state, count, leaves, previous, SEED))
        previous = made[-1]["hash"]
    return made


def files(voters=12, seed=1, **values):
    """{name: bytes} of a whole bundle."""
    told = manifest(**values)
    ballots = cast(told, voters, random.Random(seed))
    points = chain(told, ballots)
    results = make_results(told, ballots, points[-1], draw_seed="314")
    return bundle_files(told, ballots, points, results, SEED, {"results.xlsx": b"workbook"})
