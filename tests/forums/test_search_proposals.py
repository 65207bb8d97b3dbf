"""Proposals in the search and the site map."""

import pytest

from forums.models import Proposal, ProposalAlias, ProposalState
from geumcheon.search import index


@pytest.fixture(autouse=True)
def _index(loaded):
    index.rebuild()


def found(query):
    """[title] of the proposals a search finds."""
    return [entry.title for label, entries in index.search(query) if label == "제안" for entry in entries]


def test_title_alias_and_body_are_found_by_two_syllables(loaded):
    assert found("석수") == ["2021 제안 석수역 엘리베이터 설치"]
    assert found("알리미") == ["2021 제안 야외운동장 미세먼지 실시간 알림판 설치"]  # another printed name
    assert found("깔창") == []
    assert "2021 제안 어린이 보호구역내 횡단보도를 과속방지턱으로 보수" in found("15cm")


def test_they_are_a_group_of_the_page(client, loaded):
    page = client.get("/search/?q=석수역").content.decode()
    assert Proposal.objects.get(title="석수역 엘리베이터 설치").get_absolute_url() in page


@pytest.mark.parametrize("state", [ProposalState.DRAFT, ProposalState.HIDDEN])
def test_drafts_and_hidden_ones_are_never_found(client, loaded, state):
    """Not before the index is made again either."""
    proposal = Proposal.objects.get(title="석수역 엘리베이터 설치")
    Proposal.objects.filter(pk=proposal.pk).update(state=state, hidden_reason="까닭")
    assert found("석수역") == []
    assert proposal.get_absolute_url() not in client.get("/search/?q=석수역").content.decode()
    assert (
        f"<loc>http://testserver{proposal.get_absolute_url()}</loc>"
        not in client.get("/sitemap-proposals.xml").content.decode()
    )
    index.rebuild()
    assert found("석수역") == []


def test_a_withdrawn_proposal_is_still_public(loaded):
    Proposal.objects.filter(title="석수역 엘리베이터 설치").update(state=ProposalState.WITHDRAWN)
    index.rebuild()
    assert found("석수역")


def test_a_new_proposal_or_alias_puts_the_index_behind(loaded):
    assert not index.is_behind()
    proposal = Proposal.objects.get(title="석수역 엘리베이터 설치")
    ProposalAlias.objects.create(proposal=proposal, name="승강기")
    assert index.is_behind()
    index.rebuild()
    assert found("승강기") == ["2021 제안 석수역 엘리베이터 설치"]
    proposal.body = "에스컬레이터도 함께"
    proposal.save()
    assert index.is_behind()


def test_the_site_map_lists_public_proposals(client, loaded):
    part = client.get("/sitemap-proposals.xml").content.decode()
    assert part.count("<loc>") == Proposal.objects.public().count() == 49
    assert "/proposals/2021/funnel/" in client.get("/sitemap-pages.xml").content.decode()
