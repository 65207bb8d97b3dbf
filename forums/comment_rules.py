"""Who may write, answer for an office, and moderate; and in words why somebody may not write."""

import rules
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from forums.models import ProposalState
from geumcheon.accounts.models import Department
from geumcheon.accounts.rules import is_blocked, is_officer, is_secretariat, may_write
from geumcheon.accounts.verification import is_verified

CLOSED = {
    ProposalState.MERGED: "다른 제안과 합쳐진 제안입니다. 합쳐진 제안에서 이야기해 주세요.",
    ProposalState.SPLIT: "여럿으로 나뉜 제안입니다. 나뉜 제안에서 이야기해 주세요.",
    ProposalState.WITHDRAWN: "제안한 사람이 거둔 제안이라 댓글을 더 받지 않습니다.",
    ProposalState.DRAFT: "아직 올리지 않은 제안입니다.",
    ProposalState.HIDDEN: "지금은 보이지 않는 제안이라 댓글을 받지 않습니다.",
}


@rules.predicate
def has_voice(user):
    """Whether somebody speaks as a verified person, or for an office."""
    return is_secretariat(user) or is_officer(user) or is_verified(user)


may_comment = may_write & has_voice

rules.add_perm("forums.write_comment", may_comment)
rules.add_perm("forums.moderate", is_secretariat)


def speaks_for_office(user):
    """Whether what somebody writes is an office's word: officers and the secretariat never comment as residents."""
    return bool(is_officer(user) or is_secretariat(user))


def offices_of(user):
    """The departments an officer may answer for today."""
    if not is_officer(user):
        return Department.objects.none()
    return Department.objects.filter(pk__in=user.department_ids())


def closed(proposal):
    """Why a proposal takes no comments, in Korean; "" while it does. `proposal.call` is read."""
    if proposal.call.historical:
        return "지난 계획 문서에서 옮긴 제안이라 댓글을 받지 않습니다."
    return CLOSED.get(proposal.state, "")


def refusal(user, back=""):
    """(why somebody may not write, words of a link, its address); ("", "", "") where they may. `back`: the page to return to."""
    if not user.is_authenticated:
        return (
            "댓글은 주민 확인을 마친 사람이 씁니다.",
            "로그인",
            f"{reverse('account_login')}?{urlencode({'next': back})}",
        )
    if is_blocked(user):
        until = timezone.localtime(user.blocked_until)
        return f"{until:%-m월 %-d일 %H:%M}까지 글쓰기가 멈춰 있습니다. 까닭: {user.blocked_reason}", "", ""
    if not user.email_proved:
        return "전자우편 주소를 확인하면 쓸 수 있습니다. 보낸 편지의 링크를 눌러 주세요.", "내 활동", reverse("my:page")
    if not may_comment(user):
        verify = f"{reverse('my:verify')}?{urlencode({'next': back})}"
        return "주민 확인을 하면 댓글을 쓸 수 있습니다.", "주민 확인하기", verify
    if is_officer(user) and not user.department_ids():
        return "배정된 부서가 없어 답할 수 없습니다.", "", ""
    return "", "", ""
