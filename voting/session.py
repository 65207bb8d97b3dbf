"""What the session holds of a vote: the round, the voter's key of that round, the channel and an end. Never a number, a pick or a code.

Who was let in by the own account has no key there, which would name the account's voter for as long as the session lives: it is made
anew of the account's verification. Whoever signs in or out in a browser is another person to the vote and is checked again.

Casting writes nothing into the session: a row written beside the ballot would tell its moment.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from geumcheon.lib import clock
from voting import checks, roll

MINUTES = 30
KIOSK_MINUTES = 20
_VOTER, _PENDING, _AWAY = "vote", "vote_check", "vote_identity"
# Without signs that look alike; eight of them are 40 bits and live twenty minutes.
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_TICKET = "voteticket"


@dataclass(frozen=True)
class Voter:
    """Who is checked for a round. `channel` is as the participation keeps it; `kiosk` ends itself."""

    key: str
    channel: str
    until: float
    kiosk: bool = False


def voter(request, round):
    """The Voter of this session for the round, or None without one or after its end."""
    kept = request.session.get(_VOTER)
    if not kept or kept["round"] != round.slug or clock.now().timestamp() >= kept["until"]:
        return None
    if kept.get("account") != request.user.pk:
        return None
    key = kept.get("key") or account_key(request.user, round)
    return Voter(key, kept["channel"], kept["until"], kept.get("kiosk", False)) if key else None


def new_voter(key, channel):
    """A Voter who was checked just now."""
    return Voter(key, channel, (clock.now() + timedelta(minutes=MINUTES)).timestamp())


def account_key(user, round):
    """The voter key that the account's own verification gives in the round; None without one of the round's level."""
    held = checks.of_account(round, user)
    try:
        return held and roll.key_of_person(round, held.key)
    except roll.RollClosed:
        return None


def begin(request, round, key, channel, *, kiosk=False, by_account=False):
    """Remember a checked voter. The session gets a new name, so that nobody who knew the old one votes along."""
    request.session.cycle_key()
    request.session.pop(_PENDING, None)
    until = clock.now() + timedelta(minutes=KIOSK_MINUTES if kiosk else MINUTES)
    request.session[_VOTER] = {
        "round": round.slug, "channel": channel, "until": until.timestamp(), "kiosk": kiosk,
    } | ({} if by_account else {"key": key}) | ({"account": request.user.pk} if request.user.pk else {})  # fmt: skip


def end(request):
    """Forget the voter and a begun check."""
    for name in (_VOTER, _PENDING, _AWAY):
        request.session.pop(name, None)


def pending(request):
    return request.session.get(_PENDING)


def set_pending(request, check):
    request.session[_PENDING] = check


def set_away(request, round, kept):
    """Remember what an identity provider's answer is checked by, and who was asked there: facts as plain values."""
    request.session[_AWAY] = {"round": round.slug, **kept}


def take_away(request):
    """What `set_away` kept, once; None without it."""
    return request.session.pop(_AWAY, None)


# --- tickets: from the counter's computer to the tablet of the voter ----------------------------------------------------


def make_ticket(round, key):
    """A text of eight signs that opens the booth once on another device, within KIOSK_MINUTES."""
    text = "".join(secrets.choice(_SIGNS) for _ in range(8))
    until = clock.now() + timedelta(minutes=KIOSK_MINUTES)
    Session.objects.save(_TICKET + text, {"ticket": {"round": round.slug, "key": key}}, until)
    return f"{text[:4]}-{text[4:]}"


def use_ticket(round, text):
    """The voter's key of a ticket of the round, which is then gone; None for any other text."""
    text = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    if len(text) != 8:
        return None
    store = SessionStore(session_key=_TICKET + text)
    found = store.get("ticket")
    if found is None or found["round"] != round.slug:
        return None
    # Who deletes the row has the ticket: two tablets with one ticket do not both open.
    gone, _ = Session.objects.filter(session_key=_TICKET + text).delete()
    return found["key"] if gone else None
