"""Export jobs: made by a task, shown with their progress, served once, destroyed after a week."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from geumcheon.accounts import exports
from geumcheon.accounts.models import ExportJob, ExportState

HTMX = {"hx-request": "true"}


@pytest.fixture
def kind(monkeypatch, settings, tmp_path):
    """A registered kind "trial" whose writer each test replaces; its task is started by hand. `kind.started` lists job ids."""
    settings.MEDIA_ROOT = tmp_path
    trial = SimpleNamespace(started=[], runs=0)

    def write(job, report):
        trial.runs += 1
        return trial.write(job, report)

    def plain(job, report):
        report.file.write("내용".encode())
        return "시험 자료.zip"

    trial.write = plain
    task = SimpleNamespace(delay_on_commit=trial.started.append)
    monkeypatch.setitem(exports.KINDS, "trial", exports.Kind("시험 자료", write, task))
    return trial


def start(user=None, **params):
    return exports.start_export(kind="trial", params=params, user=user)


def page(job):
    return reverse("exports:job", args=[job.token])


def file(job):
    return reverse("exports:file", args=[job.token])


def stored(settings):
    folder = Path(settings.MEDIA_ROOT) / "exports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- starting -----------------------------------------------------------------------------------------------------
def test_start_stores_a_waiting_job_and_starts_its_task(kind, db):
    first, second = start(year=2021), start(year=2021)
    assert kind.started == [first.pk, second.pk]
    assert (first.state, first.progress, first.params) == (ExportState.WAITING, 0, {"year": 2021})
    assert len(first.token) == 32 and first.token != second.token
    assert timedelta(days=6, hours=23) < first.expires_at - timezone.now() <= timedelta(days=7)


def test_an_unknown_kind_and_an_overlong_one_store_nothing(kind, db, monkeypatch):
    with pytest.raises(KeyError):
        exports.start_export(kind="no such kind", params={})
    monkeypatch.setitem(exports.KINDS, "x" * 41, exports.KINDS["trial"])
    with pytest.raises(ValidationError):
        exports.start_export(kind="x" * 41, params={})
    assert not ExportJob.objects.exists() and kind.started == []


def test_the_task_starts_on_commit_and_runs_through(
    loaded, client_as, settings, tmp_path, django_capture_on_commit_callbacks
):
    """The real kind and the real task, from start to file."""
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        job = exports.start_export(kind="budget_sheet", params={"plan": loaded.pk})
        assert job.state == ExportState.WAITING
    job.refresh_from_db()
    assert (job.state, job.progress, job.filename) == (ExportState.DONE, 100, "2021년 금천구 예산계획.xlsx")
    assert b"".join(client_as(None).get(file(job)).streaming_content)[:2] == b"PK"


def test_a_sheet_of_a_plan_that_is_gone_fails_with_words(loaded, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = exports.start_export(kind="budget_sheet", params={"plan": 0})
    job.refresh_from_db()
    assert (job.state, job.error) == (ExportState.FAILED, "계획이 없어졌습니다.")


def test_asking_again_leads_to_the_same_job(kind, users):
    def ask(user, **params):
        return exports.export_for(kind="trial", params=params, user=user)

    job = ask(None, a=1, b=2)
    assert ask(None, b=2, a=1) == job
    assert ask(None, a=1, b=3) != job
    own = ask(users["officer"], a=1, b=2)
    assert own != job and ask(users["officer"], a=1, b=2) == own and ask(users["secretariat"], a=1, b=2) != own
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert ask(None, a=1, b=2) != job


# --- running ------------------------------------------------------------------------------------------------------
def test_running_twice_makes_one_file(kind, db, settings):
    job = start()
    exports.run(job.pk)
    exports.run(job.pk)
    job.refresh_from_db()
    assert kind.runs == 1
    assert (job.state, job.progress, job.filename, job.error) == (ExportState.DONE, 100, "시험 자료.zip", "")
    assert job.finished_at is not None
    assert stored(settings) == [f"{job.token}.zip"]


def test_a_task_delivered_again_after_a_crash_makes_the_file(kind, db, settings):
    job = start()
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.RUNNING, progress=60)
    exports.run(job.pk)
    job.refresh_from_db()
    assert (job.state, stored(settings)) == (ExportState.DONE, [f"{job.token}.zip"])


def test_of_two_runs_at_once_the_first_counts(kind, db, settings):
    job = start()

    def slow(running, report):
        kind.write = quick
        exports.run(job.pk)  # the other worker is done before this one
        report.file.write(b"second")
        return "둘째.zip"

    def quick(running, report):
        report.file.write(b"first")
        return "첫째.zip"

    kind.write = slow
    exports.run(job.pk)
    job.refresh_from_db()
    assert (job.filename, job.file.read(), len(stored(settings))) == ("첫째.zip", b"first", 1)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (exports.ExportFailed("예산 판이 없습니다."), "예산 판이 없습니다."),
        (SoftTimeLimitExceeded(), exports.TOO_LONG),
        (OSError("/secret/path"), exports.FAILED),
    ],
)
def test_a_failure_is_kept_in_korean_and_leaves_no_file(kind, db, settings, client, error, shown):
    job = start()

    def broken(running, report):
        report.file.write(b"half")
        raise error

    kind.write = broken
    exports.run(job.pk)
    exports.run(job.pk)  # a failed job stays failed
    job.refresh_from_db()
    assert (job.state, job.error, kind.runs, stored(settings)) == (ExportState.FAILED, shown, 1, [])
    response = client.get(page(job))
    assert shown in response.content.decode() and "다시 만들기" in response.content.decode()
    assert client.get(file(job)).status_code == 404


def test_missing_and_expired_jobs_are_not_run(kind, db):
    job = start()
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    exports.run(job.pk)
    exports.run(job.pk + 1)
    assert kind.runs == 0


def test_progress_is_stored_while_it_runs_and_never_says_done_too_early(kind, db, monkeypatch):
    monkeypatch.setattr(exports.Report, "PAUSE", 0)
    seen = []

    def write(job, report):
        for done, total in ((0, 0), (1, 4), (1, 4), (3, 4), (2, 4), (4, 4)):
            report(done, total)
            seen.append(ExportJob.objects.get(pk=job.pk).progress)
        return "a.zip"

    kind.write = write
    job = start()
    exports.run(job.pk)
    assert seen == [0, 25, 25, 75, 75, 99]
    job.refresh_from_db()
    assert job.progress == 100


def test_progress_is_not_stored_more_often_than_people_look(kind, db, django_assert_num_queries):
    job = start()
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.RUNNING)
    report = exports.Report(job, None)
    with django_assert_num_queries(1):
        for done in range(1, 1001):
            report(done, 1000)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("가" * 200 + ".xlsx", "가" * 115 + ".xlsx"),
        ('a"b\n.zip', "ab.zip"),
        ("두 낱말.csv", "두 낱말.csv"),
    ],
)
def test_file_names_are_made_harmless(kind, db, client, name, kept):
    kind.write = lambda job, report: name
    job = start()
    exports.run(job.pk)
    job.refresh_from_db()
    assert job.filename == kept
    assert "\n" not in client.get(file(job))["Content-Disposition"]


# --- pages --------------------------------------------------------------------------------------------------------
def test_the_page_asks_again_until_the_file_is_there(kind, db, client):
    job = start()
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.RUNNING, progress=40)
    whole, part = client.get(page(job)), client.get(page(job), headers=HTMX)
    text = whole.content.decode()
    assert whole.status_code == part.status_code == 200
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text and "새로 고침" in text
    assert '<progress class="w-100" max="100" value="40"' in text
    assert part.content.decode().strip() in text and "<html" not in part.content.decode()
    assert f'hx-get="{page(job)}" hx-trigger="every 1s"' in text
    assert client.get(file(job)).status_code == 404
    exports.run(job.pk)
    whole, part = client.get(page(job)), client.get(page(job), headers=HTMX)
    assert (whole.status_code, part.status_code) == (200, 286)
    for response in (whole, part):
        assert "hx-trigger" not in response.content.decode() and f'href="{file(job)}"' in response.content.decode()
    assert "refresh" not in whole.content.decode()
    assert "no-store" in whole["Cache-Control"]


def test_the_file_comes_as_an_attachment(kind, db, client):
    job = start()
    exports.run(job.pk)
    response = client.get(file(job))
    assert b"".join(response.streaming_content) == "내용".encode()
    kind_of, _, name = response["Content-Disposition"].partition("; filename*=utf-8''")
    assert (kind_of, unquote(name)) == ("attachment", "시험 자료.zip")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.post(file(job)).status_code == 405


def test_other_peoples_jobs_do_not_exist(kind, client_as, users):
    job = start(user=users["officer"])
    exports.run(job.pk)
    assert client_as("officer").get(page(job)).status_code == 200
    assert client_as("officer").get(file(job)).status_code == 200
    for role in (None, "resident", "secretariat"):
        client = client_as(role)
        assert {
            client.get(page(job)).status_code,
            client.get(file(job)).status_code,
            client.post(page(job)).status_code,
        } == {404}
    open_to_all = start()
    assert client_as("resident").get(page(open_to_all)).status_code == 200
    assert client_as(None).get(page(open_to_all)).status_code == 200


def test_unknown_and_expired_tokens_are_not_found(kind, client, db):
    job = start()
    exports.run(job.pk)
    for token in ("x", job.token[:-1], job.token + "x", "%00"):
        assert client.get(f"/exports/{token}/").status_code == 404
        assert client.get(f"/exports/{token}/file").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert client.get(page(job)).status_code == 404
        assert client.get(file(job)).status_code == 404


def test_a_failed_job_is_tried_again_as_a_new_one(kind, client, db):
    job = start(year=2021)
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.FAILED, error="안 됨")
    response = client.post(page(job))
    new = ExportJob.objects.exclude(pk=job.pk).get()
    assert response.url == page(new) and (new.params, new.state) == ({"year": 2021}, ExportState.WAITING)
    assert exports.export_for(kind="trial", params={"year": 2021}) == new
    assert client.post(page(new)).url == page(new)  # nothing to repeat
    assert ExportJob.objects.count() == 2


def test_a_task_that_died_is_shown_as_failed(kind, client, db):
    job = start()
    exports_page = client.get(page(job))
    assert "hx-trigger" in exports_page.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=21)):
        text = client.get(page(job)).content.decode()
        assert exports.TOO_LONG in text and "hx-trigger" not in text
        client.post(page(job))
    assert ExportJob.objects.count() == 2


def test_a_file_lost_from_the_disk_can_be_made_again(kind, client, db, settings):
    job = start()
    exports.run(job.pk)
    (Path(settings.MEDIA_ROOT) / "exports" / f"{job.token}.zip").unlink()
    assert client.get(file(job)).url == page(job)
    assert exports.FAILED in client.get(page(job)).content.decode()
    job.refresh_from_db()
    assert job.state == ExportState.FAILED and not job.file
    client.post(page(job))
    assert ExportJob.objects.count() == 2


# --- the end ------------------------------------------------------------------------------------------------------
def test_expired_jobs_are_destroyed_with_their_files(kind, db, settings):
    old, waiting, fresh = start(n=1), start(n=2), start(n=3)
    for job in (old, fresh):
        exports.run(job.pk)
    ExportJob.objects.filter(pk__in=[old.pk, waiting.pk]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert exports.destroy_expired_exports() == 2
    assert list(ExportJob.objects.all()) == [fresh]
    assert stored(settings) == [f"{fresh.token}.zip"]
    assert exports.destroy_expired_exports() == 0


def test_a_file_that_is_gone_already_does_not_stop_the_destruction(kind, db, settings):
    job = start()
    exports.run(job.pk)
    (Path(settings.MEDIA_ROOT) / "exports" / f"{job.token}.zip").unlink()
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert exports.destroy_expired_exports() == 1
