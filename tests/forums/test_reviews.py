"""Reviews move a proposal on; each refusal beside its success."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from councils.models import MeetingState
from forums import review_actions as actions
from forums.models import Outcome, ProposalState, Review, ReviewState
from forums.standing import StaleProposal, what_happened
from geumcheon.accounts.models import Department
from geumcheon.lib import clock
from tests.forums.ladders import a_meeting, a_proposal, a_secretary, an_officer, answers

pytestmark = pytest.mark.django_db


def decide(proposal, by, outcome, **fields):
    proposal.refresh_from_db()
    fields = {"answers": answers(proposal), "stage": proposal.stage_id, "version": proposal.version, **fields}
    return actions.review(proposal=proposal, by=by, outcome=outcome, **fields)


def refusal(call, *args, **fields):
    with pytest.raises(ValidationError) as refused:
        call(*args, **fields)
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def test_a_department_finds_a_proposal_fit_and_it_goes_on():
    proposal, officer = a_proposal(), an_officer()
    made = decide(proposal, officer, Outcome.FIT, amount_krw=40_000_000)
    proposal.refresh_from_db()
    assert (proposal.stage.code, proposal.state, proposal.version) == ("screening", ProposalState.OPEN, 2)
    assert (made.department.name, made.amount_krw, made.by, made.on) == (
        "마을자치과",
        40_000_000,
        officer,
        clock.today(),
    )
    assert made.answers.count() == 2
    assert proposal.entered_on == clock.today()
    assert proposal.history.first().history_user == officer


def test_a_refusal_needs_a_reason_and_ends_the_way():
    proposal, officer = a_proposal(), an_officer()
    assert list(refusal(decide, proposal, officer, Outcome.UNFIT)) == ["reason"]
    assert list(refusal(decide, proposal, officer, Outcome.UNFIT, reason="  ")) == ["reason"]
    assert not Review.objects.filter(proposal=proposal).exists()
    decide(proposal, officer, Outcome.UNFIT, reason="이미 추진하는 사업입니다.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.stage.code) == (ProposalState.ENDED, "department")


def test_a_condition_says_what_it_is():
    proposal, officer = a_proposal(), an_officer()
    assert list(refusal(decide, proposal, officer, Outcome.CONDITIONAL, amount_krw=1)) == ["reason"]
    assert (
        decide(proposal, officer, Outcome.CONDITIONAL, amount_krw=1, reason="구역을 줄입니다.").outcome == "conditional"
    )


def test_only_an_outcome_of_the_stage_is_taken():
    proposal, officer = a_proposal(), an_officer()
    assert list(refusal(decide, proposal, officer, Outcome.CONFIRMED, amount_krw=1)) == ["outcome"]
    assert list(refusal(decide, proposal, officer, "made-up", amount_krw=1)) == ["outcome"]


def test_the_amount_of_a_stage_that_settles_one_is_needed_and_refused_elsewhere():
    proposal, officer = a_proposal(), an_officer()
    assert list(refusal(decide, proposal, officer, Outcome.FIT)) == ["amount_krw"]
    sorting, secretary = a_proposal("sorting"), a_secretary()
    assert list(refusal(decide, sorting, secretary, Outcome.TRANSFERRED, amount_krw=5)) == ["amount_krw"]


def test_every_criterion_is_answered():
    proposal, officer = a_proposal(), an_officer()
    said = answers(proposal)
    said.pop(next(iter(said)))
    found = refusal(decide, proposal, officer, Outcome.FIT, amount_krw=1, answers=said)
    assert found == {"answers": ["검토 기준에 모두 답해 주세요: 사업효과성"]}
    foreign = {**answers(proposal), 999_999: ("good", "")}
    assert list(refusal(decide, proposal, officer, Outcome.FIT, amount_krw=1, answers=foreign)) == ["answers"]
    wrong = dict.fromkeys(answers(proposal), ("great", ""))
    assert list(refusal(decide, proposal, officer, Outcome.FIT, amount_krw=1, answers=wrong)) == ["answers"]


def test_another_departments_officer_may_not_and_the_secretariat_may():
    proposal = a_proposal()
    with pytest.raises(PermissionDenied):
        decide(proposal, an_officer("환경과"), Outcome.FIT, amount_krw=1)
    decide(proposal, a_secretary(), Outcome.FIT, amount_krw=1)


def test_an_officer_decides_no_stage_of_a_body():
    proposal = a_proposal("screening")
    meeting, body = a_meeting()
    with pytest.raises(PermissionDenied):
        decide(proposal, an_officer(), Outcome.SELECTED, amount_krw=1, body=body, meeting=meeting)


def test_a_body_decides_in_a_published_meeting_of_its_own():
    proposal, secretary = a_proposal("screening"), a_secretary()
    meeting, body = a_meeting()
    other, _ = a_meeting(body=type(body).objects.create(name="다른 기구", kind="subcommittee"))
    draft, _ = a_meeting(state=MeetingState.LOGGED)
    assert list(refusal(decide, proposal, secretary, Outcome.SELECTED, amount_krw=1)) == ["body"]
    assert list(refusal(decide, proposal, secretary, Outcome.SELECTED, amount_krw=1, body=body)) == ["meeting"]
    for wrong in (other, draft):
        found = refusal(decide, proposal, secretary, Outcome.SELECTED, amount_krw=1, body=body, meeting=wrong)
        assert list(found) == ["meeting"]
    made = decide(proposal, secretary, Outcome.SELECTED, amount_krw=1, body=body, meeting=meeting)
    proposal.refresh_from_db()
    assert (proposal.stage.code, made.on) == ("ballot", meeting.starts_on)
    assert list(proposal.bodies.all()) == [body]


def test_the_day_is_neither_to_come_nor_before_the_stage_was_entered():
    proposal, officer = a_proposal(), an_officer()
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        assert list(refusal(decide, proposal, officer, Outcome.FIT, amount_krw=1, on=day)) == ["on"]


def test_a_department_is_named_before_a_departments_stage():
    proposal, secretary = a_proposal("sorting", department=None), a_secretary()
    assert list(refusal(decide, proposal, secretary, Outcome.TRANSFERRED)) == ["department"]
    decide(proposal, secretary, Outcome.TRANSFERRED, department=Department.objects.get_or_create(name="도로과")[0])
    proposal.refresh_from_db()
    assert (proposal.stage.code, proposal.department.name) == ("department", "도로과")


def test_what_changed_meanwhile_is_told_with_who_did_it():
    proposal, officer = a_proposal(), an_officer()
    seen = {"stage": proposal.stage_id, "version": proposal.version}
    decide(proposal, officer, Outcome.FIT, amount_krw=1)
    with pytest.raises(StaleProposal) as told:
        actions.review(proposal=proposal, by=a_secretary(), outcome=Outcome.UNFIT, reason="x", **seen)
    assert str(officer) in told.value.messages[0] and "‘적정’" in told.value.messages[0]
    assert "1차 심사" in told.value.messages[0]
    assert str(officer) not in what_happened(proposal) and "마을자치과" in what_happened(
        proposal
    )  # to residents: the office
    assert Review.objects.filter(proposal=proposal).count() == 1


@pytest.mark.parametrize(
    "state", [ProposalState.WITHDRAWN, ProposalState.HIDDEN, ProposalState.ENDED, ProposalState.MERGED]
)
def test_what_is_not_open_is_not_reviewed(state):
    proposal = a_proposal(state=state, hidden_reason="까닭")
    assert "검토할 수 없습니다" in refusal(decide, proposal, an_officer(), Outcome.FIT, amount_krw=1)[0]


def test_the_portal_itself_receives_a_proposal_with_its_requested_amount():
    proposal = a_proposal("received", department=None)
    made = actions.review(proposal=proposal, by=None, outcome=Outcome.RECEIVED)
    proposal.refresh_from_db()
    assert (made.by, made.amount_krw, proposal.stage.code) == (None, 50_000_000, "sorting")


# --- taken back ---------------------------------------------------------------------------------------------------


def test_a_review_is_taken_back_in_the_open_and_given_again():
    proposal, officer = a_proposal(), an_officer()
    made = decide(proposal, officer, Outcome.UNFIT, reason="다른 사업과 겹칩니다.")
    assert list(refusal(actions.withdraw_review, review=made, by=officer, reason=" ")) == ["reason"]
    actions.withdraw_review(review=made, by=officer, reason="겹치지 않는 것을 확인했습니다.")
    proposal.refresh_from_db()
    made.refresh_from_db()
    assert (proposal.state, proposal.stage.code) == (ProposalState.OPEN, "department")
    assert (made.state, made.withdrawn_reason) == (ReviewState.WITHDRAWN, "겹치지 않는 것을 확인했습니다.")
    decide(proposal, officer, Outcome.FIT, amount_krw=7)
    assert Review.objects.filter(proposal=proposal).count() == 2
    assert refusal(actions.withdraw_review, review=made, by=officer, reason="x") == ["이미 거둔 검토입니다."]


def test_only_the_newest_review_is_taken_back_and_only_by_who_may():
    proposal, officer, secretary = a_proposal(), an_officer(), a_secretary()
    first = decide(proposal, officer, Outcome.FIT, amount_krw=1)
    meeting, body = a_meeting()
    second = decide(proposal, secretary, Outcome.SELECTED, amount_krw=1, body=body, meeting=meeting)
    assert "뒤의 검토부터" in refusal(actions.withdraw_review, review=first, by=officer, reason="x")[0]
    for who in (officer, an_officer("환경과")):
        with pytest.raises(PermissionDenied):
            actions.withdraw_review(review=second, by=who, reason="x")
    actions.withdraw_review(review=second, by=secretary, reason="금액을 잘못 적었습니다.")
    proposal.refresh_from_db()
    assert proposal.stage.code == "screening"
    decide(proposal, secretary, Outcome.SELECTED, amount_krw=2, body=body, meeting=meeting)


# --- 이관 ---------------------------------------------------------------------------------------------------------


def test_a_department_hands_a_proposal_to_another_with_the_reason():
    proposal, officer = a_proposal(), an_officer()
    roads = Department.objects.get_or_create(name="도로과")[0]
    found = refusal(actions.transfer, proposal=proposal, by=officer, department=None, reason="")
    assert sorted(found) == ["department", "reason"]
    assert list(
        refusal(actions.transfer, proposal=proposal, by=officer, department=proposal.department, reason="x")
    ) == ["department"]
    with pytest.raises(PermissionDenied):
        actions.transfer(proposal=proposal, by=an_officer("환경과"), department=roads, reason="x")
    made = actions.transfer(proposal=proposal, by=officer, department=roads, reason="도로 시설물입니다.")
    proposal.refresh_from_db()
    assert (proposal.department, made.from_department.name, proposal.version) == (roads, "마을자치과", 2)
    with pytest.raises(PermissionDenied):
        decide(proposal, officer, Outcome.FIT, amount_krw=1)
    decide(proposal, an_officer("도로과"), Outcome.FIT, amount_krw=1)
