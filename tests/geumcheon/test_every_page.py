"""Every page a visitor can open, taken from the table of addresses: its frame, its policy, its trail, its preview."""

import re

import pytest

from tests.browser import discovered
from tests.html import elements, texts
from tests.test_roles import rows  # noqa: F401 - the fixture: one row of each thing

# Sheets of paper and the tablet of a polling place: pages without the frame, on purpose.
BARE = re.compile(r"/print/$|/kiosk/$")
POLICY = {"default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"}


@pytest.fixture
def pages(rows, client):  # noqa: F811
    """{path: response}"""
    return {path: client.get(path) for path in discovered.everybodys(client)}


def wrong(pages, check, framed=True):
    """Paths of the pages a check does not hold for."""
    return [path for path, page in pages.items() if not (framed and BARE.search(path)) and not check(page)]


def _policy_is_strict(page):
    policy = {part.strip() for part in page.headers["Content-Security-Policy"].split(";")}
    return policy >= POLICY and "unsafe" not in str(policy) and "img-src 'self' data:" in policy


def _brings_nothing_of_its_own(page):
    html = page.content.decode()
    inline = re.findall(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", html)
    foreign = re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(?:https?:)?//(?!testserver/)", html)
    return not inline and not foreign


def _has_one_heading_and_a_skip_link(page):
    skip = [e["attrs"]["href"] for e in elements(page, "a", "skip-link")]
    return len(elements(page, "h1")) == len(elements(page, "main")) == 1 and skip == ["#main"]


def _leads_back(page):
    (trail,) = elements(page, "nav", "crumbs") or [{"links": []}]
    return trail["links"][:1] == ["/"]


def _says_what_a_link_to_it_shows(page):
    names = {
        e["attrs"].get("property") or e["attrs"].get("name"): e["attrs"].get("content") for e in elements(page, "meta")
    }
    return all(names.get(name) for name in ("description", "og:title", "og:description", "og:image", "og:url"))


def test_every_page_is_well_framed(pages):
    assert len(pages) > 70
    assert wrong(pages, _policy_is_strict, framed=False) == []
    assert wrong(pages, _brings_nothing_of_its_own, framed=False) == []
    assert wrong(pages, lambda page: '<html lang="ko">' in page.content.decode(), framed=False) == []
    assert wrong(pages, _has_one_heading_and_a_skip_link) == []
    found = {path: page for path, page in pages.items() if page.status_code == 200 and path != "/"}
    assert wrong(found, _leads_back) == []
    assert wrong(found, _says_what_a_link_to_it_shows) == []
    titles = [texts(page, "title")[0] for path, page in found.items() if "?" not in path]
    assert [title for title in titles if not title.endswith("금천구 협치 포털")] == []
