"""Sending what waits in the outbox: each message once, whatever number of workers runs."""

import re
import sys
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from geumcheon.accounts.models import MessageState, OutboxMessage
from geumcheon.lib import clock

# How long after its making a message is tried for the 1st, 2nd … time. A mail server may be down for hours.
TRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
MAX_ATTEMPTS = len(TRY_AFTER)
KEEP = timedelta(days=90)
OWN_LINK = re.compile(
    r"(/(?:accounts/(?:invitation|address|password/reset/key)|forums/own|proposals/stop|topics/leave)/)\S+"
)


def without_own_links(text):
    """The text with the secret part of addresses taken out that act for one person: staff read the outbox, not for them."""
    return OWN_LINK.sub(r"\1…", text)


def _leaving(body):
    """Headers with which mail programs offer to leave by one click (RFC 8058), from the last such link of ours in a mail."""
    links = re.findall(rf"{re.escape(settings.SITE_URL)}/topics/leave/\S+", body)
    if not links or not links[-1].startswith("https://"):
        return {}
    return {"List-Unsubscribe": f"<{links[-1]}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _send_mail(message):
    headers = _leaving(message.body)
    EmailMessage(message.subject, message.body, to=[message.recipient], headers=headers).send()


def _send_text(message):
    """Text messages print to the console, as mail does without EMAIL_URL."""
    sys.stdout.write(f"[문자] {message.recipient}: {message.body}\n")


SENDERS = {OutboxMessage.Channel.MAIL: _send_mail, OutboxMessage.Channel.TEXT: _send_text}


def _due():
    """Waiting messages whose next try has come."""
    now = clock.now()
    due = Q(attempts=0)
    for tried, after in enumerate(TRY_AFTER[1:], start=1):
        due |= Q(attempts=tried, created_at__lte=now - after)
    return OutboxMessage.objects.filter(due, state=MessageState.WAITING)


def _try_once(message):
    """Send one locked message and keep how it went. Returns whether it went out."""
    message.attempts += 1
    try:
        SENDERS[message.channel](message)
    except Exception as error:  # whatever a mail server answers: kept in the row and shown to staff
        message.error = f"{type(error).__name__}: {error}"[:300]
        message.state = MessageState.FAILED if message.attempts >= MAX_ATTEMPTS else MessageState.WAITING
    else:
        message.error = ""
        message.state = MessageState.SENT
        message.sent_at = clock.now()
        message.body = without_own_links(message.body)
    message.save(update_fields=["attempts", "error", "state", "sent_at", "body"])
    return message.state == MessageState.SENT


def send_waiting():
    """Try each due message once, each in its own transaction that holds its row. Returns how many went out.

    PostgreSQL: workers skip rows another one holds. SQLite: immediate transactions let one worker in at a time.
    """
    last = sent = 0
    while True:
        with transaction.atomic():
            message = _due().filter(pk__gt=last).select_for_update(skip_locked=True).order_by("pk").first()
            if message is None:
                return sent
            last = message.pk
            sent += _try_once(message)


def destroy_old():
    """Delete messages older than 90 days, sent or not (DESIGN.md rule 9). Returns how many."""
    return OutboxMessage.objects.filter(created_at__lt=clock.now() - KEEP).delete()[0]
