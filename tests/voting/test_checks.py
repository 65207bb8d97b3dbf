"""Who may vote, over HTTP: the own account, an identity provider, the counter's code; and the same person twice."""

import json
import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from geumcheon.accounts.models import Dong, Level, PaperCode, Verification
from geumcheon.accounts.verification import actions as verifying
from geumcheon.lib.loading import LoadError, Record
from tests.accounts.residents import verify
from tests.accounts.test_social import CI, ci_provider, provider, requests  # noqa: F401 - fixtures
from tests.voting.booth import NUMBER, SENT, Walker, make_round
from voting import actions, ceremony, checks, roll
from voting.models import Participation, RollEntry, Round
from voting.system_checks import shared_cache

IN = "분과 의제"


@pytest.fixture
def secrets(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"
    settings.VOTE_LEVELS = ["text", "identity", "roll"]
    SENT.clear()


@pytest.fixture
def by_text(secrets):
    return make_round()


@pytest.fixture
def resident(client_as):
    """A browser of an account that is verified by the text to NUMBER."""
    client = client_as("resident")
    verify(client, NUMBER)
    return client


def cast(walker):
    walker.fill()
    return walker.press("cast")


# --- the own account ---------------------------------------------------------------------------------------------------


def test_a_verified_account_goes_straight_to_the_first_paper(by_text, resident):
    sent = len(SENT)
    walker = Walker(by_text, resident)
    walker.open()
    assert IN in walker.html and len(walker.form.picks) == 8
    assert RollEntry.objects.count() == 0  # looking writes nothing
    cast(walker)
    assert "제출되었습니다" in walker.html and len(SENT) == sent
    entry = RollEntry.objects.get()
    assert (entry.basis, entry.dong.name) == ("residence", "가산동")
    assert "이미 투표했습니다" in Walker(by_text, resident).open().content.decode()


def test_account_and_text_of_one_number_are_one_person(by_text, resident):
    mine = Walker(by_text, resident)
    mine.open()
    cast(mine)
    other = Walker(by_text)
    other.check(NUMBER)
    assert "이미 투표했습니다" in other.html
    assert Participation.objects.count() == RollEntry.objects.count() == 1


def test_text_and_then_account_are_one_person_too(by_text, resident):
    Walker(by_text).vote(NUMBER)
    walker = Walker(by_text, resident)
    assert "이미 투표했습니다" in walker.open().content.decode()
    assert Participation.objects.count() == 1


def test_another_number_is_another_person(by_text, resident):
    Walker(by_text).vote("010-8765-4321")
    walker = Walker(by_text, resident)
    walker.open()
    cast(walker)
    assert Participation.objects.count() == 2


def test_an_account_that_is_not_verified_takes_the_text(by_text, client_as):
    walker = Walker(by_text, client_as("member"))
    assert "휴대전화 번호" in walker.open().content.decode()


@pytest.mark.parametrize("why", ["ended", "expired", "stronger"])
def test_a_check_that_does_not_hold_or_gives_another_key_is_not_taken(by_text, resident, why):
    changes = {
        "ended": {"ended_at": "2021-01-01T00:00Z", "ended_why": "office"},
        "expired": {"expires_on": "2021-01-01"},
        "stronger": {"level": Level.IDENTITY},
    }[why]
    Verification.objects.update(**changes)
    assert "휴대전화 번호" in Walker(by_text, resident).open().content.decode()


def test_a_basis_the_round_does_not_take_is_said(secrets, resident):
    Verification.objects.update(basis="work", dong=None)
    walker = Walker(make_round(bases=["residence"]), resident)
    assert "거주 자격으로 참여합니다" in walker.open().content.decode()
    walker.press("next", pick=[1, 2, 3])
    assert not RollEntry.objects.exists()


def test_the_birth_year_is_asked_where_the_round_limits_it(secrets, resident):
    walker = Walker(make_round(max_birth_year=2010), resident)
    walker.open()
    assert "출생연도" in walker.html and "휴대전화 번호" not in walker.html
    walker.press("account", birth_year="2015")
    assert "나이가 아닙니다" in walker.html and not RollEntry.objects.exists()
    walker.press("account", birth_year="1987")
    assert IN in walker.html
    cast(walker)
    assert RollEntry.objects.get().band == "1980년대" and Participation.objects.count() == 1


def test_nothing_joins_the_account_and_the_vote(by_text, resident):
    walker = Walker(by_text, resident)
    walker.open()
    cast(walker)
    key = RollEntry.objects.get().voter_key
    kept = json.dumps([row.get_decoded() for row in Session.objects.all()])
    assert key not in kept
    held = Verification.objects.get()
    assert key != held.key and key not in json.dumps(dict(resident.session))
    for path in ("/my/", "/my/data/"):
        page = resident.get(path).content.decode()
        assert by_text.title not in page and key not in page and by_text.slug not in page


# --- another person's session --------------------------------------------------------------------------------------------


def test_who_signs_in_is_checked_again(by_text, users):
    """The check of a person who left the browser open is not the check of the next one."""
    walker = Walker(by_text)
    walker.check("010-8765-4321")
    walker.fill()
    walker.client.force_login(users["member"])
    walker.press("cast")
    assert "확인 시간이 지났습니다" in walker.html and Participation.objects.count() == 0
    walker.press("number", number=NUMBER)
    walker.press("confirm", typed=re.search(r"(\d{6})", SENT[-1][1])[1])
    walker.press("cast")
    assert "제출되었습니다" in walker.html
    assert Participation.objects.get().voter_key == roll.voter_key(by_text, NUMBER.replace("-", ""))


def test_signing_out_ends_the_check(by_text, resident):
    walker = Walker(by_text, resident)
    walker.open()
    walker.fill()
    resident.logout()
    walker.press("cast")
    assert "확인 시간이 지났습니다" in walker.html and Participation.objects.count() == 0


def test_a_cookie_taken_before_the_check_opens_nothing(by_text):
    walker, thief = Walker(by_text), Client()
    walker.open()
    walker.press("number", number=NUMBER)
    thief.cookies["sessionid"] = walker.client.cookies["sessionid"].value
    walker.press("confirm", typed=re.search(r"(\d{6})", SENT[-1][1])[1])
    assert IN in walker.html
    assert "휴대전화 번호" in Walker(by_text, thief).open().content.decode()


# --- codes ----------------------------------------------------------------------------------------------------------------


def test_codes_to_one_number_are_counted_over_browsers_and_spellings(by_text):
    for number in ("010-1234-5678", "01012345678", "+82 10 1234 5678", "０１０１２３４５６７８", "010 1234 5678"):
        walker = Walker(by_text)
        walker.open()
        walker.press("number", number=number)
        assert walker.page.status_code == 200
    walker = Walker(by_text)
    walker.open()
    walker.press("number", number=NUMBER)
    assert walker.page.status_code == 429
    walker.press("number", number="010-8765-4321")
    assert walker.page.status_code == 200 and len(SENT) == 6


def test_without_the_cache_codes_go_on_and_the_log_says_so(by_text, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away)
    with caplog.at_level(logging.WARNING):
        Walker(by_text).check()
    assert "codes of the vote are not limited" in caplog.text
    assert "12345678" not in caplog.text


@pytest.mark.parametrize(("backend", "ids"), [("redis.RedisCache", []), ("locmem.LocMemCache", ["voting.W001"])])
def test_a_deployment_without_a_shared_cache_is_warned(settings, backend, ids):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "redis://localhost"}}
    assert [found.id for found in shared_cache()] == ids


# --- identity provider --------------------------------------------------------------------------------------------------


@pytest.fixture
def by_identity(secrets, ci_provider):  # noqa: F811
    return make_round("by-ci", level="identity", max_birth_year=2010)


def away(walker, sub="one", **facts):
    """Off to the provider by the page's link, and what the browser gets on its return."""
    walker.press("identity", **({"birth_year": "1987"} | facts))
    found = re.search(r'href="(http://localhost[^"]+)"', walker.html)
    if not found:
        return None
    address = found[1].replace("&amp;", "&")
    back = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10).headers["Location"]
    return walker.client.get(back.removeprefix("http://localhost:8000").removeprefix("http://testserver"))


def test_a_provider_lets_in_and_the_same_person_votes_once(by_identity):
    walker = Walker(by_identity)
    walker.open()
    answer = away(walker)
    assert (answer.status_code, answer.url) == (302, walker.url)
    walker.open()
    cast(walker)
    assert "제출되었습니다" in walker.html
    other = Walker(by_identity)
    other.open()
    away(other, "two")  # another login of the person with the same CI
    assert "이미 투표했습니다" in other.open().content.decode()
    assert Participation.objects.count() == 1
    assert CI not in json.dumps([row.get_decoded() for row in Session.objects.all()])


def test_a_provider_and_an_account_are_one_person(by_identity, users, client_as):
    verifying.verify_by_identity(user=users["resident"], ci=CI, basis="work")
    walker = Walker(by_identity, client_as("resident"))
    walker.open()
    walker.press("account", birth_year="1987")
    cast(walker)
    other = Walker(by_identity)
    other.open()
    away(other)
    assert "이미 투표했습니다" in other.open().content.decode()


def test_too_young_and_a_dong_from_elsewhere_go_nowhere(by_identity):
    walker = Walker(by_identity)
    walker.open()
    assert away(walker, birth_year="2015") is None and "나이가 아닙니다" in walker.html
    assert away(walker, dong="99999") is None and "목록에 있는 동을 골라" in walker.html
    assert not RollEntry.objects.exists()


def test_an_answer_that_does_not_hold_lets_nobody_in(by_identity):
    walker = Walker(by_identity)
    walker.open()
    assert "본인확인을 마치지 못했습니다" in away(walker, "three").content.decode()  # a person without a CI
    back = "/votes/check/identity/?code=x&state=invented"
    assert walker.client.get(back).url == "/votes/"
    assert "vote" not in walker.client.session and not RollEntry.objects.exists()


def test_picks_stay_while_the_provider_opens_beside(by_identity):
    walker = Walker(by_identity)
    walker.open()
    away(walker)
    walker.open()
    walker.fill()
    code = walker.code
    walker.client.post(walker.url + "end/")
    walker.press("cast")
    away(walker)
    assert 'target="_blank"' in walker.html
    walker.press("away")
    assert walker.code == code
    walker.press("cast")
    assert "제출되었습니다" in walker.html


# --- the roll -----------------------------------------------------------------------------------------------------------


def person(line, identity, **more):
    return Record(
        "roll.csv", line, {"identity": identity, "basis": "residence", "dong": "", "birth_year": "1980"} | more
    )


@pytest.fixture
def by_roll(secrets):
    round = make_round("by-roll", level="roll", frozen=False)
    roll.load_entries(round=round, records=[person(1, "A-1"), person(2, "A-2")])
    for share in ceremony.hold(round=round):
        actions.prove(round=round, share=share)
    actions.freeze(round=round)
    actions.open_round(round=round)
    return Round.objects.get(pk=round.pk)


def paper_code(users, number):
    dong = Dong.objects.get(name="가산동")
    return verifying.make_paper_code(by=users["secretariat"], basis="residence", dong=dong, roll_number=number)[1]


def test_the_counters_code_votes_once(by_roll, users):
    code = paper_code(users, "A-1")
    walker = Walker(by_roll)
    walker.open()
    walker.press("paper", paper=code.lower())
    cast(walker)
    assert "제출되었습니다" in walker.html
    assert PaperCode.objects.get().used_at is None  # a time beside the ballot would tell
    other = Walker(by_roll)
    other.open()
    other.press("paper", paper=code)
    assert "이미 투표했습니다" in other.html and Participation.objects.count() == 1


def test_an_account_seen_at_the_counter_is_the_same_person(by_roll, users, client_as):
    verifying.verify_at_counter(user=users["resident"], by=users["secretariat"], basis="work", roll_number="A- 1")
    walker = Walker(by_roll, client_as("resident"))
    walker.open()
    cast(walker)
    other = Walker(by_roll)
    other.open()
    other.press("paper", paper=paper_code(users, "A-1"))
    assert "이미 투표했습니다" in other.html


@pytest.mark.parametrize(
    ("number", "words"), [("A-3", "명부에 없습니다"), ("", "명부에 없습니다"), (None, "쓸 수 없는 코드")]
)
def test_who_is_not_on_the_roll_stays_out(by_roll, users, number, words):
    walker = Walker(by_roll)
    walker.open()
    walker.press("paper", paper="AAAA-BBBB-CCCC-DDDD" if number is None else paper_code(users, number))
    assert words in walker.html and "vote" not in walker.client.session


def test_a_code_that_an_account_used_is_the_accounts(by_roll, users):
    code = paper_code(users, "A-1")
    verifying.redeem_paper_code(user=users["resident"], code=code)
    walker = Walker(by_roll)
    walker.open()
    walker.press("paper", paper=code)
    assert "계정에서 쓴 코드" in walker.html


def test_an_account_that_is_not_on_the_roll_is_told(by_roll, users, client_as):
    verifying.verify_at_counter(user=users["resident"], by=users["secretariat"], basis="work")
    assert "명부에 없습니다" in Walker(by_roll, client_as("resident")).open().content.decode()


def test_too_young_for_the_round_cannot_be_put_on_its_roll(secrets):
    round = make_round("by-roll", level="roll", frozen=False, max_birth_year=2010)
    with pytest.raises(LoadError, match="나이 조건"):
        roll.load_entries(round=round, records=[person(1, "A-1"), person(2, "A-2", birth_year="2015")])
    assert not RollEntry.objects.exists()


# --- set-up -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "missing", "words"),
    [
        ("identity", {"IDENTITY_ISSUER": ""}, "본인확인 기관이 아직"),
        ("text", {"TEXT_BACKEND": ""}, "문자를 보낼 곳"),
        ("roll", {"VERIFICATION_PEPPER": ""}, "VERIFICATION_PEPPER"),
        ("roll", {"VOTE_LEVELS": ["text"]}, "아직 쓸 수 없습니다"),
    ],
)
def test_a_level_is_available_where_all_it_needs_is_there(secrets, ci_provider, settings, level, missing, words):  # noqa: F811
    assert checks.cannot(level) == ""
    for name, value in missing.items():
        setattr(settings, name, value)
    assert words in checks.cannot(level)
