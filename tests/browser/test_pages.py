"""The frame of the public pages in a real browser: the menu, the filters, signing in, the ways from home, also without script."""

import pytest

from geumcheon.accounts.models import Role, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def member(loaded):
    return User.objects.create_user("browser", "browser@example.org", PASSWORD, role=Role.MEMBER)


def test_from_home_to_a_budget_line_without_script(loaded, tab):
    tab_ = tab(390, java_script_enabled=False)
    page = tab_.tab
    tab_.open("/")
    page.click("main >> text=예산 보기")
    page.click("#project svg.chart-narrow a[href$='project=7']")
    assert "project=7" in page.url
    page.click("main table a >> nth=0")
    assert page.url.endswith("/budget/2021/7/1/")
    page.click("main dl.facts >> text=7. ")
    assert page.url.endswith("/projects/2021/7/#budget")
    assert page.is_visible("#budget table")


def test_from_home_to_a_calculation_within_four_taps_without_script(loaded, tab):
    tab_ = tab(390, java_script_enabled=False)
    page = tab_.tab
    tab_.open("/")
    page.click("main svg.chart-narrow a[href='/projects/2021/1/']")
    assert page.url.endswith("/projects/2021/1/")
    page.click("#budget table a >> nth=0")
    assert page.url.endswith("/budget/2021/1/1/")
    assert page.is_visible("ol.formula")


def test_home_tells_the_year_on_one_phone_screen(loaded, tab):
    tab_ = tab(390)
    tab_.open("/")
    bottoms = tab_.tab.evaluate(
        "[...document.querySelectorAll('.hero-box')].map(b => b.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 3
    assert max(bottoms) <= 844


@pytest.mark.parametrize("width", [320, 390, 992])
def test_home_with_text_twice_as_large_does_not_scroll_sideways(loaded, tab, width):
    tab_ = tab(width)
    tab_.open("/")
    tab_.tab.evaluate("document.documentElement.style.fontSize = '200%'")
    assert tab_.overflow() == 0


def test_filters_work_without_script(loaded, tab):
    tab_ = tab(390, java_script_enabled=False)
    page = tab_.tab
    tab_.open("/meetings/")
    page.click("text=회의 찾기")
    page.select_option("select[name=year]", "2020")
    page.select_option("select[name=kind]", "분과회의")
    page.click("form.filters button")
    assert page.inner_text("main h2").split(" 참석")[0].split("\n")[0].startswith("찾은 회의 17회")


@pytest.mark.parametrize("script", [True, False])
def test_menu_opens_on_a_phone(loaded, tab, script):
    tab_ = tab(390, java_script_enabled=script)
    page = tab_.tab
    tab_.open("/")
    assert not page.is_visible("#site-nav")
    page.click("header .menu-button >> nth=0")
    assert page.is_visible("#site-nav")
    page.click("#site-nav >> text=수치 대조")
    assert page.url.endswith("/reconciliation/2021/")


def test_menu_on_a_phone_closes_with_escape_and_is_accessible_when_open(loaded, tab):
    tab_ = tab(390)
    page = tab_.tab
    tab_.open("/")
    page.click("header .menu-button >> nth=0")
    assert tab_.violations() == []
    page.keyboard.press("Escape")
    assert not page.is_visible("#site-nav")


def test_menu_stands_open_on_a_wide_screen(loaded, tab):
    tab_ = tab(1280)
    tab_.open("/")
    assert tab_.tab.is_visible("#site-nav >> text=협치활동")
    assert not tab_.tab.is_visible("header .menu-button >> nth=0")


def test_keyboard_reaches_the_content_first(loaded, tab):
    tab_ = tab(1280)
    tab_.open("/projects/2021/")
    tab_.tab.keyboard.press("Tab")
    assert tab_.tab.evaluate("document.activeElement.textContent") == "본문으로 건너뛰기"
    tab_.tab.keyboard.press("Enter")
    assert tab_.tab.evaluate("document.activeElement.id") == "main"


@pytest.mark.django_db(transaction=True)  # also puts it last: the tables are emptied after it
def test_signing_in_and_out(live_server, member, tab):
    tab_ = tab(390, base=live_server.url)
    page = tab_.tab
    tab_.open("/accounts/login/")
    page.fill("input[name=login]", "browser")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.click("header .menu-button >> nth=0")
    assert "browser 님" in page.inner_text("#site-nav")
    assert tab_.violations() == []
    page.click("#site-nav >> text=로그아웃")
    page.click("header .menu-button >> nth=0")
    assert "로그인" in page.inner_text("#site-nav")
