"""The main pages of the admin in a real browser: accessible, no wider than the screen, usable by keyboard alone."""

import pytest
from django.conf import settings
from django.test import Client

from budgets.models import BudgetLine
from geumcheon.accounts.models import Role, User
from geumcheon.lib.admin_parts import admin_url
from projects.models import Indicator, Project
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/budgets/budgetline/"


@pytest.fixture
def cookie(live_server, loaded):
    """The session of a signed-in secretariat. Made before the browser starts: its event loop forbids queries."""
    client = Client()
    client.force_login(User.objects.create_user("browser", "browser@example.org", PASSWORD, role=Role.SECRETARIAT))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}


@pytest.fixture
def pages(loaded):
    project = Project.objects.get(number=1)
    line = BudgetLine.objects.current().get(project=project, order=1)
    return [
        "/admin/", admin_url(Project, "change", project.pk), admin_url(BudgetLine, "change", line.pk),
        admin_url(BudgetLine, "history", line.pk), admin_url(BudgetLine), admin_url(Project), admin_url(Indicator),
        "/admin/councils/meeting/", "/admin/projects/plan/",
    ]  # fmt: skip


def look(page, what):
    """What is wrong with the page on the screen, as lines."""
    wide = [f"{page.overflow()} px too wide"] if page.overflow() > 0 else []
    return [f"{what} at {page.width}: {problem}" for problem in wide + page.violations()]


def open_preview(page, rows=3):
    """Choose the first rows of the list and open the preview of an action on them."""
    page.open(LIST)
    for index in range(rows):
        page.tab.locator("input.action-select").nth(index).check()
    page.tab.select_option("select[name=action]", "move_item_selected")
    page.tab.click(".actions button[type=submit]")
    page.tab.wait_for_selector(".bulk-choices")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_main_pages_are_accessible_and_fit(cookie, pages, tab, live_server, width):
    page = tab(width, base=live_server.url)
    problems = []
    assert page.open("/admin/login/?next=/admin/") == 200
    problems += look(page, "login")
    page.context.add_cookies([cookie])
    for path in pages:
        assert page.open(path) == 200
        problems += look(page, path)
    open_preview(page)
    problems += look(page, "choice of an action")
    page.tab.select_option(".bulk-choices select", index=2)
    page.tab.click(".bulk-choices button")
    page.tab.wait_for_selector("input[name=seen]", state="attached")
    problems += look(page, "preview of an action")
    assert problems == []


def test_everything_works_with_the_keyboard(cookie, pages, tab, live_server):
    """The skip link, the way to the save button, a line's item by its name, and an action from the list to its end."""
    item = "시설비"
    wide = tab(1280, base=live_server.url)
    wide.context.add_cookies([cookie])
    page = wide.tab

    wide.open(pages[0])
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content-start"

    wide.open(pages[1])
    page.locator(".to-save").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "_save"

    wide.open(pages[2])
    page.locator(".field-item .select2-selection").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".select2-search__field:focus")  # keys typed before the box opens are lost
    page.keyboard.type(item)
    page.wait_for_selector(".select2-results__option--highlighted")
    page.wait_for_function(
        "text => document.querySelector('.select2-results__option--highlighted')?.textContent.includes(text)", arg=item
    )
    page.keyboard.press("Enter")
    assert page.locator(".field-item .select2-selection__rendered").text_content().endswith(item)

    open_preview(wide, rows=2)
    page.select_option(".bulk-choices select", index=2)  # a native control: the browser's own keys
    page.locator(".bulk-choices button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=seen]", state="attached")
    page.locator("#bulk-apply input[type=submit]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist")
    assert "통계목을 옮겼습니다" in page.inner_text(".messagelist")
