"""Voters at real web processes that are killed, over a database that crashes: what was acknowledged is in the box, once, as chosen."""

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from django.db import connection

from tests.voting import cluster, web
from tests.voting.booth import Walker
from voting.counting.codes import make_ballot

CLIENTS = 6
# Killed sooner after its start, granian takes it for a worker that cannot start, and ends.
OLD_ENOUGH = 6


@pytest.fixture
def crashing(db):
    """A Cluster with the portal's tables in the database `portal`."""
    if lacks := cluster.missing():
        pytest.skip(lacks)
    made = connection.settings_dict
    host = f"{made['HOST'] or '127.0.0.1'}:{made['PORT'] or 5432}"
    password = f":{made['PASSWORD']}" if made["PASSWORD"] else ""
    with cluster.cluster() as running:
        running.copy_tables(f"postgres://{made['USER']}{password}@{host}/{made['NAME']}", "portal")
        yield running


def environment(crashing, folder):
    """Of the web processes: the portal's own settings, nothing of the machine's. Nothing answers at Redis: voting never needs it."""
    (folder / "texts").mkdir()
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL")} | {
        "DATABASE_URL": crashing.url("portal"), "SECRET_KEY": "survive", "DEBUG": "0", "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "127.0.0.1", "VOTE_SECRETS_DIR": str(folder / "secrets"), "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"), "TEXT_BACKEND": "folder", "TEXT_FOLDER": str(folder / "texts"),
        "VERIFICATION_PEPPER": "survive", "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "geumcheon.settings",
    }  # fmt: skip


def survivors(env, *arguments):
    command = [sys.executable, "-m", "tests.voting.survivors", *arguments]
    return json.loads(
        subprocess.run(
            command, cwd=web.ROOT, env=env | {"TEXT_BACKEND": "memory"}, check=True, stdout=subprocess.PIPE
        ).stdout
    )


class Crowd:
    """Threads that vote for one made-up person after the other until `done`. acknowledged: (code, picks) of whom the page thanked."""

    def __init__(self, port, slug, texts):
        self.port, self.slug, self.texts, self.casts = port, slug, texts, web.Casts()
        self.acknowledged, self.failed, self.done = [], [], threading.Event()
        self.resent, self.names = 0, itertools.count(1)
        self.threads = [threading.Thread(target=self._vote_on, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _vote_on(self):
        try:
            while not self.done.is_set():
                self._vote(next(self.names))
        except Exception as error:
            self.failed.append(error)
            self.done.set()
            self.casts.end()

    def _vote(self, number):
        """The whole way of one voter: check, two papers, review, cast."""
        browser, chance = web.Browser(self.port, self.casts), random.Random(number)
        walker = Walker(self, client=browser)
        picks = {1: sorted(chance.sample(range(1, 9), 3)), 2: sorted(chance.sample(range(1, 11), 3))}
        self._check(walker, number)
        walker.fill(picks[1], picks[2])
        code = walker.code
        walker.press("cast")
        told = walker.page.status_code, re.findall("<h1>(.*?)</h1>|role=.alert.*?>(.*?)<", walker.html)
        assert told == (200, [("제출되었습니다", "")]), (number, browser.resent, told)
        self.resent += browser.resent
        self.acknowledged.append((code, picks))

    def _check(self, walker, number):
        """Through the check to the first paper. Whose answer to the right code is lost has lost the session too, and is checked again."""
        for _ in range(20):
            walker.open()
            walker.press("number", number=f"010-7{number // 10_000:03}-{number % 10_000:04}")
            sent = (self.texts / f"0107{number:07}").read_text()
            walker.press("confirm", typed=re.search(r"인증번호 (\d{6})", sent)[1])
            if "step" in walker.form.hidden:
                return
        raise AssertionError(f"voter {number} is not let in")

    def wait_for_more(self):
        """Until somebody more was acknowledged."""
        before, until = len(self.acknowledged), time.monotonic() + web.PATIENCE
        while len(self.acknowledged) == before:
            assert time.monotonic() < until and not self.failed, self.failed
            time.sleep(0.02)

    def go_home(self):
        """Everybody finishes the own vote."""
        self.done.set()
        for thread in self.threads:
            thread.join(2 * web.PATIENCE)
        assert self.failed == [], self.failed
        assert not any(thread.is_alive() for thread in self.threads)


def kill_in_a_cast(server, crowd, chance):
    """SIGKILL a worker that is at a cast, at a random moment of it. Only a cast that then got no answer counts."""
    until = time.monotonic() + web.PATIENCE
    while time.monotonic() < until and not crowd.failed:
        ages = server.workers()
        for number, port in crowd.casts.wait().items():
            worker = server.worker_of(port)
            if ages.get(worker, 0) < OLD_ENOUGH:
                continue
            time.sleep(chance.random() * crowd.casts.usual)
            with suppress(ProcessLookupError):  # it was just dying of the last one
                os.kill(worker, signal.SIGKILL)
            if crowd.casts.was_cut(number):
                return
            break
        time.sleep(0.001)
    raise AssertionError(f"no cast was met: {crowd.failed}")


def outlive(kills, crashes, crashing, folder):
    """Kill workers so many times and crash the database in between, while voters vote; (round, Crowd, what was counted)."""
    env, chance = environment(crashing, folder), random.Random(7)
    made = survivors(env, "make")
    with web.serving(env, folder) as server:
        crowd = Crowd(server.port, made["slug"], folder / "texts")
        crowd.wait_for_more()
        for number in range(kills):
            kill_in_a_cast(server, crowd, chance)
            if (number + 1) * crashes // kills > number * crashes // kills:
                crowd.casts.wait()
                crashing.crash()
                crowd.wait_for_more()
        crowd.go_home()
        assert server.process.poll() is None
    return made, crowd, survivors(env, "count", made["slug"], *made["shares"][:2])


@pytest.mark.postgres
@pytest.mark.django_db
def test_killed_web_workers_and_a_crashed_database_lose_and_double_nothing(crashing, tmp_path):
    """5 kills and 1 crash here; `VOTE_KILLS=100 VOTE_CRASHES=3` is the full count (slow, nightly)."""
    kills, crashes = int(os.environ.get("VOTE_KILLS", "5")), int(os.environ.get("VOTE_CRASHES", "1"))
    made, crowd, counted = outlive(kills, crashes, crashing, tmp_path)
    assert len(crowd.casts.cut) >= kills and crowd.resent >= kills
    assert counted["voters"] == len(crowd.acknowledged)
    for order, ref in made["papers"].items():
        chosen = [make_ballot(code, made["slug"], ref, picks[int(order)]) for code, picks in crowd.acknowledged]
        assert counted["leaves"][order] == sorted(ballot.leaf.hex() for ballot in chosen)  # none lost, none double
