"""The list, the call page and their filters; the number of queries does not grow with the rows."""

from datetime import timedelta

import pytest
from django.test import Client

from forums.models import Call, Proposal, ProposalAlias, ProposalState
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from tests.forums.ladders import a_call, a_proposal, endorse
from tests.forums.people import resident, verified_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return a_call(year=2031, endorsements_needed=5, ends_before=clock.today() + timedelta(days=4))


def found(**filters):
    return [row.title for row in Client().get("/proposals/", filters).context["page"].object_list]


def collecting(call, title, keys="", **fields):
    made = a_proposal(
        stage="received", call=call, title=title, endorse_before=clock.today() + timedelta(days=3), **fields
    )
    endorse(made, *keys)
    return made


def test_the_list_filters_by_what_a_proposal_is(call):
    here = collecting(call, "여기", dong=Dong.objects.get(name="가산동"), department="교통행정과")
    there = a_proposal(stage="department", call=call, title="저기", body="바람개비 언덕")
    ProposalAlias.objects.create(proposal=there, name="저어기")
    ended = a_proposal(stage="department", call=call, title="끝", state=ProposalState.ENDED)
    a_proposal(stage="received", call=call, title="숨은 것", state=ProposalState.HIDDEN, hidden_reason="까닭")
    a_proposal(stage="received", call=call, title="쓰는 것", state=ProposalState.DRAFT)
    assert sorted(found(year=2031)) == sorted([here.title, there.title, ended.title])
    assert found(year=2031, state="endorsing") == ["여기"]
    assert found(year=2031, state="reviewing") == ["저기"]
    assert found(year=2031, state="ended") == ["끝"]
    assert found(year=2031, dong="가산동") == ["여기"]
    assert found(year=2031, department="교통행정과") == ["여기"]
    assert sorted(found(year=2031, stage="부서 검토", channel="test-budget")) == ["끝", "저기"]
    assert found(q="바람개비 언덕") == ["저기"] == found(q="저어기")
    assert found(q="숨은") == []


def test_a_bad_filter_is_named_and_does_not_filter(call):
    collecting(call, "여기")
    response = Client().get("/proposals/", {"year": "x", "state": "forged", "q": "여기"})
    assert set(response.context["form"].errors) == {"year", "state"}
    assert [row.title for row in response.context["page"].object_list] == ["여기"]


def test_the_orders(call):
    collecting(call, "둘", "ab")
    collecting(call, "넷", "abcd")
    done = a_proposal(stage="sorting", call=call, title="여섯")
    endorse(done, *"abcdef")
    assert found(year=2031, order="most") == ["여섯", "넷", "둘"]
    assert found(year=2031, order="nearest") == ["넷", "둘", "여섯"]


def test_open_calls_stand_on_top_and_on_the_home_page(call):
    over = a_call(year=2030, ends_before=clock.today())
    a_call(year=2030, starts_on=clock.today() + timedelta(days=1))
    response = Client().get("/proposals/")
    assert response.context["calls"] == [call]
    assert "D-3" in response.content.decode()
    assert 'href="/proposals/"' in Client().get("/").content.decode()
    page = Client().get(over.get_absolute_url()).content.decode()
    assert "지금 받지 않음" in page and "제안하기" not in page


def test_a_call_page_shows_its_rules_and_ladder(call):
    Call.objects.filter(pk=call.pk).update(min_krw=1_000_000, max_krw=9_000_000)
    page = Client().get(call.get_absolute_url()).content.decode().split("<main", 1)[1]
    assert "1,000천원부터" in page and "9,000천원까지" in page and "20일 안에 5명" in page
    assert page.index("유형 분류·이관") < page.index("주민투표")


def test_the_number_of_queries_does_not_grow(call):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(address, client):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client = verified_client("reader")
    first = collecting(call, "하나", "a", author=resident("one"), dong=Dong.objects.get(name="가산동"))
    addresses = ("/proposals/?year=2031", call.get_absolute_url(), f"/proposals/similar/?title={first.title}", "/my/")
    Proposal.objects.filter(pk=first.pk).update(author=client.user)
    before = [queries(address, client) for address in addresses]
    for _n in range(2):
        collecting(call, "하나", "ab", author=client.user, dong=Dong.objects.get(name="독산1동"))
    assert [queries(address, client) for address in addresses] == before


def test_the_pager_keeps_the_filters(call):
    for n in range(21):
        collecting(call, f"제안 {n}")
    page = Client().get("/proposals/", {"year": 2031}).content.decode()
    assert "year=2031&amp;page=2" in page or "page=2&amp;year=2031" in page
    assert len(found(year=2031, page=2)) == 1
