"""Who hears about a proposal: proposer and followers, once per event, at proved addresses, until they stop it."""

import re

import pytest

from forums import mails
from forums.models import Follow, MailStop, ProposalState
from geumcheon.accounts.models import OutboxMessage, User
from tests.forums.ladders import a_proposal
from tests.forums.talk import a_voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(users):
    proposal = a_proposal(author=a_voice("제안한 주민"))
    for name in ("따르는 주민", "또 따르는 주민"):
        Follow.objects.create(proposal=proposal, user=a_voice(name))
    return proposal


def told(proposal, event="review:1", **options):
    mails.told(event, proposal, "부서 검토", "부서가 검토했습니다.", **options)
    return list(OutboxMessage.objects.filter(event__contains=event).order_by("pk").values_list("user__name", flat=True))


def test_proposer_and_followers_once(proposal):
    expected = ["제안한 주민", "따르는 주민", "또 따르는 주민"]
    assert told(proposal) == expected
    assert told(proposal) == expected
    body = OutboxMessage.objects.first().body
    assert f"/proposals/{proposal.pk}/" in body
    assert "이 제안의 소식 그만 받기: http" in body


def test_a_proposer_who_follows_gets_one(proposal):
    Follow.objects.create(proposal=proposal, user=proposal.author)
    assert told(proposal) == ["제안한 주민", "따르는 주민", "또 따르는 주민"]


def test_never_who_did_it(proposal):
    assert told(proposal, by=proposal.author) == ["따르는 주민", "또 따르는 주민"]


@pytest.mark.parametrize("fields", [{"email_proved": False}, {"is_active": False}, {"email": ""}])
def test_only_proved_addresses_of_active_accounts(proposal, fields):
    User.objects.filter(name="따르는 주민").update(**fields)
    assert told(proposal) == ["제안한 주민", "또 따르는 주민"]


def test_of_what_is_hidden_only_the_proposer_hears(proposal):
    proposal.state = ProposalState.HIDDEN
    assert told(proposal) == ["제안한 주민"]


def stop_link(name):
    body = OutboxMessage.objects.get(user__name=name).body
    return re.search(r"그만 받기: https?://[^/]+(\S+)", body)[1]


@pytest.mark.parametrize("name", ["제안한 주민", "따르는 주민"])
def test_the_link_of_the_mail_ends_the_mails(proposal, client, name):
    told(proposal)
    link = stop_link(name)
    assert "그만 받기" in client.get(link).content.decode()
    assert name in told(proposal, "review:2")  # opening the link alone changes nothing
    assert "보내지 않습니다" in client.post(link).content.decode()
    client.post(link)
    assert name not in told(proposal, "review:3")
    assert len(told(proposal, "review:3")) == 2


def test_a_proposer_who_stopped_may_follow_again(proposal):
    mails.stop(proposal, proposal.author)
    assert MailStop.objects.get().user == proposal.author
    Follow.objects.create(proposal=proposal, user=proposal.author)
    assert "제안한 주민" in told(proposal)


def test_a_forged_link_is_no_address(proposal, client):
    told(proposal)
    link = stop_link("따르는 주민")
    assert client.post(link[:-3] + "x/").status_code == 404
    assert client.post("/proposals/stop/x:y:z/").status_code == 404
    assert Follow.objects.count() == 2
