"""People who talk about proposals, and what they send. Rows as the portal's own flows leave them."""

from datetime import timedelta

import time_machine
from django.test import Client

from forums.comment_forms import SIGNER
from forums.models import Comment
from geumcheon.accounts.models import Role, User, Verification
from geumcheon.lib import clock


def a_voice(name="별명 하나", days=30, role=Role.RESIDENT, **fields):
    """A resident verified by text so many days ago."""
    number = User.objects.count()
    user = User.objects.create_user(f"voice-{number}", f"voice{number}@example.org", role=role, name=name, **fields)
    Verification.objects.create(
        user=user, level=1, basis="residence", key=f"{number:064x}", method="text",
        verified_at=clock.now() - timedelta(days=days), expires_on=clock.today() + timedelta(days=300),
    )  # fmt: skip
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def said(proposal, author=None, text="좋은 생각입니다.", **fields):
    """A comment as it stands in the table."""
    fields.setdefault("created_at", clock.now() - timedelta(hours=3))
    return Comment.objects.create(proposal=proposal, author=author, text=text, **fields)


def stamp(user, seconds=10):
    """The hidden field of a form that was opened so many seconds ago."""
    with time_machine.travel(clock.now() - timedelta(seconds=seconds), tick=False):
        return SIGNER.sign(str(user.pk))


def post(user, url, **data):
    """Send a form as somebody who took ten seconds for it."""
    return signed_in(user).post(url, {"started": stamp(user), **data})


def write(user, proposal, text="가로등이 있으면 밤길이 밝아집니다.", **data):
    return post(user, f"/proposals/{proposal.pk}/comments/", text=text, **data)
