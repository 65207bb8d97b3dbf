"""The council's public pages, through HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse

from councils import plain, views
from councils.models import Body, BodyRule, Document, Meeting
from geumcheon.lib import clock
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


def test_council_page_shows_every_body_of_the_tree(client, loaded):
    response = client.get("/council/")
    links = [link for e in elements(response, "ul", "org") for link in e["links"]]
    assert sorted(links) == sorted(
        reverse("councils:body", args=[pk]) for pk in Body.objects.values_list("pk", flat=True)
    )


def test_council_page_shows_the_visions_of_the_subcommittees(client, loaded):
    assert texts(client.get("/council/"), "span", "org-vision") == list(
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


def test_council_page_tells_rules_in_plain_words_beside_the_printed_text(client, loaded):
    response = client.get("/council/")
    assert texts(response, "p", "plain-sentence") == [
        "정기회를 한 해에 4번 엽니다.",
        "의장이 필요하다고 보거나 재적 위원의 3분의 1 이상이 요구하면 임시회를 엽니다.",
        "재적 위원의 절반을 넘게 나와야 회의를 엽니다.",
        "나온 위원의 절반을 넘게 찬성해야 결정합니다.",
        "임기는 2년입니다.",
        "임기가 끝나면 1번 더 맡을 수 있습니다.",
    ]
    assert texts(response, "div", "plain-printed")[0] == (
        "계획서의 글 정기회 : 연 4회 개최 출처: 붙임Ⅰ-2 금천구협치회의 운영 · 3964째 줄"
    )


def test_plain_words_follow_the_row(client, loaded):
    rules = BodyRule.objects.filter(body__kind="council")
    rules.filter(key="sessions_per_year").update(number="6")
    rules.filter(key="quorum_open").update(number="2/3", text="재적위원 3분의 2 이상의 출석으로 개의")
    found = texts(client.get("/council/"), "p", "plain-sentence")
    assert "정기회를 한 해에 6번 엽니다." in found
    assert "재적 위원의 3분의 2 이상 나와야 회의를 엽니다." in found


@pytest.mark.parametrize(
    ("key", "text", "number"),
    [
        ("unknown", "연 4회", "4"),
        ("sessions_per_year", "정기회는 자주", ""),
        ("sessions_per_year", "정기회는 자주", "서너"),
        ("sessions_per_year", "정기회는 자주", "1/0"),
        ("sessions_per_year", "정기회는 자주", "1/2"),
        ("quorum_open", "재적위원 2분의 1 출석", "1/2"),
        ("quorum_open", "3명 출석", "3"),
        ("extraordinary", "요구가 있을 때", "3"),
    ],
)
def test_a_rule_without_a_fitting_sentence_is_told_as_printed(key, text, number):
    assert plain.sentence(BodyRule(key=key, text=text, number=number)) == ""


def test_the_most_members_are_not_told_as_their_number(loaded):
    rule = BodyRule.objects.filter(body__kind="working_group", key="composition").first()
    assert plain.sentence(rule) == "위원은 5명까지입니다."


def test_a_rule_that_has_ended_leaves_the_introduction_but_not_the_body(client, loaded):
    rule = BodyRule.objects.get(body__kind="council", key="sessions_per_year")
    rule.ends_before = clock.today()
    rule.save()
    assert "정기회를 한 해에 4번 엽니다." not in texts(client.get("/council/"), "p", "plain-sentence")
    assert "정기회를 한 해에 4번 엽니다." in texts(client.get(f"/council/{rule.body_id}/"), "p", "plain-sentence")


def test_library_names_the_meeting_that_decided(client, loaded):
    links = [link for e in elements(client.get("/council/library/"), "ul", "rows") for link in e["links"]]
    assert links == ["/meetings/2019/92/", "/meetings/2019/59/", "/meetings/2020/26/"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("kind=운영세칙", ["금천구 민관협치 활성화를 위한 운영세칙"]),
        ("q=보상 제도", ["서울특별시 금천구 민관협치 활성화를 위한 기본 조례"]),
        ("q=시민 민주 주의", ["서울특별시 시민민주주의 기본 조례"]),
        ("kind=운영세칙&q=연임", []),
        ("q=없는말없는말", []),
    ],
)
def test_library_filters(client, loaded, query, titles):
    response = client.get(f"/council/library/?{query}")
    assert [e["text"] for e in elements(response, "h3", "row-title")] == titles
    assert len(texts(response, "p", "notice")) == (0 if titles else 1)


def test_library_marks_a_bad_kind(client, loaded):
    response = client.get("/council/library/?kind=없음")
    assert texts(response, "div", "field-error") == ["목록에 있는 값을 골라 주세요."]
    assert len(texts(response, "h3", "row-title")) == Document.objects.count()


def test_library_costs_the_same_for_one_and_three_rows(client, loaded):
    Document.objects.exclude(title__contains="운영세칙").delete()
    one = queries(client, "/council/library/")
    for n in (1, 2):
        document = Document.objects.create(title=f"시험 {n}", kind="조례", meeting=Meeting.objects.first())
        document.articles.create(number="제1조")
    assert queries(client, "/council/library/") == one


def test_council_page_costs_the_same_with_three_bodies_more(client, loaded):
    before = queries(client, "/council/")
    for n in (1, 2, 3):
        Body.objects.create(name=f"시험 {n}", kind="task_force", purpose="시험").seats.create(kind="기타", label="x")
    assert queries(client, "/council/") == before


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
        ("q=곤지암 리조트", {"place": "곤지암리조트"}),
        ("q=복지건강 분과 2019-1차", {"counterpart": "복지·건강분과", "session_label": "2019-1차"}),
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


def test_coming_meetings_stand_first_and_soonest_first(client, loaded):
    kind = Meeting.objects.first().kind
    today = clock.today()
    for no, days in ((1, 9), (2, 0), (3, -1)):
        Meeting.objects.create(
            year=today.year, no=no, kind=kind, starts_on=today + timedelta(days), agenda=f"시험 {no}"
        )
    response = client.get("/meetings/?q=시험 ")
    assert texts(response, "h3", id="upcoming") == ["다가오는 회의"]
    assert [e["links"][0][-3:] for e in elements(response, "li", "log-row")] == ["/2/", "/1/", "/3/"]
    assert texts(client.get("/meetings/?year=2019"), "h3", id="upcoming") == []


def test_coming_meetings_stand_on_the_first_page_only(client, loaded):
    Meeting.objects.create(year=2099, no=1, kind=Meeting.objects.first().kind, starts_on=clock.today())
    assert texts(client.get("/meetings/?page=2"), "h3", id="upcoming") == []


def test_pager_keeps_the_filters(client, loaded):
    links = elements(client.get("/meetings/?year=2019"), "ul", "pager")[0]["links"]
    assert links[0] == "?year=2019&page=2"


def test_log_costs_the_same_for_one_and_three_rows(client, loaded, monkeypatch):
    counted = []
    for rows in (1, 3):
        monkeypatch.setattr(views, "MEETINGS_PER_PAGE", rows)
        counted.append(queries(client, "/meetings/"))
    assert counted[0] == counted[1] <= 12


def test_meeting_page_tells_its_facts(client, loaded):
    response = client.get("/meetings/2020/26/")
    assert texts(response, "h1") == ["2021. 금천구 지역사회혁신계획(구단위계획형)(안) 의결"]
    facts = elements(response, "dl", "facts")[0]
    assert "2020. 8. 5.(수)" in facts["text"]
    assert "24명" in facts["text"]
    document = Meeting.objects.get(year=2020, no=26).documents.get()
    assert f"{reverse('councils:library')}#document-{document.pk}" in facts["links"]
    assert len(elements(client.get("/council/library/"), "li", id=f"document-{document.pk}")) == 1
    assert "/meetings/calendar/2020/08/" in [a["attrs"].get("href") for a in elements(response, "a")]


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
