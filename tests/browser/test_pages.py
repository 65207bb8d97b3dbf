"""Every public page in a real browser: accessible, no wider than the screen, nothing blocked, and usable without script."""

import pytest
from django.urls import reverse

from councils.models import Body
from geumcheon.accounts.models import Role, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

PAGES = [
    "/", "/council/", "/council/library/", "/meetings/", "/meetings/?year=2019&kind=x&q=워크숍", "/meetings/2019/16/",
    "/projects/2021/", "/projects/2021/1/", "/projects/2021/11/", "/projects/2021/17/", "/projects/past/", "/plan/2021/",
    "/budget/2021/", "/budget/2021/lines/", "/budget/2021/lines/?project=1&item=x", "/budget/2021/1/1/", "/budget/2021/15/1/",
    "/reconciliation/2021/", "/search/?q=안양천", "/open-data/", "/accounts/login/", "/accounts/password/reset/",
]  # fmt: skip


@pytest.fixture
def body_path(loaded):
    """The page of a subcommittee. Rows are read before the browser starts: its event loop forbids queries here."""
    return reverse("councils:body", args=[Body.objects.get(name="교육·문화분과").pk])


@pytest.fixture
def member(loaded):
    return User.objects.create_user("browser", "browser@example.org", PASSWORD, role=Role.MEMBER)


def _look(page, path, status=200):
    """What is wrong with a page, as lines."""
    got = page.open(path)
    problems = [] if got == status else [f"status {got}"]
    if page.overflow() > 0:
        problems.append(f"{page.overflow()} px too wide")
    problems += page.complaints if status == 200 else []
    return [f"{path} at {page.width}: {problem}" for problem in problems]


@pytest.mark.parametrize("width", [390, 1280])
def test_every_public_page_is_accessible_and_fits(body_path, tab, width):
    page = tab(width)
    problems = []
    for path in [*PAGES, body_path]:
        problems += _look(page, path)
        problems += [f"{path} at {width}: {violation}" for violation in page.violations()]
    problems += _look(page, "/없는-주소/", status=404)
    problems += [f"404 at {width}: {violation}" for violation in page.violations()]
    assert problems == []


def test_no_public_page_scrolls_sideways_on_the_smallest_phone(loaded, tab):
    page = tab(320)
    assert [problem for path in PAGES for problem in _look(page, path)] == []


def test_from_home_to_a_budget_line_without_script(loaded, tab):
    tab_ = tab(390, java_script_enabled=False)
    page = tab_.tab
    tab_.open("/")
    page.click("main >> text=예산 보기")
    page.click("#project tbody tr:nth-child(7) a")
    assert "project=7" in page.url
    page.click("main table a >> nth=0")
    assert page.url.endswith("/budget/2021/7/1/")
    page.click("main dl.facts >> text=7. ")
    assert page.url.endswith("/projects/2021/7/#budget")
    assert page.is_visible("#budget table")


def test_filters_work_without_script(loaded, tab):
    tab_ = tab(390, java_script_enabled=False)
    page = tab_.tab
    tab_.open("/meetings/")
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
    assert tab_.tab.is_visible("#site-nav >> text=회의 >> nth=0")
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
