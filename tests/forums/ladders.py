"""A ladder for tests with its calls and proposals: 접수 → 분류 → 부서 검토 → 1차 심사 → 주민투표 → 확정."""

from datetime import date, timedelta

from councils.models import Body, Meeting, MeetingKind, MeetingState
from forums.models import (
    AmountShare,
    Call,
    Channel,
    Comment,
    Criterion,
    Endorsement,
    Move,
    Outcome,
    Proposal,
    ProposalState,
    Review,
    Stage,
    Story,
)
from geumcheon.accounts.models import Department, DepartmentAssignment, Role, User
from geumcheon.lib import clock
from projects.models import Project, Side
from tests.forums.events import some_events

# code, name, decider, label of the amount, days due, is_ballot
STAGES = (
    ("received", "접수", "nobody", "신청", None, False),
    ("sorting", "유형 분류·이관", "secretariat", "", 7, False),
    ("department", "부서 검토", "department", "부서조정", 14, False),
    ("screening", "1차 심사", "body", "심사", 10, False),
    ("ballot", "주민투표", "vote", "투표 상정", None, True),
    ("final", "확정", "body", "확정", 10, False),
)
MOVES = (
    ("received", Outcome.RECEIVED, "sorting"), ("sorting", Outcome.TRANSFERRED, "department"), ("sorting", Outcome.UNFIT, None),
    ("department", Outcome.FIT, "screening"), ("department", Outcome.CONDITIONAL, "screening"), ("department", Outcome.UNFIT, None),
    ("screening", Outcome.SELECTED, "ballot"), ("screening", Outcome.NOT_SELECTED, None),
    ("ballot", Outcome.BALLOT, "final"),
    ("final", Outcome.CONFIRMED, None), ("final", Outcome.NOT_CONFIRMED, None),
)  # fmt: skip
CRITERIA = ("사업효과성", "수혜범위")


def a_channel(code="test-budget", name="시험 시민참여예산"):
    """A channel with the whole ladder."""
    channel = Channel.objects.create(code=code, name=name, order=9)
    made = {}
    for order, (stage, title, decider, label, days, ballot) in enumerate(STAGES, 1):
        made[stage] = Stage.objects.create(
            channel=channel, order=order, code=stage, name=title, decider=decider, amount_label=label, days_due=days,
            is_ballot=ballot, endorsable=stage == "received",
        )  # fmt: skip
    for stage, outcome, to in MOVES:
        Move.objects.create(stage=made[stage], outcome=outcome, to=made[to] if to else None)
    for order, name in enumerate(CRITERIA, 1):
        Criterion.objects.create(stage=made["department"], order=order, name=name)
    return channel


def a_call(channel=None, year=2027, **fields):
    channel = channel or Channel.objects.filter(code="test-budget").first() or a_channel()
    title = f"시험 공모 {Call.objects.count()}"
    return Call.objects.create(channel=channel, year=year, title=title, published=True, **fields)


def a_proposal(stage="department", call=None, department="마을자치과", **fields):
    """An open proposal at a stage of the ladder, entered today."""
    call = call or Call.objects.filter(channel__code="test-budget").first() or a_call()
    number = call.proposals.count() + 1
    fields = {
        "title": f"골목길 밝히기 {number}", "body": "가로등을 더 놓아 주세요.", "number": number, "requested_krw": 50_000_000,
        "state": ProposalState.OPEN, "entered_on": clock.today(), "submitted_at": clock.now() - timedelta(days=1), **fields,
    }  # fmt: skip
    found = Department.objects.get_or_create(name=department)[0] if department else None
    return Proposal.objects.create(call=call, stage=stage_of(call, stage), department=found, **fields)


def stage_of(call, code):
    return call.channel.stages.get(code=code)


def an_officer(department="마을자치과", name="officer-of"):
    user = User.objects.create_user(
        f"{name}-{User.objects.count()}", f"o{User.objects.count()}@example.org", role=Role.OFFICER
    )
    found = Department.objects.get_or_create(name=department)[0]
    DepartmentAssignment.objects.create(user=user, department=found, starts_on=clock.today())
    return user


def a_secretary():
    return User.objects.create_user(
        f"sec-{User.objects.count()}", f"s{User.objects.count()}@example.org", role=Role.SECRETARIAT
    )


def a_project_of_others(plan, department="도로과"):
    """A project of the plan that another department leads: 마을자치과 leads every loaded one."""
    made = Project.objects.create(plan=plan, number=99, name="남의 사업", group=plan.groups.first())
    made.partners.create(
        order=1, side=Side.LEAD, name=department, department=Department.objects.get_or_create(name=department)[0]
    )
    return made


def answers(proposal, answer="good"):
    """All criteria of the proposal's stage, answered."""
    return {criterion.pk: (answer, "") for criterion in proposal.stage.criteria.all()}


def a_meeting(body=None, on=None, state=MeetingState.PUBLISHED, no=None):
    """A published meeting of a body, today."""
    body = body or Body.objects.get_or_create(name="시험 심사위원회", defaults={"kind": "subcommittee"})[0]
    kind = MeetingKind.objects.get_or_create(name="합동회의")[0]
    on = on or clock.today()
    number = no or Meeting.objects.filter(year=on.year).count() + 900
    meeting = Meeting.objects.create(year=on.year, no=number, kind=kind, starts_on=on, state=state, place="구청")
    meeting.bodies.add(body)
    return meeting, body


def reviewed(proposal, stage, outcome, amount=None, **fields):
    """A review row as a loaded document has it."""
    fields = {"on": date(2020, 6, 1), "source": "시험 문서 · L1", **fields}
    return Review.objects.create(
        proposal=proposal, stage=stage_of(proposal.call, stage), outcome=outcome, amount_krw=amount, **fields
    )


def endorse(proposal, *keys):
    for key in keys:
        Endorsement.objects.create(proposal=proposal, person_key=key * 64, created_at=clock.now())


def some_forum_rows(count=1):
    """Rows that loading the plan does not make, `count` of each model the admin shows."""
    proposal = a_proposal("screening")
    for number in range(count):
        AmountShare.objects.create(label=f"함께 {number}", amount_krw=number)
        Comment.objects.create(proposal=proposal, text=f"의견 {number}", created_at=clock.now())
        Story.objects.create(title=f"이야기 {number}", text="글")
    some_events(count)
