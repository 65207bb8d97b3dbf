"""An uploaded spreadsheet between its preview and its applying. Each kind is registered at start-up by the app that writes it."""

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from geumcheon.accounts.models import ImportJob
from geumcheon.accounts.rules import is_secretariat
from geumcheon.lib import clock, imports

LIFETIME = timedelta(hours=24)
KINDS: dict[str, imports.Importer] = {}


def register(importer):
    """Make a kind of import known (at start-up)."""
    KINDS[importer.kind] = importer


@transaction.atomic
def start(*, importer, upload, user, params=None):
    """Read a file and keep its rows with what each would do. Returns the ImportJob; raises ValidationError for the file."""
    rows, ignored = imports.read(upload, importer)
    params = (params or {}) | {"user": user.pk}  # writers of some lists ask whose rows they are
    job = ImportJob(
        kind=importer.kind,
        token=secrets.token_urlsafe(24),
        filename=(upload.name or "파일")[-120:],
        params=params | {"ignored": ignored[:20]},
        rows=imports.preview(importer, rows, params),
        user=user,
        expires_at=clock.now() + LIFETIME,
    )
    job.full_clean(exclude=["params"])
    job.save()
    return job


def find(token, user):
    """(job, importer) if this person may see it, else (None, None): unknown, expired and other people's look the same."""
    job = ImportJob.objects.filter(token=token, expires_at__gt=clock.now()).select_related("user").first()
    importer = KINDS.get(job.kind) if job else None
    if importer is None or not importer.may(user) or (job.user_id != user.pk and not is_secretariat(user)):
        return None, None
    return job, importer


def apply(*, job, importer):
    """Write a job's rows, all or nothing, and empty them. Raises ValidationError for a second time.

    Rows that are refused by now are kept with their errors and nothing is written: returns False, else True.
    """
    try:
        with transaction.atomic():
            locked = ImportJob.objects.select_for_update().get(pk=job.pk)
            if locked.applied_at:
                raise ValidationError("이미 반영한 파일입니다.")
            done = imports.apply(importer, locked.rows, locked.params)
            locked.applied_at, locked.rows = clock.now(), []
            locked.result = ", ".join(f"{effect} {n}행" for effect, n in imports.counts(done).items() if n)
            locked.save(update_fields=["applied_at", "rows", "result"])
    except imports.Refused as refused:
        ImportJob.objects.filter(pk=job.pk, applied_at__isnull=True).update(rows=refused.rows)
        return False
    return True


def destroy_expired():
    """Delete jobs whose time is over, with the rows they hold; returns how many. May run twice."""
    return ImportJob.objects.filter(expires_at__lte=clock.now()).delete()[0]
