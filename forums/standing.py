"""Where a proposal stands, written under its lock: what a form saw is compared with what is there before anything changes."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from forums.models import PROPOSAL_MOVES, Proposal, ProposalState, Review, Transfer


class StaleProposal(ValidationError):
    """Somebody else changed the proposal since the form was opened; nothing was written. The message says who did what."""


def lock(proposal, *, stage=None, version=None, reader=None):
    """The proposal's row, locked. `stage` (key) and `version` are what the form saw; None asks for nothing. `reader`: who is told.

    Raises StaleProposal where it stands elsewhere by now. Call it inside a transaction.
    """
    row = _locked([proposal.pk]).get(pk=proposal.pk)
    if (stage is not None and row.stage_id != stage) or (version is not None and row.version != version):
        raise StaleProposal(what_happened(row, reader), code="stale")
    return row


def lock_all(proposals):
    """{key: row} of several proposals, locked in the order of their keys, as every other writer locks them."""
    return {row.pk: row for row in _locked(sorted({p.pk for p in proposals}))}


def _locked(keys):
    """QuerySet of the rows after they were locked, in the order of their keys.

    Two queries: a lock that joins the stage finds no row at all where somebody moved the proposal while it waited (PostgreSQL looks
    at the new row with the old stage beside it).
    """
    list(Proposal.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
    rows = Proposal.objects.filter(pk__in=keys).select_related("stage__channel", "call", "department")
    return rows.order_by("pk")


def what_happened(proposal, reader=None):
    """One sentence on the newest thing that was done to a proposal, and where it stands now.

    Officers and the secretariat read whose account did it, everybody else which office.
    """
    review = proposal.reviews.select_related("stage", "by", "department", "body").order_by("created_at", "pk").last()
    transfer = proposal.transfers.select_related("by", "to_department").last()
    newest = max(filter(None, [review, transfer]), key=lambda row: row.created_at, default=None)
    now = f"지금은 ‘{proposal.stage.name}’ 단계({proposal.get_state_display()})입니다."
    if isinstance(newest, Review):
        if newest.withdrawn_on:
            return f"그사이 ‘{newest.stage.name}’ 검토를 누가 거두었습니다. {now}"
        done = f"‘{newest.stage.name}’ 단계를 ‘{newest.get_outcome_display()}’(으)로 처리했습니다"
    elif isinstance(newest, Transfer):
        done = f"{newest.to_department}(으)로 이관했습니다"
    else:
        return f"그사이 제안이 고쳐졌습니다. {now}"
    when = f"{timezone.localtime(newest.created_at):%-m월 %-d일 %H:%M}"
    return f"그사이 {_who(newest, reader)}이(가) {when}에 {done}. {now}"


def _who(row, reader):
    if row.by is None:
        return "포털"
    if reader is not None and reader.is_staff:
        return str(row.by)
    return str(getattr(row, "department", None) or getattr(row, "from_department", None) or "협치추진단")


def set_state(proposal, to):
    """Put a locked row into another state, in memory. Returns whether it changed; raises ValidationError for a move not allowed."""
    if proposal.state == to:
        return False
    if to not in PROPOSAL_MOVES[proposal.state]:
        label = ProposalState(to).label
        raise ValidationError(f"‘{proposal.get_state_display()}’ 상태라 ‘{label}’(으)로 바꿀 수 없습니다.", code="move")
    proposal.state = to
    return True


def save(proposal, *, by, why, fields=()):
    """Save a locked row as its next version, with who and why in its history."""
    proposal.version += 1
    proposal._history_user = by
    proposal._change_reason = why[:100]
    proposal.save(update_fields=["state", "stage", "entered_on", "version", *fields])
