"""The proposals of the 2021 plan as loaded: what the plan prints of them, and that loading changes nothing the second time."""

import shutil
from io import StringIO

import pytest
from django.core.management import call_command

from forums import loading
from forums.models import (
    Call,
    Channel,
    FieldCheck,
    FunnelStep,
    Kinship,
    Outcome,
    Proposal,
    ProposalState,
    Review,
    ReviewState,
    Stage,
)
from geumcheon.accounts.models import Department
from geumcheon.lib.loading import Loader, LoadError

# 신청, 부서조정 (천원) of the six that were visited.
VISITED = {
    "안전한 놀이터에서 놀고 싶어요!": (200_000, 200_000),
    "깨끗하고 안전한 어린이 공원": (2_000_000, 200_000),
    "초등학교 통학로 안전유해요인 개선": (50_000, 170_000),
    "학교앞 안전한 보도만들기": (270_000, 200_000),
    "야간 안전한 골목길 만들기": (100_000, 100_000),
    "밤에 골목길이 무서워요": (1_000_000, 188_000),
}
# title: (심사, 투표 상정, 확정, 의결, 최종 in 천원, project); 심사 of the two 안양천 ones is the amount they share.
CITIZEN = {
    "아름다운 이웃, 기부 나눔 박람회": (15_000, 15_000, 15_000, 15_000, 15_000, 13),
    "우리 동네 아가랑": (10_000, 10_000, 10_000, 10_000, 10_000, 14),
    "안전한 놀이터에서 놀고 싶어요!": (50_000, 50_000, 53_000, 53_000, 53_000, 7),
    "깨끗하고 안전한 어린이 공원": (50_000, 50_000, None, None, None, None),
    "안양천 어린이 놀이공간 조성": (200_000, 100_000, None, None, None, None),
    "안양천에서 놀자(안양천 생태탐방로 조성)": (200_000, 100_000, 117_000, 117_000, 117_000, 8),
    "빌라 주차문제 해결을 위한 “스마트 주차 커뮤니티 운영”": (50_000, 50_000, 50_000, 50_000, 50_000, 16),
    "야간 안전한 골목길 만들기": (50_000, 50_000, 51_000, 51_000, 51_000, 9),
    "구민체육센터 미세먼지 안내판 설치": (20_000, 20_000, None, None, None, None),
    "야외운동장 미세먼지 실시간 알림판 설치": (40_000, 40_000, 41_000, 41_000, None, None),
}
# title: (선정 and 투표 상정, 의결, 최종 in 천원, project)
SELECTED = {
    "금천형 마을돌봄 모델 마련을 위한 연구용역": (35_000, 35_000, 35_000, 4),
    "친환경 교육환경 조성": (135_000, 121_000, 71_000, 5),
    "어두운 재래시장 길 밝히기": (50_000, 53_000, 53_000, 6),
    "스마트 기술을 활용한 발달장애인의 안전사고 예방": (20_000, 20_000, 20_000, 10),
    "청년과 실버 세대융합 프로젝트": (30_000, 30_000, 30_000, 11),
    "장애인식 개선교육": (10_000, 10_000, 10_000, 12),
    "주민이 만드는 우리 동네 이야기": (30_000, 31_000, 31_000, 15),
    "청년과 함께하는 활기찬 독산로 만들기": (60_000, 63_000, 63_000, 17),
}


def of(channel):
    return Proposal.objects.filter(call__channel__code=channel, call__year=2021, call__historical=True)


def amounts(proposal):
    """{stage code: 천원} of a proposal's reviews."""
    found = {}
    for review in proposal.reviews.select_related("stage", "share"):
        krw = review.share.amount_krw if review.share_id else review.amount_krw
        if krw is not None:
            found[review.stage.code] = krw // 1000
    return found


def test_the_thirty_items_stand_under_their_subcommittees(loaded):
    items = of("agenda").filter(reviews__outcome=Outcome.GATHERED)
    counts = [items.filter(bodies__name=name).count() for name in (
        "교육·문화분과", "도시환경·안전분과", "복지·건강분과", "주민자치·기획분과", "청년·경제일자리분과",
    )]  # fmt: skip
    assert counts == [9, 10, 3, 4, 4]
    assert items.count() == 30
    assert not items.filter(body="").exists()
    assert not Proposal.objects.filter(call__historical=True, source="").exists()


def test_selected_items_carry_their_amounts_to_the_project(loaded):
    found = {p.title: p for p in of("agenda").filter(reviews__outcome=Outcome.SELECTED).select_related("project")}
    told = {}
    for title, p in found.items():
        krw = amounts(p)
        assert krw["selection"] == krw["ballot"]
        told[title] = (krw["ballot"], krw["resolution"], krw["final"], p.project.number)
    assert told == SELECTED
    assert {p.state for p in found.values()} == {ProposalState.PROJECT}


def test_items_with_a_new_name_are_joined_to_it_with_the_reason(loaded):
    ways = Kinship.objects.filter(source_proposal__in=of("agenda")).values_list(
        "source_proposal__title", "target__title"
    )
    assert set(ways) == {
        ("지속적 돌봄사업", "금천형 마을돌봄 모델 마련을 위한 연구용역"),
        ("유해한 교구 없애기", "친환경 교육환경 조성"),
        ("어두워진 재래시장 길 밝히기", "어두운 재래시장 길 밝히기"),
        ("노인과 청년 세대 간 융합 프로그램을 통한 마을공동체 형성", "청년과 실버 세대융합 프로젝트"),
        ("디지털사이니지 활용 확대", "주민이 만드는 우리 동네 이야기"),
        ("독산로 보행환경 개선사업(지속사업)", "청년과 함께하는 활기찬 독산로 만들기"),
    }
    assert not Kinship.objects.filter(reason="").exists()
    assert of("agenda").filter(state=ProposalState.MERGED).count() == 6
    assert of("agenda").filter(state=ProposalState.ENDED).count() == 22


def test_citizen_proposals_carry_the_amount_of_each_step(loaded):
    proposals = {p.title: p for p in of("citizen-budget").select_related("project")}
    assert set(proposals) == set(CITIZEN) | set(VISITED)
    for title, (requested, adjusted) in VISITED.items():
        assert proposals[title].requested_krw == requested * 1000
        assert amounts(proposals[title])["department"] == adjusted
    for title, (*steps, project) in CITIZEN.items():
        found = amounts(proposals[title])
        assert [found.get(code) for code in ("review", "ballot", "joint", "resolution", "final")] == steps
        assert (proposals[title].project and proposals[title].project.number) == project
    unvisited = of("citizen-budget").exclude(title__in=VISITED)
    assert not unvisited.exclude(requested_krw=None).exists()
    assert not Review.objects.filter(proposal__in=unvisited, stage__code="department").exclude(amount_krw=None).exists()


def test_two_proposals_share_one_amount(loaded):
    share = Review.objects.exclude(share=None).values_list("proposal__title", "share__amount_krw", "amount_krw")
    assert set(share) == {
        ("안양천 어린이 놀이공간 조성", 200_000_000, None),
        ("안양천에서 놀자(안양천 생태탐방로 조성)", 200_000_000, None),
    }
    assert len({review.share_id for review in Review.objects.exclude(share=None)}) == 1


def test_proposals_that_ended_say_where_and_invent_no_reason(loaded):
    ended = of("citizen-budget").filter(state=ProposalState.ENDED).select_related("stage")
    assert {(p.title, p.stage.code) for p in ended} == {
        ("초등학교 통학로 안전유해요인 개선", "review"),
        ("학교앞 안전한 보도만들기", "review"),
        ("밤에 골목길이 무서워요", "review"),
        ("깨끗하고 안전한 어린이 공원", "joint"),
        ("안양천 어린이 놀이공간 조성", "joint"),
        ("구민체육센터 미세먼지 안내판 설치", "joint"),
        ("야외운동장 미세먼지 실시간 알림판 설치", "final"),
    }
    for proposal in ended:
        refusal = proposal.reviews.get(stage=proposal.stage)
        assert (refusal.reason, bool(refusal.source), refusal.amount_krw) == ("", True, None)


def test_visits_and_meetings_are_those_of_the_log(loaded):
    checks = FieldCheck.objects.filter(proposal__in=of("citizen-budget"))
    assert checks.count() == 6
    assert set(checks.values_list("on", "people").distinct()) == {(checks[0].on, 8)}
    meetings = Review.objects.filter(proposal__in=of("citizen-budget")).exclude(meeting=None)
    found = set(meetings.values_list("stage__code", "meeting__starts_on", "on"))
    assert {(code, str(day), str(on)) for code, day, on in found} == {
        ("field-check", "2020-06-16", "2020-06-16"),
        ("review", "2020-06-30", "2020-06-30"),
        ("joint", "2020-07-30", "2020-07-30"),
        ("resolution", "2020-08-05", "2020-08-05"),
    }


def test_departments_are_as_printed(loaded):
    found = dict(of("citizen-budget").values_list("title", "department__name"))
    assert found["구민체육센터 미세먼지 안내판 설치"] == "환경과"
    assert found["학교앞 안전한 보도만들기"] == "도로과"
    both = of("citizen-budget").get(title="밤에 골목길이 무서워요")
    assert (both.department.name, both.departments_text) == ("도로과", "도로과·마을자치과")
    assert of("agenda").get(title="어두운 재래시장 길 밝히기").departments_text == "마을자치과·지역경제과"


def test_ladders_are_complete_ways(loaded):
    codes = {c.code: [s.code for s in c.stages.order_by("order")] for c in Channel.objects.filter(source__gt="")}
    assert codes["citizen-budget"] == [
        "intake", "sorting", "department", "field-check", "review", "ballot", "joint", "resolution", "adjustment", "final",
    ]  # fmt: skip
    assert codes["agenda"][:4] == ["gathering", "deliberation", "selection", "ballot"]
    for stage in Stage.objects.filter(channel__code__in=codes).prefetch_related("moves"):
        assert stage.moves.exists()
        assert all(move.to is None or move.to.order > stage.order for move in stage.moves.all())
    criteria = Stage.objects.get(channel__code="citizen-budget", code="department").criteria.values_list(
        "name", flat=True
    )
    assert list(criteria) == ["사업효과성", "수혜범위", "사업규모와 사업비의 적정성", "민원발생 가능성"]
    # Every review of the plan is one its ladder knows.
    for review in Review.objects.filter(proposal__call__historical=True).select_related("stage"):
        assert review.stage.moves.filter(outcome=review.outcome).exists()


def test_a_second_run_changes_nothing_and_a_dry_run_tells(loaded):
    out = StringIO()
    call_command("load_plan", "2021", stdout=out)
    assert "바뀐 것이 없습니다" in out.getvalue()
    of("citizen-budget").filter(number=1).update(title="고친 제목")
    out = StringIO()
    call_command("load_plan", "2021", dry_run=True, stdout=out)
    assert "고친 제목" in out.getvalue()
    assert of("citizen-budget").get(number=1).title == "고친 제목"


def test_loading_leaves_what_people_made(loaded, users):
    channel = Channel.objects.get(code="platform")
    stage = channel.stages.get(code="endorsing")
    call = Call.objects.create(channel=channel, year=2021, title="새 공모", published=True)
    made = Proposal.objects.create(call=call, number=1, title="새 제안", stage=stage, state=ProposalState.OPEN)
    extra = Stage.objects.create(channel=channel, order=99, code="extra", name="더한 단계")
    proposal = of("citizen-budget").get(number=11)
    mine = Review.objects.create(
        proposal=proposal, stage=proposal.call.channel.stages.get(code="ballot"), outcome=Outcome.NOT_SELECTED,
        reason="다시 봄", by=users["secretariat"], state=ReviewState.WITHDRAWN, withdrawn_reason="잘못 적음",
    )  # fmt: skip
    loading.load(loaded, Loader())
    for row in (made, extra, mine, call):
        row.refresh_from_db()


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("citizen-budget.yaml", "department: 복지정책과", "department: 없는과", "모르는 이름입니다: 없는과"),
        ("citizen-budget.yaml", "meeting: 2020-17", "meeting: 2020-99", "모르는 이름입니다: 2020-99"),
        ("agenda.yaml", "stage: selection", "stage: nowhere", "이 경로에 없는 단계입니다: nowhere"),
        ("agenda.yaml", "went_into: 친환경 교육환경 조성", "went_into: 없는 제목", "이 파일에 없는 제목입니다"),
        ("funnel.csv", ",selected,", ",chosen,", "모르는 결과입니다: chosen"),
        ("channels.yaml", "{received: department}", "{received: nowhere}", "모르는 결과나 단계입니다"),
    ],
)
def test_a_wrong_file_loads_nothing_and_names_the_place(loaded, tmp_path, name, old, new, told):
    shutil.copytree(loading.DATA / "2021", tmp_path / "2021")
    path = tmp_path / "2021" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LoadError, match=name) as error:
        loading.load(loaded, Loader(), tmp_path)
    assert told in str(error.value)
    assert Department.objects.exists()


def test_a_year_without_files_loads_nothing(loaded, tmp_path):
    loader = Loader()
    loading.load(loaded, loader, tmp_path)
    assert not loader.changed
    assert FunnelStep.objects.filter(year=2021).exists()
