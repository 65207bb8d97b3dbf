"""What is not seen of proposals: held back for the addresses in it, or hidden with a public reason; and what it is when it is shown again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from forums import kinship_actions, proposal_actions
from forums.models import WAITS, Kinship, Proposal, ProposalState
from geumcheon.accounts.models import OutboxMessage, Verification
from geumcheon.lib import clock
from tests.forums.ladders import a_call, a_proposal, a_secretary
from tests.forums.people import client_of, resident, verified_client
from tests.forums.talk import said
from tests.forums.test_moderation import decide, marks
from tests.forums.test_proposals import a_draft, errors, new, submit, words

pytestmark = pytest.mark.django_db
SPAM = "싸게 팝니다 www.spam.example/a"


@pytest.fixture
def call():
    return a_call(endorsements_needed=3, endorsement_days=20)


@pytest.fixture
def client():
    return verified_client("newcomer")


@pytest.fixture
def desk():
    return client_of(a_secretary())


def known(user):
    """Verified a month ago, with three comments that stand."""
    Verification.objects.filter(user=user).update(verified_at=clock.now() - timedelta(days=30))
    other = a_proposal()
    for n in range(3):
        said(other, user, text=f"의견 {n}")


# --- addresses ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["title", "body", "place"])
def test_an_address_of_a_new_account_waits_and_goes_on_when_it_was_looked_at(client, call, desk, field):
    draft = a_draft(client, call, **{field: SPAM})
    page = submit(client, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.hidden_reason, draft.number) == (ProposalState.HIDDEN, WAITS, 1)
    assert "살펴보는 중" in page.content.decode() and WAITS in page.content.decode()
    assert SPAM in client.get(f"/proposals/{draft.pk}/").content.decode()
    visitor = Client().get(f"/proposals/{draft.pk}/")
    assert visitor.status_code == 404 and WAITS in visitor.content.decode() and SPAM not in visitor.content.decode()
    assert SPAM not in Client().get("/proposals/").content.decode()

    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        desk.force_login(a_secretary())
        decide(desk, marks(desk, "waiting"), "show")
        draft.refresh_from_db()
        assert (draft.state, draft.hidden_reason) == (ProposalState.OPEN, "")
        assert draft.endorse_before == clock.today() + timedelta(days=20)  # the window did not run meanwhile
    assert "이제 모두에게 보입니다" in OutboxMessage.objects.get(user=client.user).body
    assert Client().get(f"/proposals/{draft.pk}/").status_code == 200


def test_what_waits_is_hidden_for_good_with_another_reason(client, call, desk):
    draft = a_draft(client, call, body=SPAM)
    submit(client, draft)
    decide(desk, marks(desk, "waiting"), reason="광고입니다.")
    draft.refresh_from_db()
    assert (draft.state, draft.hidden_reason) == (ProposalState.HIDDEN, "광고입니다.")
    assert marks(desk, "waiting") == [] and len(marks(desk, "hidden")) == 1
    assert "광고입니다." in OutboxMessage.objects.get(user=client.user).body


def test_sending_what_waits_twice_is_once(client, call):
    draft = a_draft(client, call, body=SPAM)
    submit(client, draft)
    proposal_actions.submit(proposal=draft, by=client.user)
    assert Proposal.objects.get(pk=draft.pk).version == 2


def test_addresses_of_known_people_are_seen_at_once(client, call):
    known(client.user)
    draft = a_draft(client, call, body=SPAM)
    submit(client, draft)
    draft.refresh_from_db()
    assert draft.state == ProposalState.OPEN


def test_a_flood_of_addresses_is_refused_from_anybody(client, call):
    known(client.user)
    draft = a_draft(client, call, body=" ".join(f"https://spam.example/{n}" for n in range(4)))
    assert "주소(링크)는 3개까지" in submit(client, draft).content.decode()
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT and draft.number is None


def test_an_address_put_in_later_waits_too(client, call):
    draft = a_draft(client, call)
    submit(client, draft)
    draft.refresh_from_db()
    client.post(f"/proposals/{draft.pk}/edit/", {**words(body=SPAM), "version": draft.version})
    draft.refresh_from_db()
    assert (draft.state, draft.hidden_reason) == (ProposalState.HIDDEN, WAITS)


def test_a_trap_that_was_filled_keeps_the_words_and_writes_nothing(client, call):
    page = new(client, call, website="https://spam.example")
    assert "사람에게는 보이지 않는 칸" in page.content.decode() and words()["title"] in page.content.decode()
    assert not Proposal.objects.filter(author=client.user).exists() and errors(page) is not None


# --- hidden by a moderator ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ProposalState.OPEN, ProposalState.ENDED, ProposalState.WITHDRAWN])
def test_a_hidden_proposal_says_why_and_comes_back_as_what_it_was(desk, state):
    proposal = a_proposal(state=state, title="나쁜 제목")
    seen = f"p{proposal.pk}.{state}.{proposal.version}"
    decide(desk, [seen], reason="개인정보가 있습니다.")
    page = Client().get(f"/proposals/{proposal.pk}/")
    assert page.status_code == 404 and "개인정보가 있습니다." in page.content.decode()
    assert "나쁜 제목" not in page.content.decode()
    decide(desk, marks(desk, "hidden"), "show")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.hidden_reason, proposal.hidden_from) == (state, "", "")


def test_what_became_a_project_is_not_hidden(desk, loaded):
    proposal = Proposal.objects.filter(state=ProposalState.PROJECT).first()
    page = decide(desk, [f"p{proposal.pk}.project.{proposal.version}"])
    assert "가릴 수 없습니다" in page.content.decode()
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.PROJECT


def test_the_database_refuses_hiding_without_a_reason():
    proposal = a_proposal()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN, hidden_reason="까닭")


def test_a_hidden_proposal_is_not_named_by_what_it_went_into_and_not_taken_back(desk):
    source, target, secretary = a_proposal(title="나쁜 제목"), a_proposal(), a_secretary()
    kinship_actions.merge(sources=[source], target=target, by=secretary, reason="같은 곳")
    assert "나쁜 제목" in Client().get(f"/proposals/{target.pk}/").content.decode()
    source.refresh_from_db()
    decide(desk, [f"p{source.pk}.merged.{source.version}"], reason="욕설")
    assert "나쁜 제목" not in Client().get(f"/proposals/{target.pk}/").content.decode()
    with pytest.raises(ValidationError, match="가린 제안"):
        kinship_actions.undo_kinship(
            kinship=Kinship.objects.get(source_proposal=source), by=secretary, reason="다시 나눔"
        )


def test_a_merge_that_brings_enough_people_together_moves_it_on(call):
    one, other = (a_proposal("received", call=call, department=None) for _ in range(2))
    people = [resident(f"p{n}") for n in range(3)]
    proposal_actions.endorse(proposal=one, by=people[0])
    for person in people[:2]:
        proposal_actions.endorse(proposal=other, by=person)
    kinship_actions.merge(sources=[one], target=other, by=a_secretary(), reason="같은 곳")
    other.refresh_from_db()
    assert other.stage.code == "received"  # two people
    third = a_proposal("received", call=call, department=None)
    proposal_actions.endorse(proposal=third, by=people[2])
    kinship_actions.merge(sources=[third], target=other, by=a_secretary(), reason="같은 곳")
    other.refresh_from_db()
    assert other.stage.code == "sorting" and other.reviews.get().outcome == "received"
