"""Many at one survey at once, on a real PostgreSQL: one code answers once, no answer is lost or doubled, none comes after the end."""

import pytest
from django.core.exceptions import ValidationError

from forums import survey_actions, survey_codes
from forums.models import Survey, SurveyState
from tests.councils.test_meeting_races import at_once
from tests.forums.events import an_event, an_open_survey
from tests.forums.ladders import a_secretary

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def a_survey(count):
    """A survey that takes answers, and so many codes for it."""
    survey, codes = an_open_survey(an_event()), [survey_codes.new() for _ in range(count)]
    survey_actions._write_codes(survey, codes)
    return survey, codes


def answer(survey, code, points):
    return lambda: survey_actions.answer(survey=survey, code=code, replies={1: points})


def points(survey):
    return sorted(one.replies["satisfaction"] for one in survey.answers.all())


def refused(results):
    return [result.message_dict for result in results if isinstance(result, ValidationError)]


def test_of_twenty_who_answer_with_one_code_one_is_taken_and_the_others_are_told():
    survey, (code, other) = a_survey(2)
    results = at_once(*[answer(survey, code, 1 + n % 5) for n in range(20)])
    assert refused(results) == [{"code": [survey_actions.NO_CODE]}] * 19
    assert results.count(None) == survey.answers.count() == 1
    assert points(survey) == [1 + results.index(None) % 5]
    assert [row.code_hash for row in survey.codes.all()] == [survey_codes.hash_of(survey, other)]


def test_of_twenty_who_answer_at_once_each_answer_stands_once():
    survey, codes = a_survey(20)
    results = at_once(*[answer(survey, code, 1 + n % 5) for n, code in enumerate(codes)])
    assert results == [None] * 20
    assert points(survey) == sorted([1, 2, 3, 4, 5] * 4)
    assert not survey.codes.exists()


def test_what_is_taken_while_the_survey_ends_counts_and_nothing_comes_after_it():
    by = a_secretary()
    survey, codes = a_survey(12)
    results = at_once(*[answer(survey, code, 5) for code in codes], lambda: survey_actions.close(survey=survey, by=by))
    late = [result for result in results[:-1] if isinstance(result, ValidationError)]
    assert {getattr(error, "code", "") for error in late} <= {"closed"}
    assert survey.answers.count() == 12 - len(late)
    assert (Survey.objects.get().state, survey.codes.count()) == (SurveyState.CLOSED, 0)
