"""/patterns/: every part once, only where DEBUG is on, its ids, headings and references in order."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from geumcheon import patterns
from tests.html import elements, texts


@pytest.fixture
def page(settings, client, db):
    settings.DEBUG = True
    return client.get(reverse("patterns"))


def test_patterns_are_hidden_without_debug(client, db):
    assert client.get(reverse("patterns")).status_code == 404


def test_every_part_stands_once_and_is_marked_as_a_sample(page):
    html = page.content.decode()
    assert page.status_code == 200
    assert re.findall(r'<section class="section" id="([^"]+)"', html) == [name for name, _ in patterns.SECTIONS]
    assert html.count("<figure") == len(patterns.pictures())
    assert all("(견본)" in title for title in re.findall(r'class="chart-title">([^<]+)<', html))


def test_ids_are_unique_and_headings_in_order(page):
    html = page.content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_error_summary_leads_to_each_wrong_field(page):
    html = page.content.decode()
    summary = re.search(r'<div class="error-summary".*?</div>', html, re.S)[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 6
    assert [t for t in targets if f'id="{t}"' not in html] == []


def test_sample_money_comes_from_somewhere_and_goes_somewhere():
    pictures = patterns.pictures()
    assert pictures["flow"].total == pictures["treemap"].total == pictures["bars"].total == pictures["stacked"].total


PARTS = {
    "button": "btn-primary", "a": "btn", "li": "chip", "p": "open-title", "time": None, "form": "search-form", "dialog": None,
    "figure": "chart", "details": "fold", "ol": "cycle-steps", "dl": "facts", "table": "stack", "div": "table-wrap", "nav": "toc",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "cls"), PARTS.items())
def test_part_is_among_the_samples(page, tag, cls):
    assert elements(page, tag, cls)


def test_open_and_closed_ways_to_take_part_are_both_shown(page):
    assert texts(page, "ul", "ways") == ["제안 진행 중 투표 D-2 모집 지금 없음 회의 기록 보기"]
    assert texts(page, "ul", "open-rows")[0].startswith("견본 의제 주민투표 주민투표 2030. 6. 12.(수)까지 D-2")


def test_dialog_opens_by_a_button_without_script(page):
    (dialog,) = elements(page, "dialog")
    openers = [e["attrs"] for e in elements(page, "button") if e["attrs"].get("popovertarget") == dialog["attrs"]["id"]]
    assert len(openers) == 2 and "popover" in dialog["attrs"]
    assert "hide" in [a.get("popovertargetaction") for a in openers]
