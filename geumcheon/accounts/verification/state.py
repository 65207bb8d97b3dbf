"""Questions about an account's verification, for every app on the right."""

from geumcheon.accounts.models import Verification
from geumcheon.lib import clock


def current(user, day=None):
    """The account's strongest Verification that holds on `day` (today), or None. One query.

    A day in the past is answered by what is held now and had begun then, not by what ended since.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return None
    day = day or clock.today()
    held = Verification.objects.filter(
        user=user, ended_at__isnull=True, expires_on__gt=day, verified_at__date__lte=day
    ).select_related("dong")
    return held.order_by("-level", "-verified_at").first()


def level_of(user, day=None):
    """0 not verified, 1 text, 2 identity provider, 3 counter or roll."""
    held = current(user, day)
    return held.level if held else 0


def is_verified(user, level=1):
    """Whether the account is verified at `level` or above today."""
    return level_of(user) >= level


def person_key(user):
    """The key (64 hex digits) that is one per person at the account's level, or None.

    It follows a number moved to another account and changes with a new phone or level: what must be once per person is
    unique by this key and by user as well.
    """
    held = current(user)
    return held.key if held else None
