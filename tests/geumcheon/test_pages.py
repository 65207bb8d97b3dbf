"""The home page, the frame of every page, and the pages shown when something is wrong."""

import re

import pytest
from django.test import Client, override_settings
from django.urls import path, reverse

from budgets.models import BudgetRollup
from councils.models import Body, Meeting
from geumcheon import urls
from projects.models import IndicatorRollup, Plan
from tests.html import elements, queries, texts

PUBLIC = [
    "/", "/council/", "/council/library/", "/meetings/", "/meetings/2019/16/", "/projects/2021/", "/projects/2021/1/",
    "/projects/past/", "/plan/2021/", "/budget/2021/", "/budget/2021/lines/", "/budget/2021/1/1/", "/reconciliation/2021/",
]  # fmt: skip


def test_home_shows_the_plan_in_numbers_with_status_and_date(client, loaded):
    response = client.get("/")
    assert texts(response, "ul", "chips")[0] == "2021 계획 · 마감 기준일 2020. 9. 23.(수)"
    assert texts(response, "dl", "hero-stats") == [
        "사업 17개 사업 목록 예산 956,364천원 예산 줄 132개 성과지표 97개 추진 단계 105개 회의 119회 참석 1,959명"
    ]
    assert texts(response, "p", "stamp")[0].startswith("계산한 때: 20")


def test_home_shows_the_visions_and_the_newest_meetings(client, loaded):
    response = client.get("/")
    assert texts(response, "p", "vision") == list(
        Body.objects.filter(kind="subcommittee").order_by("order").values_list("vision", flat=True)
    )
    newest = Meeting.objects.order_by("-starts_on", "-no")[:5]
    shown = [e["links"][0] for e in elements(response, "li", "log-row")]
    assert shown == [meeting.get_absolute_url() for meeting in newest]


def test_home_before_any_plan_is_loaded(client, db):
    Plan.objects.update(status="draft")
    response = client.get("/")
    assert response.status_code == 200
    assert texts(response, "dl", "hero-stats") == []


def test_home_before_the_rollups_are_computed(client, loaded):
    BudgetRollup.objects.all().delete()
    IndicatorRollup.objects.all().delete()
    (numbers,) = texts(client.get("/"), "dl", "hero-stats")
    assert numbers.startswith("사업 17개 사업 목록 예산 집계 전 성과지표 추진 단계 105개")


def test_home_costs_few_queries_whatever_the_number_of_meetings(client, loaded):
    everything = queries(client, "/")
    Meeting.objects.filter(year=2019, documents__isnull=True).delete()
    Meeting.objects.filter(year=2020, no__gt=1, documents__isnull=True).delete()
    assert queries(client, "/") == everything <= 10


@pytest.mark.parametrize("url", PUBLIC)
def test_every_page_has_one_heading_a_title_a_description_and_a_main_part(client, loaded, url):
    response = client.get(url)
    assert response.status_code == 200
    assert len(elements(response, "h1")) == 1
    (title,) = texts(response, "title")
    assert title.endswith("금천구 협치 포털")
    assert [e["attrs"]["id"] for e in elements(response, "main")] == ["main"]
    assert [e["attrs"]["href"] for e in elements(response, "a", "skip-link")] == ["#main"]
    assert [e for e in elements(response, "meta") if e["attrs"].get("name") == "description" and e["attrs"]["content"]]
    assert "{{" not in response.content.decode()


def test_titles_differ(client, loaded):
    titles = [texts(client.get(url), "title")[0] for url in PUBLIC]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("url", PUBLIC)
def test_no_page_carries_inline_script_or_style_or_foreign_addresses(client, loaded, url):
    page = client.get(url).content.decode()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", page) == []


@pytest.mark.parametrize("url", PUBLIC)
def test_every_link_of_every_page_leads_somewhere(client, loaded, url):
    hrefs = {e["attrs"]["href"] for e in elements(client.get(url), "a") if "href" in e["attrs"]}
    dead = []
    for href in sorted(hrefs):
        target = href.split("#")[0]
        if not target or target.endswith(".xlsx") or target.startswith("/admin"):
            continue
        full = url + target if target.startswith("?") else target
        if client.get(full, follow=True).status_code != 200:
            dead.append(href)
    assert dead == []


@pytest.mark.parametrize("url", PUBLIC)
def test_every_fragment_link_has_its_target(client, loaded, url):
    response = client.get(url)
    page = response.content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    wanted = {e["attrs"]["href"][1:] for e in elements(response, "a") if e["attrs"].get("href", "").startswith("#")}
    assert wanted - set(ids) == set()
    assert len(ids) == len(set(ids))


def test_header_offers_signing_in_to_a_visitor(client_as):
    (box,) = elements(client_as(None).get("/"), "div", "site-user")
    assert reverse("account_login") in box["links"]
    assert "로그아웃" not in box["text"]


@pytest.mark.parametrize(
    ("role", "admin"), [("resident", False), ("member", False), ("officer", True), ("secretariat", True)]
)
def test_header_names_the_user_and_opens_the_admin_to_staff_only(client_as, role, admin):
    (box,) = elements(client_as(role).get("/council/"), "div", "site-user")
    assert f"{role} 님" in box["text"]
    assert "로그아웃" in box["text"]
    assert (reverse("admin:index") in box["links"]) is admin


def test_masthead_is_shown_only_by_its_setting(client, loaded):
    assert elements(client.get("/"), "div", "masthead") == []
    with override_settings(OFFICIAL_MASTHEAD=True):
        assert texts(client.get("/"), "div", "masthead") == ["이 누리집은 대한민국 공식 전자정부 누리집입니다."]


def test_menu_marks_where_one_is(client, loaded):
    marked = {
        url: [e["text"] for e in elements(client.get(url), "a") if e["attrs"].get("aria-current") == "true"]
        for url in ("/", "/council/library/", "/projects/2021/1/", "/budget/2021/1/1/", "/reconciliation/2021/")
    }
    assert marked == {
        "/": [],
        "/council/library/": ["협치회의"],
        "/projects/2021/1/": ["사업"],
        "/budget/2021/1/1/": ["예산"],
        "/reconciliation/2021/": ["수치 대조"],
    }


def test_unknown_address_shows_the_portals_own_page(client, db):
    response = client.get("/없는/주소/")
    assert response.status_code == 404
    assert texts(response, "h1") == ["찾는 쪽이 없습니다"]


def test_forbidden_page_is_the_portals_own(rf, db):
    from django.core.exceptions import PermissionDenied
    from django.views.defaults import permission_denied

    response = permission_denied(rf.get("/"), PermissionDenied())
    assert response.status_code == 403
    assert texts(response, "h1") == ["볼 수 없는 쪽입니다"]


def test_form_without_its_token_is_explained(users):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert texts(response, "h1") == ["보낸 내용을 확인하지 못했습니다"]


def test_bad_request_page_is_the_portals_own(client, db):
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert texts(response, "h1") == ["잘못된 요청입니다"]


class _Broken:
    """The portal's addresses and one that fails."""

    @staticmethod
    def fail(request):
        raise RuntimeError("on purpose")


_Broken.urlpatterns = [*urls.urlpatterns, path("broken/", _Broken.fail)]


def test_server_error_page_needs_no_database(settings):
    """No `db` mark: pytest-django refuses any query, so a query on the way to this page would fail the test."""
    client = Client(raise_request_exception=False)
    settings.ROOT_URLCONF = _Broken
    response = client.get("/broken/")
    assert response.status_code == 500
    assert texts(response, "h1") == ["지금은 보여 드릴 수 없습니다"]
