"""Helpers of the accounts tests."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.conftest import PASSWORD


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def sign_in():
    """sign_in(client, login, password=…, **more) -> response of the sign-in form."""

    def post(client, login, password=PASSWORD, **more):
        return client.post("/accounts/login/", {"login": login, "password": password, **more})

    return post


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A block whose on-commit work (sending the outbox) runs when it ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def link():
    """link(pattern) -> path of the one link in the one mail that was sent."""

    def find(pattern=r"/accounts/\S+"):
        (message,) = mail.outbox
        (path,) = re.findall(pattern, message.body)
        return path

    return find
