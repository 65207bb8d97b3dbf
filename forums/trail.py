"""The way of a proposal for its page: each step with who, when, where, how much and why; what comes next; the trail of amounts."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Prefetch

from forums.models import (
    REFUSALS,
    Decider,
    Proposal,
    ProposalState,
    Review,
    ReviewAnswer,
    ReviewState,
    Stage,
    Transfer,
)
from geumcheon.lib import clock
from geumcheon.lib.charts import BarChart, Item
from geumcheon.lib.money import signed

REQUESTED = "신청"


class AmountBars(BarChart):
    """One proposal's amounts, stage by stage: never a sum."""

    @property
    def caption_note(self):
        return self.unit_note

    def tables(self):
        (table,) = super().tables()
        return [replace(table, rows=table.rows[:-1])]


@dataclass(frozen=True)
class Amount:
    """One rung of the trail of amounts. `krw`: won. `others`: titles of the proposals that share it. `change`: △/+ 천원 to the rung before."""

    label: str
    krw: int
    others: list = field(default_factory=list)
    change: str = ""


@dataclass(frozen=True)
class Step:
    """One stage on the way. kind: done, refused, withdrawn, moved (이관), now, later.

    `due`: the day by which a stage that is waiting is decided; `late` whether it is over.
    """

    kind: str
    stage: Stage
    review: Review | None = None
    transfer: Transfer | None = None
    on: date | None = None
    who: str = ""
    amount: Amount | None = None
    due: date | None = None
    late: bool = False
    answers: list = field(default_factory=list)

    @property
    def no_reason_printed(self):
        """Whether a document refuses it without saying why."""
        return self.kind == "refused" and not self.review.reason and bool(self.review.source)


@dataclass(frozen=True)
class Trail:
    """steps: what was done, in order; now: the step that is waiting (None at the end); later: the stages after it.

    end: one of "", "project", "ended", "last" (decided to the end, no project yet), "withdrawn", "merged", "split".
    """

    steps: list
    now: Step | None
    later: list
    amounts: list
    picture: AmountBars | None
    end: str
    why_not: Step | None


def due_of(proposal):
    """The day by which a proposal's stage has to be decided; None without a limit or once it was left."""
    if proposal.state != ProposalState.OPEN or proposal.entered_on is None or proposal.stage.days_due is None:
        return None
    return proposal.entered_on + timedelta(days=proposal.stage.days_due)


def who_decides(stage, proposal):
    """Who is to decide a stage, in words."""
    if stage.decider == Decider.DEPARTMENT:
        return str(proposal.department) if proposal.department_id else proposal.departments_text or "부서"
    return "" if stage.decider == Decider.NOBODY else stage.get_decider_display()


def _who(review):
    """Who decided, in words; never a person's name."""
    if review.body_id:
        return str(review.body)
    if review.body_text:
        return review.body_text
    if review.department_id and review.stage.decider == Decider.DEPARTMENT:
        return str(review.department)
    if review.by_id is None and not review.source:
        if review.outcome in REFUSALS:
            return "포털(공감 기간이 끝남)"
        if not review.stage.endorsable:
            return "포털"
        return "공감 기간이 끝남" if review.outcome in REFUSALS else "공감 기준을 채움"
    return "" if review.stage.decider == Decider.NOBODY else review.stage.get_decider_display()


def reviews_of(proposal):
    """A proposal's reviews with all a trail shows of them; three queries."""
    answers = ReviewAnswer.objects.select_related("criterion")
    sharing = Review.objects.filter(state=ReviewState.PUBLISHED).select_related("proposal")
    return list(
        Review.objects.filter(proposal=proposal)
        .exclude(state=ReviewState.DRAFT)
        .select_related("stage", "share", "department", "body", "meeting__kind", "by")
        .prefetch_related(Prefetch("answers", answers), Prefetch("share__reviews", sharing))
        .order_by("created_at", "pk")
    )


def _amount(review):
    if review.share_id:
        others = [r.proposal.title for r in review.share.reviews.all() if r.proposal_id != review.proposal_id]
        return Amount(review.stage.amount_label or review.stage.name, review.share.amount_krw, others)
    if review.amount_krw is None:
        return None
    return Amount(review.stage.amount_label or review.stage.name, review.amount_krw)


def _step(review):
    kind = "withdrawn" if review.state == ReviewState.WITHDRAWN else "refused" if review.outcome in REFUSALS else "done"
    answers = list(review.answers.all())
    return Step(kind, review.stage, review, on=review.on, who=_who(review), amount=_amount(review), answers=answers)


def amounts_of(proposal, reviews):
    """[Amount] in the order of the stages: as proposed, then as each stage settled it. The last word of a stage counts."""
    found = []
    settled = sorted((r for r in reviews if r.state == ReviewState.PUBLISHED), key=lambda r: r.stage.order)
    amounts = [amount for review in settled if (amount := _amount(review))]
    if proposal.requested_krw is not None and not any(a.label == REQUESTED for a in amounts):
        amounts.insert(0, Amount(REQUESTED, proposal.requested_krw))
    for before, amount in zip([None, *amounts], amounts, strict=False):
        comparable = before and not before.others and not amount.others
        change = signed(amount.krw - before.krw) if comparable and amount.krw != before.krw else ""
        found.append(Amount(amount.label, amount.krw, amount.others, change))
    return found


def _picture(amounts):
    """Bars of the amounts; None where there is nothing to compare."""
    if len(amounts) < 2 or not any(a.krw for a in amounts):
        return None
    items = [Item(f"{a.label}(함께)" if a.others else a.label, a.krw) for a in amounts]
    return AmountBars(title="단계마다 금액", items=items, head="단계", shares=False, lead=_lead(amounts))


def _lead(amounts):
    first, last = amounts[0], amounts[-1]
    if first.others or last.others or first.krw == last.krw:
        return ""
    return f"{first.label}에서 {last.label}까지 {signed(last.krw - first.krw)}천원 달라졌습니다."


def _end(proposal, now):
    if proposal.state == ProposalState.OPEN:
        return "" if now else "last"
    return ProposalState(proposal.state).value


def of(proposal: Proposal) -> Trail:
    """The trail of a proposal; the number of queries does not grow with its reviews."""
    reviews = reviews_of(proposal)
    moved = proposal.transfers.select_related("stage", "from_department", "to_department")
    steps = [_step(review) for review in reviews]
    for transfer in moved:
        steps.append(Step("moved", transfer.stage, transfer=transfer, on=transfer.on, who=str(transfer.to_department)))
    # In the order it was written down; what a document prints has no such order and goes by its stages.
    steps.sort(key=_order)
    done = {r.stage_id for r in reviews if r.state == ReviewState.PUBLISHED}
    now, later = None, []
    if proposal.state == ProposalState.OPEN:
        stages = list(Stage.objects.filter(channel=proposal.call.channel_id).order_by("order"))
        if proposal.stage_id not in done:
            due = due_of(proposal)
            late = due is not None and due < clock.today()
            now = Step("now", proposal.stage, due=due, late=late, who=who_decides(proposal.stage, proposal))
        later = [s for s in stages if s.order > proposal.stage.order and s.pk not in done] if now else []
    amounts = amounts_of(proposal, reviews)
    refused = [s for s in steps if s.kind == "refused"]
    why_not = refused[-1] if refused and proposal.state == ProposalState.ENDED else None
    return Trail(steps, now, later, amounts, _picture(amounts), _end(proposal, now), why_not)


def _order(step):
    row = step.review or step.transfer
    sourced = step.review is not None and bool(step.review.source)
    return (not sourced, step.stage.order if sourced else 0, row.created_at, row.pk)
