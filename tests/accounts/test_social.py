"""Sign-in with a provider and 본인확인, both against an OpenID Connect provider that runs in a thread."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client
from django.utils.html import escape

from geumcheon.accounts.models import Role, User, Verification
from geumcheon.accounts.rules import may_write
from geumcheon.accounts.verification import current, derive_key, identity, keys, level_of
from geumcheon.social_settings import social_providers
from tests.accounts.residents import everything_stored, link_in

mock = pytest.importorskip("oidc_provider_mock", reason="pip install -r requirements-dev.txt")
requests = pytest.importorskip("requests")

CI = "ci-of-one-person/base64=="
LOGIN, START = "/accounts/oidc/oidc/login/", "/my/verify/identity/"
KAKAO = {"kakao": {"APPS": [{"client_id": "K", "secret": "S", "key": ""}]}}


@pytest.fixture(scope="module")
def provider():
    """The address of a provider that knows three people; `one` and `two` have the same CI."""
    people = [
        mock.User(sub="one", claims={"ci": CI, "email": "officer@example.org", "email_verified": True, "name": "본명"}),
        mock.User(sub="two", claims={"ci": CI}),
        mock.User(sub="three", claims={"phone_number": "+821023456789"}),
    ]
    with mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def oidc(settings, provider):
    """Sign-in with that provider is set."""
    app = {"provider_id": "oidc", "name": "시험 기관", "client_id": "portal", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app | {"settings": {"server_url": provider}}]}}


@pytest.fixture
def ci_provider(settings, provider):
    settings.IDENTITY_ISSUER, settings.IDENTITY_CLIENT_ID, settings.IDENTITY_CLIENT_SECRET = provider, "portal", "s"


def agree(address, sub):
    """Sign in at the provider the browser was sent to. Returns the path it sends the browser back to."""
    back = urlsplit(requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10).headers["Location"])
    return f"{back.path}?{back.query}"


def sign_in(client, sub="one"):
    return client.get(agree(client.get(LOGIN).url, sub))


def finish(client, **changes):
    values = {"email": "mine@example.org", "name": "기관 이웃", "age": "on", "consent": "on"} | changes
    return client.post("/accounts/social/signup/", {k: v for k, v in values.items() if v is not None})


# --- sign-in ------------------------------------------------------------------------------------------------------------
def test_new_person_answers_the_same_questions_and_proves_the_address(loaded, oidc, client, committed):
    assert sign_in(client).url == "/accounts/social/signup/"
    with committed():
        assert finish(client).url == "/my/"
    user = User.objects.get(pk=client.session[SESSION_KEY])
    assert (user.role, user.name, user.email, user.email_proved) == (Role.RESIDENT, "기관 이웃", "", False)
    assert not may_write(user)
    assert "mine@example.org" in client.get("/my/").content.decode()
    assert client.post(link_in(mail.outbox[0])).url == "/my/"
    user.refresh_from_db()
    assert (user.email, user.email_proved) == ("mine@example.org", True)
    assert may_write(user)


def test_second_time_it_signs_in(loaded, oidc, client):
    sign_in(client)
    finish(client)
    again = Client()
    assert sign_in(again).status_code == 302
    assert again.session[SESSION_KEY] == client.session[SESSION_KEY]
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"), [({"age": None}, "age"), ({"consent": None}, "consent"), ({"name": "관리자"}, "name")]
)
def test_refusals_are_those_of_the_other_form(loaded, oidc, client, changes, field):
    sign_in(client)
    assert list(finish(client, **changes).context["form"].errors) == [field]
    assert SocialAccount.objects.count() == 0


def test_address_of_the_provider_never_opens_an_account(users, oidc, client):
    """The provider says that officer@example.org is verified; an officer of the portal has that address."""
    assert sign_in(client).url == "/accounts/social/signup/"
    assert SESSION_KEY not in client.session
    finish(client, email="officer@example.org")
    assert client.session[SESSION_KEY] != str(users["officer"].pk)
    users["officer"].refresh_from_db()
    assert not SocialAccount.objects.filter(user=users["officer"]).exists()


def test_nothing_of_the_providers_answer_is_kept(loaded, oidc, client):
    sign_in(client)
    assert "본명" not in json.dumps(dict(client.session), ensure_ascii=False)
    finish(client)
    found = everything_stored()
    for word in ("본명", CI, "officer@example.org"):
        assert word not in found
    assert SocialAccount.objects.get().extra_data == {}
    assert (SocialToken.objects.count(), EmailAddress.objects.count()) == (0, 0)


def test_providers_account_is_not_joined_to_who_is_signed_in(client_as, oidc, users):
    client = client_as("resident")
    response = client.get(agree(client.get(LOGIN + "?process=connect").url, "one"))
    assert response.url == "/my/"
    assert SocialAccount.objects.count() == 0


def test_form_without_a_provider_leads_to_sign_in(client, loaded):
    assert client.get("/accounts/social/signup/").url == "/accounts/login/"


@pytest.mark.parametrize("path", ["kakao/login/", "naver/login/", "oidc/oidc/login/", "kakao/login/callback/"])
def test_providers_without_keys_do_not_exist(client, loaded, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    page = client.get("/accounts/login/").content.decode()
    assert "로 계속하기" not in page


def test_kakao_is_offered_with_keys(client, loaded, settings):
    settings.SOCIALACCOUNT_PROVIDERS = KAKAO
    assert "카카오로 계속하기" in client.get("/accounts/signup/").content.decode()
    assert client.get("/accounts/kakao/login/").url.startswith("https://kauth.kakao.com/oauth/authorize?client_id=K&")


def test_providers_are_those_with_a_client_id():
    assert social_providers() == {}
    assert social_providers(kakao=("K", "S")) == KAKAO
    found = social_providers(oidc=("C", "S"), oidc_issuer="https://id.example")
    assert found["openid_connect"]["APPS"][0]["settings"] == {"server_url": "https://id.example"}


@pytest.mark.parametrize("query", ["", "?code=x&state=invented", "?error=access_denied&state=x"])
def test_invented_answers_of_a_provider_sign_nobody_in(client, loaded, oidc, query):
    response = client.get(f"/accounts/oidc/oidc/login/callback/{query}")
    assert response.status_code in (200, 401)
    assert "로그인하지 못했습니다" in response.content.decode()
    assert SESSION_KEY not in client.session


# --- 본인확인 -------------------------------------------------------------------------------------------------------------
def leave(client, **more):
    """The page that follows the form: a link, for a form's answer may not lead to another host (form-action)."""
    response = client.post(START, {"basis": "work", "dong": "", **more})
    assert response.status_code == 200 and "form-action 'self'" in response.headers["Content-Security-Policy"]
    assert f'href="{escape(response.context["address"])}"' in response.content.decode()
    return response.context["address"]


def identify(client, sub="one", **more):
    return client.get(agree(leave(client, **more), sub))


def test_identity_raises_the_level(users, client_as, ci_provider):
    client = client_as("resident")
    assert "본인확인 하기" in client.get("/my/verify/").content.decode()
    assert identify(client).url == "/my/"
    held = current(users["resident"])
    assert (held.level, held.method, held.basis) == (2, "identity", "work")
    assert held.key == derive_key(keys.IDENTITY, CI, "tests")
    found = everything_stored() + json.dumps(dict(client.session))
    assert CI not in found


def test_same_person_on_a_second_account_is_told_and_may_move(users, client_as, ci_provider):
    identify(client_as("resident"))
    client = client_as("member")
    assert identify(client, "two").url == START + "?taken=1"
    assert (level_of(users["resident"]), level_of(users["member"])) == (2, 0)
    assert "옮깁니다" in client.get(START + "?taken=1").content.decode()
    assert identify(client, "two", move="on").url == "/my/"
    assert (level_of(users["resident"]), level_of(users["member"])) == (0, 2)


def test_answer_without_a_ci_verifies_nobody(users, client_as, ci_provider):
    assert identify(client_as("resident"), "three").url == "/my/verify/"
    assert Verification.objects.count() == 0


def test_answer_is_used_once_and_only_by_the_browser_that_asked(users, client_as, ci_provider):
    client = client_as("resident")
    path = agree(leave(client), "one")
    assert client_as("member").get(path).url == "/my/verify/"
    forged = path.replace(parse_qs(urlsplit(path).query)["state"][0], "forged")
    assert client.get(forged).url == "/my/verify/"  # which also ends the attempt
    assert client.get(path).url == "/my/verify/"
    assert Verification.objects.count() == 0


@pytest.mark.parametrize("spoil", ["nonce", "audience", "issuer", "keys"])
def test_answer_that_does_not_hold(users, client_as, ci_provider, settings, monkeypatch, spoil):
    client = client_as("resident")
    path = agree(leave(client), "one")
    if spoil == "nonce":
        session = client.session
        session[identity.SESSION] = session[identity.SESSION] | {"nonce": "another"}
        session.save()
    elif spoil == "audience":
        claims = identity._claims

        def other(token, metadata):
            settings.IDENTITY_CLIENT_ID = "another"
            return claims(token, metadata)

        monkeypatch.setattr(identity, "_claims", other)
    elif spoil == "issuer":
        settings.IDENTITY_ISSUER += "x"
    else:
        get = identity._get
        monkeypatch.setattr(identity, "_get", lambda url: {"keys": []} if "jwks" in url else get(url))
    assert client.get(path).url == "/my/verify/"
    assert Verification.objects.count() == 0


def test_provider_that_is_away_is_told_plainly(client_as, ci_provider, settings):
    settings.IDENTITY_ISSUER = "http://localhost:9"
    response = client_as("resident").post(START, {"basis": "work", "dong": ""})
    assert response.context["form"].non_field_errors() == [
        "본인확인 기관에 이어지지 않습니다. 잠시 뒤에 다시 해 주세요."
    ]


def test_identity_is_off_until_set(client_as):
    client = client_as("resident")
    assert client.get(START).status_code == client.get(START + "callback/").status_code == 404
    assert "본인확인 하기" not in client.get("/my/verify/").content.decode()
