"""Commands of a round, a whole rehearsal, and a process killed in the middle of casting."""

import os
import random
import subprocess
import sys
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.voting.factories import an_open_round, in_the_box, votes
from voting import actions, simulation, tally
from voting.models import Round, RoundState
from voting.verifier import verify


def said(capsys, *arguments, **options):
    call_command(*arguments, **options)
    return capsys.readouterr().out


@pytest.mark.django_db
def test_the_key_ceremony_by_commands(capsys, tmp_path):
    round_ = simulation.prepare(slug="rehearsal-keys")
    shown = said(capsys, "round_keys", "rehearsal-keys")
    shares = [line for line in shown.splitlines() if len(line) > 60 and " " not in line.strip()]
    assert len(shares) == 3
    for number, share in enumerate(shares, 1):
        file = tmp_path / f"{number}"
        file.write_text(share)
        assert f"{number}. {simulation.OFFICES[number - 1]} 조각이 맞습니다." in said(
            capsys, "round_keys", "rehearsal-keys", prove=True, share_file=str(file)
        )
    assert round_.key_holders.filter(proved_at__isnull=False).count() == 3
    (tmp_path / "1").write_text(shares[0][:-1] + ("0" if shares[0][-1] != "0" else "1"))
    with pytest.raises(CommandError, match="열쇠 조각이 아닙니다"):
        said(capsys, "round_keys", "rehearsal-keys", prove=True, share_file=str(tmp_path / "1"))


@pytest.mark.django_db
def test_close_tally_publish_and_export_by_commands(capsys, tmp_path):
    round_ = an_open_round()
    votes(round_, 5)
    with pytest.raises(CommandError, match="아직 닫는 때가 아닙니다"):
        call_command("close_round", round_.slug)
    assert "아직 섞을 때가 아닙니다" in said(capsys, "mix_round", round_.slug)
    actions.close_round(round=round_, early=True)
    files = []
    for number, share in enumerate(round_.shares[:2]):
        (tmp_path / f"share{number}").write_text(share)
        files.append(str(tmp_path / f"share{number}"))
    with pytest.raises(CommandError, match="게시하지 않은 투표"):
        call_command("export_round", round_.slug, str(tmp_path / "early"))
    out = said(capsys, "tally_round", round_.slug, share_file=files)
    assert "투표자 5명" in out
    assert "득표" not in out  # no count before publishing, not even here
    actions.publish(round=round_)
    call_command("export_round", round_.slug, str(tmp_path / "out"))
    assert verify(tmp_path / "out", say=lambda *_: None)


@pytest.mark.django_db
def test_an_unknown_round_is_said(capsys):
    for command in ("round_keys", "mix_round", "close_round", "tally_round"):
        with pytest.raises(CommandError, match="그런 투표가 없습니다: nowhere"):
            call_command(command, "nowhere")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_from_set_up_to_verification(capsys, tmp_path):
    out = said(capsys, "simulate_round", voters=60, threads=4, directory=str(tmp_path / "out"))
    round_ = Round.objects.get(is_rehearsal=True)
    assert round_.state == RoundState.PUBLISHED
    assert in_the_box(round_) == (60, {1: 60, 2: 60})
    assert "두 번째 투표 6건을 거절했습니다" in out
    assert "참여 60, 검증 맞음" in out
    assert verify(tmp_path / "out", say=lambda *_: None)


def _env():
    """The environment of a process that works on the test's database."""
    database = connection.settings_dict
    host = f"{database['HOST']}:{database['PORT'] or 5432}"
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}"
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def _kill_and_retry(kills, tmp_path):
    """Kill a casting process so many times at a random moment, start it again each time, let the last one finish. The round."""
    round_, log = an_open_round(), tmp_path / "acknowledged"
    chance, last = random.Random(7), kills * 40
    for _ in range(kills):
        before = log.read_text().count("\n") if log.exists() else 0
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.voting.caster", round_.slug, "0", str(last), str(log)], env=_env()
        )
        while process.poll() is None and (log.read_text().count("\n") if log.exists() else 0) <= before:
            time.sleep(0.01)
        assert process.poll() is None, "the process ended by itself"
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.wait()
    end = log.read_text().count("\n") + 20
    subprocess.run(
        [sys.executable, "-m", "tests.voting.caster", round_.slug, "0", str(end), str(log)], env=_env(), check=True
    )
    acknowledged = sorted(map(int, log.read_text().split()))
    assert acknowledged == list(range(len(acknowledged)))  # none lost, none twice
    assert in_the_box(round_) == (len(acknowledged), dict.fromkeys((1, 2), len(acknowledged)))
    return round_


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_casting_loses_and_doubles_nothing(tmp_path):
    """3 kills here; `VOTE_KILLS=100` is the full count (slow, nightly)."""
    round_ = _kill_and_retry(int(os.environ.get("VOTE_KILLS", "3")), tmp_path)
    closed = actions.close_round(round=round_, early=True)
    tally.tally(round=closed, shares=round_.shares[:2])  # every ballot opens
