"""The queue of the review desk: what waits for whom, by its due date."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from forums import trail
from forums.models import Decider, Proposal, ProposalState, Review, ReviewState, Transfer
from geumcheon.accounts.rules import is_officer, is_secretariat
from geumcheon.lib import clock

WAITING, LATE, GATHERING, CONFIRMED, ALL = "", "late", "gathering", "confirmed", "all"
SHOW = (
    (LATE, "기한이 지난 것"),
    (GATHERING, "공감을 모으는 것"),
    (CONFIRMED, "확정되어 사업으로 담을 것"),
    (ALL, "끝난 것까지 모두"),
)


@dataclass(frozen=True)
class Line:
    """One proposal in the queue. due: the day by which its stage is decided, None without; days: how many are left (below zero: over)."""

    proposal: Proposal
    due: date | None
    days: int | None

    @property
    def is_late(self):
        return self.days is not None and self.days < 0

    @property
    def days_over(self):
        return -self.days if self.is_late else 0


def for_user(user):
    """QuerySet of submitted proposals a person sees at the desk: the secretariat all, an officer those of the own department."""
    rows = Proposal.objects.exclude(state=ProposalState.DRAFT)
    if user.is_superuser or is_secretariat(user):
        return rows
    if not is_officer(user):
        return rows.none()
    own = user.department_ids()
    sent = Transfer.objects.filter(from_department__in=own).values("proposal")
    return rows.filter(Q(department__in=own) | Q(pk__in=sent))


def _decided():
    here = Review.objects.filter(proposal=OuterRef("pk"), stage=OuterRef("stage"), state=ReviewState.PUBLISHED)
    return Exists(here)


def waiting(rows, user):
    """Open proposals that wait for a decision; for an officer, for one of the own department."""
    found = rows.filter(~_decided(), state=ProposalState.OPEN).exclude(stage__decider=Decider.NOBODY)
    if is_officer(user) and not user.is_superuser:
        found = found.filter(stage__decider=Decider.DEPARTMENT, department__in=user.department_ids())
    return found


def gathering(rows):
    """Open proposals at a stage nobody decides: they gather endorsements."""
    return rows.filter(~_decided(), state=ProposalState.OPEN, stage__decider=Decider.NOBODY)


def confirmed(rows):
    """Open proposals whose last stage was decided: they wait to become a project."""
    return rows.filter(_decided(), state=ProposalState.OPEN)


def lines(rows, *, late_only=False):
    """[Line] of proposals: what is due first comes first, what has no day last. One query, however many."""
    today = clock.today()
    found = []
    for proposal in rows.select_related("call", "stage__channel", "department").order_by("pk"):
        due = trail.due_of(proposal)
        found.append(Line(proposal, due, (due - today).days if due else None))
    if late_only:
        found = [line for line in found if line.is_late]
    return sorted(found, key=lambda line: (line.due is None, line.due or today, line.proposal.pk))


def overdue(user):
    """[Proposal] whose review this user has to give, or see to, and whose day is over."""
    return [line.proposal for line in lines(waiting(for_user(user), user), late_only=True)]
