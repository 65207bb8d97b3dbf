"""A PostgreSQL database of its own for one measurement, with the 2021 plan in it; dropped at the end."""

import os
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")

# Every line of the current version `times` more, under new order numbers of the same project.
CLONE_LINES = """
    INSERT INTO budgets_budgetline
        (version_id, project_id, "order", item_id, heading, description, details, formula, amount_krw, funding,
         override_reason, source)
    SELECT version_id, project_id, "order" + 20 * copy, item_id, heading, description, details, formula, amount_krw, funding,
           override_reason, source
    FROM budgets_budgetline, generate_series(1, %s) AS copy
"""


@contextmanager
def database():
    """Yield (environment for portal processes, open connection) of a prepared scratch database."""
    name = f"portal_bench_{uuid.uuid4().hex[:8]}"
    server = psycopg2.connect(SERVER)
    server.autocommit = True
    with server.cursor() as cursor, tempfile.TemporaryDirectory() as files:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
            env = environment(url, files)
            manage(env, "prepare")
            connection = psycopg2.connect(url)
            connection.autocommit = True
            try:
                yield env, connection
            finally:
                connection.close()
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def environment(url, files):
    return os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "DEBUG": "0",
        "BEHIND_PROXY": "0",
        "SECRET_KEY": "benchmarks",
        "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_ROOT": f"{files}/static",
        "MEDIA_ROOT": f"{files}/media",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    }


def manage(env, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def clone(connection, table, times, **changed):
    """Add `times` copies of every row of a table; `changed` gives columns SQL that may use `copy` (1 … times)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
        )
        names = [name for (name,) in cursor]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(changed.get(name, f'"{name}"') for name in names)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, generate_series(1, %s) AS copy", [times]
        )
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def clone_lines(connection, times):
    """Add `times` copies of the plan's lines; returns how many lines there are then."""
    with connection.cursor() as cursor:
        cursor.execute(CLONE_LINES, [times])
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM budgets_budgetline")
        return cursor.fetchone()[0]
