"""Residents of the tests, verified by the rows themselves."""

import hashlib
from datetime import timedelta

from django.test import Client

from geumcheon.accounts.models import Basis, Dong, Level, Role, User, Verification
from geumcheon.lib import clock


def resident(name="resident-of-dong", level=1, dong=None, **fields):
    """An account with a proved address, verified at `level` (0: not at all). `dong`: a name."""
    fields = {"name": f"{name} 별명", "role": Role.RESIDENT, "email_proved": True, **fields}
    user = User.objects.create_user(name, f"{name}@example.org", **fields)
    if level:
        verify(user, level, dong)
    return user


def verify(user, level=1, dong=None, key=None):
    """A Verification of an account that holds for a year."""
    key = key or hashlib.sha256(f"{level}:{user.username}".encode()).hexdigest()
    found = Dong.objects.get_or_create(name=dong)[0] if dong else None
    method = Verification.Method.TEXT if level == Level.TEXT else Verification.Method.COUNTER
    return Verification.objects.create(
        user=user, level=level, basis=Basis.RESIDENCE, dong=found, key=key, method=method,
        verified_at=clock.now() - timedelta(days=1), expires_on=clock.today() + timedelta(days=364),
    )  # fmt: skip


def client_of(user):
    """A Client signed in as a user."""
    client = Client()
    client.force_login(user)
    return client


def verified_client(name="resident-of-dong", level=1, dong=None):
    """A Client signed in as a new verified resident; `client.user` is the account."""
    user = resident(name, level, dong)
    client = client_of(user)
    client.user = user
    return client
