"""The vote: casts over HTTP beside the same SQL through pgbench, the tally of 100,000 sealed ballots, counting a million."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit, urlunsplit

from benchmarks import scratch
from benchmarks.pages import serving

CONNECTIONS = 8
CASTS = 2_000  # as fast as they go
WARM_UP = 100
PACE, PACED = 20, 300  # casts a second, and how many of them
PGBENCH_SECONDS = 8
BALLOTS = 100_000
COUNTED = 1_000_000

# What voting.cast sends for one voter of two papers. A voter who is not on the roll costs the same look.
CAST_SQL = """\\set a random(0, 9007199254740991)
\\set b random(0, 9007199254740991)
BEGIN;
SELECT pg_advisory_xact_lock_shared({lock}, {round});
SELECT state, opens_at, closes_at FROM voting_round WHERE id = {round} LIMIT 21;
SELECT clock_timestamp();
SELECT 1 FROM voting_rollentry WHERE round_id = {round} AND voter_key = md5(:a::text) || md5(:b::text);
INSERT INTO voting_participation (round_id, voter_key, channel)
    VALUES ({round}, md5(:a::text) || md5(:b::text), 'online') ON CONFLICT DO NOTHING;
{papers}COMMIT;
"""
PAPER_SQL = """SELECT 1 FROM voting_urnballot WHERE contest_id = {contest} AND tag = md5(:a::text || :b::text);
INSERT INTO voting_inboxballot (contest_id, tag, leaf, content)
    VALUES ({contest}, md5(:a::text || :b::text), md5(:b::text) || md5(:a::text), decode(repeat('ab', {size}), 'hex'));
"""


def measure():
    """{"http", "pgbench": casts a second; "p99": seconds at PACE casts a second; "tally": {part: seconds}; "count": (ours, bare)}."""
    with scratch.database() as (env, connection):
        env = voting_environment(env)
        made = work(env, "open", WARM_UP + CASTS + PACED)
        bare = pgbench(env["DATABASE_URL"], made)
        before = boxes(connection)
        with serving(env) as port:
            requests = made["requests"]
            at_once(port, requests[:WARM_UP])
            casts = at_once(port, requests[WARM_UP : WARM_UP + CASTS])
            waits = paced(port, requests[WARM_UP + CASTS :])
        if boxes(connection) - before != len(made["contests"]) * len(requests):
            raise SystemExit("acknowledged votes are not in the box")
    with scratch.database() as (env, _):
        env = voting_environment(env)
        tally = work(env, "tally", BALLOTS)
        count = work(env, "count", COUNTED)
    return {"http": casts, "pgbench": bare, "p99": quantiles(waits, n=100)[98], "tally": tally, "count": count}


def voting_environment(env):
    secrets = Path(env["MEDIA_ROOT"]).with_name("vote_secrets")
    return env | {"VERIFICATION_PEPPER": "benchmarks", "TEXT_BACKEND": "console", "VOTE_SECRETS_DIR": str(secrets)}


def work(env, *arguments):
    """What benchmarks.voting_work answers, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.voting_work", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=scratch.ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout)


def boxes(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voting_inboxballot")
        return cursor.fetchone()[0]


def pgbench(url, made):
    """Transactions a second of the bare SQL over as many connections."""
    papers = "".join(PAPER_SQL.format(contest=contest, size=made["size"]) for contest in made["contests"])
    server = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(CAST_SQL.format(lock=made["lock"], round=made["round"], papers=papers))
        script.flush()
        command = ["pgbench", "-n", "-f", script.name, f"-c{CONNECTIONS}", "-j2", f"-T{PGBENCH_SECONDS}", server]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return next(float(line.split()[2]) for line in told.splitlines() if line.startswith("tps = "))


def post(http, request):
    """Cast one vote; anything but the page that says it is in stops the measurement."""
    cookie, body = request
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    http.request("POST", "/votes/bench/vote/", body, headers)
    response = http.getresponse()
    page = response.read().decode()
    if response.status != 200 or "제출되었습니다" not in page:
        raise SystemExit(f"a cast answered {response.status}")


def at_once(port, requests):
    """Casts a second of all requests over CONNECTIONS kept-alive connections."""
    started = time.perf_counter()
    _together(port, requests, lambda http, number, request: post(http, request))
    return len(requests) / (time.perf_counter() - started)


def paced(port, requests):
    """Seconds of each cast from the moment it was due, PACE a second."""
    waits, started = [], time.perf_counter()

    def send(http, number, request):
        due = started + number / PACE
        time.sleep(max(0, due - time.perf_counter()))
        post(http, request)
        waits.append(time.perf_counter() - due)

    _together(port, requests, send)
    return waits


def _together(port, requests, send):
    failed = []

    def one(first):
        http = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for number in range(first, len(requests), CONNECTIONS):
                send(http, number, requests[number])
        except (OSError, SystemExit) as error:
            failed.append(error)
        finally:
            http.close()

    threads = [threading.Thread(target=one, args=(first,)) for first in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
