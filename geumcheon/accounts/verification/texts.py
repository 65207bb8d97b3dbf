"""Who carries a code to a telephone. The number passes through here and stays nowhere: no row, no log, no session."""

import hashlib
import hmac
import json
import secrets
import sys
import urllib.error
import urllib.request

from django.conf import settings

from geumcheon.lib import clock

SOLAPI_URL = "https://api.solapi.com/messages/v4/send"
TIMEOUT = 10  # seconds
MEMORY = []  # (number, text) that the memory backend took: for tests


class TextFailed(Exception):
    """The carrier did not take the message. The text names neither number nor code."""


def _memory(number, text):
    MEMORY.append((number, text))


def _console(number, text):
    """Development: the code is read from the terminal; the number does not appear even there."""
    sys.stdout.write(f"[문자] {text}\n")
    sys.stdout.flush()


def solapi_authorization(*, date, salt):
    """SOLAPI's header: the signature is HMAC-SHA256 over date and salt with the secret."""
    signature = hmac.new(settings.SOLAPI_API_SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={settings.SOLAPI_API_KEY}, date={date}, salt={salt}, signature={signature}"


def _solapi(number, text):
    date = clock.now().isoformat(timespec="seconds")
    body = {"message": {"to": number, "from": settings.SOLAPI_SENDER, "text": text, "type": "SMS"}}
    headers = {
        "Authorization": solapi_authorization(date=date, salt=secrets.token_hex(16)),
        "Content-Type": "application/json; charset=utf-8",
    }
    request = urllib.request.Request(SOLAPI_URL, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            status = answer.status
    except urllib.error.HTTPError as error:
        raise TextFailed(f"HTTP {error.code}") from None
    except OSError as error:
        raise TextFailed(type(error).__name__) from None
    if status != 200:
        raise TextFailed(f"HTTP {status}")


BACKENDS = {"memory": _memory, "console": _console, "solapi": _solapi}


def available():
    """Whether the portal can send codes at all."""
    return bool(settings.VERIFICATION_PEPPER) and settings.TEXT_BACKEND in BACKENDS


def send(number, text):
    """Send now, straight through: not by the outbox, which would keep it. Raises TextFailed."""
    BACKENDS[settings.TEXT_BACKEND](number, text)
