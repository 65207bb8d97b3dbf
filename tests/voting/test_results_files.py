"""Publishing writes the files, verified; the download hands out what was written, and nothing is told without it."""

import hashlib
import os

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from tests.voting.booth import cast_some, make_round
from voting import actions, bundles, export, keys, tally
from voting.models import AuditEvent, Round, RoundState
from voting.verifier import verify

URL = "/votes/vote-2021/results/"


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def tallied(loaded):
    round = make_round(papers=(("분과 의제", 2, 4),))
    cast_some(round, 4, {1: [1, 2]})
    actions.close_round(round=round, early=True)
    tally.tally(round=round, shares=round.shares[:2])
    return Round.objects.get(pk=round.pk)


def made(settings):
    """Names below the folder of published votes."""
    folder = settings.MEDIA_ROOT / "votes"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_button_writes_verified_files_and_the_download_serves_them_unchanged(tallied, client_as, client, settings):
    assert made(settings) == []
    client_as("secretariat").post(f"/admin/voting/round/{tallied.pk}/move/published/")
    [name] = made(settings)  # and nothing is left aside
    folder = settings.MEDIA_ROOT / "votes" / name
    assert bundles.folder_of(tallied) == folder and verify(folder, say=lambda *_: None)
    wrote = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    os.remove(keys._folder(tallied) / keys.SIGNING_SEED)  # needed no more
    client.get(URL)
    got = {
        name: hashlib.sha256(b"".join(client.get(f"{URL}files/{name}").streaming_content)).hexdigest() for name in wrote
    }
    assert got == wrote and made(settings) == [folder.name]


def test_files_that_cannot_be_written_leave_the_round_unpublished(tallied, client_as, client, settings, monkeypatch):
    settings.MEDIA_ROOT.write_text("a file where the folder should be")
    page = client_as("secretariat").post(f"/admin/voting/round/{tallied.pk}/move/published/", follow=True)
    assert "결과 파일을 쓰지 못했습니다" in page.content.decode()
    tallied.refresh_from_db()
    assert tallied.state == RoundState.TALLIED and client.get(URL).status_code == 404
    settings.MEDIA_ROOT.unlink()
    (keys._folder(tallied) / keys.SIGNING_SEED).rename(settings.MEDIA_ROOT.parent / "away")
    with pytest.raises(ValidationError, match="비밀값을 읽을 수 없습니다"):
        actions.publish(round=tallied)
    assert made(settings) == []


def test_files_that_do_not_verify_leave_the_round_unpublished(tallied, settings, monkeypatch):
    write = export.write_export

    def wrong(round, folder):
        paths = write(round, folder)
        flipped = next(path for path in paths if path.name.endswith(".csv") and path.name.startswith("ballots"))
        flipped.write_text(flipped.read_text().replace(",1 2,", ",1 3,", 1))
        return paths

    monkeypatch.setattr(export, "write_export", wrong)
    with pytest.raises(ValidationError, match="검증에서 맞지 않았습니다"):
        actions.publish(round=tallied)
    tallied.refresh_from_db()
    assert (tallied.state, made(settings)) == (RoundState.TALLIED, [])
    monkeypatch.undo()
    assert actions.publish(round=tallied).state == RoundState.PUBLISHED


def test_publishing_twice_is_once(tallied, settings):
    actions.publish(round=tallied)
    before = (settings.MEDIA_ROOT / "votes" / made(settings)[0]).stat().st_ino
    actions.publish(round=tallied)
    assert (settings.MEDIA_ROOT / "votes" / made(settings)[0]).stat().st_ino == before
    assert AuditEvent.objects.filter(round=tallied, act="결과 게시").count() == 1


def test_a_round_that_is_not_tallied_is_not_published(loaded, settings):
    round = make_round()
    with pytest.raises(ValidationError, match="‘투표 중’ 상태라 ‘결과 게시’"):
        actions.publish(round=round)
    assert made(settings) == []


def test_lost_files_are_said_and_written_again_by_command(tallied, client, settings, capsys):
    actions.publish(round=tallied)
    folder = bundles.folder_of(tallied)
    folder.rename(settings.MEDIA_ROOT / "lost")
    assert "지금은 파일을 준비하지 못했습니다" in client.get(URL).content.decode()
    assert client.get(URL + "files/manifest.json").status_code == 404
    for _ in range(2):  # over files that are there, too
        call_command("export_round", "vote-2021")
        assert verify(folder, say=lambda *_: None) and made(settings) == [folder.name]
    assert str(folder) in capsys.readouterr().out
    assert client.get(URL + "files/manifest.json").status_code == 200
