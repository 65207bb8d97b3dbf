"""Somebody who reads every table, system columns, logs and the cache included, does not learn who answered what, or when."""

import logging
import random
import re
import uuid

import pytest
from django.core.cache import cache
from django.db import Error, connection
from django.test import Client

from forums import event_mails, survey_actions, survey_codes, survey_views
from forums.models import Registration, SurveyAnswer, SurveyCode
from tests.forums.events import an_event, an_open_survey, closed_event, registered
from tests.forums.ladders import a_secretary
from tests.forums.people import client_of, resident
from tests.forums.test_surveys import QUESTIONS, a_survey

PEOPLE = 60
CHANCE = 0.15  # of 60 guesses; a permutation gets one right on average
ANSWERING = {SurveyAnswer._meta.db_table, SurveyCode._meta.db_table}


def place():
    """The column that tells where a row lies: SQLite's row number, PostgreSQL's ctid."""
    return "ctid" if connection.vendor == "postgresql" else "rowid"


def tables():
    """{table: its rows as texts}, with the transaction that wrote each row where the database tells it."""
    found, wrote = {}, "xmin::text, " if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT {wrote}t.* FROM {connection.ops.quote_name(table)} t")
            found[table] = sorted(map(str, cursor.fetchall()))
    return found


def changed(before):
    now = tables()
    return {table for table in now if now[table] != before[table]}


def asked(by, came=6):
    """A survey that takes answers, and the people who came: (own path, code) in the order in which they registered."""
    event = closed_event(by, came=came)
    survey = survey_actions.start(survey=a_survey(event, by), by=by)
    rows = event.registrations.order_by("line")
    return survey, [
        (f"/forums/own/{event_mails.token_of(row)}/", survey_codes.of_registration(survey, row)) for row in rows
    ]


def answer(client, survey, own, code, words):
    """As from the own page of somebody who came."""
    address = f"/forums/{survey.event_id}/survey/"
    assert code in client.get(own).content.decode()
    client.post(address, {"start": "1", "code": code})
    done = client.post(address, {"code": code, "q1": "4", "q4": words})
    assert "답을 받았습니다" in done.content.decode()
    return done


@pytest.mark.django_db
def test_an_answer_changes_no_table_but_answers_and_codes(loaded, django_capture_on_commit_callbacks):
    """No session, history, outbox, registration or counter moves with it, whoever is signed in."""
    by = a_secretary()
    survey, people = asked(by)
    paper, *_ = survey_actions.print_codes(survey=survey, by=by, count=3)
    signed_in, desk = client_of(resident("answers")), client_of(by)
    signed_in.get("/")
    desk.get(f"/desk/events/{survey.event_id}/survey/paper/")
    before = tables()
    with django_capture_on_commit_callbacks(execute=True):
        for n, (own, code) in enumerate(people[:5]):
            answer(signed_in if n % 2 else Client(), survey, own, code, f"글 {n}")
        typed = desk.post(f"/desk/events/{survey.event_id}/survey/paper/", {"code": paper, "q1": "2"})
        assert typed.status_code == 302
    assert SurveyAnswer.objects.count() == 6
    assert changed(before) == ANSWERING


@pytest.mark.django_db
def test_an_answer_holds_what_was_answered_and_a_code_nothing_of_whose_it_is(loaded):
    survey, people = asked(a_secretary())
    own, code = people.pop(2)
    answer(Client(), survey, own, code, "그늘막을 더 놓아 주세요.")
    assert {field.name for field in SurveyAnswer._meta.get_fields()} == {"id", "survey", "replies"}
    assert {field.name for field in SurveyCode._meta.get_fields()} == {"code_hash", "survey", "printed"}
    (kept,) = SurveyAnswer.objects.all()
    assert kept.replies == {"satisfaction": 4, "4": "그늘막을 더 놓아 주세요."}
    assert (kept.pk.version, set(kept.replies)) == (4, {"satisfaction", "4"})  # random: no clock in the key
    # The hashes that are left were made in one statement, in their own order, not in that of the people.
    assert list(SurveyCode.objects.values_list("code_hash", flat=True)) == sorted(
        survey_codes.hash_of(survey, left) for _, left in people
    )
    held = str(tables())
    assert not any(code in held or survey_codes.shown(code) in held for _, code in [*people, (own, code)])


@pytest.mark.django_db
def test_no_line_in_the_log_no_address_and_no_counter_tells_an_answer(loaded, caplog, monkeypatch):
    counted = []
    monkeypatch.setattr(survey_views.limits, "check_address", lambda *args: counted.append(args))
    survey, [(own, code), *_] = asked(a_secretary())
    cache.clear()
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        done = answer(Client(), survey, own, code, "그늘막을 더 놓아 주세요.")
        refused = Client().post(f"/forums/{survey.event_id}/survey/", {"code": code, "q1": "1", "q4": "또 적은 글"})
    assert survey_actions.NO_CODE in refused.content.decode()
    kept = SurveyAnswer.objects.get()
    lines = caplog.text
    for word in (
        code,
        survey_codes.shown(code),
        survey_codes.hash_of(survey, code),
        str(kept.pk),
        kept.pk.hex,
        "그늘막",
        "또 적은",
    ):
        assert word not in lines
        assert word not in str(done.headers)
        assert word not in str(done.cookies)
    assert not done.cookies.get("sessionid")
    assert code not in done.content.decode()
    assert [name for name, *_ in counted] == ["survey-code"]  # the refused one alone


# --- the attack by the order of rows --------------------------------------------------------------------------------
def everybody(by):
    """A survey that 60 people who came have answered in random order; (survey, {registration's pk: the answer's words}) is the
    truth that the attacker is after, who saw the people leave the hall and knows in which order they answered.
    """
    event = an_event(capacity=None)
    rows = registered(event, PEOPLE)
    survey = an_open_survey(event, [(q["kind"], q["text"], q["choices"]) for q in QUESTIONS[3:]])
    Registration.objects.filter(event=event).update(checked_in_at=event.starts_at)
    survey_actions._write_codes(survey, [survey_codes.of_registration(survey, row) for row in rows])
    random.shuffle(rows)
    truth = {}
    for row in rows:
        truth[row.pk] = f"글 {uuid.uuid4()}"
        code = survey_codes.of_registration(survey, row)
        survey_actions.answer(survey=survey, code=code, replies={1: truth[row.pk]})
    return truth


def by_order(column):
    """The words of the answers as their rows lie, or by their key."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {SurveyAnswer._meta.db_table} ORDER BY {column}")
        keys = [uuid.UUID(str(key)) for (key,) in cursor.fetchall()]
    words = SurveyAnswer.objects.in_bulk(keys)
    return [words[key].replies["1"] for key in keys]


def guesses(truth):
    """How many of the answers each guess gives to the right person, as a share."""
    for column in (place(), "id"):
        rows = by_order(column)
        for people in (list(truth), sorted(truth), sorted(truth, reverse=True)):
            yield sum(truth[pk] == words for pk, words in zip(people, rows, strict=True)) / PEOPLE


def plainly(row, made):
    made.save()


@pytest.mark.django_db
def test_without_writing_all_anew_the_order_of_rows_tells_everybody(loaded, monkeypatch):
    """The attack works."""
    monkeypatch.setattr(survey_actions, "_write_anew", plainly)
    assert max(guesses(everybody(a_secretary()))) == 1


@pytest.mark.django_db
def test_the_order_of_rows_and_keys_tells_nobody(loaded):
    assert max(guesses(everybody(a_secretary()))) < CHANCE


# --- the attack on PostgreSQL's own columns and pages ---------------------------------------------------------------
on_postgresql = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def wrote():
    """[(xmin, key)] of the answers as they lie."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, id FROM {SurveyAnswer._meta.db_table} ORDER BY ctid")
        return cursor.fetchall()


class TestOnPostgresql:
    pytestmark = on_postgresql

    def test_all_answers_share_one_transaction_and_lie_in_the_order_of_their_keys(self, loaded, transactional_db):
        everybody(a_secretary())
        rows = wrote()
        assert len(rows) == PEOPLE
        assert len({xmin for xmin, _ in rows}) == 1
        assert [key for _, key in rows] == sorted(key for _, key in rows)

    def test_no_other_table_holds_a_row_of_an_answers_transaction(self, loaded, transactional_db):
        by = a_secretary()
        survey, people = asked(by)
        before, seen = tables(), set()
        for n, (own, code) in enumerate(people):
            answer(Client(), survey, own, code, f"글 {n}")
            seen |= {xmin for xmin, _ in wrote()}
        assert len(seen) == len(people)
        assert changed(before) == ANSWERING
        rest = [row for table, rows in tables().items() if table not in ANSWERING for row in rows]
        assert not [row for row in rest if re.match(r"\('(\d+)'", row)[1] in seen]

    def test_old_versions_of_answers_and_used_codes_are_gone_from_the_pages(self, loaded, transactional_db):
        """What differs between two versions of all answers is the one that came between them."""
        with connection.cursor() as cursor:
            try:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
            except Error as error:
                pytest.skip(f"pageinspect is missing: {error}")
            survey, people = asked(a_secretary())
            for n, (own, code) in enumerate(people[:5]):
                answer(Client(), survey, own, code, f"글 {n}")
            for table, left in ((SurveyAnswer._meta.db_table, 5), (SurveyCode._meta.db_table, 1)):
                cursor.execute(
                    "SELECT count(*) FROM generate_series(0, pg_relation_size(%s) / 8192 - 1) page, "
                    "heap_page_items(get_raw_page(%s, page::int)) WHERE t_data IS NOT NULL",
                    [table, table],
                )
                assert cursor.fetchone() == (left,), table
            cursor.execute("DROP EXTENSION pageinspect")
