"""내 활동: the own page and what other apps put there, own data, the counter, leaving."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from geumcheon.accounts import actions as account_actions
from geumcheon.accounts import slots
from geumcheon.accounts.models import FormDraft, OutboxMessage, PaperCode, Role, User, Verification
from geumcheon.accounts.verification import actions, current, level_of
from geumcheon.lib import clock
from geumcheon.lib.slots import Slot
from tests.accounts.residents import everything_stored, verify
from tests.admin_data import errors_of, form_data
from tests.conftest import PASSWORD
from tests.html import texts

COUNTER = "/my/counter/"


@pytest.fixture
def resident(client_as):
    return client_as("resident")


@pytest.fixture
def own_slots(monkeypatch):
    """Empty slots, so that a test fills them alone."""
    for name in ("my_page", "own_data", "leaving", "leaving_words"):
        monkeypatch.setattr(slots, name, Slot())
    return slots


def errors(response):
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


# --- the page ---------------------------------------------------------------------------------------------------------
def test_page_shows_what_other_apps_put_there(users, resident, own_slots):
    rows = [slots.Row("안양천에 그늘", "/x/", "2026. 3. 2."), slots.Row("빈 가게")]
    own_slots.my_page.fill(lambda user: slots.Section("mine", f"{user}의 제안", rows, more="/all/"))
    own_slots.my_page.fill(lambda user: None)
    own_slots.my_page.fill(lambda user: slots.Section("none", "의견", empty="아직 남긴 의견이 없습니다."))
    response = resident.get("/my/")
    assert texts(response, "h2")[:4] == ["주민 확인", "resident의 제안 2건", "의견 0건", "계정"]
    assert "아직 남긴 의견이 없습니다." in response.content.decode()


def test_page_is_not_cached(resident):
    assert "no-store" in resident.get("/my/")["Cache-Control"]


def test_header_leads_there(client_as, client):
    assert 'href="/my/"' in client_as("resident").get("/").content.decode()
    visitor = client.get("/").content.decode()
    assert 'href="/accounts/signup/"' in visitor
    assert 'href="/accounts/login/"' in visitor


def test_name_is_changed(users, resident):
    assert resident.post("/my/name/", {"name": " 독산동  이웃 "}).url == "/my/"
    users["resident"].refresh_from_db()
    assert users["resident"].name == "독산동 이웃"
    assert errors(resident.post("/my/name/", {"name": "구청 담당자"})).keys() == {"name"}
    assert errors(resident.post("/my/name/", {"name": "가" * 21})).keys() == {"name"}


def test_own_data_is_a_file_with_everything(users, resident, own_slots):
    verify(resident)
    FormDraft.objects.create(user=users["resident"], key="x", data={"text": "쓰던 글"}, saved_at=clock.now())
    own_slots.own_data.fill(lambda user: {"proposals": [{"title": "그늘"}]})
    response = resident.get("/my/data.json")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(response.content)
    assert data["account"]["email"] == "resident@example.org"
    assert [row["basis"] for row in data["verifications"]] == ["residence"]
    assert data["proposals"] == [{"title": "그늘"}]
    assert data["drafts"][0]["data"] == {"text": "쓰던 글"}
    assert current(users["resident"]).key not in response.content.decode()


# --- the counter ------------------------------------------------------------------------------------------------------
def at_counter(client, **changes):
    values = {"email": "", "basis": "work", "dong": "", "roll_number": "", "seen": "on"} | changes
    return client.post(COUNTER, {name: value for name, value in values.items() if value is not None})


def paper_code(response):
    (code,) = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", response.content.decode())
    return code


@pytest.mark.parametrize(
    ("role", "status"), [("resident", 403), ("member", 403), ("officer", 403), ("secretariat", 200)]
)
def test_counter_is_the_secretariats(client_as, users, role, status):
    client = client_as(role)
    assert client.get(COUNTER).status_code == status
    at_counter(client, email="resident@example.org")
    assert level_of(users["resident"]) == (3 if status == 200 else 0)


def test_counter_verifies_an_account_by_its_exact_address(users, client_as):
    client = client_as("secretariat")
    assert at_counter(client, email="Resident@Example.org").url == COUNTER
    held = current(users["resident"])
    assert (held.level, held.method, held.verified_by) == (3, "counter", users["secretariat"])
    assert "resident" in texts(client.get(COUNTER), "p", "row-title")[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": "nobody@example.org"}, {"email": ["이 주소를 쓰는 계정이 없습니다."]}),
        ({"email": "secretariat@example.org"}, {"__all__": ["자기 계정은 다른 담당자가 확인합니다."]}),
        ({"email": "resident@example.org", "seen": None}, {"seen": ["신분증을 본 뒤에 확인합니다."]}),
        ({"email": "resident@example.org", "basis": "residence"}, {"dong": ["금천구에 살면 동을 골라 주세요."]}),
    ],
)
def test_counter_refuses(client_as, changes, expected):
    assert errors(at_counter(client_as("secretariat"), **changes)) == expected
    assert Verification.objects.count() == 0


def test_one_roll_number_for_one_account(users, client_as):
    client = client_as("secretariat")
    at_counter(client, email="resident@example.org", roll_number="2026-000123")
    said = errors(at_counter(client, email="member@example.org", roll_number="2026 - 000123".replace(" ", "")))
    assert said == {"__all__": [actions.TAKEN]}
    assert "000123" not in everything_stored()


def test_paper_code_is_redeemed_once(users, client_as, resident):
    code = paper_code(at_counter(client_as("secretariat")))
    assert code.replace("-", "") not in everything_stored()
    assert resident.post("/my/verify/paper/", {"code": code.lower().replace("-", " ")}).url == "/my/"
    held = current(users["resident"])
    assert (held.level, held.method, held.verified_by) == (3, "paper", users["secretariat"])
    said = errors(client_as("member").post("/my/verify/paper/", {"code": code}))
    assert said["code"][0].startswith("쓸 수 없는 코드입니다.")


def test_paper_code_that_is_old_or_invented(users, client_as, resident):
    code = paper_code(at_counter(client_as("secretariat")))
    PaperCode.objects.update(expires_at=clock.now())
    for typed in (code, "ABCD-EFGH-IJKL-MNOP", "-", "가나다라"):
        assert errors(resident.post("/my/verify/paper/", {"code": typed})).keys() == {"code"}
    assert level_of(users["resident"]) == 0


def test_paper_codes_cannot_be_tried_on(users, client_as, resident):
    code = paper_code(at_counter(client_as("secretariat")))
    for _ in range(10):
        resident.post("/my/verify/paper/", {"code": "ABCD-EFGH-IJKL-MNOP"})
    (message,) = errors(resident.post("/my/verify/paper/", {"code": code}))["code"]
    assert message.startswith("여러 번 틀렸습니다.")


# --- leaving ----------------------------------------------------------------------------------------------------------
def test_leaving_empties_the_account_in_place(users, resident, own_slots):
    user, elsewhere = users["resident"], Client()
    elsewhere.force_login(user)
    verify(resident)
    FormDraft.objects.create(user=user, key="x", data={}, saved_at=clock.now())
    account_actions.queue(event="e:1", recipient="resident@example.org", subject="알림", body="내용", user=user)
    account_actions.queue(event="e:2", recipient="resident@example.org", subject="알림", body="내용")
    seen = []
    own_slots.leaving.fill(lambda left: seen.append(left.email))
    assert resident.post("/my/leave/", {"password": PASSWORD}).url == "/"
    user.refresh_from_db()
    assert (user.username, user.name, user.email, user.is_active) == (f"left-{user.pk}", "탈퇴한 주민", "", False)
    assert (user.has_usable_password(), user.email_proved, user.left_at is None) == (False, False, False)
    assert seen == ["resident@example.org"]
    assert SESSION_KEY not in resident.session
    assert elsewhere.get("/my/").status_code == 302
    assert "resident@example.org" not in everything_stored()
    left = (Verification.objects.filter(user=user).exists(), FormDraft.objects.exists(), OutboxMessage.objects.exists())
    assert left == (False, False, False)
    assert Client().post("/accounts/login/", {"login": f"left-{user.pk}", "password": PASSWORD}).status_code == 200


def test_leaving_asks_for_the_password(users, resident):
    for password in ("", "틀린-비밀번호-1"):
        assert errors(resident.post("/my/leave/", {"password": password})).keys() == {"password"}
    users["resident"].refresh_from_db()
    assert users["resident"].is_active


def test_leaving_without_a_password_asks_for_the_word(users, resident):
    user = users["resident"]
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)
    assert errors(client.post("/my/leave/", {"word": "그만"})).keys() == {"word"}
    assert client.post("/my/leave/", {"word": "탈퇴"}).url == "/"
    user.refresh_from_db()
    assert user.left_at is not None


@pytest.mark.parametrize("role", ["member", "officer", "secretariat"])
def test_accounts_with_an_office_do_not_leave_by_themselves(users, client_as, role):
    client = client_as(role)
    assert client.get("/my/leave/").status_code == 403
    assert client.post("/my/leave/", {"password": PASSWORD}).status_code == 403
    assert "협치추진단에 알려 주세요" in client.get("/my/").content.decode()


def test_page_of_leaving_says_what_stays_and_what_goes(resident, own_slots):
    own_slots.leaving_words.fill(lambda: {"kept": ["공감의 수는 남습니다."], "destroyed": ["쓰던 제안"]})
    page = resident.get("/my/leave/").content.decode()
    for sentence in ("공감의 수는 남습니다.", "쓰던 제안", "별명 대신 ‘탈퇴한 주민’이라고 보입니다"):
        assert sentence in page


def test_what_another_app_cannot_let_go_stops_the_leaving(users, own_slots):
    def refuse(user):
        raise RuntimeError

    own_slots.leaving.fill(refuse)
    client = Client(raise_request_exception=False)
    client.force_login(users["resident"])
    assert client.post("/my/leave/", {"password": PASSWORD}).status_code == 500
    users["resident"].refresh_from_db()
    assert users["resident"].email == "resident@example.org"


def test_the_number_of_who_left_is_free_again(users, resident):
    verify(resident)
    resident.post("/my/leave/", {"password": PASSWORD})
    user = User.objects.create_user("again", "again@example.org", role=Role.RESIDENT)
    client = Client()
    client.force_login(user)
    assert verify(client).url == "/my/"


# --- blocking ---------------------------------------------------------------------------------------------------------
def test_a_block_needs_its_reason(users, client_as):
    client, user = client_as("secretariat"), users["resident"]
    path = f"/admin/accounts/user/{user.pk}/change/"
    data = form_data(client.get(path), User)
    until = {"blocked_until_0": str(clock.today() + timedelta(days=3)), "blocked_until_1": "09:00"}
    assert errors_of(client.post(path, data | until)) == {
        "blocked_reason": ["글쓰기를 멈출 때에는 까닭을 적어 주세요."]
    }
    assert User.objects.get(pk=user.pk).blocked_until is None
    assert client.post(path, data | until | {"blocked_reason": "도배"}).status_code == 302
    assert User.objects.get(pk=user.pk).blocked_reason == "도배"
