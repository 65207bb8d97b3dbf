"""Mails about a proposal to its proposer and to who follows it: once per person and event, through the outbox."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from forums.models import PUBLIC_STATES, Follow, MailStop
from geumcheon.accounts.actions import queue
from geumcheon.accounts.models import User

SALT = "forums.stop-mails"
PREFIX = "[금천구 협치 포털] "


def stop_url(proposal, user):
    """The full address of the page that ends the mails about one proposal to one person; it asks for no sign-in."""
    token = signing.dumps([proposal.pk, user.pk], salt=SALT)
    return settings.SITE_URL + reverse("proposal_stop", args=[token])


def read_stop(token):
    """(proposal key, user key) of a token; raises signing.BadSignature."""
    return tuple(signing.loads(token, salt=SALT))


def reachable(users):
    """Of a queryset of users those who may get mail: active, not left, with an address they have proved."""
    return users.filter(is_active=True, left_at__isnull=True, email_proved=True).exclude(email="")


def readers(proposal):
    """Who is told about a proposal: followers, and the proposer who did not stop it. Of what is not public the proposer alone."""
    proposer = Q(pk=proposal.author_id) if proposal.author_id else Q(pk__in=[])
    stopped = MailStop.objects.filter(proposal=proposal).values("user")
    wanted = proposer & ~Q(pk__in=stopped)
    if proposal.state in PUBLIC_STATES:
        wanted |= Q(pk__in=Follow.objects.filter(proposal=proposal).values("user"))
    return reachable(User.objects.filter(wanted)).order_by("pk")


def told(event, proposal, subject, body, *, by=None):
    """Queue one mail to each reader of a proposal but `by`, who did it. A second call with the same event changes nothing.

    event: what happened, at most 90 characters. Call it inside the transaction of the change.
    """
    for user in readers(proposal):
        if by is None or user.pk != by.pk:
            _queue(f"proposal:{proposal.pk}:{event}", proposal, user, subject, body)


def tell_one(event, proposal, user, subject, body):
    """Queue one mail to one person about what concerns them alone (their comment was hidden); nobody, if they cannot be reached."""
    found = reachable(User.objects.filter(pk=user.pk)).first() if user else None
    if found is not None:
        text = f"{body}\n\n{_link(proposal)}\n\n금천구 협치 포털"
        queue(
            event=f"proposal:{proposal.pk}:{event}",
            recipient=found.email,
            subject=_subject(subject),
            body=text,
            user=found,
        )


def _link(proposal):
    return settings.SITE_URL + proposal.get_absolute_url()


def _subject(text):
    return (PREFIX + text)[:200]


def _queue(event, proposal, user, subject, body):
    text = f"{body}\n\n{_link(proposal)}\n\n금천구 협치 포털\n\n이 제안의 소식 그만 받기: {stop_url(proposal, user)}"
    queue(event=event, recipient=user.email, subject=_subject(subject), body=text, user=user)


@transaction.atomic
def stop(proposal, user):
    """End the mails about a proposal to a person, follower or proposer. Twice is once."""
    Follow.objects.filter(proposal=proposal, user=user).delete()
    if proposal.author_id == user.pk:
        MailStop.objects.get_or_create(proposal=proposal, user=user)
