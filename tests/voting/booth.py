"""An open round and a person who walks through the booth with a browser that has no script."""

import re
from datetime import timedelta
from html.parser import HTMLParser

from django.test import Client

from geumcheon.accounts.verification import texts
from geumcheon.lib import clock
from projects.models import Project
from voting import actions, cast, mix, roll, simulation, tally
from voting.counting.codes import new_code
from voting.models import Contest, KeyHolder, Option, Round, TieStep

PAPERS = (("분과 의제", 3, 8), ("시민참여예산", 3, 10))
NUMBER = "010-1234-5678"
SENT = texts.MEMORY  # (number, text) of text messages


def make_round(slug="vote-2021", *, frozen=True, opened=True, papers=PAPERS, **fields):
    """A real, sealed round over the loaded plan's projects; the round (with `.shares` once frozen)."""
    now = clock.now()
    values = {
        "title": "2021 나풀나풀 주민투표", "purpose": "내년에 함께할 사업을 주민이 고릅니다.", "level": "text", "tie_ladder": [TieStep.COST],
        "opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=7), "objection_until": (now + timedelta(days=21)).date(),
    }  # fmt: skip
    round = Round.objects.create(slug=slug, **(values | fields))
    projects = list(Project.objects.published().order_by("number"))
    for order, (title, picks, options) in enumerate(papers, 1):
        contest = Contest.objects.create(
            round=round, order=order, title=title, min_picks=picks, max_picks=picks, seats=picks, budget_krw=100_000_000
        )
        for number in range(1, options + 1):
            project = projects[number % len(projects)]
            Option.objects.create(
                contest=contest, number=number, title=f"{title} 사업 {number}", cost_krw=number * 10_000_000, project=project,
                description=project.summary[:80],
            )  # fmt: skip
    for number, office in enumerate(simulation.OFFICES, 1):
        KeyHolder.objects.create(round=round, number=number, office=office)
    if frozen:
        from voting import ceremony

        round.shares = ceremony.hold(round=round)
        for share in round.shares:
            actions.prove(round=round, share=share)
        actions.freeze(round=round)
        if opened:
            actions.open_round(round=round)
        shares = round.shares
        round = Round.objects.get(pk=round.pk)
        round.shares = shares
    return round


def cast_some(round, voters, picks=None):
    """Cast for so many made-up numbers; [(voter key, code, picks)]."""
    made = []
    for at in range(voters):
        key = roll.voter_key(round, f"{'rehearsal:' if round.is_rehearsal else ''}0107{at:07}")
        roll.enter(round=round, voter_key=key, basis="residence")
        chosen, code = picks or {1: [1, 2, 3 + at % 5], 2: [1 + at % 3, 5, 9]}, new_code()
        cast.cast(round=round, voter_key=key, code=code, picks=chosen)
        made.append((key, code, chosen))
    return made


def mixed(round):
    return mix.mix(round_id=round.pk)


def published(round):
    """Close, count and publish; the round."""
    actions.close_round(round=round, early=True)
    tally.tally(round=round, shares=getattr(round, "shares", ())[:2])
    actions.publish(round=round)
    return Round.objects.get(pk=round.pk)


class _Form(HTMLParser):
    """Hidden and chosen fields, options and headings of a page."""

    def __init__(self, html):
        super().__init__()
        self.hidden, self.picks, self.checked = {}, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag != "input" or not at.get("name"):
            return
        if at.get("type") == "hidden":
            self.hidden[at["name"]] = at.get("value", "")
        elif at["name"] == "pick":
            self.picks.append(int(at["value"]))
            if "checked" in at:
                self.checked.append(int(at["value"]))
        elif at.get("type") == "radio" and at["name"] == "basis":
            self.hidden.setdefault("basis", at["value"])


class Walker:
    """One person with a browser of their own."""

    def __init__(self, round, client=None):
        self.round, self.client = round, client or Client()
        self.url = f"/votes/{round.slug}/vote/"
        self.page = None

    def open(self):
        self.page = self.client.get(self.url)
        return self.page

    @property
    def html(self):
        return self.page.content.decode()

    @property
    def form(self):
        return _Form(self.html)

    @property
    def code(self):
        return self.form.hidden.get("code", "")

    def press(self, do, **more):
        """Send the page's form with a button and what was typed."""
        hidden = {name: value for name, value in self.form.hidden.items() if name != "csrfmiddlewaretoken"}
        self.page = self.client.post(self.url, hidden | {"do": do} | more)
        return self.page

    def check(self, number=NUMBER):
        """Through the check, by the code of the text message."""
        self.open()
        self.press("number", number=number)
        return self.press("confirm", typed=re.search(r"인증번호 (\d{6})", SENT[-1][1])[1])

    def fill(self, first=(1, 2, 3), second=(4, 5, 6)):
        """Both papers, as far as the review."""
        self.press("next", pick=list(first))
        return self.press("next", pick=list(second))

    def vote(self, number=NUMBER):
        """The whole way; the code."""
        self.check(number)
        self.fill()
        code = self.code
        self.press("cast")
        return code
