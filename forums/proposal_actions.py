"""What residents do with proposals: write, submit, correct, withdraw, endorse, follow. Every write locks the proposal first."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q

from forums import hiding, kinship_actions, limits, mails, review_actions, rules, standing
from forums.models import (
    Answer,
    Call,
    Endorsement,
    Follow,
    MailStop,
    Move,
    Outcome,
    Proposal,
    ProposalPhoto,
    ProposalState,
    Review,
)
from forums.standing import set_state  # noqa: F401 - the one function that moves a proposal's state
from geumcheon.accounts.models import User
from geumcheon.accounts.verification import person_key
from geumcheon.lib import clock

FIELDS = ("title", "body", "place", "dong", "requested_krw")
MAX_DRAFTS = 5
MAX_PHOTOS = 3
DRAFT_DAYS = 30


# --- writing ------------------------------------------------------------------------------------------------------
def _check_call(call, by):
    if not call.is_open(clock.today()):
        raise ValidationError("지금은 제안을 받지 않는 공모입니다.", code="closed")
    if found := rules.propose_refusal(by, call):
        raise PermissionDenied(found.why)


@transaction.atomic
def draft(*, call, by, values):
    """A new draft of a person. values: cleaned values of forms.ProposalForm. Raises ValidationError, PermissionDenied."""
    _check_call(call, by)
    User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk").first()
    if Proposal.objects.filter(author=by, state=ProposalState.DRAFT).count() >= MAX_DRAFTS:
        raise ValidationError(f"쓰는 중인 제안은 {MAX_DRAFTS}건까지 둘 수 있습니다. 내 활동에서 올리거나 지워 주세요.")
    stage = call.channel.stages.order_by("order").first()
    if stage is None:
        raise ValidationError("이 공모의 단계가 아직 정해지지 않았습니다.")
    row = Proposal(call=call, stage=stage, author=by, entered_on=clock.today(), **_own(values))
    row.full_clean()
    row._history_user = by
    row.save()
    _save_parts(row, values)
    return row


@transaction.atomic
def edit(*, proposal, by, values, version=None):
    """Correct a draft, or what nobody has endorsed or decided yet. Raises StaleProposal, ValidationError, PermissionDenied."""
    row = standing.lock(proposal, version=version)
    if not rules.is_author(by, row):
        raise PermissionDenied
    if not rules.may_edit(by, row):
        raise ValidationError("공감이나 검토가 시작된 뒤에는 고칠 수 없습니다. 거둘 수는 있습니다.", code="late")
    for name, value in _own(values).items():
        setattr(row, name, value)
    if row.state == ProposalState.DRAFT:
        row.entered_on = clock.today()  # of a draft: the day it was last touched
    row.full_clean()
    _save_parts(row, values)
    if row.state == ProposalState.OPEN:
        hiding.look_at_links(row)
    standing.save(row, by=by, why="제안한 사람이 고침", fields=[*FIELDS, *hiding.FIELDS])
    return row


def _own(values):
    return {name: values[name] for name in FIELDS}


def _save_parts(row, values):
    """The answers to the call's questions, and the photos."""
    for question, text in values.get("answers", {}).items():
        if text:
            answer, _ = Answer.objects.get_or_create(proposal=row, question_id=question)
            answer.text = text
            answer.full_clean()
            answer.save()
        else:
            Answer.objects.filter(proposal=row, question_id=question).delete()
    for photo in row.photos.filter(pk__in=values.get("removed", [])):
        drop_photo(photo)
    if row.photos.count() + len(values.get("photos", [])) > MAX_PHOTOS:
        raise ValidationError(f"사진은 {MAX_PHOTOS}장까지 올릴 수 있습니다.")
    for file, alt in values.get("photos", []):
        photo = ProposalPhoto(proposal=row, file=file, alt=alt)
        photo.full_clean()
        photo.save()


def drop_photo(photo):
    """Delete a photo's row now and its file with the commit."""
    storage, name = photo.file.storage, photo.file.name
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def submit(*, proposal, by, version=None):
    """Put a draft before everybody: number, stage, window of endorsements. Returns the proposal, hidden while its addresses wait
    for a look. Twice is once.
    """
    limits_of = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.DRAFT)
    if limits_of.exists():
        limits.check(by, "proposal")
    row = standing.lock(proposal, version=version)
    if not rules.is_author(by, row):
        raise PermissionDenied
    if row.state in (ProposalState.OPEN, ProposalState.HIDDEN):
        return row
    call = Call.objects.select_for_update(of=("self",)).get(pk=row.call_id)
    _check_call(call, by)
    _check_amount(call, row.requested_krw)
    standing.set_state(row, ProposalState.OPEN)
    today = clock.today()
    row.number = (call.proposals.aggregate(n=Max("number"))["n"] or 0) + 1
    row.submitted_at, row.entered_on = clock.now(), today
    if row.stage.endorsable and call.endorsements_needed:
        row.endorse_before = today + timedelta(days=call.endorsement_days)
    hiding.look_at_links(row)
    row.full_clean()
    standing.save(row, by=by, why="제안 올림", fields=["number", "submitted_at", *hiding.FIELDS])
    kinship_actions.advance_if_reached(row)
    return row


def _check_amount(call, krw):
    """The limits may have changed since the draft was written."""
    if krw is not None and ((call.min_krw or 0) > krw or (call.max_krw is not None and krw > call.max_krw)):
        raise ValidationError("신청 금액이 이 공모의 한도를 벗어납니다. 고쳐 주세요.")


@transaction.atomic
def discard(*, proposal, by):
    """Destroy one's own draft with its photos and its history."""
    row = standing.lock(proposal)
    if not rules.is_author(by, row):
        raise PermissionDenied
    if row.state != ProposalState.DRAFT:
        raise ValidationError("이미 올린 제안은 지울 수 없습니다. 거둘 수는 있습니다.")
    _destroy(row)


def _destroy(row):
    for photo in row.photos.all():
        drop_photo(photo)
    key = row.pk
    row.delete()
    Proposal.history.filter(id=key).delete()


@transaction.atomic
def withdraw(*, proposal, by, version=None):
    """The proposer takes an open proposal back; it stays readable as withdrawn."""
    row = standing.lock(proposal, version=version)
    if not rules.is_author(by, row):
        raise PermissionDenied
    if row.state == ProposalState.WITHDRAWN:
        return row
    if not rules.may_withdraw(by, row):
        raise ValidationError("끝난 제안이나 주민투표에 오른 제안은 거둘 수 없습니다.")
    standing.set_state(row, ProposalState.WITHDRAWN)
    row.full_clean()
    standing.save(row, by=by, why="제안한 사람이 거둠")
    mails.told(
        "withdrawn", row, f"제안을 거둠: {row.title}", f"‘{row.title}’ 제안을 제안한 사람이 거두었습니다.", by=by
    )
    return row


# --- endorsements -------------------------------------------------------------------------------------------------
def supporters(proposal):
    """How many people endorse a proposal, those of proposals merged into it included, each person once."""
    return kinship_actions.together(proposal)


@transaction.atomic
def endorse(*, proposal, by):
    """One verified person's support; a second time changes nothing. The one that fills the threshold moves the proposal on."""
    row = standing.lock(proposal)
    _check_window(row)
    if found := rules.endorse_refusal(by, row):
        raise PermissionDenied(found.why)
    key = person_key(by)
    if not Endorsement.objects.filter(Q(person_key=key) | Q(user=by), proposal=row).exists():
        made = Endorsement(proposal=row, person_key=key, user=by, created_at=clock.now())
        made.full_clean()
        made.save()
        kinship_actions.advance_if_reached(row)
    return row


@transaction.atomic
def withdraw_endorsement(*, proposal, by):
    """Take the own support back while the window runs. Without any, nothing changes."""
    row = standing.lock(proposal)
    _check_window(row)
    own = Q(user=by)
    if key := person_key(by):
        own |= Q(person_key=key)
    Endorsement.objects.filter(own, proposal=row).delete()
    return row


def _check_window(row):
    if not rules.takes_endorsements(row):
        raise ValidationError("공감을 받는 때가 아닙니다. 공감을 더하거나 거둘 수 없습니다.", code="closed")


def overdue(day):
    """Proposals whose window of endorsements is over on `day` and that still stand at their stage."""
    return Proposal.objects.filter(
        state=ProposalState.OPEN, stage__endorsable=True, call__historical=False, endorse_before__lte=day
    )


@transaction.atomic
def close_window(*, proposal):
    """End a proposal whose window is over without enough endorsements, with the reason. Returns whether something changed."""
    row = standing.lock(proposal)
    if not overdue(clock.today()).filter(pk=row.pk).exists():
        return False
    count, needed = supporters(row), row.call.endorsements_needed
    if count >= needed:
        kinship_actions.advance_if_reached(row)
        return True
    last = row.endorse_before - timedelta(days=1)
    reason = f"공감 기간({last:%Y-%m-%d}까지)에 {count:,}명이 공감해 기준 {needed:,}명에 미치지 못했습니다."
    made = Review(proposal=row, stage=row.stage, outcome=Outcome.NOT_SELECTED, on=clock.today(), reason=reason)
    made.full_clean()
    made.save()
    way = Move(stage=row.stage, outcome=Outcome.NOT_SELECTED)
    review_actions.move(row, made, way=way)
    mails.told(
        f"review:{made.pk}",
        row,
        f"공감 기간이 끝남: {row.title}",
        f"‘{row.title}’ 제안의 공감 기간이 끝났습니다.\n{reason}",
    )
    return True


# --- following ----------------------------------------------------------------------------------------------------
@transaction.atomic
def follow(*, proposal, by):
    """Be told about a proposal's steps. The proposer is told anyway, and only takes a stop back."""
    if not by.has_perm("forums.follow_proposal"):
        raise PermissionDenied("전자우편 주소를 확인하면 소식을 받을 수 있습니다.")
    MailStop.objects.filter(proposal=proposal, user=by).delete()
    if proposal.author_id != by.pk:
        Follow.objects.get_or_create(proposal=proposal, user=by)


def unfollow(*, proposal, by):
    """No more mails about a proposal."""
    mails.stop(proposal, by)


def is_told(user, proposal):
    """Whether a person gets mails about a proposal."""
    if not user.is_authenticated:
        return False
    if proposal.author_id == user.pk:
        return not MailStop.objects.filter(proposal=proposal, user=user).exists()
    return Follow.objects.filter(proposal=proposal, user=user).exists()


# --- leaving and old drafts ---------------------------------------------------------------------------------------
def destroy_old_drafts():
    """Delete drafts that nobody touched for 30 days (DESIGN.md rule 9). Returns how many."""
    before = clock.today() - timedelta(days=DRAFT_DAYS)
    old = Proposal.objects.filter(state=ProposalState.DRAFT, entered_on__lt=before)
    done = 0
    for row in old:
        with transaction.atomic():
            again = (
                Proposal.objects.select_for_update(of=("self",)).filter(pk=row.pk, state=ProposalState.DRAFT).first()
            )
            if again is not None and again.entered_on < before:
                _destroy(again)
                done += 1
    return done
