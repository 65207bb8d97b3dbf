"""Endorsing: one per person, withdrawable while open; the threshold moves on once; a window that is over ends the way. And following."""

from datetime import timedelta

import pytest
from django.test import Client

from forums import proposal_actions, tasks
from forums.models import Call, Endorsement, Follow, MailStop, Outcome, Proposal, ProposalState, Review
from geumcheon.accounts.models import OutboxMessage, Verification
from geumcheon.lib import clock
from tests.forums.ladders import a_call, a_proposal, endorse
from tests.forums.people import client_of, resident, verified_client, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal():
    call = a_call(endorsements_needed=3, endorsement_days=20)
    last = clock.today() + timedelta(days=5)
    return a_proposal(stage="received", call=call, department=None, author=resident("proposer"), endorse_before=last)


def press(client, proposal, **values):
    return client.post(f"/proposals/{proposal.pk}/endorse/", values, follow=True)


def count(proposal):
    return proposal.endorsements.count()


def test_a_verified_person_endorses_once_and_takes_it_back(proposal):
    client = verified_client("neighbour")
    assert "공감하기" in client.get(f"/proposals/{proposal.pk}/").content.decode()
    page = press(client, proposal).content.decode()
    assert "공감함" in page and count(proposal) == 1
    press(client, proposal)
    assert count(proposal) == 1
    press(client, proposal, off=1)
    assert count(proposal) == 0
    press(client, proposal, off=1)
    assert count(proposal) == 0


def test_who_may_not_is_sent_to_what_is_missing(proposal):
    here = f"%2Fproposals%2F{proposal.pk}%2F"
    sent = Client().post(f"/proposals/{proposal.pk}/endorse/")
    assert sent.url == f"/accounts/login/?next={here}"
    unverified = client_of(resident("unverified", level=0))
    assert unverified.post(f"/proposals/{proposal.pk}/endorse/").url == f"/my/verify/?next={here}"
    assert "주민 확인하기하고" in unverified.get(f"/proposals/{proposal.pk}/").content.decode()
    unproved = client_of(resident("unproved", email_proved=False))
    assert unproved.post(f"/proposals/{proposal.pk}/endorse/").url == "/my/"
    blocked = client_of(resident("blocked", blocked_until=clock.now() + timedelta(days=1), blocked_reason="광고"))
    assert blocked.post(f"/proposals/{proposal.pk}/endorse/").status_code == 403
    assert client_of(proposal.author).post(f"/proposals/{proposal.pk}/endorse/").status_code == 403
    assert count(proposal) == 0


def test_a_number_moved_to_another_account_is_still_one_person(proposal):
    first = verified_client("first")
    press(first, proposal)
    held = Verification.objects.get(user=first.user)
    key = held.key
    held.ended_at, held.ended_why = clock.now(), "moved"
    held.save()
    second = resident("second", level=0)
    verify(second, key=key)
    assert "공감함" in press(client_of(second), proposal).content.decode()
    assert count(proposal) == 1
    press(client_of(second), proposal, off=1)
    assert count(proposal) == 0


def test_a_new_phone_gives_no_second_voice(proposal):
    client = verified_client("changer")
    press(client, proposal)
    Verification.objects.filter(user=client.user).update(key="e" * 64)
    press(client, proposal)
    assert count(proposal) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "sorting"},
        {"state": ProposalState.WITHDRAWN},
        {"endorse_before": 0},
        {"state": ProposalState.HIDDEN, "hidden_reason": "까닭"},
    ],
    ids=["later stage", "withdrawn", "window over", "hidden"],
)
def test_what_does_not_collect_takes_and_gives_back_nothing(proposal, change):
    client = verified_client("neighbour")
    press(client, proposal)
    if "stage" in change:
        proposal.stage = proposal.call.channel.stages.get(code="sorting")
    if "endorse_before" in change:
        proposal.endorse_before = clock.today()
    proposal.state = change.get("state", proposal.state)
    proposal.hidden_reason = change.get("hidden_reason", "")
    proposal.save()
    press(client, proposal, off=1)
    press(verified_client("late"), proposal)
    assert count(proposal) == 1
    hidden = proposal.state == ProposalState.HIDDEN
    assert Client().get(f"/proposals/{proposal.pk}/").status_code == (404 if hidden else 200)


def test_the_threshold_moves_it_on_once(proposal):
    for n in range(2):
        press(verified_client(f"n{n}"), proposal)
    proposal.refresh_from_db()
    assert proposal.stage.code == "received"
    page = press(verified_client("third"), proposal).content.decode()
    proposal.refresh_from_db()
    review = Review.objects.get(proposal=proposal)
    assert (proposal.stage.code, proposal.state, proposal.entered_on) == ("sorting", ProposalState.OPEN, clock.today())
    assert (review.outcome, review.by, review.amount_krw) == (Outcome.RECEIVED, None, 50_000_000)
    assert "공감 받기가 끝났습니다" in page
    press(verified_client("fourth"), proposal)
    assert count(proposal) == 3 and Review.objects.filter(proposal=proposal).count() == 1
    assert OutboxMessage.objects.filter(user=proposal.author).count() == 1


def test_a_threshold_is_the_calls_own(proposal):
    Call.objects.filter(pk=proposal.call_id).update(endorsements_needed=1)
    press(verified_client("only"), proposal)
    proposal.refresh_from_db()
    assert proposal.stage.code == "sorting"


def test_a_ladder_that_goes_straight_to_a_department_moves_on_without_one(proposal):
    channel = proposal.call.channel
    move = channel.stages.get(code="received").moves.get(outcome="received")
    move.to = channel.stages.get(code="department")
    move.save()
    for n in range(3):
        press(verified_client(f"n{n}"), proposal)
    proposal.refresh_from_db()
    assert (proposal.stage.code, proposal.department) == ("department", None)


# --- the window ---------------------------------------------------------------------------------------------------
def over(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(endorse_before=clock.today())


def test_a_window_that_is_over_ends_the_way_with_its_reason_once(proposal):
    endorse(proposal, "a", "b")
    over(proposal)
    tasks.close_windows()
    tasks.close_windows()
    for key in (proposal.pk, 999_999):
        tasks.close_window(key)
    proposal.refresh_from_db()
    review = Review.objects.get(proposal=proposal)
    assert (proposal.state, review.outcome, review.by) == (ProposalState.ENDED, Outcome.NOT_SELECTED, None)
    assert "2명이 공감해 기준 3명" in review.reason
    page = Client().get(f"/proposals/{proposal.pk}/").content.decode()
    assert review.reason in page and "공감 기간이 끝남" in page
    assert OutboxMessage.objects.filter(user=proposal.author).count() == 1


def test_a_window_that_runs_is_left_alone(proposal):
    tasks.close_windows()
    assert not proposal_actions.close_window(proposal=proposal)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_enough_endorsements_at_the_end_go_on(proposal):
    endorse(proposal, "a", "b", "c")  # as when the secretariat lowers the threshold
    over(proposal)
    tasks.close_window(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.stage.code) == (ProposalState.OPEN, "sorting")


def test_documents_have_no_window(proposal):
    Call.objects.filter(pk=proposal.call_id).update(historical=True)
    over(proposal)
    tasks.close_windows()
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    press(verified_client("late"), proposal)
    assert count(proposal) == 0


# --- following ----------------------------------------------------------------------------------------------------
def test_somebody_follows_and_stops(proposal):
    client = verified_client("reader")
    client.post(f"/proposals/{proposal.pk}/follow/")
    client.post(f"/proposals/{proposal.pk}/follow/")
    assert Follow.objects.filter(proposal=proposal, user=client.user).count() == 1
    assert "소식 그만 받기" in client.get(f"/proposals/{proposal.pk}/").content.decode()
    client.post(f"/proposals/{proposal.pk}/follow/", {"off": 1})
    assert not Follow.objects.exists()
    assert Client().post(f"/proposals/{proposal.pk}/follow/").url.startswith("/accounts/login/")
    unproved = client_of(resident("unproved", email_proved=False))
    assert unproved.post(f"/proposals/{proposal.pk}/follow/").status_code == 403


def test_the_proposer_is_told_until_they_stop(proposal):
    client = client_of(proposal.author)
    assert "소식 그만 받기" in client.get(f"/proposals/{proposal.pk}/").content.decode()
    client.post(f"/proposals/{proposal.pk}/follow/", {"off": 1})
    assert MailStop.objects.filter(user=proposal.author).exists()
    client.post(f"/proposals/{proposal.pk}/follow/")
    assert not MailStop.objects.exists() and not Follow.objects.exists()


# --- the own page and leaving ---------------------------------------------------------------------------------------
def test_my_page_shows_what_is_mine(proposal):
    draft = a_proposal(stage="received", call=proposal.call, author=proposal.author, state="draft", title="쓰다 만 것")
    page = client_of(proposal.author).get("/my/").content.decode()
    assert proposal.title in page and draft.title in page
    client = verified_client("neighbour")
    press(client, proposal)
    client.post(f"/proposals/{proposal.pk}/follow/")
    page = client.get("/my/").content.decode()
    assert "공감한 제안" in page and "소식 받는 제안" in page and draft.title not in page
    assert client.get("/my/data.json").json()["endorsements"][0]["proposal__title"] == proposal.title


def test_leaving_lets_go_what_is_the_persons(proposal):
    from geumcheon.accounts import leaving

    user = proposal.author
    draft = a_proposal(stage="received", call=proposal.call, author=user, state="draft", title="쓰다 만 것")
    other = a_proposal(stage="received", call=proposal.call, endorse_before=proposal.endorse_before)
    done = a_proposal(stage="sorting", call=proposal.call)
    for row in (other, done):
        Endorsement.objects.create(proposal=row, user=user, person_key="d" * 64, created_at=clock.now())
    Follow.objects.create(proposal=other, user=user)
    leaving.leave(user=user)
    proposal.refresh_from_db()
    assert proposal.author is None and proposal.state == ProposalState.OPEN
    assert not Proposal.objects.filter(pk=draft.pk).exists() and not Proposal.history.filter(author=user.pk).exists()
    assert count(other) == 0
    kept = done.endorsements.get()
    assert kept.user is None and kept.person_key != "d" * 64
    assert not Follow.objects.exists()
    assert "탈퇴한 주민" in Client().get(f"/proposals/{proposal.pk}/").content.decode()
