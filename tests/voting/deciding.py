"""A published round of two papers whose options come from proposals, the plan it chooses for and the meeting that decides."""

from datetime import timedelta

from forums.models import Outcome
from geumcheon.lib import clock
from projects.models import Origin, Plan, PlanStatus, ProjectGroup
from tests.forums.ladders import a_call, a_meeting, a_proposal, reviewed
from tests.voting.booth import make_round, published
from voting import cast, roll, simulation
from voting.counting.codes import new_code
from voting.models import CommitteeScore, Contest, Option, Round

AGENDA, CITIZENS = "분과 의제", "구민제안"
# Of ten voters: paper 1 has 10, 6, 4 and 0 votes for its options 1 to 4, paper 2 has 10, 6, 0 and 4.
PICKS = ({1: [1, 2], 2: [1, 2]}, 6), ({1: [1, 3], 2: [1, 4]}, 4)
GROUPS = ("협치 제도기반 구축 및 강화", "도시환경·안전분과", "부문별 협치 사업", "구민제안 사업")


def a_draft(slug="vote-2027", scores=None, **fields):
    """A real round in draft: two papers of four options; those of the second and the first of the first come from proposals.

    scores: {(order, number): points}, for every option or none.
    """
    round = make_round(slug, frozen=False, papers=((AGENDA, 2, 4), (CITIZENS, 2, 4)), **fields)
    Contest.objects.filter(round=round, order=1).update(origin=Origin.AGENDA)
    call = a_call()
    for option in Option.objects.filter(contest__round=round).select_related("contest"):
        at = (option.contest.order, option.number)
        if at[0] == 2 or at[1] == 1:
            option.project, option.proposal = None, a_proposal("ballot", call=call, title=f"제안 {at[0]}-{at[1]}")
        if at == (1, 2):
            option.body, option.department = "도시환경·안전분과", "공원녹지과"
        option.save()
        if scores:
            CommitteeScore.objects.create(option=option, score=scores[at])
    return round


def a_published_round(slug="vote-2027", scores=None, **fields):
    """The round after ten people voted; `cast` at the real way, without the pages."""
    round = a_draft(slug, scores, **fields)
    round.shares = simulation.start(round)
    voter = 0
    for picks, voters in PICKS:
        for _ in range(voters):
            key, voter = roll.voter_key(round, f"0105{voter:07}"), voter + 1
            roll.enter(round=round, voter_key=key, basis="residence")
            cast.cast(round=round, voter_key=key, code=new_code(), picks=picks)
    shares, round = round.shares, Round.objects.get(pk=round.pk)
    round.shares = shares
    return published(round)


def a_plan(year=2028, groups=GROUPS, status=PlanStatus.DRAFT):
    plan = Plan.objects.create(year=year, title=f"{year}년 지역사회혁신계획", status=status)
    for order, name in enumerate(groups, 1):
        ProjectGroup.objects.create(plan=plan, name=name, order=order)
    return plan


def a_joint_meeting(days=0, **fields):
    """A published joint meeting so many days from today."""
    return a_meeting(on=clock.today() + timedelta(days=days), **fields)[0]


def options(round):
    """{(order, number): Option}."""
    rows = Option.objects.filter(contest__round=round).select_related("contest", "proposal")
    return {(option.contest.order, option.number): option for option in rows}


def filled(page, meeting, chosen, amounts=None, reasons=None):
    """The data of a decision page: `chosen` {(order, number)} are selected, everything else stays as the page shows it."""
    form, data = (
        page.context["form"],
        {"seen": page.context["form"]["seen"].value(), "meeting": meeting.pk if meeting else ""},
    )
    for paper in form.papers:
        for line in paper.lines:
            at, pk = (paper.contest.order, line.option.number), line.option.pk
            data[f"outcome-{pk}"] = "selected" if at in chosen else "dropped"
            data[f"amount-{pk}"] = (amounts or {}).get(at, f"{line.option.cost_krw:,}")
            data[f"reason-{pk}"] = (reasons or {}).get(at, "")
    return data  # fmt: skip


def decided_to_the_end(proposal):
    """Move a proposal to its last rung and decide it there."""
    proposal.stage = proposal.call.channel.stages.get(code="final")
    proposal.save()
    reviewed(proposal, "final", Outcome.CONFIRMED, 5_000_000)
