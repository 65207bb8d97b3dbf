"""From the joint meeting's decision to projects of the next plan: what was selected, each once, in the group its paper leads to."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from councils.models import Body, BodyAlias
from forums import candidates, mails, standing
from forums.models import ProposalState
from geumcheon.accounts.models import Department
from projects.actions import save_project
from projects.models import Partner, Plan, PlanStatus, Project, ProjectBody, ProjectGroup, ProjectMeeting, Side
from voting import actions, decisions
from voting.models import VoteDecision

SUMMARY_LIMIT = 2_000


@dataclass
class Line:
    """A selected option as a project to be. `project`: the plan's project it already stands for, else a new one is made.

    `bodies`: councils.Body in printed order. `problem`: why it cannot be made, in one sentence; "" when only the group may be missing.
    """

    decision: VoteDecision
    group: ProjectGroup | None = None
    project: Project | None = None
    bodies: list = field(default_factory=list)
    problem: str = ""

    @property
    def option(self):
        return self.decision.option

    @property
    def proposal(self):
        return self.decision.option.proposal


def refusal(round_):
    """Why no projects are made of this round; "" when they may be."""
    if round_.is_rehearsal:
        return "연습 투표로는 결정을 적거나 사업을 만들지 않습니다."
    if not round_.is_published:
        return "결과를 게시하고 합동회의의 결정을 적은 뒤에 사업을 만듭니다."
    if not VoteDecision.objects.filter(option__contest__round=round_).exists():
        return "합동회의의 결정을 먼저 적어 주세요."
    return ""


def plan_wrong(round_, plan):
    """Why the plan takes no projects of this round; "" when it does."""
    if plan is None:
        return "사업을 더할 계획을 골라 주세요."
    if plan.status != PlanStatus.DRAFT:
        return f"{plan.year}년 계획은 ‘{plan.get_status_display()}’ 상태입니다. 작성 중인 계획에만 사업을 더합니다."
    if round_.plan_id and round_.plan_id != plan.pk:
        return f"이 투표는 ‘{round_.plan}’의 사업을 정합니다. 다른 계획에는 사업을 더하지 않습니다."
    return ""


def plans(round_):
    """QuerySet of the plans that can take the projects: the round's own, else those in draft."""
    found = Plan.objects.filter(status=PlanStatus.DRAFT).order_by("year")
    return found.filter(pk=round_.plan_id) if round_.plan_id else found


# --- the group follows the paper ----------------------------------------------------------------------------------------


def _plain(text):
    """A name without spaces and middle dots, as two documents may write it."""
    return "".join(sign for sign in text if sign.isalnum())


def _names(option):
    """What can name an option's group, the nearest first: its subcommittee, its paper, where its projects come from, the proposal's way."""
    names = [option.body, option.contest.title, option.contest.origin]
    if option.proposal_id:
        bodies = [body.name for body in option.proposal.bodies.all()]
        names = [option.body or (bodies[0] if bodies else ""), *names[1:], option.proposal.call.channel.name]
    return [plain for name in names if (plain := _plain(name))]


def habits(plan):
    """{origin: group name} as the newest earlier plan ordered projects of that origin."""
    rows = Project.objects.filter(plan__year__lt=plan.year).exclude(origin="").order_by("-plan__year")
    found, years = {}, {}
    for origin, year, name in rows.values_list("origin", "plan__year", "group__name"):
        if years.setdefault(origin, year) == year:
            found.setdefault(origin, Counter())[name] += 1
    return {origin: counted.most_common(1)[0][0] for origin, counted in found.items()}


def group_for(option, groups, habits):
    """The group of the plan that an option's paper leads to, or None: then somebody has to choose.

    In this order: a group named like the subcommittee, the paper, its origin or the proposal's way; one whose name holds such a name
    or is held by it; the group in which the plan before has projects of that origin; the only group.
    """
    by_name = {_plain(group.name): group for group in groups}
    names = _names(option)
    for name in names:
        if name in by_name:
            return by_name[name]
    for name in names:
        near = [group for plain, group in by_name.items() if plain in name or name in plain]
        if len(near) == 1:
            return near[0]
    habit = by_name.get(_plain(habits.get(option.contest.origin, "")))
    return habit or (groups[0] if len(groups) == 1 else None)


def _bodies(option, known):
    """The bodies that carry the project: the option's subcommittee, else the proposal's, else those of the project it stands for."""
    if option.body:
        named = [known[plain] for name in option.body.split(",") if (plain := _plain(name)) in known]
        if named:
            return named
    if option.proposal_id and (found := list(option.proposal.bodies.all())):
        return found
    return [link.body for link in option.project.project_bodies.all()] if option.project_id else []


# --- what will be made --------------------------------------------------------------------------------------------------


def _selected(round_):
    """The selected decisions that have no project yet, in the order of paper and number."""
    found = VoteDecision.objects.filter(
        option__contest__round=round_, outcome=VoteDecision.Outcome.SELECTED, project__isnull=True
    )
    related = (
        "option__contest",
        "option__project__plan",
        "option__proposal__call__channel",
        "option__proposal__project__plan",
    )
    bodies = ("option__proposal__bodies", "option__project__project_bodies__body")
    return list(
        found.select_related("meeting__kind", *related, "option__proposal__dong", "option__proposal__department")
        .prefetch_related(*bodies)
        .order_by("option__contest__order", "option__number")
    )  # fmt: skip


def lines(round_, plan, groups=None):
    """[Line] of what would be made in a plan. groups: {option key: ProjectGroup or None} as chosen; by the paper for the others."""
    chosen, own = groups or {}, list(plan.groups.order_by("order", "pk"))
    known = {_plain(alias.name): alias.body for alias in BodyAlias.objects.select_related("body")}
    known |= {_plain(body.name): body for body in Body.objects.real()}
    usual = habits(plan)
    made = []
    for decision in _selected(round_):
        option = decision.option
        group = chosen[option.pk] if option.pk in chosen else group_for(option, own, usual)
        made.append(Line(decision, group, _standing(option, plan), _bodies(option, known)))
    _find_problems(made)
    return made


def _standing(option, plan):
    """The project of this very plan that an option or its proposal already stands for, or None."""
    own = option.project if option.project_id else option.proposal.project if option.proposal_id else None
    return own if own is not None and own.plan_id == plan.pk else None


def _find_problems(made):
    proposals = Counter(line.option.proposal_id for line in made if line.option.proposal_id)
    projects = Counter(line.project.pk for line in made if line.project)
    for line in made:
        twice = proposals[line.option.proposal_id] > 1 or (line.project and projects[line.project.pk] > 1)
        line.problem = _problem(line, twice)


def _problem(line, twice):
    if twice:
        return "같은 제안이나 사업에서 나온 선택지가 둘 이상 선정되었습니다. 결정을 다시 살펴봐 주세요."
    proposal = line.proposal
    if proposal is not None and proposal.state not in (ProposalState.OPEN, ProposalState.PROJECT):
        return (
            f"제안이 ‘{proposal.get_state_display()}’ 상태입니다. 제안 검토에서 되살리거나 결정을 다시 살펴봐 주세요."
        )
    if proposal is not None and proposal.project_id and line.project is None:
        return f"이미 {proposal.project.plan.year}년 사업이 된 제안입니다: {proposal.project}"
    return ""


def group_wrong(line, plan):
    """What is wrong with the group of a line; "" when nothing is. A project that is there already has its own."""
    if line.project is None and (line.group is None or line.group.plan_id != plan.pk):
        return "사업 구분을 골라 주세요."
    return ""


# --- making -------------------------------------------------------------------------------------------------------------


def make_projects(*, round, plan, groups=None, seen=None, by=None):
    """Make a project of `plan` (a draft) of every selected option that has none yet, all or nothing; [Project] made or linked now.

    A second run makes nothing. New projects get the next free numbers in the order of paper and number. groups: {option key:
    ProjectGroup}; where none is chosen the paper's (group_for). seen: the decisions' token a preview showed; None asks for nothing.
    Proposals are linked to their project; one decided to the end becomes it. Raises StaleDecision, ValidationError.
    """
    with transaction.atomic():
        round = actions.lock_round(round)
        refused = refusal(round)
        if refused:
            raise ValidationError(refused)
        # Proposals before the plan, as the review desk locks them.
        proposals = standing.lock_all([d.option.proposal for d in _selected(round) if d.option.proposal_id])
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        refused = plan_wrong(round, plan)
        if refused:
            raise ValidationError(refused)
        todo = lines(round, plan, groups)
        if todo and seen is not None and seen != decisions.token(round):
            raise decisions.StaleDecision
        problems = [f"{line.option}: {text}" for line in todo if (text := line.problem or group_wrong(line, plan))]
        if problems:
            raise ValidationError(problems)
        made = [_make(line, plan, proposals, by) for line in todo]
        if made:
            actions.log(round, "사업 만들기", by=by, note=f"{plan}: {len(made)}건")
    return made


def _make(line, plan, proposals, by):
    decision = line.decision
    project = line.project or _new(line, plan)
    ProjectMeeting.objects.get_or_create(project=project, meeting=decision.meeting)
    decision.project = project
    decision._history_user = by
    decision.save(update_fields=["project"])
    if line.option.proposal_id:
        _link(proposals[line.option.proposal_id], project, by)
    return project


def _new(line, plan):
    """A project of a draft plan from an option: its words, and place, dong and leading department as its proposal has them."""
    option, proposal = line.option, line.proposal
    number = (plan.projects.aggregate(last=Max("number"))["last"] or 0) + 1
    summary = option.description or (proposal.body if proposal else "")
    project = Project(
        plan=plan, number=number, name=option.title, group=line.group, origin=option.contest.origin,
        summary=summary[:SUMMARY_LIMIT], place=proposal.place if proposal else "",
    )  # fmt: skip
    save_project(project=project)
    if proposal and proposal.dong_id:
        project.dongs.add(proposal.dong)
    for order, body in enumerate(line.bodies, 1):
        ProjectBody.objects.create(project=project, body=body, order=order)
    department = proposal.department if proposal else None
    name = option.department or (department.name if department else "")
    if name:
        known = department if department and department.name == name else Department.objects.filter(name=name).first()
        Partner.objects.create(project=project, order=1, side=Side.LEAD, name=name, department=known)
    return project


def _link(proposal, project, by):
    """Name the project on a locked proposal. Its ladder goes on (의결, 협의조정) unless it was already decided to the end."""
    if proposal.project_id == project.pk and proposal.state == ProposalState.PROJECT:
        return
    proposal.project = project
    if candidates.is_confirmed(proposal):
        standing.set_state(proposal, ProposalState.PROJECT)
    proposal.full_clean()
    standing.save(proposal, by=by, why=f"합동회의에서 정한 사업: {project}", fields=["project"])
    text = f"‘{proposal.title}’ 제안을 합동회의가 {project.plan.year}년 계획의 사업으로 정했습니다."
    mails.told(f"voted:{proposal.pk}", proposal, f"사업으로 정함: {proposal.title}", text, by=by)
