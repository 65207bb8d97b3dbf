"""A proposal's whole way on a phone: sign up, check, propose with photo, place and amount, endorsed by others, department, meeting, ballot."""

import email
import re
from datetime import timedelta

import pytest
from django.conf import settings as conf

from geumcheon.lib import clock
from tests.accounts.residents import PASSWORD
from tests.browser.conftest import AXE
from tests.browser.look import look
from tests.browser.test_accounts import mails  # noqa: F401 - the fixture
from tests.forums.ladders import a_call, a_meeting, a_secretary, an_officer
from tests.forums.people import client_of, resident
from tests.forums.test_proposals import a_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "독산로 횡단보도에 그늘막을"


@pytest.fixture
def call(loaded, settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    return a_call(
        year=clock.today().year + 1,
        endorsements_needed=3,
        max_krw=100_000_000,
        ends_before=clock.today() + timedelta(days=9),
    )


@pytest.fixture
def people(call, live_server):
    """Sessions of three neighbours, an officer and the secretariat; made before the browser starts: its loop forbids queries."""

    def session(user):
        value = client_of(user).cookies[conf.SESSION_COOKIE_NAME].value
        return [{"name": conf.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]

    a_meeting()
    return {
        "neighbours": [session(resident(f"neighbour-{n}")) for n in range(3)],
        "officer": session(an_officer("마을자치과")),
        "secretary": session(a_secretary()),
    }


def join(page, letters, capfd):
    """Sign up, prove the address, be checked with the code from the console: from the page that asked for it, back to it."""
    page.goto("/accounts/signup/")
    page.fill("#id_email", "phone@example.org")
    page.fill("#id_name", "휴대전화 이웃")
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.check("#id_consent")
    page.check("#id_age")
    page.click("text=가입하고 편지 받기")
    page.wait_for_url("**/signup/done/")
    (letter,) = letters.iterdir()
    text = email.message_from_string(letter.read_text()).get_payload(decode=True).decode()
    page.goto(re.search(r"/accounts/address/\S+", text)[0])
    page.get_by_role("button", name="가입 마치기").click()
    page.wait_for_url("**/my/")


def check(page, capfd):
    page.check("input[name=basis][value=residence]")
    page.select_option("#id_dong", label="독산1동")
    page.fill("#id_number", "010-2345-6789")
    capfd.readouterr()
    page.click("text=확인 번호 받기")
    page.wait_for_url("**/verify/code/")
    page.fill("#id_code", re.search(r"확인 번호 (\d{6})", capfd.readouterr().out)[1])
    page.get_by_role("button", name="확인하기").click()


def test_from_sign_up_to_a_candidate_of_the_ballot(call, people, live_server, chromium, mails, capfd):  # noqa: F811
    def phone(cookies=()):
        context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="ko-KR")
        context.add_init_script(path=str(AXE))
        context.add_cookies(list(cookies))
        page = context.new_page()
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
        return page

    complaints = []
    page = phone()
    join(page, mails, capfd)
    page.goto("/proposals/")
    assert look(page) == []
    page.get_by_role("link", name=re.compile("^제안하기")).first.click()
    assert look(page) == []
    page.get_by_role("link", name="주민 확인하기").click()
    check(page, capfd)
    page.wait_for_url(f"**/proposals/calls/{call.pk}/new/")  # back where the check was asked for

    page.fill("#id_title", TITLE)
    page.fill("#id_body", "여름에 신호를 기다리기 힘듭니다.")
    page.fill("#id_place", "독산로 7길 앞")
    page.select_option("#id_dong", label="독산1동")
    page.fill("#id_requested_krw", "35,000,000")
    page.set_input_files("#id_photo_1", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_photo().read()})
    page.fill("#id_alt_1", "그늘 없는 횡단보도")
    page.wait_for_selector("text=저장됨")
    assert look(page) == []
    page.get_by_role("button", name="미리 보기").click()
    page.wait_for_url("**/preview/")
    assert look(page) == []
    page.get_by_role("button", name="제안 올리기").click()
    page.wait_for_url(re.compile(r"/proposals/\d+/$"))
    address = re.search(r"/proposals/\d+/$", page.url)[0]
    page.get_by_alt_text("그늘 없는 횡단보도").wait_for()  # pictures come when they are near the screen
    assert page.get_by_text("35,000천원").first.is_visible()
    assert look(page) == []

    for n, cookies in enumerate(people["neighbours"], 1):
        other = phone(cookies)
        other.goto("/proposals/")
        other.get_by_role("link", name=TITLE).click()
        other.get_by_role("button", name="공감하기").click()
        other.wait_for_selector("text=공감했습니다")
        assert other.locator(".support-count strong").inner_text() == str(n)
        if n == 1:
            assert look(other) == []
    assert "유형 분류" in other.locator(".page-head .chips").inner_text()

    def decide(who, outcome, **chosen):
        desk = phone(people[who])
        desk.goto(f"/desk{address}")
        for field in desk.locator("select[name^=answer_]").all():
            field.select_option("good")
        desk.check(f"input[name=outcome][value={outcome}]")
        for name, value in chosen.items():
            field = desk.locator(f"[name={name}]")
            field.select_option(**value) if isinstance(value, dict) else field.fill(value)
        desk.get_by_role("button", name="결과 저장").click()
        desk.wait_for_selector("text=처리했습니다")
        desk.context.close()

    decide("secretary", "transferred", department={"label": "마을자치과"})
    decide("officer", "fit", amount_krw="30,000,000")
    decide("secretary", "selected", amount_krw="30,000,000", body={"label": "시험 심사위원회"}, meeting={"index": 1})

    page.goto(address)
    assert "주민투표" in page.locator(".page-head .chips").inner_text()
    assert page.locator("#trail-amounts").is_visible() and look(page) == []
    page.locator(".trail a", has_text="합동회의").first.click()  # the meeting, and back from it
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url(f"**{address}")
    page.get_by_role("navigation", name="현재 위치").get_by_role("link", name=call.title).click()
    assert page.get_by_role("link", name=TITLE).is_visible()
    page.goto("/my/")
    assert page.get_by_role("link", name=TITLE).first.is_visible()
    desk = phone(people["secretary"])
    desk.goto(f"/desk/proposals/candidates/?year={call.year}")
    assert desk.get_by_text(TITLE).first.is_visible()
    assert complaints == []
