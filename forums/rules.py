"""Who may propose, correct, withdraw and endorse; and in words why somebody may not, with the way to what is missing."""

from dataclasses import dataclass

import rules
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from forums.models import Call, ProposalState, ReviewState
from geumcheon.accounts.rules import is_blocked, is_verified_resident, may_write
from geumcheon.accounts.verification import is_verified, level_of
from geumcheon.lib import clock

rules.add_perm("forums.propose", may_write)
rules.add_perm("forums.endorse_proposal", is_verified_resident)
rules.add_perm("forums.follow_proposal", may_write)


@rules.predicate
def can_be_mailed(user):
    """Whether an account gets mail: active, with an address it has proved. Who may not write for a while still reads."""
    return bool(user.is_authenticated and user.is_active and user.email and user.email_proved)


rules.add_perm("forums.follow_topic", can_be_mailed)

LEVELS = {1: "문자 확인", 2: "본인확인", 3: "창구 확인"}


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not, and the way to what is missing (`url` may be empty)."""

    why: str
    label: str = ""
    url: str = ""


def refusal(user, level, back, *, doing):
    """What keeps a person from `doing` (제안, 공감): a Refusal, or None. level: the verification it needs, 0 for any proved account."""
    if not user.is_authenticated:
        return Refusal(
            f"{doing}하려면 로그인해 주세요.", "로그인", f"{reverse('account_login')}?{urlencode({'next': back})}"
        )
    if is_blocked(user):
        until = timezone.localtime(user.blocked_until)
        return Refusal(f"{until:%-m월 %-d일 %H:%M}까지 글쓰기가 멈춰 있습니다. 까닭: {user.blocked_reason}")
    if not may_write(user):
        return Refusal(f"{doing}하려면 먼저 전자우편 주소를 확인해 주세요.", "내 활동", reverse("my:page"))
    if level and not is_verified(user, level):
        verify = f"{reverse('my:verify')}?{urlencode({'next': back})}"
        held = level_of(user)
        now = f" 지금은 {LEVELS[held]}까지 마쳤습니다." if held else ""
        return Refusal(f"{doing}하려면 주민 확인({LEVELS[level]} 이상)이 필요합니다.{now}", "주민 확인하기", verify)
    return None


def propose_refusal(user, call, back=""):
    """What keeps a person from proposing to a call, or None. Whether the call is open is another question."""
    return refusal(user, call.who, back or reverse("propose", args=[call.pk]), doing="제안")


def endorse_refusal(user, proposal):
    """What keeps a person from endorsing, or None."""
    if user.is_authenticated and proposal.author_id == user.pk:
        return Refusal("내 제안에는 공감할 수 없습니다. 이웃에게 주소를 알려 보세요.")
    return refusal(user, Call.Who.TEXT, proposal.get_absolute_url(), doing="공감")


def takes_endorsements(proposal, day=None):
    """Whether endorsements are given and taken back now: the stage collects them and the window runs."""
    running = proposal.endorse_before is None or (day or clock.today()) < proposal.endorse_before
    return (
        proposal.state == ProposalState.OPEN and proposal.stage.endorsable and not proposal.call.historical and running
    )


def is_author(user, proposal):
    return bool(user.is_authenticated and proposal.author_id is not None and proposal.author_id == user.pk)


def may_edit(user, proposal):
    """The proposer, while it is a draft, or open and nobody has endorsed or decided yet."""
    if not (is_author(user, proposal) and may_write(user)):
        return False
    if proposal.state == ProposalState.DRAFT:
        return True
    untouched = not proposal.endorsements.exists() and not proposal.reviews.exclude(state=ReviewState.DRAFT).exists()
    return proposal.state == ProposalState.OPEN and untouched and not proposal.transfers.exists()


def may_withdraw(user, proposal):
    """The proposer, as long as it is open and has not come to the vote."""
    if not is_author(user, proposal) or proposal.state != ProposalState.OPEN or not user.is_active:
        return False
    return not proposal.stage.channel.stages.filter(is_ballot=True, order__lte=proposal.stage.order).exists()
