"""Residents sign up by mail: the way in, every refusal, and that nobody learns who has an account."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geumcheon import tasks
from geumcheon.accounts.models import AddressProof, OutboxMessage, Role, User
from geumcheon.accounts.rules import may_write
from geumcheon.lib import clock
from tests.accounts.residents import PASSWORD, SIGN_UP, form, link_in, sent
from tests.conftest import PASSWORD as OLD


@pytest.fixture
def sign_up(client, loaded, committed):
    """sign_up(**changes) -> (response, the mails it sent)."""

    def post(by=None, **changes):
        before = len(mail.outbox)
        with committed():
            response = (by or client).post(SIGN_UP, form(**changes))
        return response, mail.outbox[before:]

    return post


def errors(response):
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


def test_from_the_form_to_the_own_page(client, sign_up):
    response, (letter,) = sign_up()
    assert (response.status_code, response.url) == (302, "/accounts/signup/done/")
    assert not User.objects.filter(email="new@example.org").exists(), "no account before the address is proved"
    assert "가입 마치기" in client.get(link_in(letter)).content.decode()
    assert client.post(link_in(letter)).url == "/my/"
    user = User.objects.get(email="new@example.org")
    assert (user.role, user.name, user.email_proved, user.is_staff) == (Role.RESIDENT, "안양천 이웃", True, False)
    assert user.consented_at is not None
    assert client.session[SESSION_KEY] == str(user.pk)
    assert may_write(user)
    assert user.username not in client.get("/my/").content.decode()


def test_opening_the_link_changes_nothing_and_it_works_once(client, sign_up):
    _, (letter,) = sign_up()
    path = link_in(letter)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    client.post(path)
    assert client.get(path).status_code == 410
    assert Client().post(path, {"password": PASSWORD}).status_code == 410
    assert User.objects.filter(email="new@example.org").count() == 1


def test_another_browser_has_to_know_the_password(sign_up):
    """Else somebody who typed this address first would own the account its holder confirms."""
    _, (letter,) = sign_up()
    path, other = link_in(letter), Client()
    assert errors(other.post(path, {"password": "틀린-비밀번호-1"})) == {
        "password": ["가입할 때 정한 비밀번호와 다릅니다."]
    }
    assert errors(other.post(path, {"password": ""})) == {"password": ["필수 항목입니다."]}
    assert not User.objects.filter(email="new@example.org").exists()
    assert other.post(path, {"password": PASSWORD}).url == "/my/"


def test_password_of_the_link_cannot_be_guessed_on(sign_up):
    _, (letter,) = sign_up()
    path = link_in(letter)
    for _ in range(10):
        Client().post(path, {"password": "틀린-비밀번호-1"})
    (message,) = errors(Client().post(path, {"password": PASSWORD}))["password"]
    assert message.startswith("여러 번 틀렸습니다.")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"age": None}, {"age": ["만 14세 이상만 가입할 수 있습니다."]}),
        ({"consent": None}, {"consent": ["동의해야 가입할 수 있습니다."]}),
        ({"email": "new"}, {"email": ["올바른 이메일 주소를 입력하세요."]}),
        ({"password2": "다른-암호-2022"}, {"password2": ["두 비밀번호가 서로 다릅니다. 다시 적어 주세요."]}),
        (
            {"password1": "짧은", "password2": "짧은"},
            {"password1": ["이 비밀번호는 너무 짧습니다. 최소 10자 이상이어야 합니다."]},
        ),
        ({"name": "협치 추진단"}, {"name": ["공공기관이나 운영자로 보이는 별명은 쓸 수 없습니다."]}),
        ({"name": "이\u200b웃"}, {"name": ["보이지 않는 글자가 섞여 있습니다."]}),
        ({"name": "이\u202e웃"}, {"name": ["보이지 않는 글자가 섞여 있습니다."]}),
        ({"name": "가"}, {"name": ["두 글자 이상 적어 주세요."]}),
    ],
)
def test_refusals_are_said_at_the_field(sign_up, changes, expected):
    response, letters = sign_up(**changes)
    assert errors(response) == expected
    assert letters == []
    assert AddressProof.objects.count() == 0


def test_role_cannot_be_forged(client, sign_up):
    _, (letter,) = sign_up(role="secretariat", is_superuser="on", is_staff="on")
    client.post(link_in(letter), {"role": "secretariat"})
    user = User.objects.get(email="new@example.org")
    assert (user.role, user.is_superuser) == (Role.RESIDENT, False)


@pytest.mark.parametrize("known", ["officer@example.org", "OFFICER@Example.org"])
def test_answer_is_the_same_for_a_known_address(users, sign_up, known):
    one, two = Client(), Client()
    fresh, fresh_mails = sign_up(one)
    same, same_mails = sign_up(two, email=known)
    assert (fresh.status_code, fresh.url) == (same.status_code, same.url)
    assert sorted(fresh.cookies) == sorted(same.cookies)
    assert one.get(fresh.url).content == two.get(same.url).content
    assert len(fresh_mails) == len(same_mails) == 1
    assert same_mails[0].to == ["officer@example.org"]
    assert "이미 이 주소를 쓰는 계정" in same_mails[0].body
    assert User.objects.filter(email__iexact=known).count() == 1


def test_known_and_unknown_addresses_cost_about_the_same(users, settings, sign_up):
    """The slow part, hashing the password, happens in both; the rest differs by a row."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_sign_up.CountingHasher"]
    spent = []
    for email in ("new@example.org", "officer@example.org"):
        CountingHasher.calls = 0
        with CaptureQueriesContext(connection) as captured:
            sign_up(Client(), email=email)
        spent.append((CountingHasher.calls, len(captured)))
    assert spent[0][0] == spent[1][0] == 1
    assert abs(spent[0][1] - spent[1][1]) <= 3


class CountingHasher(MD5PasswordHasher):
    calls = 0

    def encode(self, password, salt):
        CountingHasher.calls += 1
        return super().encode(password, salt)


def test_an_address_is_not_flooded_with_mails(sign_up):
    answers = [sign_up(Client()) for _ in range(5)]
    assert [len(letters) for _, letters in answers] == [1, 1, 1, 0, 0]
    assert {(response.status_code, response.url) for response, _ in answers} == {(302, "/accounts/signup/done/")}


def test_many_sign_ups_from_one_address_are_slowed_and_told_when(sign_up):
    for number in range(60):
        assert sign_up(Client(), email=f"n{number}@example.org")[0].status_code == 302
    response, letters = sign_up(Client(), email="last@example.org")
    (message,) = errors(response)["__all__"]
    assert message.startswith("이 인터넷 주소에서 한 시간에 60번이 넘게 요청했습니다.")
    assert "쯤 다시 해 주세요" in message
    assert letters == []


def test_a_program_that_fills_in_everything_gets_the_same_answer_and_no_account(sign_up):
    response, letters = sign_up(website="https://spam.example")
    assert (response.status_code, response.url) == (302, "/accounts/signup/done/")
    assert letters == []
    assert AddressProof.objects.count() == 0


def test_link_is_gone_after_seven_days_and_the_sign_up_destroyed(client, loaded, committed, time_machine):
    time_machine.move_to("2026-03-02 09:00+09:00", tick=False)
    with committed():
        client.post(SIGN_UP, form())
    path = link_in(mail.outbox[0])
    time_machine.move_to("2026-03-09 08:59+09:00", tick=False)
    tasks.destroy_expired()
    assert client.get(path).status_code == 200
    time_machine.move_to("2026-03-09 09:01+09:00", tick=False)
    assert client.get(path).status_code == 410
    tasks.destroy_expired()
    assert AddressProof.objects.count() == 0


def test_link_is_secret(client, sign_up):
    _, (letter,) = sign_up()
    token = link_in(letter).split("/")[-2]
    assert token not in OutboxMessage.objects.get(recipient="new@example.org").body
    assert token not in str(list(AddressProof.objects.values()))
    assert client.get(f"/accounts/address/{token[:-1]}x/").status_code == 410


def test_whoever_is_signed_in_goes_to_the_own_page(client_as):
    assert client_as("resident").get(SIGN_UP).url == "/my/"


def test_sign_up_needs_the_csrf_token(loaded):
    assert Client(enforce_csrf_checks=True).post(SIGN_UP, form()).status_code == 403


# --- changing the address -------------------------------------------------------------------------------------------
def change(client, committed, email="moved@example.org", password=OLD):
    mail.outbox.clear()
    with committed():
        return client.post("/my/email/", {"email": email, "password": password})


def test_address_changes_when_the_new_one_is_proved(users, client_as, committed):
    client = client_as("resident")
    assert change(client, committed).url == "/my/"
    assert sent() == [(["moved@example.org"], "[금천구 협치 포털] 새 전자우편 주소 확인")]
    users["resident"].refresh_from_db()
    assert users["resident"].email == "resident@example.org"
    path = link_in(mail.outbox[0])
    with committed():
        assert client.post(path).url == "/my/"
    users["resident"].refresh_from_db()
    assert users["resident"].email == "moved@example.org"
    assert sent()[-1] == (["resident@example.org"], "[금천구 협치 포털] 전자우편 주소를 바꿨습니다")
    assert client.post(path).status_code == 410


def test_link_of_a_change_is_for_its_own_account(client_as, committed):
    change(client_as("resident"), committed)
    path = link_in(mail.outbox[0])
    assert client_as("member").post(path).status_code == 410
    assert Client().post(path).url == f"/accounts/login/?next={path}"


def test_change_asks_for_the_password(client_as, committed):
    response = change(client_as("resident"), committed, password="틀린-비밀번호-1")
    assert response.context["form"].errors == {"password": ["지금 쓰는 비밀번호가 맞지 않습니다."]}
    assert sent() == []


def test_change_to_a_known_address_looks_the_same(users, client_as, committed):
    client = client_as("resident")
    answers = []
    for email in ("moved@example.org", "officer@example.org"):
        answers.append((change(client, committed, email).url, len(mail.outbox)))
    assert answers[0] == answers[1] == ("/my/", 1)
    assert "이미 이 주소를 쓰는 계정" in mail.outbox[0].body


def test_a_proved_address_that_another_took_meanwhile(users, client_as, committed):
    client = client_as("resident")
    change(client, committed)
    path = link_in(mail.outbox[0])
    User.objects.filter(pk=users["member"].pk).update(email="moved@example.org")
    assert client.post(path).status_code == 410


# --- who may write --------------------------------------------------------------------------------------------------
def test_who_may_write(users):
    user = users["resident"]
    assert may_write(user)
    for change_ in (
        {"is_active": False},
        {"email_proved": False},
        {"blocked_until": clock.now() + timedelta(days=1), "blocked_reason": "도배"},
    ):
        blocked = User.objects.get(pk=user.pk)
        for name, value in change_.items():
            setattr(blocked, name, value)
        assert not may_write(blocked)
    user.blocked_until = clock.now() - timedelta(seconds=1)
    assert may_write(user)


def test_blocked_person_reads_why(users, client_as):
    User.objects.filter(pk=users["resident"].pk).update(
        blocked_until=clock.now() + timedelta(days=3), blocked_reason="같은 글을 거듭 올림"
    )
    page = client_as("resident").get("/my/").content.decode()
    assert "글을 쓸 수 없습니다. 까닭: 같은 글을 거듭 올림" in page
