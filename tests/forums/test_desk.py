"""The review desk through the browser's eyes: the queue, the form, and who may what."""

from datetime import timedelta

import pytest
from django.test import Client

from forums import desk, kinship_actions
from forums import review_actions as actions
from forums.models import Kinship, Outcome, Proposal, ProposalState, Review
from geumcheon.accounts.models import Department
from geumcheon.lib import clock
from tests.forums.ladders import a_meeting, a_proposal, a_secretary, an_officer, answers, endorse, reviewed
from tests.html import elements, queries

pytestmark = pytest.mark.django_db
QUEUE = "/desk/proposals/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(proposal, page=""):
    return f"{QUEUE}{proposal.pk}/{page}"


def typed(proposal, **fields):
    """What the review form sends for a proposal as it is now."""
    said = {f"answer_{key}": answer for key, (answer, _) in answers(proposal).items()}
    return {"seen_stage": proposal.stage_id, "seen_version": proposal.version, **said, **fields}


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- the queue ----------------------------------------------------------------------------------------------------


def test_an_officer_sees_what_waits_for_the_own_department():
    own, other = a_proposal(title="우리 부서 것"), a_proposal(department="환경과", title="다른 부서 것")
    a_proposal("screening", title="심사를 기다리는 것")
    page = signed_in(an_officer()).get(QUEUE).content.decode()
    assert own.title in page and other.title not in page and "심사를 기다리는 것" not in page
    page = signed_in(a_secretary()).get(QUEUE).content.decode()
    assert own.title in page and other.title in page and "심사를 기다리는 것" in page


def test_what_is_overdue_comes_first_and_is_told(users):
    a_proposal(title="아직 남은 것")
    late = a_proposal(title="늦은 것", entered_on=clock.today() - timedelta(days=20))
    client = signed_in(a_secretary())
    page = client.get(QUEUE)
    assert [e["text"].split("2027")[0] for e in elements(page, "th") if e["attrs"].get("scope") == "row"] == [
        "늦은 것",
        "아직 남은 것",
    ]
    assert "6일 지남" in page.content.decode() and "14일 남음" in page.content.decode()
    assert desk.overdue(users["secretariat"]) == [late]
    assert "늦은 것" in client.get("/admin/").content.decode()
    only = client.get(QUEUE, {"show": "late"}).content.decode()
    assert "늦은 것" in only and "아직 남은 것" not in only


def test_filters_narrow_the_queue_and_a_bad_one_is_named():
    a_proposal(title="가로등")
    a_proposal("screening", title="놀이터")
    client = signed_in(a_secretary())
    assert "놀이터" not in client.get(QUEUE, {"stage": "부서 검토"}).content.decode()
    assert "가로등" not in client.get(QUEUE, {"q": "놀이"}).content.decode()
    page = client.get(QUEUE, {"year": "x"})
    assert "가로등" in page.content.decode() and "목록에 있는 값을 골라 주세요." in page.content.decode()


def test_what_gathers_endorsements_and_what_is_confirmed_are_lists_of_their_own():
    a_proposal("received", title="우리 동네 그늘막", department=None)
    done = a_proposal("final", title="골목 벽화")
    reviewed(done, "final", Outcome.CONFIRMED, 1_000)
    client = signed_in(a_secretary())
    page = client.get(QUEUE).content.decode()
    assert "그늘막" not in page and "벽화" not in page
    assert "그늘막" in client.get(QUEUE, {"show": "gathering"}).content.decode()
    assert "벽화" in client.get(QUEUE, {"show": "confirmed"}).content.decode()


def test_the_pages_cost_the_same_with_one_proposal_and_three():
    client, first = signed_in(a_secretary()), a_proposal()
    client.get(QUEUE)
    one = queries(client, QUEUE)
    a_proposal(department="환경과")
    a_proposal("screening")
    assert queries(client, QUEUE) == one
    reviewed(first, "sorting", "transferred")
    with_one = queries(client, at(first))
    reviewed(first, "received", "received", 5)
    reviewed(first, "screening", "selected", 6)
    assert queries(client, at(first)) == with_one


@pytest.mark.parametrize(
    "page", ["", "transfer/", "merge/", "split/", "field-check/", "project/"],
)  # fmt: skip
def test_another_departments_officer_finds_nothing(page, client_as):
    proposal = a_proposal()
    stranger = signed_in(an_officer("환경과"))
    assert stranger.get(at(proposal, page)).status_code == 404
    assert stranger.post(at(proposal, page), typed(proposal)).status_code == 404
    assert client_as(None).get(at(proposal, page)).status_code == 302
    for role in ("resident", "member"):
        assert client_as(role).get(at(proposal, page)).status_code == 403
    draft = a_proposal(state=ProposalState.DRAFT)
    assert signed_in(a_secretary()).get(at(draft, page)).status_code == 404


@pytest.mark.parametrize("page", ["merge/", "split/", "project/"])
def test_an_officer_neither_merges_nor_splits_nor_makes_projects(page):
    assert signed_in(an_officer()).get(at(a_proposal(), page)).status_code == 403


# --- reviewing ----------------------------------------------------------------------------------------------------


def test_an_officer_reviews_through_the_form():
    proposal, client = a_proposal(), signed_in(an_officer())
    page = client.get(at(proposal))
    assert "적정 → 1차 심사" in page.content.decode() and "부서조정 (원)" in page.content.decode()
    sent = client.post(
        at(proposal), typed(proposal, outcome="fit", amount_krw="40,000,000원", on=clock.today()), follow=True
    )
    assert "‘부서 검토’: ‘적정’(으)로 처리했습니다." in sent.content.decode()
    proposal.refresh_from_db()
    assert proposal.stage.code == "screening"
    assert "지금 이 단계에서 정할 것이 없거나" in sent.content.decode()


def test_the_forms_refusals_stand_at_their_fields_and_nothing_typed_is_lost():
    proposal, client = a_proposal(), signed_in(an_officer())
    sent = client.post(at(proposal), {**typed(proposal), "outcome": "unfit", "reason": " ", "amount_krw": "12"})
    assert list(errors(sent)) == ["reason"]
    assert 'value="12"' in sent.content.decode()
    sent = client.post(at(proposal), {"seen_stage": proposal.stage_id, "seen_version": 1, "amount_krw": "1,0000"})
    first, second = (f"answer_{key}" for key in answers(proposal))
    assert sorted(errors(sent)) == sorted(["amount_krw", "outcome", first, second])
    assert not Review.objects.filter(proposal=proposal).exists()


def test_a_forged_stage_amount_or_outcome_changes_nothing():
    proposal, client = a_proposal("sorting"), signed_in(a_secretary())
    sent = client.post(at(proposal), typed(proposal, outcome="confirmed", amount_krw="999", state="project", stage="6"))
    assert list(errors(sent)) == ["outcome"]
    client.post(
        at(proposal), typed(proposal, outcome="transferred", amount_krw="999", state="project", on=clock.today())
    )
    proposal.refresh_from_db()
    review = Review.objects.get(proposal=proposal)
    assert (proposal.state, proposal.stage.code, review.amount_krw) == (ProposalState.OPEN, "department", None)


def test_the_second_reviewer_is_told_and_finds_what_was_typed():
    proposal, officer = a_proposal(), an_officer()
    seen = typed(proposal, outcome="unfit", reason="긴 이유를 적었습니다.", on=clock.today())
    actions.review(proposal=proposal, by=a_secretary(), outcome=Outcome.FIT, amount_krw=1, answers=answers(proposal))
    told = signed_in(officer).post(at(proposal), seen)
    page = told.content.decode()
    assert told.status_code == 409
    assert (
        "다른 사람이 먼저 처리했습니다" in page
        and "‘적정’(으)로 처리했습니다" in page
        and "긴 이유를 적었습니다." in page
    )
    assert Review.objects.filter(proposal=proposal).count() == 1


def test_a_proposal_edited_meanwhile_is_told_and_the_form_can_be_sent_again():
    proposal, client = a_proposal(), signed_in(an_officer())
    seen = typed(proposal, outcome="fit", amount_krw="7", on=clock.today())
    Proposal.objects.filter(pk=proposal.pk).update(version=5, title="고친 제목")
    told = client.post(at(proposal), seen)
    assert told.status_code == 409 and "그사이 제안이 고쳐졌습니다" in told.content.decode()
    assert 'value="5"' in told.content.decode() and "고친 제목" in told.content.decode()
    assert client.post(at(proposal), {**seen, "seen_version": 5}).status_code == 302


def test_a_body_decides_by_the_form_and_the_meeting_lists_it(client):
    proposal, secretary = a_proposal("screening"), signed_in(a_secretary())
    meeting, body = a_meeting()
    fields = {"outcome": "selected", "amount_krw": "1000", "body": body.pk, "on": clock.today()}
    assert list(errors(secretary.post(at(proposal), typed(proposal, **fields)))) == ["meeting"]
    assert secretary.post(at(proposal), typed(proposal, **fields, meeting=meeting.pk)).status_code == 302
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "이 회의에서 정한 제안 1개" in page and proposal.title in page
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN, hidden_reason="까닭")
    assert proposal.title not in client.get(meeting.get_absolute_url()).content.decode()


def test_zero_width_and_direction_signs_do_not_reach_the_public_reason():
    proposal, client = a_proposal(), signed_in(an_officer())
    client.post(at(proposal), typed(proposal, outcome="unfit", reason="겹\u200b치는 \u202e사업", on=clock.today()))
    assert Review.objects.get(proposal=proposal).reason == "겹치는 사업"
    other = a_proposal()
    sent = client.post(at(other), typed(other, outcome="unfit", reason="가" * 100_000, on=clock.today()))
    assert list(errors(sent)) == ["reason"]
    assert client.post(at(other), typed(other, outcome="unfit", reason="가" * 1_000_000)).status_code == 400


def test_a_review_is_taken_back_by_its_page():
    proposal, officer = a_proposal(), an_officer()
    made = actions.review(proposal=proposal, by=officer, outcome=Outcome.UNFIT, reason="x", answers=answers(proposal))
    client = signed_in(officer)
    page = at(proposal, f"reviews/{made.pk}/withdraw/")
    assert "거둔 검토와 까닭은 공개된 채 남습니다." in client.get(page).content.decode()
    proposal.refresh_from_db()
    seen = {"seen_stage": proposal.stage_id, "seen_version": proposal.version}
    assert list(errors(client.post(page, seen))) == ["reason"]
    assert client.post(page, {**seen, "reason": "다시 봅니다"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    assert signed_in(an_officer("환경과")).get(page).status_code == 404


def test_a_transfer_by_its_page_leaves_the_old_department_reading():
    proposal, client = a_proposal(), signed_in(an_officer())
    roads = Department.objects.get_or_create(name="도로과")[0]
    seen = {"seen_stage": proposal.stage_id, "seen_version": proposal.version}
    assert sorted(errors(client.post(at(proposal, "transfer/"), seen))) == ["department", "reason"]
    stale = client.post(
        at(proposal, "transfer/"), {"seen_stage": 0, "seen_version": 0, "department": roads.pk, "reason": "도로"}
    )
    assert "그사이" in stale.content.decode()
    done = client.post(
        at(proposal, "transfer/"), {**seen, "department": roads.pk, "reason": "도로 시설물"}, follow=True
    )
    assert done.status_code == 200 and "도로과(으)로 이관했습니다." in done.content.decode()
    assert client.get(at(proposal, "transfer/")).status_code == 403


# --- candidates and projects --------------------------------------------------------------------------------------


def test_candidates_are_the_open_proposals_before_the_vote():
    found, gone = (
        a_proposal("ballot", title="후보"),
        a_proposal("ballot", title="거둔 것", state=ProposalState.WITHDRAWN),
    )
    a_proposal("screening", title="아직")
    reviewed(found, "screening", Outcome.SELECTED, 45_000_000)
    client = signed_in(a_secretary())
    page = client.get(QUEUE + "candidates/", {"year": 2027}).content.decode()
    assert "후보" in page and gone.title not in page and "아직" not in page and "45,000천원" in page
    assert client.get(QUEUE + "candidates/", {"year": "x' or 1"}).status_code == 200
    assert signed_in(an_officer()).get(QUEUE + "candidates/").status_code == 403


def test_merging_splitting_and_undoing_by_their_pages():
    goal, other = a_proposal(), a_proposal(title="비슷한 것")
    client = signed_in(a_secretary())
    seen = {"seen_stage": goal.stage_id, "seen_version": goal.version}
    assert sorted(errors(client.post(at(goal, "merge/"), seen))) == ["reason", "sources"]
    endorse(goal, "a", "b")
    endorse(other, "b", "c")
    assert client.post(at(goal, "merge/"), {**seen, "sources": [other.pk], "reason": "같은 골목"}).status_code == 302
    page = client.get(at(goal)).content.decode()
    assert "사람마다 한 번씩 세면 <strong>3명</strong>" in page and "비슷한 것" in page and "같은 골목" in page
    link = Kinship.objects.get(source_proposal=other)
    other.refresh_from_db()
    seen = {"seen_stage": other.stage_id, "seen_version": other.version}
    assert client.post(at(other, f"kin/{link.pk}/undo/"), {**seen, "reason": "다른 골목"}).status_code == 302
    other.refresh_from_db()
    assert other.state == ProposalState.OPEN
    assert "되돌린 합침" in client.get(at(other)).content.decode()
    seen["seen_version"] = other.version
    parts = {"title_1": "가로등", "title_2": "거울", "reason": "두 가지 일"}
    assert client.post(at(other, "split/"), {**seen, **parts}).status_code == 302
    other.refresh_from_db()
    assert other.state == ProposalState.SPLIT
    assert kinship_actions.together(other) == 2


def test_a_draft_of_the_meeting_form_names_proposals(users):
    """The agenda item's part lists open proposals only and keeps what is ticked."""
    from forums.fragments import ItemProposals

    proposal, closed = a_proposal(), a_proposal(state=ProposalState.WITHDRAWN)
    part = ItemProposals(None, None, "items-0")
    assert str(proposal.title) in part.html and str(closed.title) not in part.html
