"""A real browser: Debian's chromium, driven by playwright, against the test server. What is missing is named in the skip."""

import shutil
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from .look import overflow, violations

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _chromium():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def server(django_db_setup):
    """The portal behind a port, on the rows that the test session committed at its start.

    pytest-django's own live_server empties all tables after each test, and the plan would be loaded again and again. Pages that only
    read do not need that; a test that writes takes live_server.
    """
    running = LiveServer("localhost")
    yield running
    running.stop()


@pytest.fixture
def chromium(loaded):
    """A started browser. It depends on the rows, so that it closes before they are rolled back: its event loop forbids queries."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="The Python package playwright is missing: pip install -r requirements-dev.txt"
    )
    path = _chromium()
    if path is None:
        pytest.skip("The browser chromium is missing: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Page:
    """One tab that remembers what the browser complained about: console errors, blocked content, failed requests."""

    def __init__(self, browser, base, width, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        if options.get("java_script_enabled", True):
            # Runs outside the page's content security policy, which therefore stays as visitors have it.
            self.context.add_init_script(path=str(AXE))
        self.scripted = options.get("java_script_enabled", True)
        self.tab = self.context.new_page()
        self.base, self.width = base, width
        self.complaints = []
        self.tab.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("requestfailed", self._failed)

    def _failed(self, request):
        # A font still on its way when the tab goes on is given up by the browser, not refused by the portal.
        if not (request.resource_type == "font" and request.failure == "net::ERR_ABORTED"):
            self.complaints.append(f"failed: {request.url}")

    def open(self, path):
        """Open a path and wait for its parts and fonts; returns the status."""
        self.complaints.clear()
        # "networkidle" would add half a second of quiet to each of a thousand pages.
        status = self.tab.goto(self.base + path, wait_until="load" if self.scripted else "networkidle").status
        if self.scripted:
            self.tab.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        return status

    def overflow(self):
        """By how many pixels the page is wider than the screen."""
        return overflow(self.tab)

    def violations(self):
        """axe-core's findings as `rule: element` lines."""
        return violations(self.tab)

    def close(self):
        self.context.close()


@pytest.fixture
def tab(chromium, server):
    """tab(width, base=…, **options) -> Page; closed at the end."""
    pages = []

    def make(width, base=server.url, **options):
        page = Page(chromium, base, width, **options)
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.close()
