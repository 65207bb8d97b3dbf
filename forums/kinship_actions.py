"""Proposals that are put together or taken apart, with the reason, told on both; each can be undone."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from forums import mails, review_actions, standing
from forums.models import Endorsement, Kinship, KinshipKind, Outcome, Proposal, ProposalState, ReviewState
from geumcheon.lib import clock

PARTS = (2, 5)  # into how many a proposal is split


def _reason(reason):
    if not reason.strip():
        raise ValidationError({"reason": "까닭을 적어 주세요."})
    return reason.strip()


def _link(kind, source, target, reason, by):
    row = Kinship(kind=kind, source_proposal=source, target=target, reason=reason, by=by, on=clock.today())
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def merge(*, sources, target, by, reason, versions=None):
    """Put proposals into one: they close as merged and it goes on. `versions`: {key: version} that the form saw.

    Returns [Kinship]. Raises StaleProposal, ValidationError, PermissionDenied.
    """
    if not by.has_perm("forums.run_desk"):
        raise PermissionDenied
    reason = _reason(reason)
    keys = [source.pk for source in sources]
    if not keys or target.pk in keys or len(set(keys)) != len(keys):
        raise ValidationError({"sources": "이 제안에 합칠 다른 제안을 골라 주세요."})
    rows = standing.lock_all([target, *sources])
    for row in rows.values():
        if versions and versions.get(row.pk) not in (None, row.version):
            raise standing.StaleProposal(f"{row.title}: {standing.what_happened(row, by)}", code="stale")
        if row.state != ProposalState.OPEN:
            raise ValidationError(f"‘{row.title}’은(는) ‘{row.get_state_display()}’ 상태라 합칠 수 없습니다.")
        if row.call.channel_id != rows[target.pk].call.channel_id:
            raise ValidationError({"sources": f"‘{row.title}’은(는) 제안 경로가 다릅니다."})
    goal, made = rows[target.pk], []
    for key in keys:
        made.append(_link(KinshipKind.MERGE, rows[key], goal, reason, by))
        standing.set_state(rows[key], ProposalState.MERGED)
        standing.save(rows[key], by=by, why=f"합침: {goal.title}")
        _tell(made[-1], rows[key], f"‘{rows[key].title}’ 제안을 ‘{goal.title}’에 합쳤습니다.\n까닭: {reason}")
    standing.save(goal, by=by, why="다른 제안을 합침")
    advance_if_reached(goal)
    return made


@transaction.atomic
def split(*, proposal, parts, by, reason, version=None):
    """Take a proposal apart: it closes as split, and each of `parts` [(title, body)] goes on from the same stage as a proposal of its own.

    Returns the new proposals. Raises StaleProposal, ValidationError, PermissionDenied.
    """
    if not by.has_perm("forums.run_desk"):
        raise PermissionDenied
    reason, (fewest, most) = _reason(reason), PARTS
    if not fewest <= len(parts) <= most:
        raise ValidationError({"parts": f"{fewest}개에서 {most}개로 나눌 수 있습니다."})
    row = standing.lock(proposal, version=version, reader=by)
    if row.state != ProposalState.OPEN:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태라 나눌 수 없습니다.")
    type(row.call).objects.select_for_update().get(pk=row.call_id)  # numbers of the call are given one after the other
    number = Proposal.objects.filter(call=row.call_id).aggregate(last=Max("number"))["last"] or 0
    made = []
    for title, body in parts:
        number += 1
        made.append(_part(row, number, title, body, by))
        _link(KinshipKind.SPLIT, row, made[-1], reason, by)
    standing.set_state(row, ProposalState.SPLIT)
    standing.save(row, by=by, why="나눔")
    names = ", ".join(f"‘{part.title}’" for part in made)
    mails.told(
        f"split:{row.pk}:{row.version}",
        row,
        f"나눔: {row.title}",
        f"‘{row.title}’ 제안을 {names}(으)로 나누었습니다.\n까닭: {reason}",
        by=by,
    )
    return made


def _part(row, number, title, body, by):
    part = Proposal(
        call=row.call, number=number, title=title, body=body, place=row.place, dong=row.dong, author=row.author,
        stage=row.stage, state=ProposalState.OPEN, entered_on=row.entered_on, department=row.department,
        submitted_at=clock.now(), endorse_before=row.endorse_before,
    )  # fmt: skip
    part.full_clean()
    part._history_user = by
    part.save()
    part.bodies.set(row.bodies.all())
    return part


@transaction.atomic
def undo_kinship(*, kinship, by, reason):
    """Take a merge or a split back. A merged proposal goes on by itself again; the parts of a split close, as long as none went on.

    Raises ValidationError, PermissionDenied.
    """
    if not by.has_perm("forums.run_desk"):
        raise PermissionDenied
    reason = _reason(reason)
    if kinship.kind == KinshipKind.SPLIT:
        links = list(
            Kinship.objects.filter(kind=KinshipKind.SPLIT, source_proposal=kinship.source_proposal_id, undone_on=None)
        )
    else:
        links = list(Kinship.objects.filter(pk=kinship.pk, undone_on=None))
    rows = standing.lock_all([p for link in links for p in (link.source_proposal, link.target)])
    links = list(
        Kinship.objects.select_for_update().filter(pk__in=[k.pk for k in links], undone_on=None).order_by("pk")
    )
    if not links:
        raise ValidationError("이미 되돌렸습니다.")
    source = rows[links[0].source_proposal_id]
    for link in links:
        target = rows[link.target_id]
        if link.kind == KinshipKind.SPLIT:
            _close_part(target, by)
        elif target.state != ProposalState.OPEN:
            raise ValidationError(f"합친 제안이 ‘{target.get_state_display()}’ 상태라 되돌릴 수 없습니다.")
        link.undone_on, link.undone_reason = clock.today(), reason
        link.full_clean()
        link.save(update_fields=["undone_on", "undone_reason"])
    if source.state == ProposalState.HIDDEN:
        raise ValidationError("가린 제안입니다. 다시 보이게 한 뒤에 되돌려 주세요.")
    standing.set_state(source, ProposalState.OPEN)
    standing.save(source, by=by, why="되돌림")
    _tell(links[0], source, f"‘{source.title}’ 제안이 다시 따로 진행됩니다.\n까닭: {reason}", ":undone")
    return links


def _close_part(part, by):
    """A part that was reviewed, endorsed or became something stays: what people did there cannot be undone by us."""
    done = (
        part.reviews.filter(state=ReviewState.PUBLISHED).exists()
        or part.endorsements.exists()
        or part.comments.exists()
    )
    if part.state != ProposalState.OPEN or done:
        raise ValidationError(f"나눈 제안 ‘{part.title}’이(가) 이미 진행되어 되돌릴 수 없습니다.")
    standing.set_state(part, ProposalState.WITHDRAWN)
    standing.save(part, by=by, why="나눔을 되돌림")


def _tell(link, proposal, text, suffix=""):
    mails.told(f"kinship:{link.pk}{suffix}", proposal, f"{link.get_kind_display()}: {proposal.title}", text, by=link.by)


# --- reading ------------------------------------------------------------------------------------------------------
def merged_into(proposal):
    """Keys of all proposals that were merged into one, through any number of merges."""
    found, front = set(), {proposal.pk}
    while front:
        links = Kinship.objects.filter(kind=KinshipKind.MERGE, undone_on=None, target__in=front)
        front = set(links.values_list("source_proposal_id", flat=True)) - found - {proposal.pk}
        found |= front
    return found


def together(proposal, merged=None):
    """How many people endorse a proposal or one that was merged into it, each person once."""
    keys = {proposal.pk, *(merged_into(proposal) if merged is None else merged)}
    return Endorsement.objects.filter(proposal__in=keys).values("person_key").distinct().count()


def advance_if_reached(row):
    """Move a locked proposal on once enough people endorse it. Whoever holds the lock finds it at its stage, so it happens once."""
    if not (row.stage.endorsable and row.is_open) or row.call.historical:
        return
    if together(row) >= row.call.endorsements_needed:
        review_actions.review(proposal=row, by=None, outcome=Outcome.RECEIVED)
        row.refresh_from_db()
