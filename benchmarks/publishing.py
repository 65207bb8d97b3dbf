"""Publishing a meeting of 30 people and 10 decisions, beside one of 5 and 1 and beside writing the same rows by bare SQL."""

import json
import subprocess
import sys
import time
from datetime import date
from statistics import median

from benchmarks import scratch

BIG, SMALL = (30, 10), (5, 1)  # attendees, agenda items with a decision each
ROUNDS = 30
DAY = date(2026, 3, 2)
# What publishing leaves: the meeting's state, each decision's frozen numbers with a quorum row, an allowance a person.
BARE = (
    "UPDATE councils_meeting SET state = 'published', attendees = %(people)s, published_at = now() WHERE id = %(meeting)s",
    """UPDATE councils_decision d SET present = %(people)s, carried = true, frozen_at = now()
       FROM councils_agendaitem i WHERE i.id = d.item_id AND i.meeting_id = %(meeting)s""",
    """INSERT INTO councils_quorum (decision_id, body_id, seated, present, rule, met)
       SELECT d.id, b.body_id, %(people)s, %(people)s, 'x', true FROM councils_decision d
       JOIN councils_agendaitem i ON i.id = d.item_id JOIN councils_meeting_bodies b ON b.meeting_id = i.meeting_id
       WHERE i.meeting_id = %(meeting)s""",
    """INSERT INTO councils_allowance (meeting_id, person_id, rate_id, amount_krw)
       SELECT %(meeting)s, a.person_id, r.id, r.amount_krw FROM councils_attendance a
       JOIN councils_allowancerate r ON r.id = %(rate)s WHERE a.meeting_id = %(meeting)s""",
)


def measure():
    """{"big", "small", "bare": median seconds, "queries": (small, big)}, in a process of its own on a scratch database."""
    with scratch.database() as (env, _):
        command = [sys.executable, "-m", "benchmarks.publishing"]
        run = subprocess.run(command, cwd=scratch.ROOT, env=env, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def submitted(people, items):
    """A submitted meeting of a body of its own, everybody present, every decision passed; (meeting, who publishes, rate)."""
    from councils.meeting_actions import Item, Record, start_log, submit
    from councils.models import AllowanceRate, Body, BodyRule, BodySeat, MeetingKind, Membership, Person
    from geumcheon.accounts.models import Role, User

    secretary, _ = User.objects.get_or_create(username="bench", role=Role.SECRETARIAT)
    body, made = Body.objects.get_or_create(name=f"측정 {people}", kind="subcommittee")
    if made:
        seat = BodySeat.objects.create(body=body, order=1, kind="위촉직 민간", label="위촉직 민간")
        for order, key in enumerate(("quorum_open", "quorum_decide"), 1):
            BodyRule.objects.create(body=body, order=order, key=key, number="1/2", text="과반수")
        for number in range(people):
            person = Person.objects.create(name=f"위원 {number + 1}")
            Membership.objects.create(person=person, body=body, seat=seat, starts_on=date(2026, 1, 1))
        rate = AllowanceRate.objects.create(
            name=f"{body} 참석수당", amount_krw=70_000, seat_kinds=["위촉직 민간"], starts_on=date(2026, 1, 1)
        )
        rate.bodies.set([body])
    seated = list(Person.objects.filter(memberships__body=body))
    passed = {"outcome": "passed", "votes_for": people, "votes_against": 0, "abstaining": 0}
    agenda = [Item("deliberation", f"안건 {number}", "논의", dict(passed)) for number in range(items)]
    kind, _ = MeetingKind.objects.get_or_create(name="분과회의")
    fields = {"kind": kind, "starts_on": DAY, "place": "구청", "minutes": "논의했다."}
    meeting = start_log(
        by=secretary, record=Record(fields, [body], {person.pk: True for person in seated}, None, agenda)
    )
    return submit(meeting=meeting, by=secretary), secretary, body.rates.get()


def compare():
    """Each round publishes one meeting of each size and writes the rows of another big one by bare SQL.

    What starts on commit (sums, search) is the worker's: the transactions are rolled back once measured.
    """
    import django

    django.setup()
    from django.db import connection, reset_queries, transaction
    from django.test.utils import CaptureQueriesContext

    from councils.meeting_actions import publish

    times, queries = {"big": [], "small": [], "bare": []}, {}
    for turn in range(ROUNDS + 3):
        for name, size in (("small", SMALL), ("big", BIG)):
            meeting, by, _ = submitted(*size)
            reset_queries()
            with transaction.atomic(), CaptureQueriesContext(connection) as captured:
                start = time.perf_counter()
                publish(meeting=meeting, by=by)
                seconds = time.perf_counter() - start
                transaction.set_rollback(True)
            queries[name] = len(captured)
            times[name] += [seconds] if turn >= 3 else []
        meeting, _, rate = submitted(*BIG)
        values = {"people": BIG[0], "meeting": meeting.pk, "rate": rate.pk}
        start = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement, values)
        times["bare"] += [time.perf_counter() - start] if turn >= 3 else []
    return {name: median(seconds) for name, seconds in times.items()} | {"queries": (queries["small"], queries["big"])}


if __name__ == "__main__":
    print(json.dumps(compare()))
