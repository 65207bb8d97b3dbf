"""Files that take longer than a second: a job with a page that shows its progress and then the link.

Each kind of export is registered at start-up by the app that can write it:

    def write_open_data(job, report):
        with zipfile.ZipFile(report.file, "w") as bundle:
            for done, name in enumerate(names, 1):
                ...
                report(done, len(names))
        return "열린 데이터.zip"

    exports.register("open_data", label="열린 데이터 모음", write=write_open_data, task=run_export)
"""

import logging
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import get_valid_filename

from geumcheon.accounts.models import ExportJob, ExportState
from geumcheon.lib import clock

logger = logging.getLogger(__name__)

LIFETIME = timedelta(days=7)
FAILED = "파일을 만들지 못했습니다. 잠시 뒤 다시 만들어 주세요."
TOO_LONG = "파일을 만드는 데 너무 오래 걸려 멈췄습니다. 다시 만들어 주세요."
# A failed job stays failed: a new try is a new job. A done one can only lose its file.
MOVES = {
    ExportState.WAITING: {ExportState.RUNNING, ExportState.FAILED},
    ExportState.RUNNING: {ExportState.RUNNING, ExportState.DONE, ExportState.FAILED},
    ExportState.DONE: {ExportState.FAILED},
    ExportState.FAILED: set(),
}


class ExportFailed(Exception):
    """A writer cannot make the file; the Korean message is shown to whoever asked for it."""


@dataclass(frozen=True)
class Kind:
    """A kind of export: `write(job, report)` writes into report.file and returns the file's name; `task` runs `run(job_id)`."""

    label: str
    write: Callable
    task: object


KINDS: dict[str, Kind] = {}


def register(kind, *, label, write, task):
    """Make a kind of export known (at start-up)."""
    KINDS[kind] = Kind(label, write, task)


def label_of(kind):
    """The Korean name of a kind; jobs outlive the code that made them, so an unknown kind has a name too."""
    return KINDS[kind].label if kind in KINDS else "파일"


class Report:
    """What a writer gets: `file` (binary, seekable) and, by calling it, a way to say how far it is.

    Each report that is stored is its own short transaction, at most three a second, so that the page can see it.
    """

    PAUSE = 0.3  # seconds

    def __init__(self, job, file):
        self.job, self.file = job, file
        self._stored_at, self._percent = 0.0, 0

    def __call__(self, done, total):
        """`done` of `total` steps are finished (whole numbers); 100 % is only ever reached with the file in place."""
        percent = min(99, done * 100 // total) if total else 0
        now = time.monotonic()
        if percent > self._percent and now - self._stored_at >= self.PAUSE:
            ExportJob.objects.filter(pk=self.job.pk, state=ExportState.RUNNING).update(progress=percent)
            self._stored_at, self._percent = now, percent


def start_export(*, kind, params, user=None):
    """Store a new job with a token of its own and start its task on commit. Raises KeyError for an unknown kind.

    user: who may see it; None is a visitor's job, which whoever has the token may see.
    """
    task = KINDS[kind].task
    with transaction.atomic():
        job = ExportJob(kind=kind, params=dict(sorted(params.items())), user=user, token=secrets.token_urlsafe(24))
        job.expires_at = clock.now() + LIFETIME
        job.full_clean()
        job.save()
        task.delay_on_commit(job.pk)
    return job


def export_for(*, kind, params, user=None):
    """The newest job for the same file and person that is still kept, else a new one: a link pressed twice makes one file.

    A failed one is handed back too: its page offers another try, so that links alone never start a failing task again and again.
    """
    kept = ExportJob.objects.filter(
        kind=kind, params=dict(sorted(params.items())), user=user, expires_at__gt=clock.now()
    )
    return kept.first() or start_export(kind=kind, params=params, user=user)


def find(token, user):
    """The job with this token if this person may see it, else None: unknown, expired and other people's look the same."""
    job = ExportJob.objects.filter(token=token, expires_at__gt=clock.now()).first()
    if job is None or (job.user_id is not None and job.user_id != user.pk):
        return None
    return job


def is_stuck(job):
    """Whether the task must have died: its time limit is long over and nothing came of it."""
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT * 2)
    return job.state in (ExportState.WAITING, ExportState.RUNNING) and clock.now() - job.created_at > limit


def retry(*, job):
    """A new job in place of a failed or stuck one; the same job when there is nothing to repeat."""
    if job.state == ExportState.FAILED or is_stuck(job):
        return start_export(kind=job.kind, params=job.params, user=job.user)
    return job


def run(job_id):
    """Make the file of a job. A second run of the same task changes nothing once the first is done."""
    job = _move(job_id, ExportState.RUNNING, progress=0)
    if job is None:
        return
    try:
        with tempfile.TemporaryFile() as file:
            name = KINDS[job.kind].write(job, Report(job, file))
            file.seek(0)
            _store(job, name, file)
    except ExportFailed as error:
        _fail(job_id, str(error))
    except SoftTimeLimitExceeded:
        logger.warning("export %s (%s): time limit", job_id, job.kind)
        _fail(job_id, TOO_LONG)
    except Exception:
        # Whatever a writer raises, the page must not wait for ever; the log has the trace.
        logger.exception("export %s (%s)", job_id, job.kind)
        _fail(job_id, FAILED)


def lost(*, job):
    """The job, failed now because its finished file is gone from the disk: its page offers to make it again."""
    return _move(job.pk, ExportState.FAILED, error=FAILED, file="", progress=0) or job


def destroy_expired_exports():
    """Delete jobs whose time is over, with their files; returns how many. May run twice."""
    jobs = list(ExportJob.objects.filter(expires_at__lte=clock.now()))
    for job in jobs:
        # The row goes last: a file that cannot be deleted is tried again the next night.
        if job.file:
            job.file.delete(save=False)
        job.delete()
    return len(jobs)


def _move(job_id, state, **fields):
    """Put a job into another state, under its lock; returns it, or None when it is gone, expired or the move is not allowed."""
    with transaction.atomic():
        job = ExportJob.objects.select_for_update().filter(pk=job_id, expires_at__gt=clock.now()).first()
        if job is None or state not in MOVES[job.state]:
            return None
        job.state = state
        for name, value in fields.items():
            setattr(job, name, value)
        job.full_clean()
        job.save(update_fields=["state", *fields])
    return job


def _store(job, name, file):
    """Put the file on the disk under the job's token and mark the job done; of two runs at once the first one counts."""
    stored = default_storage.save(f"exports/{job.token}{PurePath(name).suffix}", File(file))
    done = _move(
        job.pk, ExportState.DONE, progress=100, file=stored, filename=_filename(name), finished_at=clock.now(), error=""
    )
    if done is None:
        default_storage.delete(stored)


def _filename(name):
    """A name without folders or signs a disk refuses, spaces kept, at most 120 characters with its suffix."""
    path = PurePath(name)
    stem = " ".join(get_valid_filename(word) for word in path.stem.split()) or "파일"
    return stem[: 120 - len(path.suffix)] + path.suffix


def _fail(job_id, message):
    _move(job_id, ExportState.FAILED, error=message[:300], finished_at=clock.now())
