"""Merging and splitting with the reason, told on both; undone; endorsements of merged ones counted together once per person."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from forums import kinship_actions as actions
from forums import review_actions
from forums.models import Kinship, Outcome, Proposal, ProposalState
from forums.standing import StaleProposal
from tests.forums.ladders import a_call, a_channel, a_proposal, a_secretary, an_officer, answers, endorse

pytestmark = pytest.mark.django_db


def refusal(call, **fields):
    with pytest.raises(ValidationError) as refused:
        call(**fields)
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def state(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


def test_merged_proposals_close_and_their_endorsements_count_once_per_person():
    goal, one, two = a_proposal(), a_proposal(), a_proposal()
    endorse(goal, "a", "b")
    endorse(one, "b", "c")
    endorse(two, "c", "d")
    actions.merge(sources=[one, two], target=goal, by=a_secretary(), reason="같은 골목입니다.")
    assert [state(p) for p in (goal, one, two)] == [ProposalState.OPEN, ProposalState.MERGED, ProposalState.MERGED]
    assert actions.together(goal) == 4
    assert goal.endorsements.count() == 2  # the rows stay where people gave them


def test_merges_of_merges_count_too():
    first, second, third = a_proposal(), a_proposal(), a_proposal()
    for proposal, key in ((first, "a"), (second, "b"), (third, "c")):
        endorse(proposal, key)
    secretary = a_secretary()
    actions.merge(sources=[first], target=second, by=secretary, reason="x")
    actions.merge(sources=[second], target=third, by=secretary, reason="x")
    assert actions.together(third) == 3


def test_what_cannot_be_merged():
    goal, other, secretary = a_proposal(), a_proposal(), a_secretary()
    with pytest.raises(PermissionDenied):
        actions.merge(sources=[other], target=goal, by=an_officer(), reason="x")
    assert list(refusal(actions.merge, sources=[other], target=goal, by=secretary, reason=" ")) == ["reason"]
    for sources in ([], [goal], [other, other]):
        assert list(refusal(actions.merge, sources=sources, target=goal, by=secretary, reason="x")) == ["sources"]
    gone = a_proposal(state=ProposalState.WITHDRAWN)
    assert "합칠 수 없습니다" in refusal(actions.merge, sources=[gone], target=goal, by=secretary, reason="x")[0]
    far = a_proposal(call=a_call(a_channel("other", "다른 경로")))
    assert list(refusal(actions.merge, sources=[far], target=goal, by=secretary, reason="x")) == ["sources"]
    with pytest.raises(StaleProposal):
        actions.merge(sources=[other], target=goal, by=secretary, reason="x", versions={goal.pk: 7})
    assert not goal.came_from.exists()


def test_a_merge_is_undone_with_the_reason_and_stays_told():
    goal, other, secretary = a_proposal(), a_proposal(), a_secretary()
    endorse(other, "a")
    (link,) = actions.merge(sources=[other], target=goal, by=secretary, reason="x")
    assert list(refusal(actions.undo_kinship, kinship=link, by=secretary, reason="")) == ["reason"]
    actions.undo_kinship(kinship=link, by=secretary, reason="다른 골목이었습니다.")
    link.refresh_from_db()
    assert (state(other), link.undone_reason) == (ProposalState.OPEN, "다른 골목이었습니다.")
    assert actions.together(goal) == 0
    assert refusal(actions.undo_kinship, kinship=link, by=secretary, reason="x") == ["이미 되돌렸습니다."]
    (again,) = actions.merge(sources=[other], target=goal, by=secretary, reason="y")
    assert again.pk != link.pk


def test_a_split_gives_parts_that_go_on_from_the_same_stage():
    proposal, secretary = a_proposal(), a_secretary()
    for parts in ([("하나", "")], [(str(n), "") for n in range(6)]):
        assert list(refusal(actions.split, proposal=proposal, parts=parts, by=secretary, reason="x")) == ["parts"]
    with pytest.raises(PermissionDenied):
        actions.split(proposal=proposal, parts=[("가", ""), ("나", "")], by=an_officer(), reason="x")
    made = actions.split(proposal=proposal, parts=[("가로등", "밝게"), ("거울", "")], by=secretary, reason="두 가지 일")
    assert state(proposal) == ProposalState.SPLIT
    assert [(p.number, p.stage, p.department, p.state) for p in made] == [
        (n, proposal.stage, proposal.department, ProposalState.OPEN) for n in (2, 3)
    ]
    assert (
        "나눌 수 없습니다"
        in refusal(actions.split, proposal=proposal, parts=[("가", ""), ("나", "")], by=secretary, reason="x")[0]
    )


def test_a_split_is_undone_only_while_no_part_went_on():
    secretary = a_secretary()
    for touched in (False, True):
        proposal = a_proposal()
        made = actions.split(proposal=proposal, parts=[("가로등", ""), ("거울", "")], by=secretary, reason="x")
        link = Kinship.objects.get(target=made[0])
        if touched:
            review_actions.review(
                proposal=made[1], by=secretary, outcome=Outcome.FIT, amount_krw=1, answers=answers(made[1])
            )
            assert "이미 진행되어" in refusal(actions.undo_kinship, kinship=link, by=secretary, reason="x")[0]
            assert state(proposal) == ProposalState.SPLIT and state(made[0]) == ProposalState.OPEN
        else:
            actions.undo_kinship(kinship=link, by=secretary, reason="한 가지 일")
            assert [state(p) for p in (proposal, *made)] == [ProposalState.OPEN, "withdrawn", "withdrawn"]
