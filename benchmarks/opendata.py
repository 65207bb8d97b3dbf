"""The open-data list of budget lines with 100,000 rows as the portal serves it, beside a bare csv or json writer on the same rows."""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from statistics import median

from benchmarks import scratch

ROWS = 100_000
PROCESSES, ROUNDS = 3, 3
FORMATS = ("csv", "json")

SELECT = """
    SELECT pl.year, p.number, l.order, g.name, i.name, l.heading, l.description, l.formula, l.amount_krw, l.funding, i.nature,
           NULL, l.details, l.source
    FROM budgets_budgetline l
    JOIN budgets_budgetversion v ON v.id = l.version_id AND v.is_current
    JOIN projects_plan pl ON pl.id = v.plan_id AND pl.status <> 'draft'
    JOIN projects_project p ON p.id = l.project_id
    JOIN budgets_budgetitem i ON i.id = l.item_id
    JOIN budgets_budgetgroup g ON g.id = i.group_id
    ORDER BY pl.year, p.number, l.order
"""


def measure():
    """{(format, "portal"|"bare"): {seconds, megabytes, bytes, rows}}; every figure from a process of its own."""
    with scratch.database() as (env, connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM budgets_budgetline")
            lines = cursor.fetchone()[0]
        rows = scratch.clone_lines(connection, -(-ROWS // lines) - 1)
        runs = {(kind, side): [] for kind in FORMATS for side in ("portal", "bare")}
        # Turn by turn, so that a busy minute of the machine falls on both sides.
        for _ in range(PROCESSES):
            for (kind, side), found in runs.items():
                found.append(one(env, kind, side))
    return {
        key: {
            "seconds": median(seconds for run in found for seconds in run["seconds"]),
            "megabytes": max(run["megabytes"] for run in found),
            "bytes": found[0]["bytes"],
            "rows": rows,
        }
        for key, found in runs.items()
    }


def one(env, kind, side):
    command = [sys.executable, "-m", "benchmarks.opendata", kind, side]
    output = subprocess.run(command, cwd=scratch.ROOT, env=env, check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def portal(kind, out):
    """The answer to a request for the list, through middleware and view."""
    from django.test import Client

    response = Client(headers={"host": "127.0.0.1"}).get(f"/open-data/budget_lines.{kind}")
    if response.status_code != 200:
        raise SystemExit(f"/open-data/budget_lines.{kind} answered {response.status_code}")
    for piece in response:
        out.write(piece)


def bare(kind, out):
    """Rows from a server-side cursor straight into the writer."""
    import psycopg2

    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor(name="bare") as cursor:
        cursor.itersize = 2000
        cursor.execute(SELECT)
        if kind == "csv":
            text = _Encoded(out)
            csv.writer(text).writerows(cursor)
            return
        keys = None
        for row in cursor:
            keys = keys or [f"{column.name}{index}" for index, column in enumerate(cursor.description)]
            out.write((json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False) + ",\n").encode())


class _Encoded:
    """A text file over a binary one, without a second buffer."""

    def __init__(self, out):
        self.out = out

    def write(self, text):
        self.out.write(text.encode())


def main(kind, side):
    import django

    django.setup()
    run = {"portal": portal, "bare": bare}[side]
    seconds = []
    with open(os.devnull, "wb") as nowhere:
        counted = _Counted(nowhere)
        for _ in range(ROUNDS):
            counted.bytes = 0
            start = time.perf_counter()
            run(kind, counted)
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "bytes": counted.bytes}))


class _Counted:
    def __init__(self, out):
        self.out, self.bytes = out, 0

    def write(self, data):
        self.bytes += len(data)
        self.out.write(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
