"""The check by text: the code, every refusal, one number for one account, moving, limits, and that the number stays nowhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from geumcheon import tasks
from geumcheon.accounts.models import Dong, Role, TextChallenge, User, Verification
from geumcheon.accounts.rules import is_verified_resident
from geumcheon.accounts.verification import (
    actions,
    challenges,
    confirm_text,
    current,
    derive_key,
    is_verified,
    keys,
    level_of,
    normalise_number,
    person_key,
    spend,
    start_text,
    texts,
)  # fmt: skip
from geumcheon.lib import clock
from tests.accounts.residents import NUMBER, ask, last_code, verify, wrong

PLAIN = "01023456789"


@pytest.fixture(autouse=True)
def _no_texts():
    texts.MEMORY.clear()


@pytest.fixture
def resident(client_as):
    return client_as("resident")


@pytest.fixture
def other(users):
    """Another resident's (user, client)."""
    user = User.objects.create_user("other", "other@example.org", role=Role.RESIDENT)
    client = Client()
    client.force_login(user)
    return user, client


def errors(response):
    assert response.status_code == 200
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


# --- numbers --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    ["01023456789", "010-2345-6789", "010 2345 6789", "+82 10-2345-6789", "+82 (0)10 2345 6789", "0082 10 2345 6789",
     "０１０－２３４５－６７８９", "010.2345.6789", " 010–2345–6789 "],
)  # fmt: skip
def test_one_number_however_it_is_typed(typed):
    assert normalise_number(typed) == PLAIN


@pytest.mark.parametrize(
    "typed",
    ["", "1234", "02-2627-0000", "010-234-678", "010-2345-67890", "+1 202 555 0123", "010-2345-678a", "٠١٠٢٣٤٥٦٧٨٩x"],
)
def test_other_numbers_are_refused_at_the_field(resident, typed):
    assert list(errors(ask(resident, typed))) == ["number"]
    assert texts.MEMORY == []


def test_key_is_one_per_kind_and_pepper():
    made = {derive_key(kind, PLAIN, pepper) for kind in (keys.TEXT, keys.IDENTITY, keys.ROLL) for pepper in ("a", "b")}
    assert len(made) == 6
    assert derive_key(keys.TEXT, PLAIN, "a") == derive_key(keys.TEXT, PLAIN, "a")
    with pytest.raises(ValueError, match="pepper"):
        derive_key(keys.TEXT, PLAIN, "")


def test_no_pepper_no_check(resident, settings):
    settings.VERIFICATION_PEPPER = ""
    with pytest.raises(ImproperlyConfigured):
        keys.pepper()
    assert "문자 확인은 아직 열리지 않았습니다" in resident.get("/my/verify/").content.decode()


# --- the way --------------------------------------------------------------------------------------------------------
def test_resident_is_verified_with_the_code(users, resident):
    assert not is_verified_resident(users["resident"])
    assert ask(resident).url == "/my/verify/code/"
    assert texts.MEMORY[0][0] == PLAIN
    assert resident.post("/my/verify/code/", {"code": last_code()}).url == "/my/"
    held = current(users["resident"])
    assert (held.level, held.basis, held.dong.name, held.method) == (1, "residence", "가산동", "text")
    assert held.expires_on == clock.today() + timedelta(days=365)
    assert level_of(users["resident"]) == 1
    assert (is_verified(users["resident"]), is_verified(users["resident"], 2)) == (True, False)
    assert is_verified_resident(users["resident"])
    assert person_key(users["resident"]) == derive_key(keys.TEXT, PLAIN, "tests")
    page = resident.get("/my/").content.decode()
    assert "확인됨" in page
    assert "가산동" in page


def test_after_the_check_it_goes_on_where_it_began(resident):
    resident.get("/my/verify/", {"next": "/projects/2021/"})
    assert verify(resident).url == "/projects/2021/"
    resident.get("/my/verify/", {"next": "https://evil.example/"})
    assert verify(resident, "010-9999-0000").url == "/my/"


def test_code_is_read_with_spaces_and_full_width_digits(users, resident):
    ask(resident)
    code = last_code()
    typed = f" {code[:3]} {''.join(chr(ord(c) + 0xFEE0) for c in code[3:])}"
    assert resident.post("/my/verify/code/", {"code": typed}).url == "/my/"


def test_living_here_needs_a_dong_and_working_here_does_not(users, resident):
    assert errors(ask(resident, dong=None)) == {"dong": ["금천구에 살면 동을 골라 주세요."]}
    assert errors(ask(resident, basis="tourist")).keys() == {"basis"}
    assert verify(resident, basis="work", dong=None).url == "/my/"
    assert current(users["resident"]).dong is None


def test_wrong_code_is_counted_and_the_sixth_try_refused(resident):
    ask(resident)
    code = last_code()
    for left in (4, 3, 2, 1):
        said = errors(resident.post("/my/verify/code/", {"code": wrong(code)}))
        assert said == {"code": [f"확인 번호가 맞지 않습니다. {left}번 더 적을 수 있습니다."]}
    for tried in (wrong(code), code):
        said = errors(resident.post("/my/verify/code/", {"code": tried}))
        assert said == {"code": ["확인 번호를 5번 틀렸습니다. 새 번호를 받아 주세요."]}
    assert Verification.objects.count() == 0


def test_code_ends_after_five_minutes(users, resident, monkeypatch):
    ask(resident)
    code, later = last_code(), clock.now() + timedelta(minutes=5)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later - timedelta(seconds=1))
        assert errors(resident.post("/my/verify/code/", {"code": wrong(code)}))["code"][0].startswith(
            "확인 번호가 맞지"
        )
        patch.setattr(clock, "now", lambda: later)
        said = errors(resident.post("/my/verify/code/", {"code": code}))
    assert said == {"code": ["확인 번호의 시간이 지났습니다. 새 번호를 받아 주세요."]}


def test_code_works_once(users, loaded):
    challenge = start_text(NUMBER, user=users["resident"])
    confirm_text(challenge.pk, last_code(), user=users["resident"])
    with pytest.raises(ValidationError, match="이미 쓴 확인 번호"):
        confirm_text(challenge.pk, last_code(), user=users["resident"])
    actions.verify_by_text(user=users["resident"], challenge_id=challenge.pk, basis="work")
    with pytest.raises(ValidationError, match="시간이 지났습니다"):
        actions.verify_by_text(user=users["resident"], challenge_id=challenge.pk, basis="work")


def test_only_the_newest_code_works(users):
    first = start_text(NUMBER, user=users["resident"])
    old = last_code()
    start_text(NUMBER, user=users["resident"])
    with pytest.raises(ValidationError, match="시간이 지났습니다"):
        confirm_text(first.pk, old, user=users["resident"])


def test_code_is_for_its_own_account_and_purpose(users, other):
    challenge = start_text(NUMBER, user=users["resident"])
    for wrong_ in ({"user": other[0]}, {"user": None}, {"user": users["resident"], "purpose": "vote:1"}):
        with pytest.raises(ValidationError):
            confirm_text(challenge.pk, last_code(), **wrong_)
    with pytest.raises(ValidationError, match="시간이 지났습니다"):
        actions.verify_by_text(user=other[0], challenge_id=challenge.pk, basis="work")  # not proved by anybody


def test_code_page_needs_a_first_step(resident):
    assert resident.get("/my/verify/code/").url == "/my/verify/"
    assert resident.post("/my/verify/code/", {"code": "123456"}).url == "/my/verify/"
    assert resident.post("/my/verify/move/").url == "/my/verify/"


def test_check_without_an_account_for_a_round(loaded):
    """What the vote does: no user, a pepper of the round, the key taken in the vote's own transaction."""
    challenge = start_text(NUMBER, purpose="vote:1", pepper="round-1")
    proved = confirm_text(challenge.pk, last_code(), purpose="vote:1")
    assert proved.key == derive_key(keys.TEXT, PLAIN, "round-1")
    with transaction.atomic():
        assert spend(challenge.pk, purpose="vote:1").key == proved.key
    with pytest.raises(ValidationError), transaction.atomic():
        spend(challenge.pk, purpose="vote:1")


# --- one number, one account ------------------------------------------------------------------------------------------
def test_second_account_is_told_and_may_move_the_number(users, resident, other):
    verify(resident)
    assert verify(other[1]).url == "/my/verify/move/"
    assert "이 번호로 확인한 다른 계정이 있습니다" in other[1].get("/my/verify/move/").content.decode()
    assert level_of(users["resident"]) == 1
    assert level_of(other[0]) == 0
    assert other[1].post("/my/verify/move/").url == "/my/"
    assert (level_of(users["resident"]), level_of(other[0])) == (0, 1)
    ended = Verification.objects.get(user=users["resident"])
    assert (ended.ended_why, ended.ended_at is None) == ("moved", False)
    assert "다른 계정으로 옮김" in resident.get("/my/").content.decode()
    assert other[1].post("/my/verify/move/").url == "/my/verify/"  # spent


def test_number_is_not_moved_without_its_code(users, resident, other):
    verify(resident)
    ask(other[1])
    assert other[1].post("/my/verify/move/").url == "/my/verify/"
    assert (level_of(users["resident"]), level_of(other[0])) == (1, 0)


def test_new_phone_takes_the_place_of_the_old(users, resident):
    verify(resident)
    before = person_key(users["resident"])
    verify(resident, "010-1111-2222")
    assert person_key(users["resident"]) != before
    assert list(Verification.objects.filter(ended_at=None).values_list("level", flat=True)) == [1]
    assert Verification.objects.get(ended_at__isnull=False).ended_why == "renewed"


def test_check_ends_after_a_year_and_frees_the_number(users, resident, other):
    verify(resident)
    Verification.objects.update(expires_on=clock.today())
    assert level_of(users["resident"]) == 0
    assert level_of(users["resident"], clock.today() - timedelta(days=1)) == 0  # it began today
    assert verify(other[1]).url == "/my/"
    assert set(Verification.objects.values_list("user__username", "ended_why")) == {
        ("resident", "expired"),
        ("other", ""),
    }


def test_nightly_ends_and_destroys(users, resident):
    verify(resident)
    Verification.objects.update(expires_on=clock.today())
    tasks.destroy_expired()
    assert Verification.objects.get().ended_why == "expired"
    Verification.objects.update(ended_at=clock.now() - timedelta(days=91))
    TextChallenge.objects.update(created_at=clock.now() - timedelta(days=1, seconds=1))
    tasks.destroy_expired()
    assert (Verification.objects.count(), TextChallenge.objects.count()) == (0, 0)


def a_row(user, **values):
    values = {
        "level": 1, "basis": "work", "key": "k" * 64, "method": "text", "verified_at": clock.now(),
        "expires_on": clock.today() + timedelta(days=9), **values,
    }  # fmt: skip
    return Verification.objects.create(user=user, **values)


def test_database_holds_one_account_per_key(users, other):
    a_row(other[0])
    with pytest.raises(IntegrityError, match=r"verification_one_account|level"), transaction.atomic():
        a_row(users["resident"])
    Verification.objects.update(ended_at=clock.now(), ended_why="office")
    a_row(users["resident"])


def test_database_holds_one_open_row_per_account_and_level(users):
    a_row(users["resident"])
    with pytest.raises(IntegrityError), transaction.atomic():
        a_row(users["resident"], key="j" * 64)
    a_row(users["resident"], key="j" * 64, level=2)
    assert level_of(users["resident"]) == 2


@pytest.mark.parametrize(
    "values", [{"level": 4}, {"basis": "moon"}, {"ended_why": "office"}, {"ended_at": clock.now()}]
)
def test_database_refuses_other_rows(users, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_row(users["resident"], **values)


def test_deactivated_account_is_not_verified(users, resident):
    verify(resident)
    User.objects.filter(pk=users["resident"].pk).update(is_active=False)
    assert level_of(User.objects.get(pk=users["resident"].pk)) == 0


# --- how often --------------------------------------------------------------------------------------------------------
def test_five_codes_an_hour_for_one_number_then_when_again(users, resident, other):
    for _ in range(3):
        assert ask(resident).status_code == 302
    for _ in range(2):
        assert ask(other[1]).status_code == 302
    (message,) = errors(ask(other[1]))["number"]
    assert message.startswith("한 번호로는 확인 번호를 한 시간에 5번까지 보냅니다. ")
    assert message.endswith("부터 다시 받을 수 있습니다.")
    assert len(texts.MEMORY) == 5
    assert ask(other[1], "010-7777-8888").status_code == 302  # another number is not shut out


def test_five_codes_an_hour_for_one_person(resident):
    for digit in range(5):
        assert ask(resident, f"010-1111-000{digit}").status_code == 302
    (message,) = errors(ask(resident, "010-1111-0009"))["number"]
    assert message.startswith("한 계정으로는 확인 번호를 한 시간에 5번까지")


def test_ten_codes_a_day(users):
    start = clock.now()
    for _ in range(10):
        start_text(NUMBER, user=users["resident"])
        TextChallenge.objects.filter(created_at__gt=start).update(created_at=start - timedelta(hours=2))
    with pytest.raises(ValidationError, match="하루에 10번까지"):
        start_text(NUMBER, user=users["resident"])


def test_one_address_is_slowed_after_sixty(loaded):
    for number in range(60):
        start_text(f"010-3000-{number:04d}", purpose="vote:1", ip="203.0.113.9")
    with pytest.raises(ValidationError, match="이 인터넷 주소에서 한 시간에 60번이 넘게"):
        start_text("010-3000-9999", purpose="vote:1", ip="203.0.113.9")
    start_text("010-3000-9999", purpose="vote:1", ip="203.0.113.10")


def test_without_a_carrier_the_page_names_the_other_ways(resident, settings):
    settings.TEXT_BACKEND = ""
    page = resident.get("/my/verify/").content.decode()
    assert "문자 확인은 아직 열리지 않았습니다" in page
    assert "받은 코드 쓰기" in page
    with pytest.raises(ValidationError, match="아직 열리지 않았습니다"):
        challenges.start_text(NUMBER)


def test_dongs_are_offered(resident):
    assert Dong.objects.count() == 10
    form = resident.get("/my/verify/").context["form"]
    assert len(form.fields["dong"].choices) == 11


@pytest.mark.parametrize("path", ["", "verify/", "verify/code/", "verify/move/", "verify/paper/", "email/", "leave/"])
def test_visitors_are_sent_to_sign_in(client, loaded, path):
    assert client.get(f"/my/{path}").url == f"/accounts/login/?next=/my/{path}"
