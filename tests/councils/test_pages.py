"""The council's public pages, through HTTP."""

import pytest
from django.urls import reverse

from councils import views
from councils.models import Body, Meeting
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


def test_council_page_shows_every_body_of_the_tree(client, loaded):
    response = client.get("/council/")
    links = [link for e in elements(response, "ul", "tree") for link in e["links"]]
    assert sorted(links) == sorted(
        reverse("councils:body", args=[pk]) for pk in Body.objects.values_list("pk", flat=True)
    )


def test_council_page_shows_the_visions_of_the_subcommittees(client, loaded):
    assert texts(client.get("/council/"), "p", "vision") == list(
        Body.objects.filter(kind="subcommittee").values_list("vision", flat=True)
    )


def test_council_page_adds_the_seats_up(client, loaded):
    council = Body.objects.get(kind="council")
    page = texts(client.get(reverse("councils:body", args=[council.pk])), "dl", "facts")
    assert page[0] == "당연직 3명 위촉직 구의원 2명 위촉직 민간 25명 모두 30명"


def test_body_page_lists_its_projects_and_meetings(client, loaded):
    body = Body.objects.get(name="교육·문화분과")
    response = client.get(reverse("councils:body", args=[body.pk]))
    assert texts(response, "h1") == ["교육·문화분과"]
    rows = elements(response, "li", "project-row")
    assert [e["links"][0] for e in rows] == [
        project.get_absolute_url() for project in body.projects.filter(plan=loaded).order_by("number")
    ]
    assert len(elements(response, "li", "log-row")) == min(5, body.meetings.count())


@pytest.mark.parametrize("pk", ["0", "-1", "abc", "999999999", "9999999999999999999", "1e3", "%00"])
def test_body_page_of_an_unknown_number_is_404(client, loaded, pk):
    assert client.get(f"/council/{pk}/").status_code == 404


def test_library_names_the_meeting_that_decided(client, loaded):
    rows = {e["text"]: e["links"] for e in elements(client.get("/council/library/"), "ul", "rows")}
    (links,) = rows.values()
    assert links == ["/meetings/2019/92/", "/meetings/2019/59/", "/meetings/2020/26/"]


def _sums(response):
    return texts(response, "h2")[0]


def test_log_sums_the_whole_filter_not_the_page(client, loaded):
    assert _sums(client.get("/meetings/")) == "모든 회의 119회 참석 1,959명"
    assert _sums(client.get("/meetings/?year=2019")) == "찾은 회의 93회 참석 1,567명"
    assert _sums(client.get("/meetings/?year=2020&page=2")) == "찾은 회의 26회 참석 392명"


def test_log_shows_the_printed_sums_with_their_lists(client, loaded):
    assert [(e["text"], e["links"]) for e in elements(client.get("/meetings/"), "div", "stat")] == [
        ("계획서의 2020년 합계 26회 392명 2020년 회의에서 다시 세기", ["/meetings/?year=2020"]),
        ("계획서의 2019년 합계 93회 1,567명 2019년 회의에서 다시 세기", ["/meetings/?year=2019"]),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=분과회의&year=2020", {"kind__name": "분과회의", "year": 2020}),
        ("body=복지·건강분과", {"bodies__name": "복지·건강분과"}),
        ("month=7", {"starts_on__month": 7}),
        ("q=곤지암", {"place": "곤지암리조트"}),
    ],
)
def test_log_filters(client, loaded, query, expected):
    count = Meeting.objects.filter(**expected).count()
    assert count > 0
    assert _sums(client.get(f"/meetings/?{query}")).startswith(f"찾은 회의 {count}회")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("year=abc", "목록에 있는 값을 골라 주세요."),
        ("year=99999999999999999999", "목록에 있는 값을 골라 주세요."),
        ("month=13", "목록에 있는 값을 골라 주세요."),
        ("kind=없는 종류", "목록에 있는 값을 골라 주세요."),
        ("body=-1", "목록에 있는 값을 골라 주세요."),
        ("q=" + "가" * 61, "60자까지 찾을 수 있습니다."),
    ],
)
def test_log_marks_a_bad_filter_and_keeps_the_good_one(client, loaded, query, message):
    response = client.get(f"/meetings/?year=2020&{query}")
    assert texts(response, "div", "field-error") == [message]
    wanted = "모든 회의 119회 참석 1,959명" if query.startswith("year") else "찾은 회의 26회 참석 392명"
    assert _sums(response) == wanted


@pytest.mark.parametrize("page", ["abc", "0", "-1", "999999999999999999999", "1.5", "%00", ""])
def test_log_survives_any_page_number(client, loaded, page):
    assert client.get(f"/meetings/?page={page}").status_code == 200


def test_log_survives_a_null_byte(client, loaded):
    response = client.get("/meetings/?q=%00")
    assert response.status_code == 200
    assert len(texts(response, "div", "field-error")) == 1


def test_log_without_a_match_says_so(client, loaded):
    assert texts(client.get("/meetings/?q=없는말없는말"), "p", "notice") == [
        "이 조건에 맞는 회의가 없습니다. 조건을 줄여 보세요."
    ]


def test_pager_keeps_the_filters(client, loaded):
    links = elements(client.get("/meetings/?year=2019"), "ul", "pager")[0]["links"]
    assert links[0] == "?year=2019&page=2"


def test_log_costs_the_same_for_one_and_three_rows(client, loaded, monkeypatch):
    counted = []
    for rows in (1, 3):
        monkeypatch.setattr(views, "MEETINGS_PER_PAGE", rows)
        counted.append(queries(client, "/meetings/"))
    assert counted[0] == counted[1] <= 10


def test_meeting_page_tells_its_facts(client, loaded):
    response = client.get("/meetings/2020/26/")
    assert texts(response, "h1") == ["2021. 금천구 지역사회혁신계획(구단위계획형)(안) 의결"]
    facts = elements(response, "dl", "facts")[0]
    assert "2020. 8. 5.(수)" in facts["text"]
    assert "24명" in facts["text"]
    assert reverse("councils:library") in facts["links"]


def test_meeting_page_marks_a_wrong_printed_weekday_and_no_other(client, loaded):
    assert texts(client.get("/meetings/2019/16/"), "span", "chip-yellow") == ["인쇄된 요일 목 — 달력과 다름"]
    assert texts(client.get("/meetings/2019/15/"), "span", "chip-yellow") == []


@pytest.mark.parametrize(
    "path", ["2019/0", "2019/94", "2019/-1", "2019/abc", "0/1", "99999/1", "2019/99999999999999999999", "2018/1"]
)
def test_meeting_page_of_an_unknown_number_is_404(client, loaded, path):
    assert client.get(f"/meetings/{path}/").status_code == 404


def test_meeting_text_is_escaped(client, loaded):
    meeting = Meeting.objects.get(year=2020, no=26)
    meeting.agenda = "<script>alert(1)</script>"
    meeting.place = '"><img src=x onerror=alert(1)>'
    meeting.save()
    for url in ("/meetings/", "/meetings/2020/26/", "/"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
