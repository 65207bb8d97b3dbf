"""Every write of the accounts room that is more than one plain form save."""

from itertools import pairwise

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from geumcheon.accounts import tasks, tokens
from geumcheon.accounts.models import DepartmentAssignment, MessageState, OutboxMessage, Role, User
from geumcheon.lib import clock, periods

# --- outbox -------------------------------------------------------------------------------------------------------


def _send_soon():
    # robust: the row is safe when the broker is not reachable, and the clock of the worker picks it up later.
    transaction.on_commit(tasks.send_outbox.delay, robust=True)


@transaction.atomic
def queue(*, event, recipient, subject, body, user=None, channel=OutboxMessage.Channel.MAIL):
    """Put one message in the outbox and have it sent on commit; a second call for (event, recipient) changes nothing.

    event: name of what happened, at most 120 characters. Returns the OutboxMessage, the earlier one on a repetition.
    Raises ValidationError for an address or text that cannot be sent.
    """
    if channel == OutboxMessage.Channel.MAIL:
        validate_email(recipient)
    message = OutboxMessage(
        event=event, recipient=recipient, user=user, channel=channel, subject=" ".join(subject.split()), body=body
    )
    message.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        return OutboxMessage.objects.get(event=event, recipient=recipient)
    _send_soon()
    return message


@transaction.atomic
def send_again(*, message, by):
    """Give a message that did not go out its five tries again. Raises ValidationError when it was sent."""
    if not by.has_perm("accounts.view_outboxmessage", message):
        raise PermissionDenied
    message = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if message.state == MessageState.SENT:
        raise ValidationError("이미 보낸 편지입니다.")
    message.state = MessageState.WAITING
    message.attempts = 0
    message.save(update_fields=["state", "attempts"])
    _send_soon()
    return message


# --- invitation ---------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, user, by):
    """Mail the user a one-time link to the page of the first password. An earlier invitation stops working.

    Raises ValidationError when the person is inactive, has no address or has a password already.
    """
    if not by.has_perm("accounts.change_user", user):
        raise PermissionDenied
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise ValidationError("사용을 멈춘 계정입니다. 먼저 ‘활성’을 켜 주세요.")
    if user.has_usable_password():
        raise ValidationError(
            "이미 비밀번호를 정했습니다. 잊었다면 로그인 화면의 ‘비밀번호를 잊었습니다’를 쓰면 됩니다."
        )
    if not user.email:
        raise ValidationError("전자우편 주소가 없어 초대할 수 없습니다.")
    number = tokens.latest_invitation(user) + 1
    body = render_to_string(
        "accounts/mail/invitation.txt",
        {"user": user, "url": tokens.invitation_url(user, number), "days": settings.PASSWORD_RESET_TIMEOUT // 86_400},
    )
    return queue(
        event=tokens.invitation_event(user, number),
        recipient=user.email,
        subject="[금천구 협치 포털] 초대: 비밀번호를 정해 주세요",
        body=body,
        user=user,
    )


@transaction.atomic
def set_first_password(*, user, token, password):
    """Set the first password with an invitation's token. Raises ValidationError when the link was used or is too old."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active or not tokens.holds_invitation(user, token):
        raise ValidationError("이 초대 링크는 더 쓸 수 없습니다.")
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


# --- assignments --------------------------------------------------------------------------------------------------


def check_assignments(role, assignments):
    """Refuse assignments that cannot stand together: all of one user's, saved or not.

    Only an officer is assigned; what ended before today stays as history. Two assignments to one department
    must not overlap. Raises ValidationError.
    """
    today = clock.today()
    if role != Role.OFFICER and any(a.ends_before is None or a.ends_before > today for a in assignments):
        raise ValidationError(
            "부서 배정은 역할이 ‘부서 담당자’인 사람에게만 합니다. 역할을 바꾸려면 배정을 먼저 끝내 주세요."
        )
    ordered = sorted(assignments, key=lambda a: (a.department_id, a.starts_on))
    for earlier, later in pairwise(ordered):
        same = earlier.department_id == later.department_id
        if same and periods.covers(earlier.starts_on, earlier.ends_before, later.starts_on):
            raise ValidationError(f"{later.department} 배정의 기간이 겹칩니다. 앞선 배정을 먼저 끝내 주세요.")


@transaction.atomic
def assign(*, user, department, starts_on, ends_before=None):
    """Assign an officer to a department from a day until before another. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    assignment = DepartmentAssignment(user=user, department=department, starts_on=starts_on, ends_before=ends_before)
    assignment.full_clean()
    check_assignments(user.role, [*user.assignments.select_related("department"), assignment])
    assignment.save()
    return assignment


# --- leaving ------------------------------------------------------------------------------------------------------


def has_traces(user):
    """Whether the user ever signed in or stands in any history: such people are deactivated, never deleted."""
    if user.last_login or LogEntry.objects.filter(user=user).exists():
        return True
    histories = (
        model for model in apps.get_models() if hasattr(model, "history_user") and hasattr(model, "history_id")
    )
    return any(model.objects.filter(history_user=user).exists() for model in histories)
