"""What moderators decide about comments and reported proposals: show, keep, hide with a public reason."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from forums import hiding, kinship_actions, mails, standing
from forums.models import (
    COMMENT_MOVES,
    PROPOSAL_MOVES,
    WAITS,
    Comment,
    CommentState,
    Proposal,
    ProposalState,
    Report,
)
from forums.texts import clean_line
from geumcheon.lib import clock

SHOW, HIDE = "show", "hide"
DECISIONS = {SHOW: "그대로 보이기", HIDE: "가리기"}
PUBLIC_REASON = 200
CODES = {Comment: "c", Proposal: "p"}


def waiting(user):
    """[Comment or Proposal] that wait for a moderator or were reported; [] for who moderates nothing. Two queries."""
    if not user.has_perm("forums.moderate"):
        return []
    reported = Q(reports__decision=Report.Decision.OPEN)
    comments = Comment.objects.filter(Q(state=CommentState.WAITING) | reported).distinct().order_by("pk")
    held = Q(pk__in=hiding.held())
    return [*comments, *Proposal.objects.filter(reported | held).distinct().order_by("pk")]


def seen(thing):
    """What a moderator saw of a comment or proposal: changes with its state or words. For the hidden field of the form."""
    if isinstance(thing, Comment):
        stamp = thing.edited_at or thing.created_at
        return f"c{thing.pk}.{thing.state}.{int(stamp.timestamp())}"
    return f"p{thing.pk}.{thing.state}.{thing.version}"


def key_of(thing):
    """`c12` or `p7`: the name of a row in the queue's forms."""
    return f"{CODES[type(thing)]}{thing.pk}"


def fetch(keys, *, lock=False):
    """The comments and proposals named by keys like `c12` and `p7`, in a fixed order; with `lock` locked, proposals first."""
    pks = {code: {int(key[1:]) for key in keys if re.fullmatch(code + r"[0-9]{1,9}", key)} for code in "cp"}
    comments = Comment.objects.filter(pk__in=pks["c"])
    proposals = Proposal.objects.filter(pk__in=pks["p"])
    if lock:
        above = Q(pk__in=pks["p"]) | Q(pk__in=comments.values("proposal"))
        list(Proposal.objects.select_for_update(of=("self",)).filter(above).order_by("pk").values_list("pk"))
        comments = comments.select_for_update(of=("self",))
    comments = comments.select_related("proposal", "author", "office").order_by("pk")
    return [*proposals.select_related("author").order_by("pk"), *comments]


def problem(thing, decision):
    """Why a decision cannot be taken on a thing as it stands; "" where it can."""
    if isinstance(thing, Proposal):
        if (
            decision == HIDE
            and thing.state != ProposalState.HIDDEN
            and ProposalState.HIDDEN not in PROPOSAL_MOVES[thing.state]
        ):
            return f"‘{thing.get_state_display()}’ 제안은 가릴 수 없습니다."
        return ""
    if thing.state == CommentState.DELETED:
        return "쓴 사람이 지운 댓글입니다."
    to = CommentState.HIDDEN if decision == HIDE else CommentState.VISIBLE
    return "" if to == thing.state or to in COMMENT_MOVES[thing.state] else "바꿀 수 없는 상태입니다."


@transaction.atomic
def decide(*, marks, by, decision, reason=""):
    """Take one decision on all the things a moderator saw, or on none. Returns the things.

    marks: list of seen(thing). reason: the public reason, needed to hide. Raises ValidationError that names what changed meanwhile,
    PermissionDenied.
    """
    if not by.has_perm("forums.moderate"):
        raise PermissionDenied
    if decision not in DECISIONS:
        raise ValidationError("무엇을 할지 골라 주세요.", code="decision")
    reason = clean_line(reason, PUBLIC_REASON)
    if decision == HIDE and not reason:
        raise ValidationError({"reason": "가리는 까닭을 적어 주세요. 글 대신 이 까닭이 보입니다."})
    things = fetch([mark.split(".")[0] for mark in marks], lock=True)
    current = {seen(thing) for thing in things}
    if not things or current != set(marks):
        raise ValidationError(
            "그사이 고치거나 처리한 글이 있습니다. 다시 보고 정해 주세요. 아무것도 바꾸지 않았습니다.", code="stale"
        )
    if wrong := [f"{thing}: {why}" for thing in things if (why := problem(thing, decision))]:
        raise ValidationError(wrong, code="refused")
    for thing in things:
        (_decide_comment if isinstance(thing, Comment) else _decide_proposal)(thing, by, decision, reason)
    return things


def hide(*, comment, by, reason):
    """Hide one comment; see decide."""
    return decide(marks=[seen(comment)], by=by, decision=HIDE, reason=reason)


def show(*, comment, by):
    """Show one comment that waited or was hidden, and close its reports; see decide."""
    return decide(marks=[seen(comment)], by=by, decision=SHOW)


def _close_reports(rows, by, decision):
    kept = Report.Decision.HIDDEN if decision == HIDE else Report.Decision.KEPT
    rows.filter(decision=Report.Decision.OPEN).update(decision=kept, decided_by=by)


def _decide_comment(row, by, decision, reason):
    to = CommentState.HIDDEN if decision == HIDE else CommentState.VISIBLE
    _close_reports(row.reports, by, decision)
    if to == row.state:
        return
    row.state, row.hidden_reason, row.moderated_by = to, reason if decision == HIDE else "", by
    row.full_clean()
    row.save(update_fields=["state", "hidden_reason", "moderated_by"])
    _tell_author(row)


def _tell_author(row):
    """Once per decision: the author hears that the comment was hidden and why, or that it can be read now."""
    title = row.proposal.title
    if row.state == CommentState.HIDDEN:
        subject = f"댓글을 가렸습니다: {title}"
        body = f"‘{title}’에 쓰신 댓글을 가렸습니다. 댓글 대신 까닭이 보입니다.\n\n까닭: {row.hidden_reason}\n\n쓰신 댓글:\n{row.text}"
    else:
        subject = f"댓글이 보입니다: {title}"
        body = f"‘{title}’에 쓰신 댓글을 살펴보았고, 이제 모두에게 보입니다."
    event = f"comment:{row.pk}:{row.state}:{int(clock.now().timestamp())}"
    mails.tell_one(event, row.proposal, row.author, subject, body)


def _decide_proposal(row, by, decision, reason):
    _close_reports(row.reports, by, decision)
    if decision == HIDE:
        hiding.hide(row, reason)
        why, words = f"가림: {reason}", f"제안을 가렸습니다.\n\n까닭: {reason}"
    elif row.state == ProposalState.HIDDEN:
        waited = row.hidden_reason == WAITS
        hiding.show(row)
        why, words = "다시 보이기", "제안을 살펴보았고, 이제 모두에게 보입니다." if waited else "제안이 다시 보입니다."
    else:
        return
    row.full_clean()
    standing.save(row, by=by, why=why, fields=hiding.FIELDS)
    subject = f"{words.splitlines()[0].rstrip('.')}: {row.title}"
    mails.tell_one(f"moderated:{row.version}", row, row.author, subject, f"‘{row.title}’ {words}")
    kinship_actions.advance_if_reached(standing.lock(row))
