"""A member logs a meeting with one thumb and a bad line; the secretary publishes and corrects it. Once more without script."""

from datetime import date

import pytest
from playwright.sync_api import expect

from councils.models import Body, MeetingKind
from geumcheon.lib import clock
from projects.models import Plan, Project
from tests.browser.conftest import AXE
from tests.browser.look import look
from tests.conftest import PASSWORD
from tests.councils.life import a_full_body, a_log
from tests.projects.test_evidence import an_indicator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = "2026-03-02"


@pytest.fixture
def names(loaded, transactional_db):
    """Accounts of a member and of the 간사 of a body of twelve, and a kind of meeting. Read before the browser starts."""
    _, people = a_full_body(12, name="시연 시험분과")
    MeetingKind.objects.get_or_create(name="분과회의")
    assert clock.today() > date(2026, 3, 2)
    plan = Plan.objects.create(year=2026, title="시험 계획", status="published")
    project = Project.objects.create(
        plan=plan, number=1, name="시험 사업", group=plan.groups.create(name="부문", order=1)
    )
    an_indicator(project)
    return people[0].user.username, people[1].user.username


def sign_in(page, name):
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/")


def opened(chromium, base, width=390, **options):
    context = chromium.new_context(viewport={"width": width, "height": 844}, base_url=base, locale="ko-KR", **options)
    if options.get("java_script_enabled", True):
        context.add_init_script(path=str(AXE))
    return context.new_page()


def look_at_widths(page):
    found = []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width}: {line}" for line in look(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    return found


def counted_meetings(page):
    """Addresses of the meetings that the project's indicator names as its evidence; the result in numbers agrees with them."""
    page.goto("/projects/2026/1/indicators/1/")
    links = page.eval_on_selector_all("main a[href^='/meetings/2026/']", "links => links.map(a => a.href)")
    state = page.inner_text("main .chip >> nth=0")
    assert ("측정 전" in page.inner_text("main")) == (not links), state
    return links


def test_a_meeting_is_logged_over_a_lost_line_published_and_corrected(names, chromium, live_server):
    member, secretary = names
    page = opened(chromium, live_server.url)
    sign_in(page, member)
    page.goto("/meetings/log/")
    page.select_option("#id_kind", label="분과회의")
    with page.expect_response("**/meetings/log/"):
        page.fill("#id_starts_on", DAY)
        page.dispatch_event("#id_starts_on", "change")
    page.fill("#id_place", "구청 회의실")
    page.click("text=모두 참석")
    page.click(".seat >> nth=11")
    assert page.inner_text(".tally").split() == "11 / 12 개의 정족수 충족".split()
    page.fill("#id_items-0-title", "예산안")
    page.click("summary:has-text('이 안건과 관련된 사업') >> nth=0")
    page.check("label:has-text('1. 시험 사업') >> nth=0")
    page.select_option("#id_items-0-outcome", "passed")
    page.fill("#id_items-0-votes_for", "7")
    page.fill("#id_items-0-votes_against", "1")
    page.wait_for_selector("[data-keep-line]:has-text('저장됨')")
    assert look_at_widths(page) == []

    page.context.set_offline(True)
    page.click("text=안건 더하기")
    page.fill("#id_items-1-title", "줄이 끊긴 뒤의 안건")
    page.fill("#id_minutes", "줄이 끊긴 뒤에 적은 회의록")
    page.wait_for_selector("[data-keep-line]:has-text('연결 없음')")
    page.click(".log-bar >> text=제출")
    page.wait_for_timeout(300)
    assert page.url.endswith("/meetings/log/") and page.input_value("#id_minutes") == "줄이 끊긴 뒤에 적은 회의록"
    context = page.context
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto("/meetings/log/")
    assert page.is_visible("text=적던 글이 있습니다")
    page.click("text=이어 쓰기")
    page.wait_for_url("**draft=1")
    assert page.input_value("#id_minutes") == "줄이 끊긴 뒤에 적은 회의록"
    assert page.input_value("#id_items-1-title") == "줄이 끊긴 뒤의 안건"
    assert page.locator("[name=present]:checked").count() == 11
    page.click(".log-bar >> text=제출")
    page.wait_for_selector("text=제출했습니다")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kept:')).length") == 0
    address = page.url

    sign_in(page, secretary)
    page.goto(address)
    page.click("text=확인하고 게시")
    assert page.is_visible("text=재적 12명, 출석 11명")
    assert look_at_widths(page) == []
    page.click("button:has-text('게시'):not(:has-text('돌려'))")
    page.wait_for_selector("text=재적 12명, 출석 11명, 찬성 7 · 반대 1 → 가결")
    published = page.url
    assert counted_meetings(page) == [published]
    page.goto(published)
    page.click("text=정정하기")
    page.fill("#id_place", "별관 회의실")
    page.click("summary:has-text('이 안건과 관련된 사업') >> nth=0")
    page.uncheck("label:has-text('1. 시험 사업') >> nth=0")
    page.fill("#id_reason", "장소를 잘못 적음")
    assert look(page) == []
    page.click(".log-bar >> text=정정하기")
    page.wait_for_selector("text=1차 정정")
    assert look_at_widths(page) == []
    assert counted_meetings(page) == []


def test_an_ended_sign_in_loses_nothing(names, chromium, live_server):
    member, _ = names
    page = opened(chromium, live_server.url)
    sign_in(page, member)
    page.goto("/meetings/log/")
    page.context.clear_cookies()
    page.fill("#id_minutes", "로그인이 끝난 뒤의 글")
    page.wait_for_selector("[data-keep-line]:has-text('로그인이 끝났습니다')")
    page.click(".log-bar >> text=제출")
    page.wait_for_timeout(300)
    assert page.url.endswith("/meetings/log/")
    with page.context.expect_page() as other:
        page.click("text=새 창에서 로그인")
    tab = other.value
    tab.fill("#id_login", member)
    tab.fill("#id_password", PASSWORD)
    tab.click("main button[type=submit]")
    tab.wait_for_url("**/")
    page.fill("#id_minutes", "로그인이 끝난 뒤의 글, 이어서")
    page.wait_for_selector("[data-keep-line]:has-text(':')")
    page.close()
    tab.goto("/meetings/log/")
    tab.click("text=이어 쓰기")
    tab.wait_for_url("**draft=1")
    assert tab.input_value("#id_minutes") == "로그인이 끝난 뒤의 글, 이어서"


def test_the_whole_way_without_script(names, chromium, live_server):
    member, secretary = names
    page = opened(chromium, live_server.url, java_script_enabled=False)
    sign_in(page, member)
    page.goto("/meetings/log/")
    page.select_option("#id_kind", label="분과회의")
    page.fill("#id_starts_on", DAY)
    page.fill("#id_place", "구청 회의실")
    page.click("text=명부 다시 읽기")
    for number in range(8):
        page.click(f".seat >> nth={number}")
    page.fill("#id_items-0-title", "예산안")
    page.select_option("#id_items-0-outcome", "passed")
    page.check("#id_items-0-unanimous")
    page.click("text=안건 더하기")
    page.fill("#id_items-1-title", "다음 일정")
    page.fill("#id_minutes", "논의했다.")
    page.click(".log-bar >> text=저장")
    assert page.is_visible("text=저장했습니다") and page.is_visible("text=8 / 12")
    page.click(".log-bar >> text=제출")
    assert page.is_visible("text=제출했습니다")
    address = page.url
    sign_in(page, secretary)
    page.goto(address)
    page.click("text=확인하고 게시")
    page.click("button:has-text('게시'):not(:has-text('돌려'))")
    assert page.is_visible("text=재적 12명, 출석 8명, 만장일치 → 가결")
    page.click("text=정정하기")
    page.fill("#id_place", "별관")
    page.fill("#id_reason", "장소")
    page.click(".log-bar >> text=정정하기")
    assert page.is_visible("text=1차 정정")


@pytest.fixture
def february(names):
    """A meeting a month earlier with eight of the twelve."""
    body = Body.objects.get(name="시연 시험분과")
    people = [membership.person for membership in body.memberships.order_by("pk")]
    a_log(body, people[:8], starts_on=date(2026, 2, 2))


@pytest.mark.parametrize("script", [True, False])
def test_the_last_list_is_taken_over_with_one_tap(names, february, chromium, live_server, script):
    page = opened(chromium, live_server.url, java_script_enabled=script)
    sign_in(page, names[0])
    page.goto("/meetings/log/")
    page.fill("#id_minutes", "적던 글")
    page.click("text=지난 회의와 같이")
    page.wait_for_selector("[data-taken]:has-text('8명 가운데 8명을 참석으로 표시했습니다')")
    assert page.is_visible("text=8 / 12") and page.input_value("#id_minutes") == "적던 글"
    assert page.locator(".seat input:checked").count() == 8
    expect(page.locator("[data-taken]")).to_be_in_viewport()
    if script:
        assert page.evaluate("document.activeElement.hasAttribute('data-taken')")
        assert look_at_widths(page) == []
        page.context.set_offline(True)
        page.click("text=지난 회의와 같이")
        page.wait_for_selector("[data-keep-line]:has-text('지난 회의를 읽지 못했습니다')")
