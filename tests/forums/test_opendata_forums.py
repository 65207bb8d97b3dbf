"""The published lists of proposals and of the decisions on them."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Call, Proposal, ProposalState, Review, ReviewState
from geumcheon.opendata.datasets import DATASETS


def rows_of(name):
    dataset = DATASETS[name]
    return [dict(zip(dataset.keys, row, strict=True)) for row in dataset.rows()]


def one(rows, **wanted):
    (found,) = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return found


def test_proposals_are_those_of_the_plan(loaded):
    rows = rows_of("proposals")
    assert {row["year"] for row in rows} == {2021}
    assert [row["channel"] for row in rows].count("시민참여예산") == 13
    items = [row for row in rows if row["channel"] == "분과 의제"]
    assert len(items) == 36
    assert len([row for row in items if row["merged_into"]]) == 6
    assert len(rows) == DATASETS["proposals"].count()


def test_the_amount_trail_of_one_proposal(loaded):
    row = one(rows_of("proposals"), title="친환경 교육환경 조성")
    assert (row["ballot_krw"], row["council_krw"], row["final_krw"]) == (135_000_000, 121_000_000, 71_000_000)
    assert (row["department"], row["project_number"], row["stage"], row["state"]) == (
        "교육지원과",
        5,
        "확정",
        "사업이 됨",
    )
    assert (row["requested_krw"], row["department_krw"], row["amount_shared_with"]) == (None, None, [])
    assert row["bodies"] == ["교육·문화분과"]


def test_a_shared_amount_names_the_other(loaded):
    rows = rows_of("proposals")
    way, place = (
        one(rows, title="안양천에서 놀자(안양천 생태탐방로 조성)"),
        one(rows, title="안양천 어린이 놀이공간 조성"),
    )
    assert way["reviewed_krw"] == place["reviewed_krw"] == 200_000_000
    assert way["amount_shared_with"] == [place["title"]]
    assert place["amount_shared_with"] == [way["title"]]
    assert (place["ballot_krw"], place["council_krw"], place["final_krw"]) == (100_000_000, None, None)
    assert (way["confirmed_krw"], way["final_krw"], way["project_number"]) == (117_000_000, 117_000_000, 8)


def test_a_visited_proposal_that_ended(loaded):
    row = one(rows_of("proposals"), title="밤에 골목길이 무서워요")
    assert (row["requested_krw"], row["department_krw"], row["reviewed_krw"]) == (1_000_000_000, 188_000_000, None)
    assert (row["department"], row["project_number"], row["state"]) == ("도로과·마을자치과", None, "끝남")
    reviews = [r for r in rows_of("proposal_reviews") if r["proposal_title"] == row["title"]]
    assert [(r["stage"], r["outcome"], r["amount_krw"], r["date"]) for r in reviews] == [
        ("접수", "접수", 1_000_000_000, None),
        ("유형 분류·이관", "이관", None, None),
        ("부서 검토", "적정", 188_000_000, None),
        ("현장 확인", "현장 확인", None, date(2020, 6, 16)),
        ("1차 심사", "미선정", None, date(2020, 6, 30)),
    ]
    assert {r["department"] for r in reviews} == {None, "도로과·마을자치과"}


def test_an_agenda_item_stands_under_its_subcommittee(loaded):
    row = one(rows_of("proposals"), title="석수역 엘리베이터 설치")
    assert (row["body"], row["bodies"]) == ("도시환경·안전분과", ["도시환경·안전분과"])
    assert row["text"].startswith("역사 내 엘리베이터 부재로")
    printed = [r["proposal_title"] for r in rows_of("proposal_reviews") if r["outcome"] == "발굴"]
    found = Counter(r["body"] for r in rows_of("proposals") if r["title"] in printed)
    assert found == {
        "교육·문화분과": 9, "도시환경·안전분과": 10, "복지·건강분과": 3, "주민자치·기획분과": 4, "청년·경제일자리분과": 4,
    }  # fmt: skip
    assert {r["body"] for r in rows_of("proposals") if r["channel"] == "시민참여예산"} == {None}
    row = one(rows_of("proposal_reviews"), proposal_title="석수역 엘리베이터 설치", stage="발굴")
    assert (row["outcome"], row["body"], row["year"], row["amount_krw"]) == ("발굴", "도시환경·안전분과", 2021, None)
    row = one(rows_of("proposal_reviews"), proposal_title="친환경 교육환경 조성", stage="의결")
    assert (row["body"], row["date"], row["amount_krw"]) == ("금천구협치회의", date(2020, 8, 5), 121_000_000)
    assert (row["meeting_year"], row["meeting_no"]) == (2020, 26)


@pytest.mark.parametrize("state", [ProposalState.DRAFT, ProposalState.HIDDEN])
def test_drafts_and_hidden_ones_appear_nowhere(loaded, state):
    place = Proposal.objects.get(title="안양천 어린이 놀이공간 조성")
    Proposal.objects.filter(pk=place.pk).update(state=state, hidden_reason="까닭")
    Proposal.objects.filter(title="친환경 교육환경 조성").update(state=state, project=None, hidden_reason="까닭")
    for name in ("proposals", "proposal_reviews"):
        assert not [
            row for row in rows_of(name) if place.title in str(row) or row.get("merged_into") == "친환경 교육환경 조성"
        ]
    assert len(rows_of("proposals")) == DATASETS["proposals"].count() == 47


def test_unpublished_calls_and_withdrawn_reviews_appear_nowhere(loaded):
    Call.objects.filter(channel__code="agenda").update(published=False)
    assert {row["channel"] for row in rows_of("proposals")} == {"시민참여예산"}
    assert {row["channel"] for row in rows_of("proposal_reviews")} == {"시민참여예산"}
    Review.objects.filter(stage__code="final").update(state=ReviewState.WITHDRAWN, withdrawn_reason="다시 봄")
    assert not [row for row in rows_of("proposal_reviews") if row["stage"] == "확정"]
    assert one(rows_of("proposals"), title="우리 동네 아가랑")["final_krw"] is None


def test_the_number_of_queries_does_not_grow(loaded):
    def counted(name):
        with CaptureQueriesContext(connection) as captured:
            rows_of(name)
        return len(captured)

    before = {name: counted(name) for name in ("proposals", "proposal_reviews")}
    Proposal.objects.filter(call__channel__code="agenda").update(
        state=ProposalState.HIDDEN, hidden_reason="까닭", project=None
    )
    Proposal.objects.filter(call__channel__code="citizen-budget", number__gt=6).update(
        state=ProposalState.HIDDEN, hidden_reason="까닭", project=None
    )
    assert {name: counted(name) for name in before} == before


def test_the_funnel_is_among_the_stated_figures(loaded):
    rows = [row for row in rows_of("stated_figures") if row["kind"] == "funnel"]
    moved = {row["label"]: row for row in rows}
    assert moved["자치구로 이관된 제안: 개수"]["stated"] == 106
    assert moved["자치구로 이관된 제안: 금액"]["stated"] == 79_614_072
    assert moved["자치구로 이관된 제안: 금액"]["computed"] is moved["자치구로 이관된 제안: 금액"]["matches"] is None
    joint = moved["합동회의에서 최종 선정: 금액"]
    assert (joint["stated"], joint["computed"], joint["difference"], joint["matches"]) == (337_000, 337_000, 0, True)
    wrong = [row for row in rows if row["matches"] is False]
    assert [(row["label"], row["stated"], row["computed"]) for row in wrong] == [
        ("분과별 의제 목록: 청년·경제일자리분과: 개수", 3, 4)
    ]
    assert "29개" in wrong[0]["note"]
