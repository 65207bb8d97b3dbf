"""From the decision to projects of the next plan over HTTP: only the selected, each once, in the group its paper leads to."""

import pytest
from django.test import Client

from forums.models import Proposal, ProposalState
from geumcheon.accounts.models import OutboxMessage, Role, User
from projects.models import PlanStatus, Project
from tests.forums.people import resident
from tests.voting.booth import cast_some, published
from tests.voting.deciding import (
    a_draft,
    a_joint_meeting,
    a_plan,
    a_published_round,
    decided_to_the_end,
    filled,
    options,
)
from tests.voting.factories import at_once
from voting import actions, decisions, next_plan, simulation
from voting.decisions import Row
from voting.models import Option, VoteDecision

BEST = {(1, 1), (1, 2), (2, 1), (2, 2)}
NAMES = ["분과 의제 사업 1", "분과 의제 사업 2", "구민제안 사업 1", "구민제안 사업 2"]


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def plan(loaded):
    return a_plan()


@pytest.fixture
def round(loaded):
    return decided(a_published_round())


@pytest.fixture
def staff(client_as):
    return client_as("secretariat")


def decided(round, chosen=BEST):
    rows = [
        Row(option, "selected" if at in chosen else "dropped", option.cost_krw if at in chosen else None, "까닭")
        for at, option in options(round).items()
    ]
    decisions.decide(round=round, meeting=a_joint_meeting(), rows=rows)
    return round


def url(round):
    return f"/admin/voting/round/{round.pk}/projects/"


def shown(page):
    """{name: group} of the preview."""
    return {line.option.title: line.group and line.group.name for line in page.context["form"].lines}


def typed(page, **groups):
    """The data of a preview as the page shows it; groups: {option key: ProjectGroup key}."""
    form = page.context["form"]
    data = {"plan": page.context["plan"].pk}
    for name in form.fields:
        value = form[name].value()
        data[name] = "" if value is None else getattr(value, "pk", value)
    return data | groups


def test_the_preview_lists_the_selected_with_the_group_of_their_paper_and_the_button_makes_them_once(
    round, plan, staff
):
    page = staff.get(url(round))
    assert shown(page) == {
        "분과 의제 사업 1": "부문별 협치 사업",  # as the plan of 2021 has its projects of this origin
        "분과 의제 사업 2": "도시환경·안전분과",  # its subcommittee
        "구민제안 사업 1": "구민제안 사업",  # its paper
        "구민제안 사업 2": "구민제안 사업",
    }
    assert not plan.projects.exists()
    answer = staff.post(url(round), typed(page), follow=True)
    assert f"{plan}에 사업 4개를 담았습니다." in answer.content.decode()
    made = list(plan.projects.order_by("number").select_related("group"))
    assert [(p.number, p.name, p.group.name) for p in made] == list(zip(range(1, 5), NAMES, shown(page).values(), strict=True))  # fmt: skip
    assert [p.origin for p in made] == ["분과 의제", "분과 의제", "", ""]
    assert [b.name for b in made[1].bodies.all()] == ["도시환경·안전분과"]
    lead = made[1].partners.get()
    assert (lead.side, lead.name) == ("주무부서", "공원녹지과")
    meeting = VoteDecision.objects.first().meeting
    assert all(list(p.meetings.all()) == [meeting] for p in made)
    assert {d.option.title: d.project_id for d in VoteDecision.objects.select_related("option") if d.project_id} == {
        p.name: p.pk for p in made
    }
    twice = staff.post(url(round), typed(page), follow=True)
    assert "새로 만들 사업이 없습니다." in twice.content.decode()
    assert plan.projects.count() == 4
    assert "이미 담은 사업 4개" in staff.get(url(round)).content.decode()


def test_what_was_decided_cannot_change_after_projects_were_made(round, plan, staff):
    seen = staff.get(f"/admin/voting/round/{round.pk}/decide/")
    staff.post(url(round), typed(staff.get(url(round))))
    for answer in (
        staff.get(f"/admin/voting/round/{round.pk}/decide/", follow=True),
        staff.post(f"/admin/voting/round/{round.pk}/decide/", filled(seen, None, set()), follow=True),
    ):
        assert "이미 사업을 만든 결정은 바꿀 수 없습니다." in answer.content.decode()
    with pytest.raises(actions.ValidationError, match="이미 사업을 만든"):
        decided(round)


# --- the group ----------------------------------------------------------------------------------------------------------


def test_a_group_that_nothing_leads_to_is_asked_for(round, staff):
    plan = a_plan(groups=("가", "나"))
    page = staff.get(url(round))
    assert set(shown(page).values()) == {None}
    refused = staff.post(url(round), typed(page))
    assert refused.content.decode().count("사업 구분을 골라 주세요.") == 4
    assert not plan.projects.exists()
    with pytest.raises(actions.ValidationError, match="사업 구분을 골라"):
        next_plan.make_projects(round=round, plan=plan)
    second = plan.groups.get(name="나")
    chosen = {name: second.pk for name in page.context["form"].fields if name.startswith("group-")}
    elsewhere = a_plan(2029, groups=("다",)).groups.get()
    wrong = staff.post(url(round), typed(page) | chosen | {next(iter(chosen)): elsewhere.pk})
    assert "이 계획의 구분을 골라 주세요." in wrong.content.decode() and not plan.projects.exists()
    assert staff.post(url(round), typed(page) | chosen).status_code == 302
    assert {p.group.name for p in plan.projects.all()} == {"나"} and plan.projects.count() == 4


def test_the_only_group_takes_all(round, staff):
    a_plan(groups=("모두",))
    assert set(shown(staff.get(url(round))).values()) == {"모두"}


# --- the plan -----------------------------------------------------------------------------------------------------------


def test_without_a_plan_in_draft_nothing_is_made(round, staff):
    assert "작성 중인 계획이 없습니다" in staff.get(url(round)).content.decode()
    published = a_plan(2027, status=PlanStatus.PUBLISHED)
    answer = staff.post(url(round), {"plan": published.pk}, follow=True)
    assert "작성 중인 계획 가운데에서" in answer.content.decode()
    with pytest.raises(actions.ValidationError, match="작성 중인 계획에만"):
        next_plan.make_projects(round=round, plan=published)
    assert not published.projects.exists()


def test_one_of_several_plans_is_chosen(round, plan, staff):
    later = a_plan(2029)
    page = staff.get(url(round))
    assert page.context["plan"] == plan and "2029년 지역사회혁신계획" in page.content.decode()
    page = staff.get(url(round), {"plan": later.pk})
    assert page.context["plan"] == later
    staff.post(url(round), typed(page))
    assert (plan.projects.count(), later.projects.count()) == (0, 4)


def test_a_round_that_chooses_for_a_plan_makes_projects_of_that_one_only(plan, staff):
    other = a_plan(2029)
    round = decided(a_published_round(plan=other))
    assert staff.get(url(round)).context["plan"] == other
    assert "작성 중인 계획 가운데에서" in staff.post(url(round), {"plan": plan.pk}, follow=True).content.decode()
    with pytest.raises(actions.ValidationError, match="다른 계획에는"):
        next_plan.make_projects(round=round, plan=plan)
    assert len(next_plan.make_projects(round=round, plan=other)) == 4


def test_before_the_decision_nothing_is_made(plan, staff):
    round = a_published_round()
    assert "결정을 먼저 적어 주세요" in staff.get(url(round), follow=True).content.decode()
    with pytest.raises(actions.ValidationError, match="결정을 먼저"):
        next_plan.make_projects(round=round, plan=plan)


def test_a_preview_older_than_the_decision_makes_nothing(round, plan, staff):
    page = staff.get(url(round))
    decided(round, {(1, 1)})
    stale = staff.post(url(round), typed(page))
    assert "그사이 다른 사람이" in stale.content.decode() and not plan.projects.exists()
    assert staff.post(url(round), typed(staff.get(url(round)))).status_code == 302
    assert [p.name for p in plan.projects.all()] == ["분과 의제 사업 1"]


# --- proposals ----------------------------------------------------------------------------------------------------------


def test_a_proposal_is_linked_to_its_project_and_becomes_it_once_decided_to_the_end(loaded, plan, staff):
    follower = resident("follower")
    round = a_published_round()
    proposals = {at: option.proposal for at, option in options(round).items() if option.proposal_id}
    decided_to_the_end(proposals[(2, 1)])
    proposals[(2, 2)].author = follower
    proposals[(2, 2)].save()
    decided(round)
    staff.post(url(round), typed(staff.get(url(round))))
    rows = {at: Proposal.objects.get(pk=p.pk) for at, p in proposals.items()}
    by_name = {p.name: p for p in plan.projects.all()}
    assert rows[(2, 1)].project == by_name["구민제안 사업 1"] and rows[(2, 1)].state == ProposalState.PROJECT
    assert rows[(2, 2)].project == by_name["구민제안 사업 2"] and rows[(2, 2)].state == ProposalState.OPEN
    assert rows[(1, 1)].project == by_name["분과 의제 사업 1"]
    assert rows[(2, 3)].project is None and rows[(2, 4)].project is None
    for at in ((2, 1), (2, 2)):
        assert "2028년 계획에 담을 사업으로 준비합니다" in Client().get(f"/proposals/{rows[at].pk}/").content.decode()
    assert "담을 사업" not in Client().get(f"/proposals/{rows[(2, 3)].pk}/").content.decode()
    assert "합동회의에서 정한 사업" in rows[(2, 2)].history.first().history_change_reason
    assert OutboxMessage.objects.get(recipient=follower.email).subject.endswith("사업으로 정함: 제안 2-2")
    plan.status = PlanStatus.PUBLISHED
    plan.save()
    assert "구민제안 사업 2" in Client().get(f"/proposals/{rows[(2, 2)].pk}/").content.decode()
    assert "이 사업이 된 제안" in Client().get("/projects/2028/4/").content.decode()


def test_the_desk_makes_no_second_project_of_a_proposal_the_meeting_decided(round, plan, staff):
    staff.post(url(round), typed(staff.get(url(round))))
    proposal = options(round)[(2, 2)].proposal
    decided_to_the_end(proposal)
    desk, group = f"/desk/proposals/{proposal.pk}/project/", plan.groups.first()
    seen = {"seen_stage": proposal.stage_id, "seen_version": Proposal.objects.get(pk=proposal.pk).version}
    refused = staff.post(desk, seen | {"group": group.pk, "name": ""})
    assert "합동회의가 이미 정한 사업이 있습니다" in refused.content.decode()
    assert plan.projects.count() == 4
    assert staff.post(desk, seen | {"project": proposal.project_id or Proposal.objects.get(pk=proposal.pk).project_id}).status_code == 302  # fmt: skip
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PROJECT and plan.projects.count() == 4


@pytest.mark.parametrize("state", [ProposalState.WITHDRAWN, ProposalState.ENDED, ProposalState.HIDDEN])
def test_a_proposal_that_stopped_makes_nothing_and_is_named(round, plan, staff, state):
    proposal = options(round)[(2, 1)].proposal
    Proposal.objects.filter(pk=proposal.pk).update(state=state, hidden_reason="까닭")
    assert f"제안이 ‘{state.label}’ 상태입니다" in staff.get(url(round)).content.decode()
    refused = staff.post(url(round), typed(staff.get(url(round))))
    assert "아무것도 만들지 않았습니다" in refused.content.decode() and not plan.projects.exists()
    decided(round, {(1, 1), (2, 2)})
    staff.post(url(round), typed(staff.get(url(round))))
    assert plan.projects.count() == 2


def test_a_proposal_that_is_a_project_of_another_plan_is_named(round, plan, staff):
    proposal = options(round)[(2, 1)].proposal
    Proposal.objects.filter(pk=proposal.pk).update(project=Project.objects.get(plan__year=2021, number=4))
    assert "이미 2021년 사업이 된 제안입니다" in staff.get(url(round)).content.decode()
    with pytest.raises(actions.ValidationError, match="이미 2021년 사업이 된 제안입니다"):
        next_plan.make_projects(round=round, plan=plan)


def test_a_project_that_stands_in_the_plan_already_is_linked_not_made_again(round, plan, staff):
    there = Project.objects.create(plan=plan, number=7, name="먼저 적은 사업", group=plan.groups.first())
    Proposal.objects.filter(pk=options(round)[(2, 1)].proposal_id).update(project=there)
    page = staff.get(url(round))
    assert "이미 이 계획에 있는 사업에 잇습니다" in page.content.decode()
    staff.post(url(round), typed(page))
    assert sorted(plan.projects.values_list("number", flat=True)) == [7, 8, 9, 10]
    assert VoteDecision.objects.get(option=options(round)[(2, 1)]).project == there


def test_two_options_of_one_proposal_do_not_both_become_projects(loaded, plan, staff):
    round = a_draft()
    first, second = options(round)[(2, 1)], options(round)[(2, 2)]
    Option.objects.filter(pk=second.pk).update(proposal=first.proposal)
    round.shares = simulation.start(round)
    cast_some(round, 2, {1: [1, 2], 2: [1, 2]})
    decided(published(round))
    with pytest.raises(actions.ValidationError, match="둘 이상 선정"):
        next_plan.make_projects(round=round, plan=plan)


# --- at the same moment ---------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_instant_make_each_project_once(loaded, transactional_db):
    plan, round = a_plan(), decided(a_published_round())
    staff = []
    for name in ("one", "two"):
        client = Client()
        client.force_login(User.objects.create_user(name, f"{name}@example.org", role=Role.SECRETARIAT))
        staff.append(client)
    data = typed(staff[0].get(url(round)))
    answers = at_once(*[lambda client=client: client.post(url(round), data) for client in staff])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert sorted(plan.projects.values_list("number", flat=True)) == [1, 2, 3, 4]
