"""The booth over HTTP: the whole way, what is kept, what is never kept, and every page that says no."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError

from geumcheon.lib import clock
from tests.voting.booth import NUMBER, SENT, Walker, make_round
from voting import actions
from voting.models import InboxBallot, Participation, RollEntry


@pytest.fixture
def round(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    settings.MEDIA_ROOT = tmp_path / "media"
    SENT.clear()
    return make_round()


def box():
    return Participation.objects.count(), InboxBallot.objects.count()


def test_the_whole_way_puts_one_ballot_per_paper_into_the_box(round):
    walker = Walker(round)
    page = walker.open()
    assert "아직 제출되지 않았습니다" in page.content.decode()
    walker.check()
    assert "분과 의제" in walker.html and "아직 제출되지 않았습니다" in walker.html
    walker.fill()
    assert "살펴보고 제출하기" in walker.html and len(walker.code) == 26
    assert box() == (0, 0)
    walker.press("cast")
    assert walker.page.status_code == 200
    assert "제출되었습니다" in walker.html and "아직 제출되지 않았습니다" not in walker.html
    assert box() == (1, 2)
    entry = RollEntry.objects.get()
    assert (entry.basis, entry.dong_id, entry.band) == ("residence", None, "")


def test_casting_reads_the_papers_once_and_no_project(round, django_assert_max_num_queries):
    walker = Walker(round)
    walker.check()
    walker.fill()
    with django_assert_max_num_queries(20) as found:
        walker.press("cast")
    assert "제출되었습니다" in walker.html
    read = [query["sql"] for query in found.captured_queries if query["sql"].startswith("SELECT")]
    assert [sum(f'FROM "{table}"' in sql for sql in read) for table in ("voting_contest", "voting_option")] == [1, 1]
    assert not any("projects_project" in sql for sql in read)


def test_every_answer_of_the_booth_is_stored_nowhere(round):
    walker = Walker(round)
    for _ in (walker.open(), walker.check(), walker.fill(), walker.press("cast")):
        assert walker.page["Cache-Control"] == "no-store"
        assert not walker.page.has_header("ETag")


def test_the_code_is_in_the_form_only(round, caplog):
    walker = Walker(round)
    code = walker.vote()
    kept = json.dumps([dict(s.get_decoded()) for s in Session.objects.all()])
    assert code not in kept and NUMBER.replace("-", "") not in kept
    assert "picks" not in kept
    assert (
        code not in caplog.text and code not in walker.page.request["PATH_INFO"] + walker.page.request["QUERY_STRING"]
    )
    assert not walker.page.has_header("Location")
    assert all(code not in text for _, text in SENT)
    assert all(code not in value.value for value in walker.client.cookies.values())


def test_casting_writes_no_session(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    before = list(Session.objects.values_list("session_key", "session_data", "expire_date"))
    walker.press("cast")
    assert list(Session.objects.values_list("session_key", "session_data", "expire_date")) == before
    assert "Set-Cookie" not in str(walker.page.cookies.get("sessionid", ""))


def test_the_session_holds_the_voters_key_and_an_end(round):
    walker = Walker(round)
    walker.check()
    kept = walker.client.session["vote"]
    assert set(kept) == {"round", "key", "channel", "until", "kiosk"}
    assert kept["until"] - clock.now().timestamp() == pytest.approx(30 * 60, abs=5)


@pytest.mark.parametrize(
    ("picks", "words"),
    [((1, 2), "1개를 더 골라"), ((1, 2, 3, 4), "1개를 빼"), ((), "3개를 더 골라")],
)
def test_too_few_and_too_many_are_said_at_the_paper_and_nothing_is_lost(round, picks, words):
    walker = Walker(round)
    walker.check()
    walker.press("next", pick=list(picks))
    assert words in walker.html and "분과 의제" in walker.html
    assert sorted(walker.form.checked) == list(picks)
    assert 'role="alert"' in walker.html


def test_going_back_keeps_the_picks_and_the_code(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    code = walker.code
    walker.press("paper-1")
    assert sorted(walker.form.checked) == [1, 2, 3]
    walker.press("next", pick=[1, 2, 4])
    assert sorted(walker.form.checked) == [4, 5, 6]
    walker.press("back", pick=[4, 5])
    assert sorted(walker.form.checked) == [1, 2, 4]
    walker.press("next", pick=[1, 2, 4])
    assert sorted(walker.form.checked) == [4, 5]
    walker.press("next", pick=[4, 5, 7])
    assert walker.code == code
    walker.press("cast")
    assert "제출되었습니다" in walker.html


def test_the_order_differs_between_voters_and_stays_for_one(round):
    orders = []
    for number in ("01011112222", "01033334444", "01055556666"):
        walker = Walker(round)
        walker.check(number)
        first = walker.form.picks
        walker.press("next", pick=[1])
        assert walker.form.picks == first
        assert sorted(first) == list(range(1, 9))
        orders.append(tuple(first))
    assert len(set(orders)) > 1


def test_an_expired_check_keeps_picks_and_code(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    code = walker.code
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        walker.press("cast")
        assert "확인 시간이 지났습니다" in walker.html and box() == (0, 0)
        walker.press("number", number=NUMBER)
        walker.press("confirm", typed=re.search(r"(\d{6})", SENT[-1][1])[1])
        assert "살펴보고 제출하기" in walker.html and walker.code == code
        walker.press("cast")
    assert "제출되었습니다" in walker.html and box() == (1, 2)


def test_the_same_form_twice_is_the_same_success(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    sent = {k: v for k, v in walker.form.hidden.items() if k != "csrfmiddlewaretoken"} | {"do": "cast"}
    first, second = walker.client.post(walker.url, sent), walker.client.post(walker.url, sent)
    assert "제출되었습니다" in first.content.decode() and "제출되었습니다" in second.content.decode()
    assert "이미 들어와" in second.content.decode()
    assert box() == (1, 2)


def test_the_answer_lost_at_closing_is_given_again_after_it(round):
    walker = Walker(round)
    walker.check()
    walker.fill()
    sent = {k: v for k, v in walker.form.hidden.items() if k != "csrfmiddlewaretoken"} | {"do": "cast"}
    walker.client.post(walker.url, sent)
    actions.close_round(round=round, early=True)
    assert "제출되었습니다" in walker.client.post(walker.url, sent).content.decode()


def test_a_box_that_cannot_be_written_says_so_and_the_same_form_works_later(round, monkeypatch):
    walker = Walker(round)
    walker.check()
    walker.fill()
    code = walker.code

    def full(**kwargs):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("voting.cast.cast", full)
        walker.press("cast")
    assert walker.page.status_code == 503 and "지금은 제출하지 못했습니다" in walker.html and walker.code == code
    assert walker.page["Cache-Control"] == "no-store" and box() == (0, 0)
    walker.press("cast")
    assert "제출되었습니다" in walker.html and box() == (1, 2)


def test_a_second_vote_of_one_number_is_refused(round):
    Walker(round).vote()
    other = Walker(round)
    other.check()
    assert "이미 투표했습니다" in other.html and box() == (1, 2)


def test_two_devices_of_one_person_give_one_vote(round):
    one, two = Walker(round), Walker(round)
    for walker in (one, two):
        walker.check()
        walker.fill()
    one.press("cast")
    two.press("cast")
    assert two.page.status_code == 409 and "이미 투표했습니다" in two.html
    assert box() == (1, 2)


def test_ending_forgets_the_check(round):
    walker = Walker(round)
    walker.vote()
    assert walker.client.post(walker.url + "end/").status_code == 302
    assert "vote" not in walker.client.session
    assert walker.client.get(walker.url + "end/").status_code == 405


# --- the check ------------------------------------------------------------------------------------------------------


def test_the_number_is_normalised_and_nonsense_refused(round):
    walker = Walker(round)
    walker.open()
    walker.press("number", number="０１０ １２３４ ５６７８")
    assert SENT[-1][0] == "01012345678"
    count = len(SENT)
    for bad in ("", "02-123-4567", "010-12", "x" * 40, "010-1234-56789"):
        walker.open()
        walker.press("number", number=bad)
        assert len(SENT) == count
        assert "휴대전화 번호" in walker.html


def test_five_wrong_codes_end_the_check(round):
    walker = Walker(round)
    walker.open()
    walker.press("number", number=NUMBER)
    right = re.search(r"(\d{6})", SENT[-1][1])[1]
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        walker.press("confirm", typed=wrong)
        assert f"{left}번 더" in walker.html
    walker.press("confirm", typed=wrong)
    walker.press("confirm", typed=right)
    assert "새 번호를 받아" in walker.html and "vote" not in walker.client.session


def test_a_code_of_another_number_or_round_or_too_late_is_no_check(round):
    walker = Walker(round)
    walker.open()
    walker.press("number", number=NUMBER)
    right = re.search(r"(\d{6})", SENT[-1][1])[1]
    walker.press("confirm", typed=right, number="01099998888")
    assert "vote" not in walker.client.session
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        walker.press("confirm", typed=right, number=NUMBER)
        assert "시간이 지났습니다" in walker.html


def test_codes_to_one_number_are_limited(round):
    walker = Walker(round)
    for _ in range(5):
        walker.open()
        walker.press("number", number=NUMBER)
    walker.open()
    walker.press("number", number=NUMBER)
    assert walker.page.status_code == 429 and "너무 여러 번" in walker.html
    assert len(SENT) == 5


def test_voting_needs_no_cache(round, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError

    for name in ("add", "incr", "get", "set"):
        monkeypatch.setattr(cache, name, away)
    Walker(round).vote()
    assert box() == (1, 2)


def test_a_round_of_another_level_says_where_to_go(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.VOTE_LEVELS = tmp_path, ["text", "identity", "roll"]
    settings.IDENTITY_ISSUER, settings.IDENTITY_CLIENT_ID = "https://id.example.kr", "portal"
    walker = Walker(make_round("by-identity", level="identity"))
    settings.IDENTITY_ISSUER = ""
    assert "본인확인 기관이 아직 연결되지 않았습니다" in walker.open().content.decode()
    walker.press("number", number=NUMBER)
    assert not RollEntry.objects.filter(round=walker.round).exists()


def test_birth_year_is_asked_where_the_round_limits_it(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path
    walker = Walker(make_round("young", max_birth_year=2010))
    walker.open()
    walker.press("number", number=NUMBER, birth_year="2015")
    assert "나이" in walker.html
    walker.press("number", number=NUMBER, birth_year="1987")
    walker.press("confirm", typed=re.search(r"(\d{6})", SENT[-1][1])[1])
    assert RollEntry.objects.get().band == "1980년대"
