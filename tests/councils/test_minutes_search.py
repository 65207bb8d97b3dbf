"""Search finds the words of published records, never those of drafts, and follows a publication or correction at once."""

import pytest

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from geumcheon.search import index
from tests.councils.around import a_call, a_published
from tests.councils.life import a_full_body, a_log, a_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
DECIDED = {"outcome": "passed", "text": "빗물정원을 만든다", "unanimous": True}


@pytest.fixture
def spring(time_machine, loaded):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def found(query):
    return {label: [entry.url for entry in entries] for label, entries in index.search(query)}


@pytest.mark.parametrize("word", ["쌈지공원", "두더지길", "빗물정원", "물총새"])
def test_words_of_a_published_record_are_found_as_a_meeting(word, django_capture_on_commit_callbacks):
    body, people = a_full_body()
    items = [Item("deliberation", "쌈지공원 안건", "두더지길을 살폈다", DECIDED)]
    assert found(word) == {}
    with django_capture_on_commit_callbacks(execute=True):
        meeting = a_published(body, people, items=items, minutes="물총새를 보았다")
    assert found(word) == {"회의": [meeting.get_absolute_url()]}


def test_drafts_calls_and_cancelled_meetings_are_never_found():
    body, people = a_full_body()
    words = {"minutes": "물총새를 보았다", "agenda": "쌈지공원"}
    a_log(body, people, **words)
    actions.submit(meeting=a_log(body, people, **words), by=people[0].user)
    actions.cancel(meeting=a_log(body, people, **words), by=people[0].user, reason="없던 일")
    a_call(body, people, agenda="쌈지공원")
    index.rebuild()
    assert (found("물총새"), found("쌈지공원")) == ({}, {})


def test_a_correction_is_found_and_what_it_replaced_is_not(django_capture_on_commit_callbacks):
    body, people = a_full_body()
    meeting = a_published(body, people, minutes="물총새를 보았다")
    index.rebuild()
    with django_capture_on_commit_callbacks(execute=True):
        actions.correct(
            meeting=meeting, by=people[1].user, reason="새 이름", record=a_record(minutes="딱따구리를 보았다")
        )
    assert (found("물총새"), list(found("딱따구리"))) == ({}, ["회의"])


def test_saving_a_draft_builds_nothing(django_capture_on_commit_callbacks):
    body, people = a_full_body()
    index.rebuild()
    with django_capture_on_commit_callbacks() as callbacks:
        a_log(body, people)
    assert callbacks == []
