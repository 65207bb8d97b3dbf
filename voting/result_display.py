"""What the results page shows of a published round, from the stored result or, for an older vote, from its totals."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from geumcheon.lib import charts
from geumcheon.lib.money import percent, round_half_up, won
from voting.counting.ranks import rank_lines

STEPS = {
    "score": "심사 점수가 높은 쪽",
    "cost": "사업비가 적은 쪽",
    "earlier": "분과에서 먼저 정한 쪽",
    "draw": "공개 추첨",
    "votes": "득표",
}
RULES = {
    "seats": "득표순으로 정한 수만큼",
    "votes": "득표순으로, 예산을 넘으면 멈춤",
    "greedy": "득표순으로, 예산을 넘으면 다음 것으로",
    "equal-shares": "균등 몫 방식",
}
UNIT = charts.Unit("표")


@dataclass
class Line:
    """An option with its result. Percents are text as printed (`62.2`), "" where nothing is to tell."""

    option: object
    votes: int
    rank: int
    shared: bool
    of_voters: str
    of_choices: str
    score: int | None = None
    combined_rank: int | None = None
    combined_shared: bool = False
    stated_percent: int | None = None
    stated_rank: int | None = None
    chosen: bool = False
    tied: bool = False
    decision: object = None

    @property
    def rank_label(self):
        return f"공동 {self.rank}위" if self.shared else f"{self.rank}위"

    @property
    def combined_label(self):
        """`공동 2위` of votes and committee scores together; "" where none are combined."""
        if self.combined_rank is None:
            return ""
        return f"공동 {self.combined_rank}위" if self.combined_shared else f"{self.combined_rank}위"

    @property
    def percent_differs(self):
        """Whether the document prints another whole percent than its own votes give."""
        return self.stated_percent is not None and round_half_up(Fraction(self.of_choices or 0)) != self.stated_percent


@dataclass
class Paper:
    """A contest with its lines in the order of ranks."""

    contest: object
    ballots: int
    choices: int
    lines: list
    selection: dict | None = None
    what_if: list | None = None
    stated_choices: int | None = None

    @property
    def has_scores(self):
        return any(line.score is not None for line in self.lines)

    @property
    def has_combined(self):
        return any(line.combined_rank is not None for line in self.lines)

    @property
    def has_stated(self):
        return any(line.stated_percent is not None for line in self.lines)

    @property
    def has_decisions(self):
        return any(line.decision for line in self.lines)

    @property
    def picture(self):
        """Bars of votes, the percent of voters beside the name; without votes nothing to draw."""
        if not self.choices:
            return None
        items = [
            charts.Item(f"{line.option.title} ({line.rank_label})", line.votes, code=str(line.option.number))
            for line in self.lines
        ]
        return charts.BarChart(
            title=f"{self.contest.title} 득표", lead=f"투표자 {self.ballots:,}명이 {self.contest.picks_label}씩 골랐습니다.",
            items=items, unit=UNIT, head="선택지", value_head="득표", shares=False,
        )  # fmt: skip


def papers(round):
    """Every Paper of a published round."""
    contests = list(
        round.contests.order_by("order").prefetch_related("options__result", "options__decision__meeting__kind", "options__decision__project__plan")
    )  # fmt: skip
    if round.from_totals:
        return [_from_totals(round, contest) for contest in contests]
    told = {contest["id"]: contest for contest in round.tally.results["contests"]}
    for contest in contests:
        contest.round = round  # its name in the files takes the round's
    return [_from_result(contest, told[contest.ref]) for contest in contests]


def _decision(option):
    return getattr(option, "decision", None)


def _from_totals(round, contest):
    options = [option for option in contest.options.all() if getattr(option, "result", None)]
    by_number = {option.number: option for option in options}
    result = getattr(contest, "result", None)
    voters = result.ballots if result else round.stated_voters or 0
    lines = [
        Line(
            option=by_number[line.option], votes=line.votes, rank=line.rank, shared=line.shared,
            of_voters=_text(line.percent_of_voters), of_choices=_text(line.percent_of_choices),
            stated_percent=by_number[line.option].result.stated_percent,
            stated_rank=by_number[line.option].result.stated_rank, decision=_decision(by_number[line.option]),
        )
        for line in rank_lines({option.number: option.result.votes for option in options}, voters)
    ]  # fmt: skip
    return Paper(
        contest,
        voters,
        sum(line.votes for line in lines),
        lines,
        stated_choices=result.stated_choices if result else None,
    )


def _from_result(contest, told):
    by_number = {option.number: option for option in contest.options.all()}
    selection = told.get("selection") or {}
    lines = [
        Line(
            option=by_number[line["number"]], votes=line["votes"], rank=line["rank"], shared=line["shared"],
            of_voters=_text(line["percent_of_voters"]), of_choices=_text(line["percent_of_choices"]),
            score=line.get("score"), combined_rank=line.get("combined_rank"),
            chosen=line["number"] in selection.get("selected", ()), tied=line["number"] in selection.get("tied", ()),
            decision=_decision(by_number[line["number"]]),
        )
        for line in told["options"]
    ]  # fmt: skip
    together = Counter(line.combined_rank for line in lines)
    for line in lines:
        line.combined_shared = line.combined_rank is not None and together[line.combined_rank] > 1
    schemes = [
        _scheme(name, told["what_if"][name], by_number, contest)
        for name in ("greedy", "equal-shares")
        if told.get("what_if") and told["what_if"].get(name)
    ]
    return Paper(contest, told["ballots"], told["choices"], lines, _chosen(selection, by_number), schemes or None)


def _text(value):
    return "" if value is None else str(value)


def _chosen(selection, by_number):
    """{"rule", "decided", "tied"} in words, or None where no rule chooses."""
    if not selection:
        return None
    names = {number: f"{number}번 {option.title}" for number, option in by_number.items()}
    return {
        "rule": RULES.get(selection["rule"], selection["rule"]),
        "decided": [
            {"step": STEPS.get(step["step"], step["step"]), "options": [names[n] for n in step["options"]]}
            for step in selection.get("decided", ())
        ],
        "tied": [names[n] for n in selection.get("tied", ())],
        "chosen": [names[n] for n in selection.get("selected", ())],
        "cost": selection.get("cost"),
    }


def _scheme(name, outcome, by_number, contest):
    """One what-if in words: what would be chosen, what it costs and, for equal shares, who pays for what."""
    shown = {"name": name, **_chosen(outcome, by_number)}
    shown["rest"] = (
        None if contest.budget_krw is None or outcome.get("cost") is None else contest.budget_krw - outcome["cost"]
    )
    shown["share"] = _won(outcome.get("share"))
    shown["payments"] = [_payment(payment, by_number) for payment in outcome.get("payments") or ()]
    return shown


def _payment(payment, by_number):
    """{"title", "cost", "supporters", "most", "least"}: the supporters of a project share its cost."""
    number = payment["option"]
    most, least = _won(payment.get("most")), _won(payment.get("least"))
    return {
        "title": f"{number}번 {by_number[number].title}", "cost": won(payment["cost"]), "supporters": payment["supporters"],
        "most": most, "least": least if least != most else None,
    }  # fmt: skip


def _won(value):
    """An exact fraction (`12821/2`) as whole won, half up; None stays."""
    return None if value is None else won(round_half_up(Fraction(str(value))))


def turnout(round):
    """[(heading, [(label, voters, percent)])] as frozen; [] where nothing was kept."""
    groups = {}
    for row in round.turnout.order_by("by", "order"):
        groups.setdefault(row.by, []).append(row)
    heads = {"channel": "방법별", "dong": "동별", "band": "출생연도대별", "basis": "자격별"}
    told = []
    for by, head in heads.items():
        rows = groups.get(by)
        if rows and (by != "band" or len(rows) > 1):
            total = sum(row.voters for row in rows)
            told.append((head, [(row.label, row.voters, percent(row.voters, total)) for row in rows]))
    return told
