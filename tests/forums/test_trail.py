"""The way of a proposal: every step with who, when, where, how much and why; what comes next; the trail of amounts."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from forums import review_actions as actions
from forums import trail
from forums.models import AmountShare, Outcome, Proposal, ProposalState
from geumcheon.accounts.models import Department
from geumcheon.lib import clock
from tests.forums.ladders import a_meeting, a_proposal, a_secretary, an_officer, answers, reviewed

pytestmark = pytest.mark.django_db


def shown(proposal):
    proposal = Proposal.objects.select_related("call__channel", "stage", "project__plan").get(pk=proposal.pk)
    return " ".join(render_to_string("forums/_trail.html", {"trail": trail.of(proposal), "proposal": proposal}).split())


def travelled():
    """A proposal that a department and a body decided; it stands before the ballot."""
    proposal, secretary = a_proposal(), a_secretary()
    actions.review(
        proposal=proposal, by=an_officer(), outcome=Outcome.CONDITIONAL, amount_krw=40_000_000, reason="구역을 줄입니다.",
        answers=answers(proposal),
    )  # fmt: skip
    meeting, body = a_meeting()
    actions.review(
        proposal=proposal, by=secretary, outcome=Outcome.SELECTED, amount_krw=45_000_000, body=body, meeting=meeting
    )
    return proposal, meeting


def test_each_step_says_who_when_where_how_much_and_why():
    proposal, meeting = travelled()
    page = shown(proposal)
    assert "부서 검토" in page and "조건부적정" in page and "마을자치과" in page and "구역을 줄입니다." in page
    assert "시험 심사위원회" in page and meeting.get_absolute_url() in page
    assert "<strong>40,000천원</strong>" in page and "사업효과성" in page
    found = trail.of(Proposal.objects.get(pk=proposal.pk))
    assert [(s.kind, s.stage.code) for s in found.steps] == [("done", "department"), ("done", "screening")]
    assert (found.now.stage.code, found.now.due, [s.code for s in found.later]) == ("ballot", None, ["final"])


def test_amounts_follow_the_stages_with_their_changes():
    proposal, _ = travelled()
    found = trail.of(Proposal.objects.get(pk=proposal.pk)).amounts
    assert [(a.label, a.krw, a.change) for a in found] == [
        ("신청", 50_000_000, ""),
        ("부서조정", 40_000_000, "△10,000"),
        ("심사", 45_000_000, "+5,000"),
    ]
    assert "신청에서 심사까지 △5,000천원 달라졌습니다." in shown(proposal)
    assert "합계" not in shown(proposal)  # amounts of one proposal are never added up


def test_a_shared_amount_names_the_others():
    share = AmountShare.objects.create(label="안양천", amount_krw=200_000_000)
    one, other = (a_proposal("ballot", title=title) for title in ("놀이공간", "생태탐방로"))
    for proposal in (one, other):
        reviewed(proposal, "screening", Outcome.SELECTED, share=share)
    (_, amount) = trail.of(one).amounts
    assert (amount.krw, amount.others, amount.change) == (200_000_000, ["생태탐방로"], "")
    assert "생태탐방로와(과) 함께" in shown(one)


def test_the_next_step_tells_its_day_and_when_it_is_over():
    proposal = a_proposal(entered_on=clock.today() - timedelta(days=14))
    found = trail.of(proposal).now
    assert (found.due, found.late, found.who) == (clock.today(), False, "마을자치과")
    Proposal.objects.filter(pk=proposal.pk).update(entered_on=clock.today() - timedelta(days=15))
    assert trail.of(Proposal.objects.get(pk=proposal.pk)).now.late
    assert "기한이 지났습니다" in shown(proposal)


def test_a_refusal_without_a_printed_reason_says_so():
    proposal = a_proposal("screening", state=ProposalState.ENDED)
    reviewed(proposal, "department", Outcome.FIT, 170_000_000)
    reviewed(proposal, "screening", Outcome.NOT_SELECTED)
    found = trail.of(proposal)
    assert (found.end, found.now, found.why_not.stage.code) == ("ended", None, "screening")
    assert shown(proposal).count("계획서에 이유가 적혀 있지 않습니다.") == 2
    assert "앞으로" not in shown(proposal)


def test_what_was_taken_back_and_handed_over_stays_readable():
    proposal, officer = a_proposal(), an_officer()
    made = actions.review(
        proposal=proposal, by=officer, outcome=Outcome.UNFIT, reason="겹치는 사업", answers=answers(proposal)
    )
    actions.withdraw_review(review=made, by=officer, reason="겹치지 않음")
    roads = Department.objects.get_or_create(name="도로과")[0]
    actions.transfer(proposal=proposal, by=officer, department=roads, reason="도로 시설물")
    page = shown(proposal)
    assert "거둔 검토" in page and "겹치는 사업" in page and "겹치지 않음" in page
    assert "도로과(으)로 이관" in page and "도로 시설물" in page
    assert [s.kind for s in trail.of(Proposal.objects.get(pk=proposal.pk)).steps] == ["withdrawn", "moved"]


def test_a_documents_steps_stand_in_the_order_of_the_ladder():
    proposal = a_proposal("final")
    reviewed(proposal, "screening", Outcome.SELECTED, 1_000, on=date(2020, 6, 30))
    reviewed(proposal, "department", Outcome.FIT, 2_000, on=None)
    assert [s.stage.code for s in trail.of(proposal).steps] == ["department", "screening"]


def test_the_end_is_the_project_or_that_one_is_still_to_come(loaded):
    proposal = a_proposal("final")
    reviewed(proposal, "final", Outcome.CONFIRMED, 1_000)
    assert trail.of(proposal).end == "last"
    project = loaded.projects.get(number=4)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.PROJECT, project=project)
    assert project.get_absolute_url() in shown(proposal)


def test_queries_do_not_grow_with_the_reviews():
    few, many = a_proposal("final"), a_proposal("final")
    reviewed(few, "department", Outcome.FIT, 1)
    share = AmountShare.objects.create(label="x", amount_krw=9)
    for code, outcome in (("department", "fit"), ("sorting", "transferred")):
        reviewed(many, code, outcome)
    reviewed(many, "screening", "selected", share=share)
    reviewed(few, "screening", "selected", share=share)
    few, many = (Proposal.objects.select_related("call", "stage").get(pk=p.pk) for p in (few, many))
    with CaptureQueriesContext(connection) as one:
        trail.of(few)
    with CaptureQueriesContext(connection) as three:
        trail.of(many)
    assert len(one) == len(three)
