"""Many at once: one person's endorsements stay one row, the threshold moves a proposal on once, numbers and limits hold."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from forums import proposal_actions as actions
from forums.models import Endorsement, Outcome, Proposal, Review
from geumcheon.lib import clock
from tests.councils.test_meeting_races import at_once
from tests.forums.ladders import a_call, a_proposal
from tests.forums.people import resident

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def call(loaded):
    return a_call(endorsements_needed=3)


@pytest.fixture
def proposal(call):
    return a_proposal(stage="received", call=call, endorse_before=clock.today() + timedelta(days=3))


def test_twenty_threads_of_one_account_leave_at_most_one_row(proposal):
    person = resident("eager")
    verbs = [actions.endorse, actions.withdraw_endorsement] * 10
    results = at_once(*[lambda v=v: v(proposal=proposal, by=person) for v in verbs])
    assert all(isinstance(result, Proposal) for result in results), results
    rows = Endorsement.objects.filter(proposal=proposal).count()
    assert rows <= 1
    assert actions.supporters(proposal) == rows
    actions.endorse(proposal=proposal, by=person)
    assert actions.supporters(proposal) == Endorsement.objects.filter(proposal=proposal).count() == 1


def test_the_threshold_is_reached_once(proposal):
    people = [resident(f"p{n}") for n in range(12)]
    results = at_once(*[lambda p=p: actions.endorse(proposal=proposal, by=p) for p in people])
    assert len([r for r in results if isinstance(r, Proposal)]) == 3
    assert len([r for r in results if isinstance(r, ValidationError)]) == 9
    proposal.refresh_from_db()
    assert proposal.stage.code == "sorting"
    assert Review.objects.get(proposal=proposal).outcome == Outcome.RECEIVED
    assert Endorsement.objects.filter(proposal=proposal).count() == 3


def test_the_end_of_the_window_and_the_last_voice_do_not_both_win(proposal):
    for n in range(2):
        actions.endorse(proposal=proposal, by=resident(f"p{n}"))
    Proposal.objects.filter(pk=proposal.pk).update(endorse_before=clock.today())
    third = resident("third")
    at_once(
        lambda: actions.endorse(proposal=proposal, by=third), *[lambda: actions.close_window(proposal=proposal)] * 5
    )
    proposal.refresh_from_db()
    assert (proposal.state, Review.objects.filter(proposal=proposal).count()) == ("ended", 1)


def test_proposals_submitted_at_once_get_numbers_of_their_own_and_count_each_other(call):
    values = {"title": "같이 올리기", "body": "글", "place": "", "dong": None, "requested_krw": None}
    one = resident("one")
    drafts = [(actions.draft(call=call, by=one, values=values), one) for _ in range(5)]
    for n in range(4):
        person = resident(f"n{n}")
        drafts.append((actions.draft(call=call, by=person, values=values), person))
    results = at_once(*[lambda d=d, p=p: actions.submit(proposal=d, by=p) for d, p in drafts])
    made = [r for r in results if isinstance(r, Proposal)]
    assert len(made) == 7, results
    assert sorted(Proposal.objects.filter(call=call, state="open").values_list("number", flat=True)) == list(
        range(1, 8)
    )
