"""The result of a round from its manifest and its opened ballots: what is stored, published and computed again by the verifier."""

from voting.counting.checkpoints import expected_ballots
from voting.counting.codes import VERSION
from voting.counting.errors import CountingError, PickError
from voting.counting.funding import equal_shares, greedy, plain
from voting.counting.manifest import manifest_hash
from voting.counting.ranks import (
    Step,
    check_identity,
    combined,
    count_picks,
    draw_step,
    rank_lines,
    ranks,
    select_seats,
)


def make_results(manifest, ballots, final_checkpoint, scores=None, draw_seed=None):
    """The result as JSON-safe dict. ballots: {contest: [Ballot]}; scores: {contest: {number: score}} where the manifest has none.

    Raises IdentityBroken, PickError, CountingError where the ballots are not those of the final checkpoint.
    """
    body = final_checkpoint["body"]
    return {
        "version": VERSION,
        "round": manifest["round"],
        "manifest": manifest_hash(manifest),
        "checkpoint": final_checkpoint["hash"],
        "voters": body["voters"],
        "draw_seed": draw_seed,
        "contests": [
            _contest(manifest, contest, ballots[contest["id"]], body, (scores or {}).get(contest["id"]), draw_seed)
            for contest in manifest["contests"]
        ],
    }


def build_ladder(manifest, contest, scores=None, draw_seed=None):
    """Steps of the manifest's tie ladder for a paper. A draw without a seed yet is left out: the tie stays open."""
    options = {option["number"]: option for option in contest["options"]}
    keys = {
        "score": (_scores(contest, scores) or {}, True),
        "cost": ({number: option.get("cost") for number, option in options.items()}, False),
        "earlier": ({number: option.get("decided_on") for number, option in options.items()}, False),
    }
    ladder = []
    for name in manifest.get("tie_ladder") or []:
        if name != "draw":
            ladder.append(Step(name, *keys[name]))
        elif draw_seed:
            ladder.append(draw_step(draw_seed, contest["id"], options))
    return ladder


def _scores(contest, scores):
    if scores is None:
        scores = {option["number"]: option["score"] for option in contest["options"] if option.get("score") is not None}
    return {int(number): score for number, score in scores.items() if score is not None} or None


def _contest(manifest, contest, ballots, body, scores, draw_seed):
    name, low, high = contest["id"], contest["min_picks"], contest["max_picks"]
    if not len(ballots) == body["contests"][name]["ballots"] == expected_ballots(body, name):
        raise CountingError(
            f"{name}: 표 {len(ballots):,}장이 마지막 확인점의 투표자 {body['voters']:,}명과 맞지 않습니다."
        )
    picks = [ballot.picks for ballot in ballots]
    for ballot in ballots:
        if not low <= len(ballot.picks) <= high:
            raise PickError(f"{name}: 표 {ballot.tag.hex()}이(가) {len(ballot.picks)}개를 골랐습니다.")
    votes = count_picks(picks, [option["number"] for option in contest["options"]])
    check_identity(votes, len(ballots), low, high, sum(map(len, picks)))
    scores = _scores(contest, scores)
    ladder = build_ladder(manifest, contest, scores or {}, draw_seed)
    return {
        "id": name,
        "title": contest["title"],
        "ballots": len(ballots),
        "choices": sum(votes.values()),
        "options": _options(contest, votes, len(ballots), scores, manifest.get("weights")),
        **_chosen(contest, picks, votes, ladder, manifest.get("equal_shares_step", 1)),
    }


def _options(contest, votes, ballots, scores, weights):
    titles = {option["number"]: option["title"] for option in contest["options"]}
    both = ranks(combined(votes, scores, weights["votes"], weights["scores"])) if scores and weights else {}
    return [
        {
            "number": line.option,
            "title": titles[line.option],
            "votes": line.votes,
            "rank": line.rank,
            "shared": line.shared,
            "percent_of_voters": _text(line.percent_of_voters),
            "percent_of_choices": _text(line.percent_of_choices),
            "score": scores.get(line.option) if scores else None,
            "combined_rank": both.get(line.option),
        }
        for line in rank_lines(votes, ballots)
    ]


def _text(value):
    return None if value is None else str(value)


def _chosen(contest, picks, votes, ladder, step):
    """{"selection", "what_if"} of a paper; the funding rules only where budget and every cost are known."""
    costs, budget = {option["number"]: option.get("cost") for option in contest["options"]}, contest.get("budget")
    rule, what_if = contest.get("funding_rule"), None
    if budget is not None and None not in costs.values():
        shares = equal_shares(picks, costs, budget, step or 1, ladder)
        told = {**_outcome(shares), "share": str(shares.share), "payments": [_payment(p) for p in shares.payments]}
        what_if = {"greedy": _outcome(greedy(votes, costs, budget, ladder)), "equal-shares": told}
    if contest.get("seats"):
        selection = _outcome(select_seats(votes, contest["seats"], ladder))
    elif rule == "votes":
        selection = _outcome(plain(votes, costs, budget, ladder))
    else:
        selection = what_if[rule] if rule and what_if else None
    return {"selection": selection, "what_if": what_if}


def _outcome(outcome):
    return {
        "rule": outcome.rule,
        "selected": list(outcome.selected),
        "tied": list(outcome.tied),
        "cost": outcome.cost,
        "decided": [{"step": name, "options": list(options)} for name, options in outcome.decided],
    }


def _payment(payment):
    return {
        "option": payment.option,
        "cost": payment.cost,
        "supporters": payment.supporters,
        "most": str(payment.most),
        "least": str(payment.least),
    }
