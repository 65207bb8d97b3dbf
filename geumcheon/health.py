"""Whether the process lives (/healthz) and the portal can serve (/readyz): database, migrations, broker, rollups.

Neither page asks for a session or says more than a part's name and state: no addresses, no error texts, no secrets.
"""

import logging
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from budgets.models import BudgetRollup, BudgetVersion
from geumcheon.lib import clock
from projects.models import IndicatorRollup, Plan

logger = logging.getLogger(__name__)
BROKER_TIMEOUT = 2  # seconds


class NotReady(Exception):
    """A part that cannot serve; the message is shown as its state."""


@cache
def _migrations_on_disk():
    """(app, name) of every migration the code has; the files cannot change while the process runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def pending_migrations():
    """Sorted (app, name) of migrations that the database has not seen; a missing table counts as none applied."""
    return sorted(_migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations()))


def rollup_age():
    """Age (timedelta) of the oldest stored rollup of any published plan; None where such a plan has none.

    Zero when nothing is published. A draft may wait for its nightly run.
    """
    plans = Plan.objects.published()
    versions = BudgetVersion.objects.filter(is_current=True, plan__in=plans)
    stored = [
        (plans, IndicatorRollup.objects.order_by().values_list("plan")),
        (versions, BudgetRollup.objects.order_by().values_list("version")),
    ]
    times = [clock.now()]
    for owners, rows in stored:
        oldest = dict(rows.annotate(Min("computed_at")))
        for pk in owners.values_list("pk", flat=True):
            if pk not in oldest:
                return None
            times.append(oldest[pk])
    return clock.now() - min(times)


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return connection.vendor


def _migrations():
    pending = pending_migrations()
    if pending:
        raise NotReady(f"{len(pending)} pending")
    return "applied"


def _broker():
    if not settings.REDIS_URL:
        return "in process"
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT, socket_connect_timeout=BROKER_TIMEOUT
    ) as client:
        client.ping()
    return "redis"


def _rollups():
    age = rollup_age()
    if age is None:
        raise NotReady("missing")
    hours = int(age / timedelta(hours=1))
    if age > timedelta(hours=settings.ROLLUP_MAX_AGE_HOURS):
        raise NotReady(f"{hours} hours old, at most {settings.ROLLUP_MAX_AGE_HOURS}")
    return f"{hours} hours old"


PARTS = {"database": _database, "migrations": _migrations, "broker": _broker, "rollups": _rollups}


def _look(name, probe):
    """(ok, state) of one part."""
    try:
        return True, probe()
    except NotReady as problem:
        return False, str(problem)
    except (DatabaseError, redis.RedisError, OSError) as error:
        # The error's own text may hold hosts and user names: it goes to the log, not to the page.
        logger.warning("readyz: %s: %s", name, error)
        return False, "unreachable"


@require_safe
@never_cache
def healthz(request):
    """200 while the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request):
    """200 when every part can serve, else 503; JSON {"ready": bool, "failing": [names], "parts": {name: state}}."""
    looked = {name: _look(name, probe) for name, probe in PARTS.items()}
    failing = [name for name, (ok, _) in looked.items() if not ok]
    body = {"ready": not failing, "failing": failing, "parts": {name: state for name, (_, state) in looked.items()}}
    return JsonResponse(body, status=503 if failing else 200)
