"""Password reset by a mailed link and password change."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from geumcheon.accounts.models import MessageState, OutboxMessage, Role, User
from tests.conftest import PASSWORD

NEW = "새로-정한-암호-22"
RESET = "/accounts/password/reset/"


@pytest.fixture
def reset_link(client, users, committed, link):
    """reset_link(role) -> path that the mail of a password reset names."""

    def ask(role="officer"):
        mail.outbox.clear()
        with committed():
            client.post(RESET, {"email": f"{role}@example.org"})
        return link()

    return ask


def choose(client, path, first=NEW, second=NEW, **more):
    """Open the mailed link as a browser does and send the form it leads to."""
    form_path = client.get(path).url
    return client.post(form_path, {"password1": first, "password2": second, **more})


def test_reset_by_link(client, users, reset_link, sign_in):
    response = choose(client, reset_link())
    assert response.url == "/accounts/password/reset/key/done/"
    assert "이제 새 비밀번호로 로그인하면 됩니다" in client.get(response.url).content.decode()
    assert SESSION_KEY not in client.session
    assert sign_in(client, "officer").status_code == 200
    assert sign_in(client, "officer", NEW).status_code == 302


def test_reset_mail_is_plain_korean_with_the_portals_address(users, reset_link, settings):
    settings.SITE_URL = "https://portal.example.kr"
    path = reset_link()
    (message,) = mail.outbox
    assert message.subject == "[금천구 협치 포털] 비밀번호 다시 정하기"
    assert message.to == ["officer@example.org"]
    assert f"https://portal.example.kr{path}\n" in message.body
    assert "아이디는 officer입니다." in message.body


def test_reset_link_is_not_taken_from_the_host_header(users, committed, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example.kr"]
    with committed():
        Client().post(RESET, {"email": "officer@example.org"}, headers={"host": "other.example.kr"})
    assert "other.example.kr" not in mail.outbox[0].body


def test_reset_answers_the_same_for_an_unknown_address(client, users, committed):
    answers = []
    for email in ("officer@example.org", "nobody@example.org"):
        with committed():
            response = client.post(RESET, {"email": email}, follow=True)
        assert response.redirect_chain == [("/accounts/password/reset/done/", 302)]
        answers.append(response.content)
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [["officer@example.org"]]


def test_reset_finds_the_address_in_any_case(client, users, committed):
    with committed():
        client.post(RESET, {"email": "OFFICER@Example.org"})
    assert len(mail.outbox) == 1


def test_inactive_people_get_no_reset_mail(client, users, committed):
    User.objects.filter(pk=users["officer"].pk).update(is_active=False)
    with committed():
        client.post(RESET, {"email": "officer@example.org"})
    assert mail.outbox == []


def test_reset_refuses_what_is_no_address(client, db):
    response = client.post(RESET, {"email": "officer"})
    assert response.status_code == 200
    assert response.context["form"].errors == {"email": ["올바른 이메일 주소를 입력하세요."]}


def test_reset_link_works_once(client, users, reset_link):
    path = reset_link()
    choose(client, path)
    response = Client().get(path)
    assert response.context["token_fail"] is True
    assert "더 쓸 수 없는 링크입니다" in response.content.decode()


def test_reset_link_ends_after_three_days(users, reset_link, time_machine):
    time_machine.move_to("2026-03-02 09:00+09:00", tick=False)
    path = reset_link()
    time_machine.move_to("2026-03-05 08:59+09:00", tick=False)
    assert Client().get(path).status_code == 302
    time_machine.move_to("2026-03-05 09:01+09:00", tick=False)
    assert Client().get(path).context["token_fail"] is True


def test_reset_link_of_one_does_not_open_another(users, reset_link):
    own = reset_link("member")
    other = reset_link("secretariat")
    uid = other.split("/")[-2].split("-")[0]
    token = own.split("/")[-2].split("-", 1)[1]
    forged = f"/accounts/password/reset/key/{uid}-{token}/"
    assert Client().get(forged).context["token_fail"] is True
    client = Client()
    assert client.get(own).status_code == 302  # leaves the member's token in the session
    response = client.post(f"/accounts/password/reset/key/{uid}-set-password/", {"password1": NEW, "password2": NEW})
    assert response.context["token_fail"] is True
    users["secretariat"].refresh_from_db()
    assert users["secretariat"].check_password(PASSWORD)


@pytest.mark.parametrize("key", ["0-x", "zzzzzzzzzzzzzzz-x", "1-set-password", "99999999999-a-b"])
def test_invented_reset_links(client, users, key):
    assert client.get(f"/accounts/password/reset/key/{key}/").context["token_fail"] is True


def test_address_changed_later_gets_no_reset_mail(client, client_as, users, committed):
    with committed():
        client.post(RESET, {"email": "officer@example.org"})
    mail.outbox.clear()
    User.objects.filter(pk=users["officer"].pk).update(email="moved@example.org")
    with committed():
        client.post(RESET, {"email": "officer@example.org"})
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [
        (NEW, "다른-암호-2022", {"password2": ["두 비밀번호가 서로 다릅니다. 다시 적어 주세요."]}),
        ("", "", {"password1": ["필수 항목입니다."], "password2": ["필수 항목입니다."]}),
        ("짧은암호", "짧은암호", {"password1": ["이 비밀번호는 너무 짧습니다. 최소 10자 이상이어야 합니다."]}),
        ("8301957264", "8301957264", {"password1": ["비밀번호가 전부 숫자로 되어 있습니다."]}),
        ("officer@example.org", "officer@example.org", {"password1": ["비밀번호가 전자우편와 너무 유사합니다."]}),
        ("password1234", "password1234", {"password1": ["너무 흔히 사용되는 비밀번호입니다."]}),
    ],
)
def test_refused_new_passwords_are_explained_at_the_field(client, users, reset_link, first, second, errors):
    response = choose(client, reset_link(), first, second)
    assert response.status_code == 200
    assert response.context["form"].errors == errors
    users["officer"].refresh_from_db()
    assert users["officer"].check_password(PASSWORD)


def test_role_cannot_be_forged_with_a_reset(client, users, reset_link):
    choose(client, reset_link("resident"), role="secretariat", is_superuser="on", is_staff="on")
    users["resident"].refresh_from_db()
    assert (users["resident"].role, users["resident"].is_superuser) == (Role.RESIDENT, False)


def test_reset_requests_are_limited_per_address(client, users, committed):
    statuses = []
    for _ in range(6):
        with committed():
            statuses.append(client.post(RESET, {"email": "officer@example.org"}).status_code)
    assert statuses == [302] * 5 + [429]
    assert "잠시 뒤에 다시 해 주세요" in client.post(RESET, {"email": "officer@example.org"}).content.decode()


def test_reset_mail_stays_in_the_outbox_without_its_link(users, reset_link):
    path = reset_link()
    message = OutboxMessage.objects.get(user=users["officer"])
    assert message.state == MessageState.SENT
    assert path not in message.body
    assert "/accounts/password/reset/key/…" in message.body


def test_reset_needs_the_csrf_token(users):
    assert Client(enforce_csrf_checks=True).post(RESET, {"email": "officer@example.org"}).status_code == 403


# --- change -------------------------------------------------------------------------------------------------------
CHANGE = "/accounts/password/change/"


def change(client, old=PASSWORD, first=NEW, second=NEW, **more):
    return client.post(CHANGE, {"oldpassword": old, "password1": first, "password2": second, **more})


def test_change_keeps_this_session_and_ends_the_others(client_as, users, sign_in):
    here, elsewhere = client_as("officer"), client_as("officer")
    assert change(here).url == "/"
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert sign_in(Client(), "officer", NEW).status_code == 302


def test_change_needs_the_current_password(client_as, users):
    response = change(client_as("officer"), old="틀린-비밀번호-1")
    assert response.context["form"].errors == {"oldpassword": ["지금 쓰는 비밀번호가 맞지 않습니다."]}
    users["officer"].refresh_from_db()
    assert users["officer"].check_password(PASSWORD)


def test_change_refuses_a_difference(client_as):
    response = change(client_as("officer"), second="다른-암호-2022")
    assert response.context["form"].errors == {"password2": ["두 비밀번호가 서로 다릅니다. 다시 적어 주세요."]}


def test_change_is_for_people_signed_in(client, db):
    assert client.get(CHANGE).url == f"/accounts/login/?next={CHANGE}"


def test_change_tries_are_limited(client_as):
    client = client_as("officer")
    for _ in range(5):
        assert change(client, old="틀린-비밀번호-1").status_code == 200
    assert change(client).status_code == 429


def test_role_cannot_be_forged_with_a_change(client_as, users):
    change(client_as("resident"), role="secretariat", is_superuser="on")
    users["resident"].refresh_from_db()
    assert (users["resident"].role, users["resident"].is_superuser) == (Role.RESIDENT, False)


def test_someone_signed_in_without_password_may_set_one(users):
    user = users["member"]
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(CHANGE).url == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_someone_with_a_password_cannot_set_one_without_it(client_as, users):
    client = client_as("member")
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).url == CHANGE
    users["member"].refresh_from_db()
    assert users["member"].check_password(PASSWORD)
