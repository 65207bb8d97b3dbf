"""The number stays nowhere, and who carries the code."""

import hmac
import io
import json
import logging
import urllib.error

import pytest
from django.core.management import call_command

from geumcheon.accounts.models import OutboxMessage
from geumcheon.accounts.verification import level_of, person_key, start_text, texts
from tests.accounts.residents import NUMBER, ask, everything_stored, last_code, verify, wrong

PLAIN = "01023456789"


@pytest.fixture(autouse=True)
def _no_texts():
    texts.MEMORY.clear()


@pytest.fixture
def resident(client_as):
    return client_as("resident")


def errors(response):
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


# --- the number stays nowhere -------------------------------------------------------------------------------------------
def test_number_code_and_pepper_are_not_in_the_database_session_or_log(users, resident, settings, caplog):
    caplog.set_level(logging.DEBUG)
    settings.VERIFICATION_PEPPER = "a-pepper-nobody-else-has"
    ask(resident)
    code = last_code()
    resident.post("/my/verify/code/", {"code": wrong(code)})
    resident.post("/my/verify/code/", {"code": code})
    assert level_of(users["resident"]) == 1
    found = everything_stored() + json.dumps(dict(resident.session)) + caplog.text
    assert len(found) > 10_000
    for secret in (PLAIN, NUMBER, PLAIN[3:], "2345-6789", f"'{code}'", f" {code} ", "a-pepper-nobody-else-has"):
        assert secret not in found
    assert person_key(users["resident"]) in found  # the search does look at these rows
    assert OutboxMessage.objects.count() == 0


def test_refused_number_is_not_kept_either(resident, caplog):
    caplog.set_level(logging.DEBUG)
    ask(resident, "010-2345-67890")
    assert "2345-67890" not in everything_stored() + json.dumps(dict(resident.session)) + caplog.text


def test_dumped_database_has_no_number(users, resident):
    verify(resident)
    out = io.StringIO()
    call_command("dumpdata", "accounts", stdout=out)
    assert "accounts.verification" in out.getvalue()
    assert PLAIN not in out.getvalue()


# --- carriers -----------------------------------------------------------------------------------------------------------
def test_console_prints_the_code_without_the_number(users, settings, capsys):
    settings.TEXT_BACKEND = "console"
    start_text(NUMBER, user=users["resident"])
    out = capsys.readouterr().out
    assert "확인 번호 " in out
    assert "2345" not in out


class Answer:
    status = 200

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False


@pytest.fixture
def solapi(settings, monkeypatch):
    """SOLAPI behind a faked transport: the requests it got."""
    settings.TEXT_BACKEND = "solapi"
    settings.SOLAPI_API_KEY, settings.SOLAPI_API_SECRET, settings.SOLAPI_SENDER = "KEY", "SECRET", "0226270000"
    requests = []

    def urlopen(request, timeout):
        requests.append((request, timeout))
        return Answer()

    monkeypatch.setattr(texts.urllib.request, "urlopen", urlopen)
    return requests


def test_solapi_gets_a_signed_request(users, solapi):
    start_text(NUMBER, user=users["resident"])
    ((request, timeout),) = solapi
    assert (request.full_url, request.get_method(), timeout) == (
        "https://api.solapi.com/messages/v4/send", "POST", 10,
    )  # fmt: skip
    message = json.loads(request.data)["message"]
    assert (message["to"], message["from"]) == (PLAIN, "0226270000")
    assert "확인 번호" in message["text"]
    assert len(message["text"].encode("euc-kr")) <= 90  # one short message
    header = request.get_header("Authorization")
    kind, _, rest = header.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    assert (kind, parts["apiKey"]) == ("HMAC-SHA256", "KEY")
    expected = hmac.new(b"SECRET", (parts["date"] + parts["salt"]).encode(), "sha256").hexdigest()
    assert parts["signature"] == expected


@pytest.mark.parametrize(
    "failure",
    [urllib.error.HTTPError("https://x", 402, "no money", {}, None), TimeoutError(), ConnectionRefusedError()],
)
def test_carrier_that_refuses_is_told_plainly_and_logged_without_the_number(
    resident, solapi, monkeypatch, caplog, failure
):
    def fail(request, timeout):
        raise failure

    monkeypatch.setattr(texts.urllib.request, "urlopen", fail)
    assert errors(ask(resident)) == {"number": ["문자를 보내지 못했습니다. 잠시 뒤에 다시 해 주세요."]}
    assert "text message not sent" in caplog.text
    assert PLAIN not in caplog.text
