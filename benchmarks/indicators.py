"""The indicators of a plan over 10,000 published meetings, beside the same counts as bare SQL, one statement a source."""

import json
import subprocess
import sys
import time
from statistics import median

from benchmarks import scratch

MEETINGS = 10_000
ROUNDS = 20
YEAR = 2021
# Kinds in turn over the year; every third meeting has a project, every fifth a second body; agendas repeat a few words.
MEETING_ROWS = """
    INSERT INTO councils_meeting
        (year, no, kind_id, session_label, counterpart, starts_on, printed_weekday, printed_end_weekday, place, attendees,
         agenda, state, online_link, requested_by, minutes, edit_version, source)
    SELECT %(year)s, n, kinds.id, '', '', make_date(%(year)s, 1, 1) + n %% 365, '', '',
           (ARRAY['가산동', '독산1동', '시흥5동', '구청'])[1 + n %% 4], n %% 120,
           (ARRAY['비빔밥 워크숍', '나풀나풀 50인+ 협치론장', '상인회와 만남', '사업 추진'])[1 + n %% 4], 'published', '', '', '', 0, ''
    FROM generate_series(1, %(meetings)s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY "order", name) - 1 AS turn, count(*) OVER () AS kinds FROM councils_meetingkind) kinds
      ON kinds.turn = n %% kinds.kinds
"""
LINKS = """
    INSERT INTO projects_projectmeeting (project_id, meeting_id)
    SELECT p.id, m.id FROM councils_meeting m JOIN projects_project p ON p.number = 1 + m.no / 3 %% 17
    WHERE m.year = %(year)s AND m.no %% 3 = 0
"""
BODIES = """
    INSERT INTO councils_meeting_bodies (meeting_id, body_id)
    SELECT m.id, b.id FROM councils_meeting m
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS turn, count(*) OVER () AS bodies FROM councils_body) b
      ON b.turn = m.no %% b.bodies OR m.no %% 5 = 0 AND b.turn = (m.no + 1) %% b.bodies
    WHERE m.year = %(year)s
"""
# Bare SQL for one source: how many meetings, their first and last day.
COUNT = "SELECT count(*), min(m.starts_on), max(m.starts_on) FROM councils_meeting m WHERE m.state = 'published' AND m.starts_on >= %(start)s AND m.starts_on < %(end)s"
OWN = """ AND m.id IN (
    SELECT meeting_id FROM projects_projectmeeting WHERE project_id = %(project)s
    UNION SELECT i.meeting_id FROM projects_projectagenda a JOIN councils_agendaitem i ON i.id = a.item_id WHERE a.project_id = %(project)s
)"""
KINDS = " AND m.kind_id = ANY(%(kinds)s)"
OF_BODIES = " AND m.id IN (SELECT meeting_id FROM councils_meeting_bodies WHERE body_id = ANY(%(bodies)s))"
PEOPLE = " AND m.attendees >= %(people)s"
WORDS = """ AND (replace(m.agenda || m.counterpart, ' ', '') LIKE ANY(%(words)s) OR m.id IN (
    SELECT meeting_id FROM councils_agendaitem WHERE replace(title, ' ', '') LIKE ANY(%(words)s)
))"""
OTHERS = (
    "SELECT t.project_id, count(*) FROM projects_visit v JOIN projects_inspectionteam t ON t.id = v.team_id GROUP BY 1",
    "SELECT project_id, count(*) FROM projects_publicity GROUP BY 1",
    "SELECT project_id, kind_id, count(*) FROM forums_event WHERE state = 'closed' GROUP BY 1, 2",
    "SELECT survey_id, count(*) FROM forums_surveyanswer GROUP BY 1",
    "SELECT project_id, count(*) FROM forums_story_projects GROUP BY 1",
    "SELECT indicator_id, count(*), sum(value) FROM projects_measurement WHERE state = 'confirmed' GROUP BY 1",
)


def measure():
    """Run the measurement in a process of its own on a scratch database; returns its numbers: median seconds, and rows counted by both."""
    with scratch.database() as (env, connection):
        with connection.cursor() as cursor:
            for statement in (MEETING_ROWS, LINKS, BODIES):
                cursor.execute(statement, {"year": YEAR, "meetings": MEETINGS})
            cursor.execute("ANALYZE")
        scratch.manage(env, "refresh_rollups")
        command = [sys.executable, "-m", "benchmarks.indicators"]
        run = subprocess.run(command, cwd=scratch.ROOT, env=env, check=True, capture_output=True, text=True)
        return json.loads(run.stdout)


def statements(plan):
    """[(indicator pk, SQL, parameters)] of the sources of a plan that count meetings; of a year without events, gatherings are meetings."""
    from datetime import date

    from projects.models import IndicatorSource

    found = []
    sources = IndicatorSource.objects.filter(indicator__project__plan=plan, provider__in=["meetings", "gatherings"])
    for source in sources.select_related("indicator").prefetch_related("meeting_kinds", "bodies"):
        kinds, bodies = [k.pk for k in source.meeting_kinds.all()], [b.pk for b in source.bodies.all()]
        words = [f"%{''.join(word.split())}%" for word in source.words.split(",") if word.strip()]
        asked = (
            (OWN, source.own_project),
            (KINDS, kinds),
            (OF_BODIES, bodies),
            (PEOPLE, source.minimum_people),
            (WORDS, words),
        )
        sql = COUNT + "".join(part for part, wanted in asked if wanted)
        values = {"project": source.indicator.project_id, "kinds": kinds, "bodies": bodies, "words": words}
        values |= {"people": source.minimum_people, "start": date(plan.year, 1, 1), "end": date(plan.year + 1, 1, 1)}
        found.append((source.indicator_id, sql, values))
    return found


def compare():
    """Median seconds of counting alone and of counting and storing, ours beside bare SQL, turn by turn in one process."""
    import django

    django.setup()
    from django.db import connection, transaction

    from benchmarks.rollup import snapshot, store
    from projects import results, rollups
    from projects.models import Plan

    plan = Plan.objects.get(year=YEAR)
    counts, kept = statements(plan), snapshot(connection, ("projects_indicatorresult", "projects_indicatorrollup"))

    def bare():
        with connection.cursor() as cursor:
            found = {}
            for indicator, sql, values in counts:
                cursor.execute(sql, values)
                found[indicator] = cursor.fetchone()[0]
            for statement in OTHERS:
                cursor.execute(statement)
                cursor.fetchall()
        return found

    def bare_refresh():
        with transaction.atomic():
            bare()
            with connection.cursor() as cursor:
                for table, rows in kept.items():
                    store(cursor, table, rows)

    ours = {indicator.pk: achieved.count for indicator, achieved in results.compute(plan).items()}
    counted = bare()
    differing = {pk: (n, ours[pk]) for pk, n in counted.items() if n != ours[pk]}
    if differing:
        raise SystemExit(f"The portal and bare SQL count differently: {differing}")
    work = {
        "portal_counts": lambda: results.compute(plan),
        "bare_counts": bare,
        "portal": lambda: rollups.refresh(plan),
        "bare": bare_refresh,
    }
    times = {name: [] for name in work}
    for turn in range(ROUNDS + 3):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            if turn >= 3:
                times[name].append(time.perf_counter() - start)
    rows = {"counted": [sum(ours.values()), sum(counted.values())]}
    return {name: median(seconds) for name, seconds in times.items()} | rows


if __name__ == "__main__":
    print(json.dumps(compare()))
