"""From adding a person in the admin to the first sign-in."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.http import int_to_base36

from geumcheon.accounts import actions
from geumcheon.accounts.models import OutboxMessage, Role, User
from tests.conftest import PASSWORD

FIRST = "처음-정한-암호-21"
NO_ROWS = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}
NEW_MEMBER = {"username": "kim", "name": "새 위원", "email": "New.Member@Example.org", "role": "member", **NO_ROWS}


@pytest.fixture
def invited(users):
    """A member who was added and has no password yet."""
    return User.objects.create_user("invited", "invited@example.org", name="초대받은 위원", role=Role.MEMBER)


@pytest.fixture
def invite(users, invited, committed, link):
    """invite() -> path of the mailed link."""

    def send(user=None):
        mail.outbox.clear()
        with committed():
            actions.invite(user=user or invited, by=users["secretariat"])
        return link()

    return send


def choose(client, path, first=FIRST, second=FIRST, **more):
    return client.post(path, {"new_password1": first, "new_password2": second, **more})


def test_adding_a_person_in_the_admin_invites_them(client_as, committed, link):
    client = client_as("secretariat")
    with committed():
        response = client.post("/admin/accounts/user/add/", NEW_MEMBER)
    user = User.objects.get(username="kim")
    assert response.status_code == 302
    assert (user.name, user.email, user.role) == ("새 위원", "new.member@example.org", Role.MEMBER)
    assert not user.has_usable_password()
    (message,) = mail.outbox
    assert message.to == ["new.member@example.org"]
    assert message.subject == "[금천구 협치 포털] 초대: 비밀번호를 정해 주세요"
    person = Client()
    page = person.get(link())
    assert page.status_code == 200
    assert "새 위원 님, 반갑습니다" in page.content.decode()
    assert choose(person, link()).url == "/"
    assert person.session[SESSION_KEY] == str(user.pk)


def test_adding_form_asks_for_no_password(client_as):
    form = client_as("secretariat").get("/admin/accounts/user/add/").context["adminform"].form
    assert list(form.fields) == ["username", "name", "email", "role"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"email": ""}, {"email": ["필수 항목입니다."]}),
        ({"email": "SECRETARIAT@example.org"}, {"email": ["이미 쓰고 있는 전자우편 주소입니다."]}),
        ({"username": "OFFICER"}, {"username": ["이미 쓰고 있는 아이디입니다."]}),
        ({"role": "king"}, {"role": ["올바르게 선택해 주세요. king 이/가 선택가능항목에 없습니다."]}),
    ],
)
def test_adding_is_refused_with_a_word_at_the_field(client_as, change, errors):
    response = client_as("secretariat").post("/admin/accounts/user/add/", NEW_MEMBER | change)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == errors
    assert not OutboxMessage.objects.exists()


def test_first_password_may_be_used_to_sign_in(invite, invited, sign_in):
    choose(Client(), invite())
    assert sign_in(Client(), "invited", FIRST).status_code == 302


def test_link_works_once(invite):
    path = invite()
    choose(Client(), path)
    for response in (Client().get(path), choose(Client(), path, "또-다른-암호-2021", "또-다른-암호-2021")):
        assert response.status_code == 410
        assert "더 쓸 수 없는 초대입니다" in response.content.decode()


def test_link_ends_after_three_days(invite, time_machine):
    time_machine.move_to("2026-03-02 09:00+09:00", tick=False)
    path = invite()
    time_machine.move_to("2026-03-05 08:59+09:00", tick=False)
    assert Client().get(path).status_code == 200
    time_machine.move_to("2026-03-05 09:01+09:00", tick=False)
    assert Client().get(path).status_code == 410
    assert choose(Client(), path).status_code == 410


def test_new_invitation_ends_the_one_before(invite):
    first = invite()
    second = invite()
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_link_of_one_does_not_open_another(invite, users):
    other = User.objects.create_user("other", "other@example.org", role=Role.SECRETARIAT)
    own = invite().split("/")
    theirs = invite(other).split("/")
    forged = "/".join([*own[:3], theirs[3], own[4], ""])
    assert Client().get(forged).status_code == 410
    assert choose(Client(), forged).status_code == 410
    other.refresh_from_db()
    assert not other.has_usable_password()


def test_link_of_a_deactivated_person_is_dead(invite, invited):
    path = invite()
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert Client().get(path).status_code == 410
    assert choose(Client(), path).status_code == 410


def test_invitation_is_no_password_reset(invite, invited):
    token = invite().split("/")[4]
    reset = f"/accounts/password/reset/key/{int_to_base36(invited.pk)}-{token}/"
    assert Client().get(reset).context["token_fail"] is True


@pytest.mark.parametrize("path", ["MQ/x-y/", "!!/x-y/", "8J-YgA/x-y/", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/x-y/"])
def test_invented_links(client, db, path):
    assert client.get(f"/accounts/invitation/{path}").status_code == 410


@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [
        (FIRST, "다른-암호-2021", {"new_password2": ["두 비밀번호가 서로 다릅니다. 다시 적어 주세요."]}),
        ("", "", {"new_password1": ["필수 항목입니다."], "new_password2": ["필수 항목입니다."]}),
        ("짧은암호", "짧은암호", {"new_password2": ["이 비밀번호는 너무 짧습니다. 최소 10자 이상이어야 합니다."]}),
        ("invited@example.org", "invited@example.org", {"new_password2": ["비밀번호가 전자우편와 너무 유사합니다."]}),
    ],
)
def test_refused_first_passwords_are_explained_at_the_field(client, invite, invited, first, second, errors):
    response = choose(client, invite(), first, second)
    assert response.status_code == 200
    assert response.context["form"].errors == errors
    invited.refresh_from_db()
    assert not invited.has_usable_password()
    assert SESSION_KEY not in client.session


def test_role_cannot_be_forged_with_the_first_password(client, invite, invited):
    choose(client, invite(), role="secretariat", is_superuser="on")
    invited.refresh_from_db()
    assert (invited.role, invited.is_superuser) == (Role.MEMBER, False)


def test_first_password_needs_the_csrf_token(invite, invited):
    assert choose(Client(enforce_csrf_checks=True), invite()).status_code == 403
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_other_methods_are_refused(client, invite):
    assert client.put(invite()).status_code == 405


def test_somebody_else_signed_in_here_is_told_and_replaced(client_as, invite, invited):
    client = client_as("officer")
    path = invite()
    assert "지금은 officer 님으로 로그인되어 있습니다" in client.get(path).content.decode()
    choose(client, path)
    assert client.session[SESSION_KEY] == str(invited.pk)


def test_link_is_not_kept_in_the_outbox(client_as, invite, invited):
    path = invite()
    message = OutboxMessage.objects.get(user=invited)
    page = client_as("secretariat").get(f"/admin/accounts/outboxmessage/{message.pk}/change/").content.decode()
    for text in (message.body, page):
        assert path not in text
        assert "/accounts/invitation/…" in text


# --- inviting again -----------------------------------------------------------------------------------------------


def invite_button(client, user):
    return client.post(f"/admin/accounts/user/{user.pk}/invite/", follow=True)


def notices(response):
    return [str(message) for message in response.context["messages"]]


def test_button_invites_again(client_as, invited, invite, committed, link):
    first = invite()
    client = client_as("secretariat")
    assert "초대 편지 다시 보내기" in client.get(f"/admin/accounts/user/{invited.pk}/change/").content.decode()
    mail.outbox.clear()
    with committed():
        response = invite_button(client, invited)
    assert notices(response) == ["초대받은 위원 님에게 초대 편지를 보냅니다(invited@example.org)."]
    assert Client().get(first).status_code == 410
    assert Client().get(link()).status_code == 200
    history = client.get(f"/admin/accounts/user/{invited.pk}/history/").content.decode()
    assert "초대 편지를 보냈습니다." in history


def test_button_is_not_shown_to_who_has_a_password(client_as, users):
    page = client_as("secretariat").get(f"/admin/accounts/user/{users['officer'].pk}/change/").content.decode()
    assert "/invite/" not in page


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"is_active": False}, "사용을 멈춘 계정입니다. 먼저 ‘활성’을 켜 주세요."),
        ({"email": ""}, "전자우편 주소가 없어 초대할 수 없습니다."),
    ],
)
def test_button_refuses(client_as, invited, change, says):
    User.objects.filter(pk=invited.pk).update(**change)
    assert notices(invite_button(client_as("secretariat"), invited)) == [f"초대받은 위원: {says}"]
    assert not OutboxMessage.objects.exists()


def test_who_has_a_password_is_not_invited(users):
    with pytest.raises(ValidationError, match="이미 비밀번호를 정했습니다"):
        actions.invite(user=users["member"], by=users["secretariat"])
    users["member"].refresh_from_db()
    assert users["member"].check_password(PASSWORD)


def test_button_is_a_post(client_as, invited):
    assert client_as("secretariat").get(f"/admin/accounts/user/{invited.pk}/invite/").status_code == 405


@pytest.mark.parametrize(("role", "status"), [(None, 302), ("resident", 302), ("member", 302), ("officer", 403)])
def test_only_the_secretariat_invites(client_as, invited, role, status):
    response = client_as(role).post(f"/admin/accounts/user/{invited.pk}/invite/")
    assert response.status_code == status
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("role", ["resident", "member", "officer"])
def test_action_refuses_others(users, invited, role):
    with pytest.raises(PermissionDenied):
        actions.invite(user=invited, by=users[role])


def test_list_action_invites_several_and_names_who_not(client_as, users, invited, committed):
    client = client_as("secretariat")
    chosen = {"action": "invite_selected", "_selected_action": [invited.pk, users["member"].pk]}
    with committed():
        response = client.post("/admin/accounts/user/", chosen, follow=True)
    assert notices(response) == [
        "초대받은 위원 님에게 초대 편지를 보냅니다(invited@example.org).",
        "member: 이미 비밀번호를 정했습니다. 잊었다면 로그인 화면의 ‘비밀번호를 잊었습니다’를 쓰면 됩니다.",
    ]
    assert [message.to for message in mail.outbox] == [["invited@example.org"]]
