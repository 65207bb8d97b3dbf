"""The printed funnel beside the rows, and its page."""

import pytest

from forums import funnel
from forums.models import FunnelStep, Proposal, ProposalState, Review
from geumcheon.accounts.models import Dong
from projects.models import Plan, PlanStatus
from tests.html import elements, texts

PRINTED = [  # count, 천원 as the plan prints them, path by path
    (106, 79_614_072), (22, None), (84, None), (6, 3_620_000), (6, 1_058_000), (22, 2_585_200), (10, 485_000), (10, 485_000),
    (7, 315_000), (7, 337_000), (30, None), (9, None), (10, None), (3, None), (4, None), (3, None), (8, 370_000), (8, 370_000),
    (22, None), (18, 855_000), (18, 1_000_000), (17, 900_000),
]  # fmt: skip


def text_of(response):
    """The words of a page's main part."""
    return " ".join(texts(response, "main"))


def by_label(year=2021):
    return {step.row.label: step for step in funnel.steps(year)}


def test_every_printed_step_is_a_row(loaded):
    rows = FunnelStep.objects.filter(year=2021)
    assert [(row.count, row.amount_krw and row.amount_krw // 1000) for row in rows] == PRINTED
    assert not rows.filter(source="").exists()


def test_steps_whose_proposals_are_all_named_agree_but_one(loaded):
    steps = funnel.steps(2021)
    assert [(s.row.label, s.row.count, s.count) for s in steps if s.matches is False] == [
        ("분과별 의제 목록: 청년·경제일자리분과", 3, 4)
    ]
    for step in steps:
        if step.row.whole and step.row.amount_krw is not None:
            assert (step.krw, step.amount_difference) == (step.row.amount_krw, 0)
    assert {s.matches for s in steps if not s.row.whole} == {None}
    assert all(s.row.note for s in steps if not s.row.whole)


def test_what_no_proposal_explains_is_the_rest_of_the_plan(loaded):
    council, plan = by_label()["협치회의가 의결한 사업"], by_label()["계획에 담긴 사업"]
    assert (council.count, council.krw) == (15, 700_000_000)
    assert council.row.amount_krw - council.krw == 214_550_000 + 72_950_000 + 12_500_000
    assert (plan.count, plan.krw) == (14, 609_000_000)
    assert plan.row.amount_krw - plan.krw == 208_000_000 + 70_500_000 + 12_500_000


def test_a_shared_amount_counts_once(loaded):
    step = by_label()["1차 심사에서 선정"]
    assert (step.count, step.krw) == (10, 485_000_000)
    Review.objects.exclude(share=None).update(share=None, amount_krw=200_000_000)
    step = by_label()["1차 심사에서 선정"]
    assert (step.krw, step.amount_matches, step.amount_difference) == (685_000_000, False, -200_000_000)


def test_a_changed_row_is_a_difference(loaded):
    Review.objects.filter(stage__code="joint", proposal__title="우리 동네 아가랑").update(amount_krw=9_000_000)
    step = by_label()["합동회의에서 최종 선정"]
    assert (step.count_matches, step.amount_matches, step.amount_difference) == (True, False, 1_000_000)
    Proposal.objects.filter(title="우리 동네 아가랑").update(
        state=ProposalState.HIDDEN, hidden_reason="까닭", project=None
    )
    assert by_label()["합동회의에서 최종 선정"].count_difference == 1


def test_the_number_of_queries_does_not_grow(loaded, django_assert_num_queries):
    with django_assert_num_queries(4):
        funnel.steps(2021)
    Proposal.objects.exclude(number=1).update(state=ProposalState.HIDDEN, hidden_reason="까닭", project=None)
    with django_assert_num_queries(4):
        funnel.steps(2021)


def test_a_year_without_printed_numbers_has_no_steps(loaded):
    assert funnel.steps(2019) == []
    assert funnel.years() == [2021]


def test_the_page_shows_stated_counted_and_why(client, loaded):
    page = text_of(client.get("/proposals/2021/funnel/"))
    for words in ("106개", "79,614,072천원", "2,585,200천원", "485,000천원", "337,000천원", "855,000천원", "30개"):
        assert words in page
    assert "더하면 29개로, 발굴한 의제 30개와 다릅니다" in page
    assert "견줄 수 없음" in page
    assert "학교의 유해한 교구를 친환경 제품으로 바꾸자는 내용이 같습니다." in page


def test_the_page_is_found_from_the_reconciliation(client, loaded):
    assert 'href="/proposals/2021/funnel/"' in client.get("/reconciliation/2021/").content.decode()
    assert client.get("/proposals/funnel/").url == "/proposals/2021/funnel/"


def test_a_project_leads_to_its_proposals(client, loaded):
    proposal = Proposal.objects.get(title="친환경 교육환경 조성")
    page = client.get("/projects/2021/5/").content.decode()
    assert f'href="{proposal.get_absolute_url()}"' in page
    assert "유해한 교구 없애기" in page
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN, hidden_reason="까닭", project=None)
    assert proposal.get_absolute_url() not in client.get("/projects/2021/5/").content.decode()
    assert "이 사업이 된 제안" not in client.get("/projects/2021/1/").content.decode()


@pytest.mark.parametrize("path", ["/proposals/2020/funnel/", "/proposals/0/funnel/", "/proposals/20210/funnel/"])
def test_a_year_without_a_plan_is_no_page(client, loaded, path):
    assert client.get(path).status_code == 404


def test_a_plan_without_printed_numbers_says_so_and_a_draft_is_no_page(client, loaded):
    plan = Plan.objects.create(year=2030, title="2030 계획", status=PlanStatus.CLOSED)
    assert "적힌 제안의 수가 없습니다" in text_of(client.get("/proposals/2030/funnel/"))
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.DRAFT)
    assert client.get("/proposals/2030/funnel/").status_code == 404


def test_a_dong_shows_its_public_proposals(client, loaded):
    dong = Dong.objects.get(name="가산동")
    proposal = Proposal.objects.get(title="석수역 엘리베이터 설치")
    assert "주민이 낸 제안" not in client.get("/dongs/가산동/").content.decode()
    Proposal.objects.filter(pk=proposal.pk).update(dong=dong)
    assert proposal.get_absolute_url() in client.get("/dongs/가산동/").content.decode()
    (link,) = [
        e["attrs"]["href"]
        for e in elements(client.get("/dongs/가산동/"), "a", "more")
        if "/proposals/" in e["attrs"]["href"]
    ]
    page = client.get(link).content.decode()
    assert proposal.get_absolute_url() in page
    assert Proposal.objects.get(title="금천구 둘레길 보수").get_absolute_url() not in page
    assert proposal.get_absolute_url() not in client.get("/dongs/시흥1동/").content.decode()
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN, hidden_reason="까닭")
    assert proposal.get_absolute_url() not in client.get("/dongs/가산동/").content.decode()
