"""Two attackers on the secret: one who reads every table and every log line, one who watches the public pages while others vote.

Both guess pairs of voter and ballot. Where nothing links the two, a guess is a random pairing, and of a random pairing at least k are right
with a probability of at most groups^k / k! (groups: sets of ballots that became visible together, each paired within itself). `chance_limit`
is the smallest k for which that, times the guesses made, is below one in a million: so many right ones do not happen by chance.
"""

import json
import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import factorial
from uuid import UUID

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from geumcheon.accounts.models import User, Verification
from geumcheon.lib import clock
from tests.voting.booth import Walker
from voting import actions, tally
from voting.counting.codes import tag
from voting.models import Participation

ONE_IN = 1_000_000
SYSTEM = ("xmin", "xmax", "cmin", "ctid")
TAG = re.compile(r'"([0-9a-f]{32})"')
TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|<meta name="csrf[^>]*content=")[^"]*')


def chance_limit(guesses, groups=1):
    """So many right pairs in one of the guesses do not happen by chance (see above)."""
    k = 1
    while ONE_IN * guesses * groups**k >= factorial(k):
        k += 1
    return k


@dataclass
class Voter:
    """Who voted, by what the tables may know of them, and the ballots that are theirs: {order of the paper: tag}."""

    marks: set = field(default_factory=set)
    ballots: dict = field(default_factory=dict)


# --- people who vote over HTTP ----------------------------------------------------------------------------------------------


def by_telephone(round_, name):
    walker = Walker(round_)
    walker.check(f"010-{3000 + name // 10_000:04}-{name % 10_000:04}")
    return walker


def by_account(round_, name):
    user = User.objects.create_user(f"voter-{name}", f"voter-{name}@example.org")
    today = clock.today()
    Verification.objects.create(
        user=user, level=1, basis="residence", key=f"{name:064x}", method="text", verified_at=clock.now(),
        expires_on=today + timedelta(days=365),
    )  # fmt: skip
    walker = Walker(round_)
    walker.client.force_login(user)
    walker.open()
    return walker


def by_counter(round_, name, staff):
    answer = staff.post(
        f"/votes/{round_.slug}/counter/", {"identity": f"010-4000-{name:04}", "basis": "residence", "seen": "on"}
    )
    ticket = re.search(r'class="ticket"[^>]*>([^<]+)<', answer.content.decode())[1]
    tablet = Client()
    tablet.post(f"/votes/{round_.slug}/kiosk/", {"ticket": ticket})
    walker = Walker(round_, tablet)
    walker.open()
    return walker


def let_vote(round_, number, staff, *, first=0, after_each=lambda voter: None):
    """So many people vote one after the other, two of five with an account or at the counter; [Voter] in their order."""
    chance, voters, known = random.Random(), [], set(Participation.objects.values_list("voter_key", flat=True))
    for name in range(first, first + number):
        cache.clear()  # codes an hour from one address
        way = (by_telephone, by_telephone, by_telephone, by_account, lambda r, n: by_counter(r, n, staff))[name % 5]
        walker = way(round_, name)
        walker.fill(chance.sample(range(1, 9), 3), chance.sample(range(1, 11), 3))
        code = walker.code
        walker.press("cast")
        assert "제출되었습니다" in walker.html
        key = next(iter(set(Participation.objects.values_list("voter_key", flat=True)) - known))
        known.add(key)
        voter = Voter({key, walker.client.cookies["sessionid"].value, f"voter-{name}@", f"{name:064x}"})
        voter.ballots = {contest.order: tag(code, contest.ref).hex() for contest in round_.contests.all()}
        voters.append(voter)
        after_each(voter)
    return voters


# --- who reads every table ------------------------------------------------------------------------------------------------------


def dump():
    """{table: [{column: value}]} of every table of the database with the system columns, rows as they lie, sessions decoded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f'SELECT xmin::text::bigint, xmax::text::bigint, cmin::text::bigint, ctid::text, t.* FROM "{table}" t ORDER BY ctid'
            )
            names = [*SYSTEM, *(column[0] for column in cursor.description[len(SYSTEM) :])]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in found["django_session"]:
        row["decoded"] = Session(session_data=row["session_data"]).get_decoded()
    return found


def log_table(records):
    """Log lines as a table."""
    return [{"line": at, "created": r.created, "text": r.getMessage()} for at, r in enumerate(records)]


def readings(name, value):
    """Yield (name, sortable value) of everything in a cell that may carry time or order."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from readings(f"{name}.{key}", part)
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            yield from readings(f"{name}.{at}", part)
    elif isinstance(value, bool | int | float | Decimal):
        yield name, float(value)
    elif isinstance(value, datetime):
        yield name, value.timestamp()
    elif isinstance(value, date):
        yield name, float(value.toordinal())
    elif isinstance(value, UUID):
        yield name, float(value.int >> 80 if value.version == 7 else value.time if value.version == 1 else value.int)
    elif isinstance(value, bytes | memoryview):
        yield f"{name} (bytes)", bytes(value).hex()
    elif isinstance(value, str):
        yield from _readings_of_text(name, value)


def _readings_of_text(name, text):
    place = re.fullmatch(r"\((\d+),(\d+)\)", text)
    if place:
        yield name, float(int(place[1]) << 16 | int(place[2]))
        return
    for read in (float, datetime.fromisoformat, UUID, json.loads):
        try:
            inner = read(text)
        except ValueError:
            continue
        yield from readings(name, inner)
        break
    yield f"{name} (text)", text


def orders(tables, marks_of):
    """{reading: {who: value}} of the rows that name somebody or something. marks_of: {mark: who}; a row belongs to all it names."""
    anything = re.compile("|".join(map(re.escape, marks_of)))
    found = {}
    for table, rows in tables.items():
        for at, row in enumerate(rows):
            named = {marks_of[mark] for mark in anything.findall(repr(row))}
            if len(named) != 1:
                continue
            [who] = named
            for column, value in {"place": at, **row}.items():
                for name, told in readings(column, value):
                    found.setdefault(f"{table}.{name}", {}).setdefault(who, told)
    return found


def _ranked(values):
    """Whose values lie in which order; equal ones anyhow."""
    return [who for who, _ in sorted(values.items(), key=lambda pair: (str(type(pair[1])), pair[1], random.random()))]


def pairings(voters, ballots):
    """Yield (how, {voter: ballot}): by equal values, by rank, by rank from the end. voters, ballots: {who: value}."""
    holders = {}
    for ballot, value in ballots.items():
        holders.setdefault(value, []).append(ballot)
    yield "equal", {who: holders[v][0] for who, v in voters.items() if len(holders.get(v, ())) == 1}
    if len(set(map(str, voters.values()))) > 1 and len(set(map(str, ballots.values()))) > 1:
        first, second = _ranked(voters), _ranked(ballots)
        yield "rank", dict(zip(first, second, strict=False))
        yield "rank from the end", dict(zip(first, reversed(second), strict=False))


def read_everything(voters, paper, records=()):
    """The attack on one paper: {(voters' reading, ballots' reading, how): right pairs}. voters: [Voter]."""
    tables = {**dump(), "log": log_table(records)}
    of_voters = orders(tables, {mark: at for at, voter in enumerate(voters) for mark in voter.marks})
    of_ballots = orders(_boxes_as_one(tables), {voter.ballots[paper]: voter.ballots[paper] for voter in voters})
    right = {}
    for told, values in of_voters.items():
        for shown, held in of_ballots.items():
            for how, guess in pairings(values, held):
                right[told, shown, how] = sum(voters[who].ballots[paper] == ballot for who, ballot in guess.items())
    return right


def who_names(voters, records=()):
    """The tables (and "log") that name a ballot of somebody by its tag."""
    tags = re.compile("|".join(tag for voter in voters for tag in voter.ballots.values()))
    tables = {**dump(), "log": log_table(records)}
    return {table for table, rows in tables.items() if any(tags.search(repr(row)) for row in rows)}


def publish(round_):
    """Close, count and publish with the shares of a round that tests made."""
    round_.refresh_from_db()
    if round_.state == "open":
        actions.close_round(round=round_, early=True)
    tally.tally(round=round_, shares=round_.shares[:2])
    actions.publish(round=round_)


def _boxes_as_one(tables):
    """Inbox and urn as one table: what lies in the one follows what lies in the other."""
    urn, inbox = tables.pop("voting_urnballot", []), tables.pop("voting_inboxballot", [])
    return {**tables, "box": [*urn, *inbox]}


# --- who watches the board ------------------------------------------------------------------------------------------------------


class Watcher:
    """Polls every public page that tells of a round and keeps what changed, and who had voted by then."""

    def __init__(self, round_):
        base = f"/votes/{round_.slug}/"
        self.papers = {contest.order: f"{base}board/{contest.order}.json" for contest in round_.contests.all()}
        self.addresses = [
            "/", "/votes/", base, f"{base}board/", f"{base}board/?paper=2", f"{base}board/checkpoints.json", f"{base}results/",
            f"{base}kiosk/", "/search/?q=투표", "/sitemap-votes.xml", "/healthz", "/readyz", "/open-data/catalog.jsonld",
            *(f"/open-data/{name}.{kind}" for name in ("vote_rounds", "vote_results") for kind in ("csv", "json")), *self.papers.values(),
        ]  # fmt: skip
        self.client, self.pages, self.since = Client(), {}, []
        self.shown = {order: set() for order in self.papers}
        self.seen = []  # [(who voted since the last change, {order: new tags})]
        self.changed = set()  # addresses that changed although no ballot came to light
        self.poll()

    def poll(self, voter=None):
        """Look at everything; called after each vote."""
        self.since += [voter] if voter else []
        pages = {address: self._look(address) for address in self.addresses}
        new = {}
        for order, address in self.papers.items():
            new[order] = set(TAG.findall(pages[address])) - self.shown[order]
            self.shown[order] |= new[order]
        if any(new.values()):
            self.seen.append((self.since, new))
            self.since = []
        elif self.pages:
            self.changed |= {address for address in pages if pages[address] != self.pages[address]}
        self.pages = pages

    def _look(self, address):
        response = self.client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        body, tokens = TOKEN.subn("", body.decode())
        marks = [] if tokens else [response.get(name, "").replace('"', "-") for name in ("ETag", "Last-Modified")]
        return f"{response.status_code} {marks} {body}"

    def guess(self, paper):
        """[(Voter, tag)]: with each change the newest voters are paired with what came to light."""
        guess = []
        for since, new in self.seen:
            found = sorted(new[paper])
            random.shuffle(found)
            guess += zip(reversed(since), found, strict=False)
        return guess


def right(guess, paper):
    return sum(voter.ballots[paper] == found for voter, found in guess)
