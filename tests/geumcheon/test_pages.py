"""The home page, the frame of every page, and the pages shown when something is wrong."""

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import path, reverse

from geumcheon import urls
from tests.html import elements, texts

PUBLIC = [
    "/", "/council/", "/council/library/", "/meetings/", "/meetings/2019/16/", "/projects/2021/", "/projects/2021/1/",
    "/projects/past/", "/plan/2021/", "/budget/2021/", "/budget/2021/lines/", "/budget/2021/1/1/", "/reconciliation/2021/",
]  # fmt: skip


@pytest.mark.parametrize("url", PUBLIC)
def test_every_page_has_one_heading_a_title_a_description_and_a_main_part(client, loaded, url):
    response = client.get(url)
    assert response.status_code == 200
    assert len(elements(response, "h1")) == 1
    title = texts(response, "title")[0]  # drawings have titles too
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
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//(?!testserver/)", page) == []


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
        for url in [
            "/",
            "/council/",
            "/council/library/",
            "/plan/2021/",
            "/projects/2021/1/",
            "/budget/2021/1/1/",
            "/meetings/2019/16/",
            "/notices/",
            "/reconciliation/2021/",
            "/open-data/",
        ]
    }
    assert marked == {
        "/": [],
        "/council/": ["협치금천 소개"],
        "/council/library/": ["자료실"],
        "/plan/2021/": ["계획 수립 과정"],
        "/projects/2021/1/": ["사업"],
        "/budget/2021/1/1/": ["예산"],
        "/meetings/2019/16/": ["협치활동"],
        "/notices/": ["공지사항"],
        "/reconciliation/2021/": ["수치 대조"],
        "/open-data/": ["열린 데이터"],
    }  # fmt: skip


def heads(response):
    """{name or property or rel: content or href} of a page's head."""
    found = [e["attrs"] for tag in ("meta", "link") for e in elements(response, tag)]
    return {a.get("property") or a.get("name") or a.get("rel"): a.get("content") or a.get("href") for a in found}


@pytest.mark.parametrize("url", [*PUBLIC, "/search/", "/open-data/", "/accounts/login/"])
def test_every_page_says_what_a_link_to_it_shows(client, loaded, url):
    response = client.get(url)
    head = heads(response)
    title = texts(response, "title")[0]  # drawings have titles too
    assert head["og:title"] == (title if url == "/" else title.removesuffix(" · 금천구 협치 포털"))
    assert head["og:description"] == head["description"] != ""
    assert head["og:url"] == head["canonical"] == f"http://testserver{url}"
    assert head["og:image"] == "http://testserver/static/img/share.png"
    assert (head["og:type"], head["og:site_name"], head["og:locale"]) == ("website", "금천구 협치 포털", "ko_KR")
    assert head["twitter:card"] == "summary_large_image"


def test_a_title_with_signs_of_html_stays_text_everywhere(client, loaded):
    loaded.projects.filter(number=1).update(name='제도 "구축" <b>&')
    response = client.get("/projects/2021/1/")
    assert texts(response, "title") == ['제도 "구축" <b>& · 금천구 협치 포털']
    assert heads(response)["og:title"] == '제도 "구축" <b>&'


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/meetings/?year=2019&kind=x", "/meetings/"),
        ("/meetings/?year=2019&page=2", "/meetings/?page=2"),
        ("/meetings/?page=<b>", "/meetings/"),
    ],
)
def test_the_address_of_a_list_leaves_filters_out_and_keeps_the_page(client, loaded, url, address):
    assert heads(client.get(url))["canonical"] == f"http://testserver{address}"


def test_feeds_are_found_from_every_page(client, loaded):
    feeds = [
        e["attrs"]["href"] for e in elements(client.get("/plan/2021/"), "link") if e["attrs"]["rel"] == "alternate"
    ]
    assert feeds == [reverse("councils:notices_feed"), reverse("councils:meetings_feed")]


@pytest.mark.parametrize(
    ("name", "size"), [("share", (1200, 630)), ("favicon-32", (32, 32)), ("apple-touch-icon", (180, 180))]
)
def test_pictures_of_the_site_have_their_size_and_are_light(name, size):
    data = Path(finders.find(f"img/{name}.png")).read_bytes()
    assert struct.unpack(">II", data[16:24]) == size
    assert len(data) < 60_000


def test_manifest_names_files_that_exist(client, db):
    path = heads(client.get("/"))["manifest"].removeprefix("/static/")
    manifest = json.loads(Path(finders.find(path)).read_text())
    assert manifest["name"] == "금천구 협치 포털"
    assert [icon["src"] for icon in manifest["icons"] if not finders.find(f"img/{icon['src']}")] == []


def offers_ways_on(response):
    """Whether an error page has a search box and leads on, and claims no address of its own."""
    (form,) = elements(response, "form", "search-form")
    links = elements(response, "main")[0]["links"]
    return (
        form["attrs"]["action"] == reverse("search")
        and {reverse("home"), reverse("projects:latest"), reverse("councils:meetings")} <= set(links)
        and not {"canonical", "og:url", "og:title"} & set(heads(response))
    )


def test_unknown_address_shows_the_portals_own_page(client, db):
    response = client.get("/없는/주소/")
    assert response.status_code == 404
    assert texts(response, "h1") == ["찾는 쪽이 없습니다"]
    assert offers_ways_on(response)


def test_forbidden_page_is_the_portals_own(rf, db):
    from django.core.exceptions import PermissionDenied
    from django.views.defaults import permission_denied

    response = permission_denied(rf.get("/"), PermissionDenied())
    assert response.status_code == 403
    assert texts(response, "h1") == ["볼 수 없는 쪽입니다"]
    assert offers_ways_on(response)


def test_form_without_its_token_is_explained(users):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert texts(response, "h1") == ["보낸 내용을 확인하지 못했습니다"]
    assert offers_ways_on(response)


def test_bad_request_page_is_the_portals_own(client, db):
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert texts(response, "h1") == ["잘못된 요청입니다"]
    assert offers_ways_on(response)


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
    assert offers_ways_on(response)
