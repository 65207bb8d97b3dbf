"""Every write of comments: writing, answering, correcting, deleting, supporting, reporting."""

import re
import unicodedata
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Min, Q

from forums import comment_rules, limits, mails
from forums.models import (
    COMMENT_MOVES,
    PUBLIC_STATES,
    Comment,
    CommentEndorsement,
    CommentState,
    Proposal,
    Report,
)
from forums.texts import clean_line, clean_text
from geumcheon.accounts.models import Verification
from geumcheon.accounts.verification import person_key
from geumcheon.lib import clock

COMMENT_LIMIT = 1_000
REASON_LIMIT = 300
EDIT_FOR = timedelta(minutes=15)
NEW_FOR = timedelta(days=7)
PROVEN_AFTER = 3  # visible comments
MANY_LINKS = 3  # with more, a comment of anybody waits
# An address with or without its scheme: `https://…`, `www.…`, `abc.example/…`.
LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://|www\.|(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z0-9.@])|(?:\d{1,3}\.){3}\d{1,3}",
    re.IGNORECASE,
)


def links_in(text):
    """How many addresses a text names; full-width letters and dots count as what they look like."""
    return len(LINK.findall(unicodedata.normalize("NFKC", text).replace("。", ".")))


def is_new(user):
    """Whether an account's links wait for a look: verified less than 7 days ago, or fewer than 3 comments that are visible."""
    first = Verification.objects.filter(user=user).aggregate(first=Min("verified_at"))["first"]
    if first is None or first > clock.now() - NEW_FOR:
        return True
    visible = Comment.objects.filter(author=user, state=CommentState.VISIBLE)
    return visible[:PROVEN_AFTER].count() < PROVEN_AFTER


def _first_state(user, text):
    """Links of new accounts, and many links of anybody but an office, wait for review."""
    links = 0 if comment_rules.speaks_for_office(user) else links_in(text)
    waits = links > MANY_LINKS or (links and is_new(user))
    return CommentState.WAITING if waits else CommentState.VISIBLE


def _lock(proposal_id):
    """A public proposal, locked; the comments of one proposal are written one after another."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("call")
    row = rows.filter(pk=proposal_id, state__in=PUBLIC_STATES).first()
    if row is None:
        raise ValidationError("더 볼 수 없는 제안입니다.", code="gone")
    return row


def _permit(user):
    if not user.has_perm("forums.write_comment"):
        raise PermissionDenied(comment_rules.refusal(user)[0])


def _open(proposal):
    if reason := comment_rules.closed(proposal):
        raise ValidationError(reason, code="closed")


def _voice(user, office):
    """{office, is_secretariat} of what somebody writes. Raises PermissionDenied for an office that is not theirs."""
    own = list(comment_rules.offices_of(user))
    if office is None and len(own) == 1:
        office = own[0]
    if office is not None and office not in own:
        raise PermissionDenied
    if comment_rules.is_officer(user) and office is None:
        raise ValidationError({"office": "어느 부서로 답하는지 골라 주세요."} if own else "배정된 부서가 없습니다.")
    return {"office": office, "is_secretariat": bool(comment_rules.is_secretariat(user))}


def _parent(proposal, parent):
    """The comment that is answered, locked: one level deep, of the same proposal, and visible."""
    if parent is None:
        return None
    row = Comment.objects.select_for_update(of=("self",)).filter(pk=parent.pk, proposal=proposal).first()
    if row is None or row.parent_id is not None:
        raise ValidationError("이 댓글에는 답할 수 없습니다.", code="parent")
    if row.state != CommentState.VISIBLE:
        raise ValidationError("그사이 지우거나 가린 댓글이라 답할 수 없습니다.", code="parent")
    return row


@transaction.atomic
def write(*, proposal, by, text, stance="", parent=None, office=None):
    """Write a comment, or with `parent` an answer to one. Officers and the secretariat speak for their office.

    The state comes back in the Comment: a new account's links wait for review. Raises ValidationError (a closed proposal,
    limits, text, parent), PermissionDenied.
    """
    _permit(by)
    row = _lock(proposal.pk)
    _open(row)
    parent = _parent(row, parent)
    if not comment_rules.speaks_for_office(by):
        limits.check(by, "comment")
    text = clean_text(text, COMMENT_LIMIT)
    voice = _voice(by, office)
    plain = parent is None and not comment_rules.speaks_for_office(by)
    made = Comment(
        proposal=row, parent=parent, author=by, stance=stance if plain else "", text=text, created_at=clock.now(),
        state=_first_state(by, text), **voice,
    )  # fmt: skip
    _refuse_repetition(made)
    made.full_clean()
    made.save()
    _tell(made)
    return made


def answer(*, parent, by, text, office=None):
    """Answer a comment; see write."""
    return write(proposal=parent.proposal, parent=parent, by=by, text=text, office=office)


def _refuse_repetition(made):
    """The same words by the same person on the same proposal within a day: a second press of the button, or a flood."""
    same = Comment.objects.filter(author=made.author, proposal=made.proposal, text=made.text, parent=made.parent)
    if same.filter(created_at__gt=made.created_at - limits.DAY).exclude(state=CommentState.DELETED).exists():
        raise ValidationError("같은 댓글을 이미 올리셨습니다.", code="same")


def office_name(comment):
    """Who an office's comment is by, in words; "" for a resident's."""
    if comment.is_secretariat:
        return "협치추진단"
    return str(comment.office) if comment.office_id else ""


def _tell(made):
    """Readers of the proposal, and who asked, hear of an office's answer."""
    name = office_name(made)
    if not name:
        return
    event, subject = f"answer:{made.pk}", f"{name}이(가) 답했습니다: {made.proposal.title}"
    body = f"‘{made.proposal.title}’에 {name}이(가) 답했습니다.\n\n{made.text}"
    mails.told(event, made.proposal, subject, body, by=made.author)
    if made.parent_id and made.parent.author_id != made.author_id:
        mails.tell_one(event, made.proposal, made.parent.author, subject, body)


def may_edit(comment, user):
    """Whether somebody may still correct a comment: their own, within 15 minutes, as long as it stands."""
    mine = user.is_authenticated and comment.author_id == user.pk
    standing = comment.state in (CommentState.VISIBLE, CommentState.WAITING)
    return bool(mine and standing and clock.now() < comment.created_at + EDIT_FOR)


def may_delete(comment, user):
    """Whether somebody may take a comment back: their own, unless it is hidden (the public reason stays)."""
    mine = user.is_authenticated and comment.author_id == user.pk
    return bool(mine and CommentState.DELETED in COMMENT_MOVES[comment.state])


def _own(comment, by):
    """The own comment, locked after its proposal."""
    Proposal.objects.select_for_update(of=("self",)).filter(pk=comment.proposal_id).values_list("pk").first()
    row = Comment.objects.select_for_update(of=("self",)).select_related("proposal__call").get(pk=comment.pk)
    if row.author_id is None or row.author_id != by.pk:
        raise PermissionDenied
    return row


@transaction.atomic
def edit(*, comment, by, text):
    """Correct the own comment within 15 minutes. New links of a new account wait again. Raises ValidationError, PermissionDenied."""
    _permit(by)
    row = _own(comment, by)
    _open(row.proposal)
    if not may_edit(row, by):
        raise ValidationError("댓글은 올린 뒤 15분 동안 고칠 수 있습니다.", code="late")
    row.text, row.edited_at = clean_text(text, COMMENT_LIMIT), clock.now()
    if row.state == CommentState.VISIBLE:
        row.state = _first_state(by, row.text)
    row.full_clean()
    row.save(update_fields=["text", "edited_at", "state"])
    return row


@transaction.atomic
def delete(*, comment, by):
    """Take the own comment back at any time. Its words are destroyed; the empty row holds the answers and counts for the limits."""
    row = _own(comment, by)
    if row.state == CommentState.DELETED:
        return row
    if not may_delete(row, by):
        raise ValidationError("가린 댓글은 지울 수 없습니다.", code="hidden")
    row.text, row.stance, row.state = "", "", CommentState.DELETED
    row.full_clean(exclude=["text"])
    row.save(update_fields=["text", "stance", "state"])
    row.endorsements.all().delete()
    return row


def _visible(comment):
    """A visible comment of a public proposal, locked."""
    proposal = _lock(comment.proposal_id)
    row = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if row.state != CommentState.VISIBLE:
        raise ValidationError("그사이 지우거나 가린 댓글입니다.", code="gone")
    return proposal, row


@transaction.atomic
def endorse(*, comment, by):
    """Support a comment, once per person; a second time changes nothing. Raises ValidationError, PermissionDenied."""
    _permit(by)
    key = person_key(by)
    if key is None:
        raise PermissionDenied("주민 확인을 하면 공감할 수 있습니다.")
    proposal, row = _visible(comment)
    _open(proposal)
    if row.author_id == by.pk:
        raise ValidationError("자기 댓글에는 공감할 수 없습니다.", code="own")
    if not row.endorsements.filter(Q(person_key=key) | Q(user=by)).exists():
        made = CommentEndorsement(comment=row, person_key=key, user=by)
        made.full_clean()
        made.save()


@transaction.atomic
def withdraw_endorsement(*, comment, by):
    """Take the own support back."""
    mine = Q(user=by)
    if key := person_key(by):
        mine |= Q(person_key=key)
    CommentEndorsement.objects.filter(mine, comment=comment).delete()


@transaction.atomic
def report(*, by, reason, comment=None, proposal=None):
    """Tell the moderators that a comment or a proposal breaks the rules, once per person. Raises ValidationError, PermissionDenied."""
    _permit(by)
    if comment is not None:
        row, comment = _visible(comment)
        if comment.author_id == by.pk:
            raise ValidationError("자기 댓글은 신고하지 않고 지울 수 있습니다.", code="own")
    else:
        row = _lock(proposal.pk)
        if row.author_id == by.pk:
            raise ValidationError("자기 제안은 신고하지 않고 거둘 수 있습니다.", code="own")
    limits.check(by, "report")
    made = Report(
        comment=comment, proposal=None if comment else row, reporter=by, reason=clean_line(reason, REASON_LIMIT),
        created_at=clock.now(),
    )  # fmt: skip
    made.full_clean()
    made.save()
    return made


def forget(user):
    """Of somebody who leaves: the words stay without a name, reports without their teller; support of comments goes."""
    Comment.objects.filter(author=user).update(author=None)
    CommentEndorsement.objects.filter(user=user).delete()
    Report.objects.filter(reporter=user).update(reporter=None)
