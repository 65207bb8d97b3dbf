"""/patterns/: every part once, only where DEBUG is on, its ids, headings and references in order."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from geumcheon import patterns


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
