"""Leaving: the account stays as an empty shell, so that what was said in public keeps an author, and everything of the person goes."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from geumcheon.accounts import slots
from geumcheon.accounts.models import (
    AddressProof,
    ExportJob,
    FormDraft,
    ImportJob,
    OutboxMessage,
    Role,
    TextChallenge,
    User,
    Verification,
)
from geumcheon.lib import clock

NAME = "탈퇴한 주민"
KEPT = ["남는 글에는 별명 대신 ‘탈퇴한 주민’이라고 보입니다."]
DESTROYED = [
    "전자우편, 별명, 비밀번호, 이어 둔 카카오·네이버 계정",
    "주민 확인과 그 열쇠, 쓰던 글, 받은 알림의 기록",
]


def words():
    """What the page says: sentences of what is kept and of what is destroyed."""
    told = slots.leaving_words.collect()
    return {
        "kept": KEPT + [line for part in told for line in part.get("kept", [])],
        "destroyed": DESTROYED + [line for part in told for line in part.get("destroyed", [])],
    }


def may_leave(user):
    """Residents leave by themselves; accounts with an office are closed by the secretariat."""
    return user.is_active and user.role == Role.RESIDENT and not user.is_superuser


def own_data(user):
    """Everything the portal holds about a person, as JSON values."""
    data = {
        "account": {
            "email": user.email,
            "email_proved": user.email_proved,
            "name": user.name,
            "role": user.role,
            "joined": user.date_joined,
            "last_login": user.last_login,
            "consented": user.consented_at,
            "blocked_until": user.blocked_until,
            "blocked_reason": user.blocked_reason,
        },
        "social_accounts": list(SocialAccount.objects.filter(user=user).values("provider", "date_joined")),
        "verifications": list(
            user.verifications.values(
                "level", "basis", "dong__name", "method", "verified_at", "expires_on", "ended_at", "ended_why"
            )
        ),
        "drafts": list(user.drafts.values("key", "data", "saved_at")),
        "messages": list(OutboxMessage.objects.filter(user=user).values("subject", "created_at", "sent_at", "state")),
    }
    for part in slots.own_data.collect(user):
        data |= part
    return data


@transaction.atomic
def leave(*, user):
    """Empty the account in place and end every session of it. Raises PermissionDenied for accounts with an office."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.left_at is not None:
        raise ValidationError("이미 탈퇴한 계정입니다.")
    if not may_leave(user):
        raise PermissionDenied
    slots.leaving.collect(user)
    address = user.email
    for model in (FormDraft, ImportJob, Verification, TextChallenge, AddressProof, SocialAccount, EmailAddress):
        model.objects.filter(user=user).delete()
    to_them = Q(user=user) | Q(recipient__iexact=address) if address else Q(user=user)
    OutboxMessage.objects.filter(to_them).delete()
    ExportJob.objects.filter(user=user).update(user=None)
    user.username, user.name, user.email = f"left-{user.pk}", NAME, ""
    user.email_proved, user.is_active, user.left_at = False, False, clock.now()
    user.consented_at = user.last_login = user.blocked_until = None
    user.blocked_reason = ""
    user.set_unusable_password()  # which also ends its sessions
    user.full_clean(exclude=["password"])
    user.save()
    return user
