"""The parts of the vote's measurements that need the portal itself, each in a process of its own; prints JSON."""

import io
import json
import random
import secrets
import sys
import time
from datetime import timedelta
from urllib.parse import urlencode

import django

OPTIONS, PICKS = 30, 3  # of the paper that is counted a million times


def make_round():
    """A real round in the form of 2020 (3 of 8 and 3 of 10, sealed), open; (Round, shares)."""
    from geumcheon.lib import clock
    from projects.models import Project
    from voting.models import Contest, KeyHolder, Option, Round, TieStep
    from voting.simulation import OFFICES, PAPERS, start

    now = clock.now()
    round_ = Round.objects.create(
        slug="bench", title="측정", opens_at=now - timedelta(minutes=1), closes_at=now + timedelta(days=1),
        objection_until=(now + timedelta(days=9)).date(), tie_ladder=[TieStep.COST],
    )  # fmt: skip
    projects = list(Project.objects.order_by("number"))
    for order, (title, picks, options) in enumerate(PAPERS, 1):
        contest = Contest.objects.create(
            round=round_, order=order, title=title, min_picks=picks, max_picks=picks, seats=picks
        )
        for number in range(1, options + 1):
            Option.objects.create(
                contest=contest, number=number, title=f"{title} {number}", cost_krw=1_000_000 * number, project=projects[number]
            )  # fmt: skip
    for number, office in enumerate(OFFICES, 1):
        KeyHolder.objects.create(round=round_, number=number, office=office)
    return round_, start(round_)


def chosen(round_, chance):
    """Random picks of a voter: {order: [numbers]}."""
    return {
        contest.order: sorted(chance.sample([option.number for option in contest.options.all()], contest.max_picks))
        for contest in round_.contests.all()
    }


def open_round(voters):
    """An open round with that many checked voters, and what each would send; with what pgbench must know."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.middleware.csrf import CSRF_SECRET_LENGTH

    from geumcheon.lib import clock
    from voting import locks
    from voting.cast import sealed_ballot
    from voting.counting.codes import new_code
    from voting.display import with_papers
    from voting.models import Channel, RollEntry, Round
    from voting.pages import Carry

    round_, _ = make_round()
    round_ = with_papers(Round.objects.filter(pk=round_.pk)).get()
    until, chance = clock.now() + timedelta(hours=2), random.Random(7)
    entries, sessions, requests = [], [], []
    for _ in range(voters):
        key, name = secrets.token_hex(32), secrets.token_hex(16)
        entries.append(RollEntry(round=round_, voter_key=key, basis=round_.bases[0]))
        kept = {"round": round_.slug, "channel": Channel.ONLINE, "until": until.timestamp(), "kiosk": False, "key": key}
        sessions.append(
            Session(session_key=name, session_data=SessionStore().encode({"vote": kept}), expire_date=until)
        )
        token = secrets.token_hex(CSRF_SECRET_LENGTH // 2)
        carry = Carry(round_, chosen(round_, chance), new_code())
        form = {"do": "cast", "picks": carry.token, "code": carry.code, "csrfmiddlewaretoken": token}
        requests.append((f"sessionid={name}; csrftoken={token}", urlencode(form)))
    RollEntry.objects.bulk_create(entries, batch_size=1000)
    Session.objects.bulk_create(sessions, batch_size=1000)
    contests = list(round_.contests.all())
    for contest in contests:
        contest.round = round_
    size = len(sealed_ballot(round_, contests[0], new_code(), [1, 2, 3])[2])
    return {
        "round": round_.pk, "lock": locks.CLASS, "contests": [c.pk for c in contests], "size": size, "requests": requests,
    }  # fmt: skip


def tally_round(ballots):
    """{part: seconds} from closing to the stored results of a round with that many sealed ballots on two papers."""
    from voting import actions, tally

    round_, shares = make_round()
    fill(round_, ballots // round_.contests.count())
    seconds, started = {}, time.perf_counter()
    actions.close_round(round=round_, early=True)
    seconds["마감·섞기"] = time.perf_counter() - started
    return seconds | tally.tally(round=round_, shares=shares[:2]).seconds


def fill(round_, voters):
    """Roll, participations and sealed ballots of made-up voters, copied in as many casts would have left them."""
    from django.db import connection

    from voting.cast import sealed_ballot
    from voting.counting.codes import new_code

    chance = random.Random(7)
    contests = list(round_.contests.prefetch_related("options").order_by("order"))
    for contest in contests:
        contest.round = round_
    people, boxed = io.StringIO(), io.StringIO()
    for _ in range(voters):
        people.write(f"{round_.pk}\t{secrets.token_hex(32)}\tonline\n")
        for contest in contests:
            picks = sorted(chance.sample([option.number for option in contest.options.all()], contest.max_picks))
            tag, leaf, content = sealed_ballot(round_, contest, new_code(), picks)
            boxed.write(f"{contest.pk}\t{tag}\t{leaf}\t\\\\x{content.hex()}\n")
    with connection.cursor() as cursor:
        for text, table, columns in (
            (people, "voting_participation", ("round_id", "voter_key", "channel")),
            (boxed, "voting_inboxballot", ("contest_id", "tag", "leaf", "content")),
        ):
            text.seek(0)
            cursor.cursor.copy_from(text, table, columns=columns)


def count(ballots):
    """(seconds of ours, seconds of bare SQL) to count that many ballots of 3 of 30, each where its picks lie: memory and a table."""
    from django.db import connection

    from voting.counting.ranks import check_identity, count_picks, rank_lines

    chance, numbers = random.Random(7), range(1, OPTIONS + 1)
    picks = [tuple(chance.sample(numbers, PICKS)) for _ in range(ballots)]
    started = time.perf_counter()
    votes = count_picks(picks, numbers)
    check_identity(votes, ballots, PICKS, PICKS)
    rank_lines(votes, ballots)
    ours = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_ballots (picks int[])")
        rows = io.StringIO("".join(f"{{{','.join(map(str, each))}}}\n" for each in picks))
        cursor.cursor.copy_from(rows, "bench_ballots", columns=("picks",))
        cursor.execute("ANALYZE bench_ballots")
        started = time.perf_counter()
        cursor.execute("SELECT pick, count(*) FROM bench_ballots, unnest(picks) AS pick GROUP BY pick")
        bare_votes = dict(cursor.fetchall())
        bare = time.perf_counter() - started
    if bare_votes != {number: each for number, each in votes.items() if each}:
        raise SystemExit("the two counts differ")
    return ours, bare


if __name__ == "__main__":
    django.setup()
    made = {"open": open_round, "tally": tally_round, "count": count}[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps(made))
