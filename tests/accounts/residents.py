"""Steps of residents that several tests take."""

import re

from django.apps import apps
from django.core import mail

from geumcheon.accounts.models import Dong
from geumcheon.accounts.verification import texts

SIGN_UP = "/accounts/signup/"
PASSWORD = "주민의-긴-암호-31"
NUMBER = "010-2345-6789"


def form(**changes):
    """What a careful person sends to sign up; a field set to None is left out."""
    values = {
        "email": "new@example.org", "name": "안양천 이웃", "password1": PASSWORD, "password2": PASSWORD,
        "age": "on", "consent": "on",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def link_in(message):
    return re.search(r"/accounts/address/\S+", message.body)[0]


def last_code():
    """The code of the newest text message."""
    return re.search(r"확인 번호 (\d{6})", texts.MEMORY[-1][1])[1]


def wrong(code):
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(client, number=NUMBER, basis="residence", dong="가산동", **more):
    """Send the form that orders a code."""
    pk = Dong.objects.get(name=dong).pk if dong else ""
    return client.post("/my/verify/", {"number": number, "basis": basis, "dong": pk, **more})


def verify(client, number=NUMBER, **more):
    """Order a code and send it back. Returns the answer to the code."""
    ask(client, number, **more)
    return client.post("/my/verify/code/", {"code": last_code()})


def sent():
    return [(message.to, message.subject) for message in mail.outbox]


def everything_stored():
    """All rows of all tables as one text."""
    rows = [
        str(row)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for row in model._base_manager.values()
    ]
    return "\n".join(rows)
