"""What goes from page to page of the booth: the picks, signed, and the code. Both stand in the voter's own form; the portal keeps neither."""

import hashlib
import hmac
from dataclasses import dataclass, field

from django.core import signing
from django.utils.functional import cached_property

from voting.counting.codes import new_code, read_code, show_code
from voting.counting.errors import CountingError
from voting.forms import PaperForm

SALT = "voting.picks"
KEPT_SECONDS = 24 * 60 * 60
GROUP = 4


@dataclass
class Carry:
    """The picks so far, {order of the paper: [numbers]}, complete or not, and the code ("" before the review)."""

    round: object
    picks: dict = field(default_factory=dict)
    code: str = ""

    @classmethod
    def read(cls, round, data):
        """From a posted form. What was not signed here, is older than a day or of another round counts as nothing."""
        try:
            kept = signing.loads(data.get("picks", ""), salt=SALT, max_age=KEPT_SECONDS)
        except signing.BadSignature:
            kept = {}
        picks = kept.get("picks", {}) if kept.get("round") == round.slug else {}
        try:
            code = read_code(data.get("code", "")) if data.get("code") else ""
        except CountingError:
            code = ""
        return cls(round, {int(order): numbers for order, numbers in picks.items()}, code)

    @property
    def token(self):
        return signing.dumps({"round": self.round.slug, "picks": self.picks}, salt=SALT, compress=True)

    def give_code(self):
        """A new code, unless the form brought one: who wrote it down and went back still has the right one."""
        self.code = self.code or new_code()

    @property
    def shown(self):
        return show_code(self.code)

    @property
    def groups(self):
        return [self.code[at : at + GROUP] for at in range(0, len(self.code), GROUP)]


@dataclass(frozen=True)
class Choice:
    """An option on a paper."""

    number: int
    title: str
    description: str
    cost: int | None
    picked: bool


@dataclass
class Paper:
    """A contest as the voter sees it: shuffled for this voter, always the same way."""

    contest: object
    is_first: bool
    is_last: bool
    picks: list
    voter_key: str

    @property
    def order(self):
        return self.contest.order

    @property
    def title(self):
        return self.contest.title

    @property
    def least(self):
        return self.contest.min_picks

    @property
    def most(self):
        return self.contest.max_picks

    @property
    def picked(self):
        return len(self.picks)

    @property
    def rule(self):
        """`8개 가운데 3개를 골라 주세요.`"""
        count = self.contest.options.all()
        asked = f"{self.most}개를" if self.least == self.most else f"{self.least}개에서 {self.most}개까지"
        return f"{len(count)}개 가운데 {asked} 골라 주세요."

    @cached_property
    def options(self):
        """The choices in this voter's order: by a keyed digest, so that no number has a better place."""
        rows = sorted(self.contest.options.all(), key=self._place)
        return [Choice(o.number, o.title, o.description, o.cost_krw, o.number in self.picks) for o in rows]

    def _place(self, option):
        text = f"{self.contest.ref}:{option.number}"
        return hmac.new(self.voter_key.encode(), text.encode(), hashlib.sha256).digest()

    @property
    def chosen(self):
        """The picked ones by number."""
        return sorted((choice for choice in self.options if choice.picked), key=lambda choice: choice.number)

    def wrong(self):
        """What is wrong with the picks, in one sentence; "" when the paper is as it asks."""
        from django.http import QueryDict

        data = QueryDict(mutable=True)
        data.setlist("pick", [str(number) for number in self.picks])
        return PaperForm(data, contest=self.contest).error


def papers(contests, carry, voter_key):
    """Every Paper of the round with the picks carried so far."""
    last = len(contests) - 1
    return [
        Paper(contest, at == 0, at == last, carry.picks.get(contest.order, []), voter_key)
        for at, contest in enumerate(contests)
    ]


def steps(contests, current):
    """The line of steps: 확인 → papers → 살펴보기 → 제출. `current` is "check", the order of a paper, "review" or "done"."""
    names = [
        ("check", "확인"),
        *((c.order, f"투표지 {at}" if len(contests) > 1 else "투표지") for at, c in enumerate(contests, 1)),
    ]
    names += [("review", "살펴보기"), ("done", "제출")]
    at = [name for name, _ in names].index(current)
    done = at + 1 if current == "done" else at
    return [{"label": label, "done": i < done, "current": i == at} for i, (_, label) in enumerate(names)]
