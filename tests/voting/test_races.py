"""One voter from 64 threads, and 20 threads at the moment of closing: on PostgreSQL and on SQLite."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from django.db import connection

from tests.voting import race
from voting import locks


def _process(folder, *arguments):
    """Run tests.voting.race on the SQLite file in `folder`; what it printed."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/race.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "VOTE_SECRETS_DIR": f"{folder}/secrets",
    }
    command = [sys.executable, "-m", "tests.voting.race", *arguments]
    run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


@pytest.fixture(scope="module")
def empty_sqlite(tmp_path_factory):
    """A folder with a SQLite file that has every table."""
    folder = tmp_path_factory.mktemp("race")
    _process(folder, "migrate")
    return folder


@pytest.fixture
def on_sqlite(empty_sqlite, tmp_path):
    """on_sqlite(*arguments): run a race in a process with a SQLite file of its own; what it counted."""
    shutil.copytree(empty_sqlite, tmp_path / "race")

    def run(*arguments):
        counted = json.loads(_process(tmp_path / "race", *arguments).splitlines()[-1])
        counted["papers"] = {int(order): n for order, n in counted["papers"].items()}
        return counted

    return run


def one_vote(counted):
    assert counted["others"] == []
    assert (counted["voters"], counted["papers"], counted["Cast"]) == (1, {1: 1, 2: 1}, 1)
    assert counted["AlreadyVoted"] == 63


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_64_threads_of_one_voter_make_one_vote():
    one_vote(race.same_voter())


def test_64_threads_of_one_voter_make_one_vote_on_sqlite(on_sqlite):
    one_vote(on_sqlite("same_voter"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_key_the_64_threads_vote_many_times():
    """Shows that the race above is one: only the key keeps it from happening."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'voting_participation'::regclass AND contype = 'p'"
        )
        [name] = cursor.fetchone()
        cursor.execute(f'ALTER TABLE voting_participation DROP CONSTRAINT "{name}"')
    try:
        counted = race.same_voter()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE voting_participation")
            cursor.execute(
                f'ALTER TABLE voting_participation ADD CONSTRAINT "{name}" PRIMARY KEY (round_id, voter_key)'
            )
    assert counted["voters"] > 1


def test_without_the_key_the_64_threads_vote_many_times_on_sqlite(on_sqlite):
    assert on_sqlite("same_voter", "--no-key")["voters"] > 1


def nothing_is_late(counted):
    assert counted["state"] == "closed"
    assert counted["left_in_inbox"] == 0
    assert 0 < counted["acknowledged"] < 80  # the closing fell in the middle
    assert counted["final"] == counted["voters"] == counted["acknowledged"]
    assert set(counted["papers"].values()) == set(counted["in_final"].values()) == {counted["acknowledged"]}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nothing_comes_after_the_final_checkpoint():
    nothing_is_late(race.closing())


def test_nothing_comes_after_the_final_checkpoint_on_sqlite(on_sqlite):
    nothing_is_late(on_sqlite("closing"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_votes_come_after_the_final_checkpoint(monkeypatch):
    monkeypatch.setattr(locks, "share", lambda *_: None)
    monkeypatch.setattr(locks, "exclude", lambda *_: None)
    counted = race.closing()
    assert counted["voters"] > counted["final"]
    assert counted["left_in_inbox"] > 0
