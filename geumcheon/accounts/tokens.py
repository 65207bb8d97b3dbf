"""One-time links of invitations."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from geumcheon.accounts.models import OutboxMessage, User


class InvitationTokens(PasswordResetTokenGenerator):
    """Token of the user's `number`-th invitation, good for PASSWORD_RESET_TIMEOUT seconds (three days).

    The password is part of it, so the link dies when it has been used; the number is part of it, so a new
    invitation kills the one before. The salt keeps it from working as a password reset.
    """

    key_salt = "geumcheon.accounts.invitation"

    def __init__(self, number):
        super().__init__()
        self.number = number

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}:{self.number}"


def invitation_event(user, number):
    return f"invitation:{user.pk}:{number}"


def latest_invitation(user):
    """How many times the user was invited: the number inside the newest invitation's event, 0 before the first."""
    events = OutboxMessage.objects.filter(event__startswith=f"invitation:{user.pk}:").values_list("event", flat=True)
    return max((int(event.rsplit(":", 1)[1]) for event in events), default=0)


def invitation_url(user, number):
    """The full address of the page where the first password is set."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return settings.SITE_URL + reverse("account_invitation", args=[uid, InvitationTokens(number).make_token(user)])


def invited_user(uid, token):
    """The active user whose newest invitation this is; None for a used, old, withdrawn or invented link."""
    try:
        user = User.objects.get(pk=force_str(urlsafe_base64_decode(uid)), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if holds_invitation(user, token) else None


def holds_invitation(user, token):
    return not user.has_usable_password() and InvitationTokens(latest_invitation(user)).check_token(user, token)
