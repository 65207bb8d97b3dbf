"""Signing in and out: who gets in, who does not, and what they are told."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from geumcheon.accounts.models import User
from tests.conftest import PASSWORD

WRONG = "아이디(전자우편)나 비밀번호가 맞지 않습니다."


def signed_in(client):
    """Username of whom the next page greets, None for a visitor."""
    return client.get("/accounts/password/reset/").context["user"].username or None


@pytest.mark.parametrize("login", ["officer", "OFFICER", "officer@example.org", "Officer@Example.org", " officer "])
def test_sign_in_with_name_or_address(client, users, sign_in, login):
    response = sign_in(client, login)
    assert (response.status_code, response.url) == (302, "/")
    assert signed_in(client) == "officer"


@pytest.mark.parametrize("login", ["officer", "officer@example.org", "nobody", "nobody@example.org"])
def test_wrong_password_says_the_same_for_known_and_unknown(client, users, sign_in, login):
    response = sign_in(client, login, "틀린-비밀번호-1")
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [WRONG]
    assert SESSION_KEY not in client.session


def test_inactive_person_is_told_so_only_with_the_right_password(client, users, sign_in):
    User.objects.filter(pk=users["member"].pk).update(is_active=False)
    assert sign_in(client, "member", "틀린-비밀번호-1").context["form"].non_field_errors() == [WRONG]
    assert sign_in(client, "member").url == "/accounts/inactive/"
    assert SESSION_KEY not in client.session
    assert "쓸 수 없는 계정입니다" in client.get("/accounts/inactive/").content.decode()


def test_deactivation_ends_the_session_at_once(client, users, sign_in):
    sign_in(client, "secretariat")
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=users["secretariat"].pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_someone_without_password_cannot_sign_in(client, db, sign_in):
    User.objects.create_user("invited", "invited@example.org")
    for password in ("", "!", PASSWORD):
        assert sign_in(client, "invited", password).status_code == 200
    assert SESSION_KEY not in client.session


def test_five_failures_for_one_name_close_it_for_a_while(client, users, sign_in):
    for _ in range(5):
        assert sign_in(client, "officer", "틀린-비밀번호-1").context["form"].non_field_errors() == [WRONG]
    closed = ["여러 번 틀려 잠시 막았습니다. 5분 뒤에 다시 해 주세요."]
    assert sign_in(client, "officer").context["form"].non_field_errors() == closed
    assert sign_in(Client(), "officer").context["form"].non_field_errors() == closed
    assert SESSION_KEY not in client.session
    assert sign_in(client, "member").status_code == 302  # others are not shut out


def test_too_many_requests_get_a_korean_page(client, users, sign_in):
    for _ in range(30):
        sign_in(client, "", "")
    response = sign_in(client, "officer")
    assert response.status_code == 429
    assert "429.html" in [template.name for template in response.templates]
    assert "잠시 뒤에 다시 해 주세요" in response.content.decode()
    assert client.get("/accounts/login/").status_code == 200  # reading is never limited


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/accounts/password/change/", "/accounts/password/change/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
        ("http:///evil.example", "/"),
    ],
)
def test_next_stays_on_the_portal(client, users, sign_in, target, lands):
    page = client.get("/accounts/login/", {"next": target})
    assert page.status_code == 200
    assert sign_in(client, "member", next=target).url == lands
    assert client.get("/accounts/login/", {"next": target}).url == lands  # signed in already


def test_sign_in_needs_the_csrf_token(users, sign_in):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "officer").status_code == 403
    token = client.get("/accounts/login/").cookies["csrftoken"].value
    assert sign_in(client, "officer", csrfmiddlewaretoken=token).status_code == 302


def test_sign_in_form_is_labelled_and_has_no_placeholder(client, db):
    form = client.get("/accounts/login/").context["form"]
    assert [field.label for field in form] == ["아이디 또는 전자우편", "비밀번호", "이 기기에서 로그인 유지"]
    assert [field.field.widget.attrs.get("placeholder") for field in form] == [None, None, None]


@pytest.mark.parametrize("login", ["a" * 255, "a\x00b"])
def test_absurd_names_are_refused_at_the_field(client, users, sign_in, login):
    response = sign_in(client, login)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["login"]


@pytest.mark.parametrize(("remember", "ends_with_browser"), [({}, True), ({"remember": "on"}, False)])
def test_session_is_kept_only_when_asked(client, users, sign_in, remember, ends_with_browser):
    sign_in(client, "member", **remember)
    assert client.session.get_expire_at_browser_close() is ends_with_browser
    assert client.session.get_expiry_age() == 12 * 60 * 60


def test_sign_out_asks_first(client_as):
    client = client_as("member")
    page = client.get("/accounts/logout/")
    assert page.status_code == 200
    assert signed_in(client) == "member"
    assert client.post("/accounts/logout/").url == "/"
    assert signed_in(client) is None


def test_sign_out_needs_the_csrf_token(users):
    client = Client(enforce_csrf_checks=True)
    client.force_login(users["member"])
    assert client.post("/accounts/logout/").status_code == 403
    assert SESSION_KEY in client.session


def test_visitor_has_nothing_to_sign_out_of(client, db):
    assert client.get("/accounts/logout/").url == "/"


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "confirm-email/",
        "confirm-email/x/",
        "reauthenticate/",
        "login/code/confirm/",
        "password/reset/complete/",
    ],
)
def test_pages_of_allauth_that_are_not_used_do_not_exist(client, db, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_groups_and_allauth_addresses_are_not_in_the_admin(client_as):
    client = client_as("secretariat")
    assert client.get("/admin/auth/group/").status_code == 404
    assert client.get("/admin/account/emailaddress/").status_code == 404
