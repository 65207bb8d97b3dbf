"""Proposals that may be put to a resident vote, and what became of the confirmed ones: the doors to voting and to the plan."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Prefetch

from forums import mails, standing
from forums.models import REFUSALS, Proposal, ProposalState, Review, ReviewState
from geumcheon.accounts.models import Department
from projects.actions import save_project
from projects.models import Partner, Plan, PlanStatus, Project, ProjectBody, Side


def candidates(year):
    """QuerySet of the open proposals of a plan year at a stage whose proposals may stand on a ballot, in a stable order."""
    rows = Proposal.objects.filter(call__year=year, stage__is_ballot=True, state=ProposalState.OPEN)
    return rows.select_related("call__channel", "stage", "department").order_by("call__channel__order", "number", "pk")


SETTLED = [Prefetch("reviews", Review.objects.filter(state=ReviewState.PUBLISHED).select_related("share", "stage"))]


def _last_amount(proposal):
    """The newest published Review that settled an amount, by the order of the stages; None without."""
    settled = [
        r
        for r in proposal.reviews.all()
        if r.state == ReviewState.PUBLISHED and (r.share_id or r.amount_krw is not None)
    ]
    return max(settled, key=lambda r: (r.stage.order, r.pk), default=None)


def final_amount(proposal):
    """The amount (won) the newest review settled, a shared one whole; the requested one before any. None where none is known.

    Reads prefetched reviews (SETTLED) where they are there.
    """
    last = _last_amount(proposal)
    if last is None:
        return proposal.requested_krw
    return last.share.amount_krw if last.share_id else last.amount_krw


def final_share(proposal):
    """The AmountShare behind the final amount, None where it is the proposal's own."""
    last = _last_amount(proposal)
    return last.share if last is not None and last.share_id else None


def total(proposals):
    """The sum (won) of final amounts; an amount that several share counts once."""
    shared, alone = {}, 0
    for proposal in proposals:
        last = _last_amount(proposal)
        if last is not None and last.share_id:
            shared[last.share_id] = last.share.amount_krw
        else:
            alone += (last.amount_krw if last is not None else proposal.requested_krw) or 0
    return alone + sum(shared.values())


def is_confirmed(proposal):
    """Whether the last rung of the ladder was decided, and not by a refusal."""
    ways = proposal.stage.moves.filter(to__isnull=True).values("outcome")
    decided = Review.objects.filter(
        proposal=proposal, stage=proposal.stage_id, state=ReviewState.PUBLISHED, outcome__in=ways
    )
    return proposal.state == ProposalState.OPEN and decided.exclude(outcome__in=REFUSALS).exists()


@transaction.atomic
def become_project(*, proposal, by, project=None, plan=None, group=None, name="", version=None):
    """A confirmed proposal becomes an existing `project`, or a new one of `plan` (a draft) in `group`; once. Returns the Project.

    Raises StaleProposal, ValidationError at the fields, PermissionDenied.
    """
    if not by.has_perm("forums.run_desk"):
        raise PermissionDenied
    row = standing.lock(proposal, version=version, reader=by)
    if row.state == ProposalState.PROJECT:
        raise ValidationError(f"이미 사업이 된 제안입니다: {row.project}")
    if not is_confirmed(row):
        raise ValidationError("마지막 단계까지 확정된 제안만 사업이 됩니다.")
    if (project is None) == (plan is None):
        raise ValidationError(
            {"project": "있는 사업을 고르거나 새 사업을 만들 계획을 골라 주세요. 둘 가운데 하나만 고릅니다."}
        )
    if row.project_id and project != row.project:
        raise ValidationError(
            {"project": f"합동회의가 이미 정한 사업이 있습니다. 그 사업을 골라 주세요: {row.project}"}
        )
    row.project = project or _new_project(row, plan, group, name)
    standing.set_state(row, ProposalState.PROJECT)
    row.full_clean()
    standing.save(row, by=by, why=f"사업이 됨: {row.project}", fields=["project"])
    # The project's own words stay inside while its plan is a draft.
    text = f"‘{row.title}’ 제안을 {row.project.plan.year}년 계획의 사업으로 담습니다."
    mails.told(f"project:{row.pk}", row, f"사업이 됨: {row.title}", text, by=by)
    return row.project


def _new_project(row, plan, group, name):
    """A project of a draft plan made from a proposal: its words, place, dong, bodies and leading department."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.status != PlanStatus.DRAFT:
        raise ValidationError(
            {"plan": f"{plan.year}년 계획은 ‘{plan.get_status_display()}’ 상태라 사업을 더할 수 없습니다."}
        )
    if group is None or group.plan_id != plan.pk:
        raise ValidationError({"group": "그 계획의 구분을 골라 주세요."})
    number = (plan.projects.aggregate(last=Max("number"))["last"] or 0) + 1
    project = Project(
        plan=plan, number=number, name=name.strip() or row.title, group=group, place=row.place, summary=row.body[:2000]
    )
    save_project(project=project)
    if row.dong_id:
        project.dongs.add(row.dong)
    for order, body in enumerate(row.bodies.order_by("pk"), 1):
        ProjectBody.objects.create(project=project, body=body, order=order)
    if row.department_id:
        lead = Department.objects.get(pk=row.department_id)
        Partner.objects.create(project=project, order=1, side=Side.LEAD, name=lead.name, department=lead)
    return project
