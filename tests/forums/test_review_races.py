"""Two reviewers at once on a real PostgreSQL: one wins, the others are told who did what."""

import pytest
from django.core.exceptions import ValidationError

from forums import kinship_actions
from forums import review_actions as actions
from forums.models import Kinship, Outcome, Proposal, ProposalState, Review
from forums.standing import StaleProposal
from tests.councils.test_meeting_races import at_once
from tests.forums.ladders import a_proposal, a_secretary, an_officer, answers

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told():
    proposal = a_proposal()
    said, seen = answers(proposal), {"stage": proposal.stage_id, "version": proposal.version}
    people = [an_officer(), a_secretary(), an_officer(), a_secretary()]

    def decide(by, outcome):
        fields = {"amount_krw": 1} if outcome == Outcome.FIT else {"reason": "겹치는 사업"}
        return lambda: actions.review(proposal=proposal, by=by, outcome=outcome, answers=said, **seen, **fields)

    results = at_once(*[decide(by, o) for by, o in zip(people, [Outcome.FIT, Outcome.UNFIT] * 2, strict=True)])
    won = [r for r in results if isinstance(r, Review)]
    told = [r for r in results if isinstance(r, StaleProposal)]
    assert (len(won), len(told)) == (1, 3)
    assert all(str(won[0].by) in error.messages[0] for error in told)
    proposal.refresh_from_db()
    assert (proposal.version, proposal.reviews.count()) == (2, 1)
    ended = won[0].outcome == Outcome.UNFIT
    assert proposal.state == (ProposalState.ENDED if ended else ProposalState.OPEN)


def test_two_who_merge_crosswise_do_not_wait_for_each_other():
    one, other, secretary = a_proposal(), a_proposal(), a_secretary()
    results = at_once(
        lambda: kinship_actions.merge(sources=[one], target=other, by=secretary, reason="x"),
        lambda: kinship_actions.merge(sources=[other], target=one, by=secretary, reason="x"),
    )
    assert sum(isinstance(r, list) for r in results) == 1
    assert sum(isinstance(r, ValidationError) for r in results) == 1
    assert Kinship.objects.filter(by=secretary).count() == 1
    assert Proposal.objects.filter(state=ProposalState.MERGED, pk__in=[one.pk, other.pk]).count() == 1
