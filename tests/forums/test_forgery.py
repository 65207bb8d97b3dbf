"""What a form may not bring in, and how much of it: forged fields, scripts, invisible letters, floods."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from forums import proposal_actions
from forums.models import Proposal, ProposalState, Review
from geumcheon.accounts.models import Department
from tests.forums.ladders import a_call, stage_of
from tests.forums.people import resident, verified_client
from tests.forums.test_proposals import a_draft, errors, new, submit, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return a_call(endorsements_needed=3)


@pytest.fixture
def client():
    return verified_client("forger")


def test_forged_fields_count_for_nothing(client, call):
    other, office = resident("somebody"), Department.objects.first()
    forged = {
        "author": other.pk, "stage": stage_of(call, "final").pk, "state": "project", "number": 99, "department": office.pk,
        "amount_krw": 1, "entered_on": "2020-01-01", "endorse_before": "2099-01-01", "submitted_at": "2020-01-01", "project": 1,
        "person_key": "f" * 64, "outcome": "selected",
    }  # fmt: skip
    draft = a_draft(client, call, **forged)
    assert (draft.author, draft.stage.code, draft.state, draft.number) == (client.user, "received", "draft", None)
    assert (draft.department, draft.call, draft.project, draft.submitted_at) == (None, call, None, None)
    submit(client, draft, **forged)
    draft.refresh_from_db()
    assert (draft.author, draft.stage.code, draft.state, draft.number) == (client.user, "received", "open", 1)
    client.post(f"/proposals/{draft.pk}/edit/", {**words(), "version": draft.version, **forged})
    draft.refresh_from_db()
    assert (draft.author, draft.stage.code, draft.state, draft.number) == (client.user, "received", "open", 1)
    client.post(f"/proposals/{draft.pk}/endorse/", forged)
    assert not draft.endorsements.exists() and not Review.objects.filter(proposal=draft).exists()


def test_scripts_come_out_as_text(client, call):
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    draft = a_draft(client, call, title=script, body=script, place=script)
    submit(client, draft)
    for address in (
        f"/proposals/{draft.pk}/",
        "/proposals/",
        f"/proposals/calls/{call.pk}/",
        "/proposals/similar/?title=script+alert",
    ):
        page = Client().get(address).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page, address
    assert "&lt;script&gt;alert(1)" in Client().get(f"/proposals/{draft.pk}/").content.decode()


def test_invisible_and_turning_letters_are_taken_out(client, call):
    new(client, call, title="\u202e독산\u200b로\u2066 그늘막\ufeff을")
    assert Proposal.objects.get(author=client.user).title == "독산로 그늘막을"


def test_a_megabyte_of_text_is_refused_at_its_field(client, call):
    assert set(errors(new(client, call, body="x" * 1_000_000))) == {"body"}
    assert set(errors(new(client, call, title="x" * 1_000_000))) == {"title"}
    assert new(client, call, body="가" * 2_000_000).status_code == 400
    assert not Proposal.objects.filter(author=client.user).exists()


def test_a_thousand_posts_of_one_account_stay_a_handful(client, call):
    for n in range(20):
        client.post(f"/proposals/calls/{call.pk}/new/", {"title": f"제안 {n}", "body": "같은 글"})
    values = {"title": "같은 글", "body": "같은 글", "place": "", "dong": None, "requested_krw": None}
    for _n in range(980):
        with pytest.raises(ValidationError):
            proposal_actions.draft(call=call, by=client.user, values=values)
    drafts = list(Proposal.objects.filter(author=client.user))
    assert len(drafts) == 5
    for draft in drafts:
        response = submit(client, draft)
    assert "부터 다시 올릴 수 있습니다" in response.content.decode()
    assert Proposal.objects.filter(author=client.user, state=ProposalState.OPEN).count() == 3
    assert Proposal.objects.filter(author=client.user, state=ProposalState.DRAFT).count() == 2


def test_a_get_changes_nothing(client, call):
    draft = a_draft(client, call)
    for action in ("endorse/", "follow/", "discard/"):
        assert client.get(f"/proposals/{draft.pk}/{action}").status_code == 405
    client.get(f"/proposals/{draft.pk}/preview/")
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT


def test_a_form_without_its_token_is_refused(call):
    client = Client(enforce_csrf_checks=True)
    client.force_login(resident("tokenless"))
    assert client.post(f"/proposals/calls/{call.pk}/new/", words()).status_code == 403
    assert not Proposal.objects.filter(call=call).exists()
