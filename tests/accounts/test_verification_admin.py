"""Verifications in the admin: read, ended, without a key."""

import pytest

from geumcheon.accounts.models import Verification
from geumcheon.accounts.verification import level_of, person_key
from tests.accounts.residents import verify

LIST = "/admin/accounts/verification/"


@pytest.fixture
def row(users, client_as):
    verify(client_as("resident"))
    return Verification.objects.get()


def test_key_is_not_shown(client_as, users, row):
    client = client_as("secretariat")
    for path in (LIST, f"{LIST}{row.pk}/change/"):
        assert person_key(users["resident"]) not in client.get(path).content.decode()
    assert client.post(f"{LIST}{row.pk}/change/", {"level": "3"}).status_code == 403


@pytest.mark.parametrize(("role", "level"), [("secretariat", 0), ("officer", 1), ("member", 1)])
def test_only_the_secretariat_ends_one(client_as, users, row, role, level):
    client_as(role).post(LIST, {"action": "end_selected", "_selected_action": [row.pk]})
    assert level_of(users["resident"]) == level
