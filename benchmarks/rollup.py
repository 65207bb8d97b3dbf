"""The rollups of the plan with its lines and indicators times ten, beside the same sums as bare SQL."""

import json
import subprocess
import sys
import time
from statistics import median

from psycopg2.extras import Json

from benchmarks import scratch

TIMES = 10
ROUNDS = 40

LINES = """
    FROM budgets_budgetline l
    JOIN budgets_budgetversion v ON v.id = l.version_id AND v.is_current AND v.plan_id = %(plan)s
    JOIN budgets_budgetitem i ON i.id = l.item_id
    JOIN budgets_budgetgroup g ON g.id = i.group_id
    JOIN projects_project p ON p.id = l.project_id
    JOIN projects_projectgroup pg ON pg.id = p.group_id
    JOIN (
        SELECT pb.project_id, string_agg(b.name, ' 및 ' ORDER BY pb.order, pb.id) AS name
        FROM projects_projectbody pb JOIN councils_body b ON b.id = pb.body_id GROUP BY pb.project_id
    ) bodies ON bodies.project_id = p.id
"""
SUMS = """
    sum(l.amount_krw) FILTER (WHERE l.funding = '시비'), sum(l.amount_krw) FILTER (WHERE l.funding = '구비'),
    sum(l.amount_krw), count(*)
"""
# What each dimension groups by.
KEYS = {
    "plan": "'전체'",
    "project": "p.number::text",
    "body": "bodies.name",
    "group": "pg.name",
    "budget_group": "g.name",
    "item": "i.name",
    "funding": "l.funding",
    "nature": "i.nature",
}
GROUP_BYS = [f"SELECT {key}, {SUMS} {LINES} GROUP BY 1" for key in KEYS.values()] + [
    """
    SELECT project_id, count(*), count(*) FILTER (WHERE phase = '과정평가'), count(*) FILTER (WHERE phase = '성과평가'),
           count(target_value), count(*) FILTER (WHERE target_value IS NULL)
    FROM projects_indicator i JOIN projects_project p ON p.id = i.project_id AND p.plan_id = %(plan)s GROUP BY 1
    """,
    # What each indicator counts, one row each: its result is stored, so no grouping will do.
    """
    SELECT i.*, s.*, p.starts_on, p.ends_before,
           (SELECT array_agg(k.meetingkind_id) FROM projects_indicatorsource_meeting_kinds k WHERE k.indicatorsource_id = s.id),
           (SELECT array_agg(b.body_id) FROM projects_indicatorsource_bodies b WHERE b.indicatorsource_id = s.id)
    FROM projects_indicator i JOIN projects_project p ON p.id = i.project_id AND p.plan_id = %(plan)s
    LEFT JOIN projects_indicatorsource s ON s.indicator_id = i.id ORDER BY p.number, i.order
    """,
]


def measure():
    """Run the measurement in a process of its own on a scratch database; returns its numbers."""
    with scratch.database() as (env, connection):
        lines = scratch.clone_lines(connection, TIMES - 1)
        indicators = clone_indicators(connection)
        scratch.manage(env, "refresh_rollups")
        output = subprocess.run(
            [sys.executable, "-m", "benchmarks.rollup"],
            cwd=scratch.ROOT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return json.loads(output) | {"lines": lines, "indicators": indicators}


def clone_indicators(connection):
    return scratch.clone(connection, "projects_indicator", TIMES - 1, order='"order" + 20 * copy')


def compare():
    """Median seconds of the sums alone and of sums and storing, ours beside bare SQL, turn by turn in one process."""
    import django

    django.setup()
    from django.db import connection, transaction

    from geumcheon import rollups
    from projects.models import Plan

    plan = Plan.objects.get(year=2021)
    stored = snapshot(connection)

    def sums():
        with connection.cursor() as cursor:
            for statement in GROUP_BYS:
                cursor.execute(statement, {"plan": plan.pk})
                cursor.fetchall()

    def sums_and_store():
        with transaction.atomic():
            sums()
            with connection.cursor() as cursor:
                for table, rows in stored.items():
                    store(cursor, table, rows)

    work = {
        "portal_sums": lambda: [rollup.compute(plan) for rollup in rollups.ROLLUPS],
        "bare_sums": sums,
        "portal_refresh": lambda: rollups.refresh(plan),
        "bare_refresh": sums_and_store,
    }
    times = {name: [] for name in work}
    for turn in range(ROUNDS + 5):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            if turn >= 5:
                times[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in times.items()}


def snapshot(connection, names=("budgets_budgetrollup", "projects_indicatorrollup", "projects_indicatorresult")):
    """{table: (columns, rows)} of what is stored: the bare version writes just that again."""
    tables = {}
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f"SELECT * FROM {table}")
            tables[table] = ([column.name for column in cursor.description], cursor.fetchall())
    return tables


def store(cursor, table, content):
    columns, rows = content
    marks = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(rows))
    updates = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in columns if name != "id")
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) VALUES {marks} ON CONFLICT (id) DO UPDATE SET {updates}",
        [Json(value) if isinstance(value, (dict, list)) else value for row in rows for value in row],
    )


if __name__ == "__main__":
    print(json.dumps(compare()))
