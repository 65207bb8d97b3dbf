"""Two people at once on one record, on a real PostgreSQL."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from councils import meeting_actions as actions
from councils.models import Meeting
from tests.councils.life import a_full_body, a_log, a_record

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*calls):
    """Run the calls in threads that start together; what each returned or raised."""
    results, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(index, call):
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told():
    body, people = a_full_body()
    meeting = actions.submit(meeting=a_log(body, people), by=people[0].user)
    results = at_once(*[lambda: actions.publish(meeting=meeting, by=people[1].user)] * 4)
    refused = [r for r in results if isinstance(r, ValidationError)]
    assert len([r for r in results if isinstance(r, Meeting)]) == 1
    assert [r.messages for r in refused] == [["다른 사람이 이미 게시했습니다."]] * 3


def test_meetings_called_at_once_get_numbers_of_their_own():
    body, people = a_full_body()
    calls = [lambda: actions.call_meeting(by=people[0].user, record=a_record([body], starts_on=date(2026, 4, 1)))] * 4
    results = at_once(*calls)
    assert sorted(m.no for m in results) == [1, 2, 3, 4]
