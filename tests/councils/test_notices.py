"""Notices: what is public when, in which order, safe text, the feeds, and the work of the office on them."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from councils import actions
from councils.models import Meeting, Notice
from geumcheon.accounts.models import Dong
from geumcheon.lib.admin_parts import admin_url
from geumcheon.models import SearchEntry
from geumcheon.search import index
from tests.admin_data import confirm, errors_of, form_data, preview
from tests.html import elements, queries, texts

TODAY = date(2021, 5, 20)
LIST, FEED = "/notices/", "/notices/feed.xml"


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel("2021-05-20T10:00:00+09:00", tick=False):
        yield


def make(title="공지", *, published=TODAY, dongs=(), **fields):
    notice = Notice.objects.create(title=title, published_on=published, **{"text": "글", **fields})
    notice.dongs.set(Dong.objects.filter(name__in=dongs))
    return notice


def titles(response):
    return texts(response, "p", "row-title")


# --- the list -----------------------------------------------------------------------------------------------------
def test_what_runs_comes_first_then_what_comes_then_the_rest(client, loaded):
    make("옛 알림", published=date(2021, 1, 1))
    make("끝난 공모", published=date(2021, 3, 1), starts_on=date(2021, 3, 1), ends_before=date(2021, 4, 1))
    make("새 알림", published=date(2021, 5, 1))
    make("먼 예정", starts_on=date(2021, 7, 1))
    make("가까운 예정", starts_on=date(2021, 5, 23), ends_before=date(2021, 5, 24))
    make("끝이 없는 모집", starts_on=date(2021, 1, 1))
    make("나중에 끝남", starts_on=date(2021, 5, 1), ends_before=date(2021, 6, 1))
    make("오늘 끝남", ends_before=date(2021, 5, 21))
    response = client.get(LIST)
    assert titles(response) == [
        *("오늘 끝남", "나중에 끝남", "끝이 없는 모집", "가까운 예정", "먼 예정", "새 알림", "끝난 공모", "옛 알림")
    ]
    assert texts(response, "p", "notice-left") == ["오늘까지", "D-11", "3일 뒤 시작", "42일 뒤 시작"]
    assert texts(response, "p", "notice-chips")[:1] == ["진행 중 알림"]
    assert texts(response, "p", "row-meta")[:5] == [
        "2021. 5. 20.(목)까지",
        "2021. 5. 1.(토) ~ 2021. 5. 31.(월)",
        "2021. 1. 1.(금)부터",
        "2021. 5. 23.(일)",
        "2021. 7. 1.(목)부터",
    ]


def test_drafts_and_notices_of_later_days_are_not_in_the_list(client_as, loaded):
    make("오늘")
    make("내일", published=TODAY + timedelta(days=1))
    make("초안", published=None)
    for role in (None, "secretariat"):
        assert titles(client_as(role).get(LIST)) == ["오늘"]
    with time_machine.travel("2021-05-21T00:30:00+09:00", tick=False):
        assert sorted(titles(client_as(None).get(LIST))) == ["내일", "오늘"]


def test_the_list_is_filtered_by_kind_and_dong(client, loaded):
    make("투표", kind="vote", dongs=["가산동"])
    make("모집", kind="recruitment", dongs=["독산1동"])
    make("구 모집", kind="recruitment")
    assert titles(client.get(LIST, {"kind": "vote"})) == ["투표"]
    assert sorted(titles(client.get(LIST, {"dong": "독산1동"}))) == ["구 모집", "모집"]
    response = client.get(LIST, {"kind": "x", "dong": "부산"})
    assert len(titles(response)) == 3
    assert texts(response, "div", "field-error") == ["목록에 있는 값을 골라 주세요."] * 2
    assert texts(client.get(LIST, {"kind": "result"}), "p", "notice") == [
        "이 조건에 맞는 공지가 없습니다. 조건을 줄여 보세요."
    ]


def test_an_empty_list_says_so(client, loaded):
    assert texts(client.get(LIST), "p", "notice") == ["아직 올린 공지가 없습니다."]


def test_the_list_is_paged(client, loaded):
    for i in range(21):
        make(f"공지 {i}")
    assert len(titles(client.get(LIST))) == 20
    assert titles(client.get(LIST, {"page": 2})) == ["공지 0"]
    assert titles(client.get(LIST, {"page": "x", "kind": "general"}))[0] == "공지 20"


def test_the_list_costs_the_same_with_one_and_three_rows(client, loaded):
    make(dongs=["가산동"])
    one = queries(client, LIST)
    make(dongs=["독산1동", "독산2동"], starts_on=TODAY)
    make(dongs=["시흥1동"])
    assert queries(client, LIST) == one <= 6


# --- one notice ---------------------------------------------------------------------------------------------------
def test_a_notice_shows_its_period_dongs_text_and_button(client, loaded):
    notice = make(
        "모집", kind="recruitment", starts_on=date(2021, 5, 17), ends_before=date(2021, 5, 29), dongs=["가산동"],
        text="첫 문단\n둘째 줄\n\n둘째 문단", link="/council/", link_label="지원하기",
    )  # fmt: skip
    response = client.get(f"{LIST}{notice.pk}/")
    assert texts(response, "dd")[:3] == ["2021. 5. 17.(월) ~ 2021. 5. 28.(금) D-8", "가산동", "2021. 5. 20.(목)"]
    (text,) = elements(response, "div", "notice-text")
    assert text["text"] == "첫 문단 둘째 줄 둘째 문단"
    assert response.content.decode().count("<p>첫 문단<br>둘째 줄</p><p>둘째 문단</p>") == 1
    (button, _) = elements(response, "p", "actions")
    assert (button["text"], button["links"]) == ("지원하기", ["/council/"])


def test_addresses_become_links_and_everything_else_stays_text(client, loaded):
    text = (
        "<script>alert(1)</script> https://example.org/a?b=1&c=2에서 (https://example.org/d) 봅니다. "
        'javascript:alert(1) https://example.org/"onmouseover="x <i>끝</i>'
    )
    notice = make("<b>제목</b>", text=text, link="https://example.org/")
    response = client.get(f"{LIST}{notice.pk}/")
    html = response.content.decode()
    (body,) = elements(response, "div", "notice-text")
    assert body["links"] == ["https://example.org/a?b=1&c=2", "https://example.org/d", "https://example.org/"]
    assert body["text"] == text
    assert "<script>alert" not in html
    assert "<b>제목" not in html
    outside = [e["attrs"] for e in elements(response, "a") if e["attrs"]["href"].startswith("https://example.org")]
    assert [attrs["rel"] for attrs in outside] == ["nofollow noopener"] * 4


@pytest.mark.parametrize("published", [None, TODAY + timedelta(days=1)])
@pytest.mark.parametrize("role", [None, "resident", "member", "officer", "secretariat"])
def test_what_is_not_out_is_404_but_for_the_secretariat(client_as, loaded, role, published):
    url = f"{LIST}{make(published=published).pk}/"
    response = client_as(role).get(url)
    assert response.status_code == (200 if role == "secretariat" else 404)
    if role == "secretariat":
        assert texts(response, "p", "notice-warning")[0].startswith("초안")
        assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_a_notice_that_is_out_has_no_mark(client_as, loaded):
    response = client_as("secretariat").get(f"{LIST}{make().pk}/")
    assert texts(response, "p", "notice-warning") == []
    assert client_as(None).get(f"{LIST}999999999/").status_code == 404
    assert client_as(None).get(f"{LIST}99999999999999999999/").status_code == 404


# --- feeds --------------------------------------------------------------------------------------------------------
def items(response):
    channel = ElementTree.fromstring(response.content).find("channel")  # noqa: S314 - our own answer
    return [{child.tag: child.text for child in item} for item in channel.findall("item")]


def test_the_feed_of_notices_has_the_newest_thirty_that_are_out(client, loaded):
    make("초안", published=None)
    make("내일", published=TODAY + timedelta(days=1))
    for i in range(31):
        make(f"공지 {i} <b>", published=date(2021, 4, 1) + timedelta(days=i), text="글 <b>\x0b\n\nhttps://example.org")
    response = client.get(FEED)
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    found = items(response)
    assert [item["title"] for item in found] == [f"[알림] 공지 {i} <b>" for i in range(30, 0, -1)]
    newest = Notice.objects.get(title="공지 30 <b>")
    assert found[0]["link"] == found[0]["guid"] == f"http://testserver/notices/{newest.pk}/"
    assert found[0]["pubDate"] == "Sat, 01 May 2021 12:00:00 +0900"
    assert found[0]["description"] == (
        '<p>글 &lt;b&gt;</p><p><a href="https://example.org" rel="nofollow noopener">https://example.org</a></p>'
    )


def test_the_feed_of_meetings_has_the_newest_thirty(client, loaded):
    response = client.get("/meetings/feed.xml")
    newest = list(Meeting.objects.all()[:30])
    found = items(response)
    assert [item["link"] for item in found] == [f"http://testserver{m.get_absolute_url()}" for m in newest]
    assert found[0]["pubDate"].endswith("12:00:00 +0900")


@pytest.mark.parametrize("url", [FEED, "/meetings/feed.xml"])
def test_a_reader_that_has_the_feed_gets_304_until_something_changes(client, loaded, url):
    notice, meeting = make(), Meeting.objects.first()
    first = client.get(url)
    etag, modified = {"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(url, headers=etag).status_code == 304
    assert client.get(url, headers=modified).status_code == 304
    with time_machine.travel("2099-05-20T11:00:00+09:00", tick=False):  # the plan was loaded at the real time
        notice.title, meeting.agenda = "고친 공지", "고친 회의"
        notice.save()
        meeting.save()
        assert client.get(url, headers=etag).status_code == 200
        assert client.get(url, headers=modified).status_code == 200
    assert client.post(url).status_code == 405


def test_an_empty_feed_is_304_too(client, loaded):
    etag = {"If-None-Match": client.get(FEED)["ETag"]}
    with time_machine.travel("2021-05-20T10:00:05+09:00", tick=False):
        assert client.get(FEED, headers=etag).status_code == 304


def test_a_notice_that_comes_out_by_itself_is_a_change_of_the_feed(client, loaded):
    make("내일", published=TODAY + timedelta(days=1))
    modified = {"If-Modified-Since": "Thu, 20 May 2021 02:00:00 GMT"}
    assert client.get(FEED, headers=modified).status_code == 304
    with time_machine.travel("2021-05-21T00:30:00+09:00", tick=False):
        assert len(items(client.get(FEED, headers=modified))) == 1


# --- search -------------------------------------------------------------------------------------------------------
def test_search_finds_notices_that_are_out_and_forgets_them(client, loaded):
    def found():
        if index.is_behind():
            index.rebuild()
        return sorted(SearchEntry.objects.filter(key__startswith="notice:").values_list("title", flat=True))

    notice = make("하늘다리 개방", text="구름")
    make("초안", published=None)
    make("내일", published=TODAY + timedelta(days=1))
    assert found() == ["하늘다리 개방"]
    assert "하늘다리" in client.get(reverse("search"), {"q": "구름"}).content.decode()
    with time_machine.travel("2021-05-21T00:30:00+09:00", tick=False):
        assert found() == ["내일", "하늘다리 개방"]
    notice.title = "바람다리 개방"
    notice.save()
    assert found() == ["바람다리 개방"]
    notice.published_on = None
    notice.save()
    assert found() == []


# --- the office ---------------------------------------------------------------------------------------------------
def test_a_notice_is_written_and_its_mistakes_are_refused_in_words(client_as, loaded):
    client = client_as("secretariat")
    url = admin_url(Notice, "add")
    response = client.get(url)
    assert "마지막 날의 다음 날을 적습니다" in response.content.decode()
    data = form_data(response, Notice) | {"title": "모집", "text": "글", "kind": "recruitment"}
    wrong = data | {"starts_on": "2021-05-20", "ends_before": "2021-05-20", "link": "javascript:alert(1)"}
    assert sorted(errors_of(client.post(url, wrong))) == ["__all__"]
    assert errors_of(client.post(url, data | {"link_label": "여기"})) == {
        "link": ["단추가 어디로 이어지는지 적어 주세요."]
    }
    assert Notice.objects.count() == 0
    dongs = [str(Dong.objects.get(name="가산동").pk)]
    right = data | {"starts_on": "2021-05-20", "ends_before": "2021-05-29", "dongs": dongs, "link": "/council/"}
    assert client.post(url, right).status_code == 302
    notice = Notice.objects.get()
    assert (notice.published_on, notice.last_day, [d.name for d in notice.dongs.all()]) == (
        None, date(2021, 5, 28), ["가산동"],
    )  # fmt: skip
    assert Notice.history.filter(history_user__username="secretariat").exists()


def test_the_admin_list_shows_and_filters_states(client_as, loaded):
    make("갑", published=None)
    make("을", published=TODAY + timedelta(days=1))
    make("병", starts_on=TODAY, ends_before=date(2021, 5, 23))
    make("정", ends_before=TODAY)
    make("무")
    client = client_as("officer")
    rows = dict(zip(texts(client.get(admin_url(Notice)), "th", "field-title"),
                    texts(client.get(admin_url(Notice)), "td", "field-state_now"), strict=True))  # fmt: skip
    assert rows == {"갑": "초안", "을": "게시 예약", "병": "진행 중 (D-2)", "정": "끝남", "무": "알림"}
    for title, shown in rows.items():
        response = client.get(admin_url(Notice), {"state": re.sub(r" \(.*", "", shown)})
        assert texts(response, "th", "field-title") == [title]


def test_drafts_are_published_after_a_preview(client_as, loaded):
    draft, out = make("초안", published=None), make("나간 공지", published=date(2021, 5, 1))
    client, url = client_as("secretariat"), admin_url(Notice)
    response = preview(client, url, "publish_selected", [draft, out])
    assert texts(response, "tr")[-2:] == [
        "초안 초안 2021-05-20 바뀜",
        "나간 공지 2021-05-01 2021-05-01 그대로",
    ]
    draft.refresh_from_db()
    assert draft.published_on is None
    assert "공지 1개: 오늘 날짜로 게시했습니다." in confirm(client, url, response).content.decode()
    assert list(Notice.objects.order_by("pk").values_list("published_on", flat=True)) == [TODAY, date(2021, 5, 1)]
    assert draft.history.first().history_user.username == "secretariat"


def test_an_officer_cannot_publish(client_as, users, loaded):
    draft = make("초안", published=None)
    client_as("officer").post(admin_url(Notice), {"action": "publish_selected", "_selected_action": [draft.pk]})
    with pytest.raises(PermissionDenied):
        actions.publish_notices(notices=Notice.objects.all(), by=users["officer"])
    draft.refresh_from_db()
    assert draft.published_on is None
    actions.publish_notices(notices=Notice.objects.all(), by=users["secretariat"])
    draft.refresh_from_db()
    assert draft.published_on == TODAY
