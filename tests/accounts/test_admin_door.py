"""The admin has no sign-in of its own."""

from urllib.parse import quote

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tests.conftest import PASSWORD


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/"])
def test_visitor_goes_through_the_portals_sign_in_and_back(client, users, path):
    response = client.get(path, follow=True)
    login = f"/accounts/login/?next={quote(path, safe='')}"
    assert response.redirect_chain[-1] == (login, 302)
    data = {"login": "secretariat", "password": PASSWORD, "next": path}
    assert client.post("/accounts/login/", data).url == path


def test_password_sent_to_the_admins_own_address_is_not_looked_at(client, users):
    response = client.post("/admin/login/", {"username": "secretariat", "password": PASSWORD})
    assert response.url.startswith("/accounts/login/?next=")
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("role", ["resident", "member"])
def test_people_without_an_office_are_told_no(client_as, role):
    response = client_as(role).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "볼 수 없는 쪽입니다" in response.content.decode()


@pytest.mark.parametrize("role", ["officer", "secretariat"])
def test_people_in_office_are_let_through(client_as, role):
    assert client_as(role).get("/admin/login/").url == "/admin/"


def test_foreign_next_is_not_followed(client, users):
    page = client.get("/admin/login/", {"next": "https://evil.example/"}, follow=True)
    data = {"login": "secretariat", "password": PASSWORD, "next": page.context["redirect_field_value"]}
    response = client.post("/accounts/login/", data, follow=True)
    assert response.redirect_chain[-1] == ("/admin/", 302)


def test_password_change_is_the_portals(client_as):
    assert client_as("officer").get("/admin/password_change/").url == "/accounts/password/change/"


def test_sign_out_of_the_admin_goes_home(client_as):
    client = client_as("officer")
    assert client.post("/admin/logout/").url == "/"
    assert SESSION_KEY not in client.session


def test_sign_out_needs_the_csrf_token(users):
    client = Client(enforce_csrf_checks=True)
    client.force_login(users["officer"])
    assert client.post("/admin/logout/").status_code == 403
