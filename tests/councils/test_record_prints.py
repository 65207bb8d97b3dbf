"""The record for the printer and the list to sign: who may, what stands on them, and the spreadsheet as it opens."""

import io
from datetime import date, time

import pytest
from openpyxl import load_workbook

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from councils.models import MeetingFile
from geumcheon.lib import clock
from tests.councils.around import PASSED, a_call, a_published, signed_in
from tests.councils.life import DAY, a_body, a_full_body, a_log, a_member, a_record, seat
from tests.html import elements, queries, texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def of(meeting, what):
    return f"{meeting.get_absolute_url()}{what}"


# --- the record ---------------------------------------------------------------------------------------------------
def test_a_published_record_prints_with_its_frozen_quorum_in_words(client):
    body, people = a_full_body(5)
    items = [Item("deliberation", "예산", "나누어 살폈다", PASSED)]
    meeting = a_published(body, people, items=items, guests=[("관련 부서 직원", 3)], starts_at=time(19))
    a_member(body, "나중 위원", starts_on=date(2026, 3, 1))  # the numbers of the decision are frozen
    response = client.get(of(meeting, "print/"))
    page = " ".join(texts(response, "main"))
    for words in (
        "2026. 3. 2.(월) 19:00",
        "구청 회의실",
        "관련 부서 직원 3명",
        "참석 인원 모두 8명",
        "1. 예산 심의",
        "나누어 살폈다",
        "의결: 가결 (찬성 4, 반대 1, 기권 0) 원안대로 한다",
        "시험분과: 재적 5명 가운데 5명 출석, 개의 정족수를 채움 (quorum_open 1/2)",
        "출석 위원 5명, 출석 위원의 1/2 초과 찬성 필요: 과반수 찬성",
        "논의했다.",
    ):
        assert words in page
    assert "초안" not in page
    assert [p.name for p in people if p.name in response.content.decode()] == []


def test_a_draft_prints_marked_for_its_members_and_is_unknown_to_others(client, client_as):
    body, people = a_full_body()
    meeting = a_log(body, people, items=[Item("deliberation", "예산", "", PASSED)])
    page = signed_in(people[0]).get(of(meeting, "print/"))
    assert texts(page, "h1") == ["분과회의 회의록 초안"]
    assert "정족수는 게시할 때 확정합니다." in texts(page, "p", "note")
    assert page["Cache-Control"] == "private, no-store"
    assert client_as("secretariat").get(of(meeting, "print/")).status_code == 200
    stranger = a_full_body(name="다른분과")[1][0]
    for other in (client, client_as("officer"), signed_in(stranger)):
        assert other.get(of(meeting, "print/")).status_code == 404


def test_the_print_lists_public_papers_and_corrections(client):
    body, people = a_full_body()
    meeting = a_published(body, people)
    for title, kind, public in (
        ("예산안", "material", True),
        ("비공개 자료", "material", False),
        ("서명지", "signed", True),
    ):
        MeetingFile.objects.create(
            meeting=meeting,
            title=title,
            kind=kind,
            public=public,
            file="x",
            content_type="x",
            size=1,
            uploaded_at=clock.now(),
        )
    actions.correct(meeting=meeting, by=people[1].user, reason="장소를 잘못 적음", record=a_record(place="주민센터"))
    page = client.get(of(meeting, "print/"))
    assert texts(page, "ol", "files") == ["예산안 (회의 자료)"]
    assert texts(page, "h3")[-1] == "1차 정정 2026. 3. 3. 10:00 · 간사"
    assert "까닭: 장소를 잘못 적음" in texts(page, "p")
    assert texts(page, "table", "changes") == ["고친 곳 앞 뒤 장소 구청 회의실 주민센터"]


def test_an_old_record_prints_what_it_has(client, loaded):
    page = client.get("/meetings/2019/16/print/")
    assert page.status_code == 200
    assert "적힌 회의록이 없습니다." in texts(page, "p", "note")
    assert client.get("/meetings/2019/9999/print/").status_code == 404


def test_a_long_text_is_printed_as_text(client):
    body, people = a_full_body()
    meeting = a_published(body, people, minutes="<b>굵게</b>\n둘째 줄")
    assert "&lt;b&gt;굵게&lt;/b&gt;\n둘째 줄" in client.get(of(meeting, "print/")).content.decode()


# --- the list to sign ---------------------------------------------------------------------------------------------
def a_joint_call():
    """(meeting, people): three of one body, one of them also in the other body of a joint meeting, which has two more."""
    first, people = a_full_body(3)
    second = a_body("다른분과")
    others = [a_member(second, f"다른 위원 {n}") for n in (1, 2)]
    seat(second, people[2])
    record = a_record([first, second], starts_on=DAY, minutes="")
    return actions.call_meeting(by=people[0].user, record=record), [*people, *others]


def sheet_of(client, meeting):
    response = client.get(of(meeting, "sign-sheet.xlsx"))
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content)).active


def test_the_sheet_lists_everybody_seated_once_with_bodies_and_office():
    meeting, people = a_joint_call()
    page = signed_in(people[0]).get(of(meeting, "sign-sheet/"))
    rows = texts(page, "tr")[1:]
    assert len(rows) == 25
    assert sorted(texts(page, "th")[6:]) == sorted(p.name for p in people)
    assert rows[1] == "2 시험분과 위촉직 민간 시험분과 위원 1"
    assert "1 시험분과 위촉직 민간 시험분과 간사 간사" in rows
    assert "3 시험분과, 다른분과 위촉직 민간 시험분과 위원 3" in rows
    assert rows[5:] == [str(n) for n in range(6, 26)]


def test_the_sheet_always_has_rows_for_guests():
    body, people = a_full_body(24)
    meeting = a_call(body, people)
    rows = texts(signed_in(people[0]).get(of(meeting, "sign-sheet/")), "tr")[1:]
    assert rows[24:] == [str(n) for n in range(25, 36)]  # ten rows on the second page


@pytest.mark.parametrize(("members", "rows"), [(20, 25), (21, 35), (30, 35), (31, 36)])
def test_a_second_page_is_worth_its_paper(members, rows):
    body, people = a_full_body(members)
    assert sheet_of(signed_in(people[0]), a_call(body, people)).max_row == 5 + rows


def test_the_sheet_is_for_those_who_log_the_meeting(client, client_as):
    body, people = a_full_body()
    meeting = a_call(body, people)
    stranger = a_full_body(name="다른분과")[1][0]
    for what in ("sign-sheet/", "sign-sheet.xlsx"):
        assert signed_in(people[0]).get(of(meeting, what)).status_code == 200
        assert client_as("secretariat").get(of(meeting, what)).status_code == 200
        assert signed_in(stranger).get(of(meeting, what)).status_code == 403
        assert client_as("officer").get(of(meeting, what)).status_code == 403
        assert client.get(of(meeting, what)).status_code == 302
    actions.cancel(meeting=meeting, by=people[0].user, reason="태풍")
    assert signed_in(people[0]).get(of(meeting, "sign-sheet/")).status_code == 404


def test_who_is_not_seated_that_day_is_not_on_the_sheet():
    body, people = a_full_body(3)
    a_member(body, "떠난 위원", ends_before=DAY)
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], minutes=""))
    page = signed_in(people[0]).get(of(meeting, "sign-sheet/"))
    assert "떠난 위원" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_sheet_is_sorted_as_people_count():
    body, people = a_full_body(12)
    names = [f"시험분과 위원 {n}" for n in (1, *range(3, 13))]
    meeting = a_call(body, people)
    sheet = sheet_of(signed_in(people[0]), meeting)
    assert [sheet.cell(row, 4).value for row in range(6, 18)] == ["시험분과 간사", *names]


def test_the_spreadsheet_prints_on_a4_with_its_head_on_every_page():
    meeting, people = a_joint_call()
    sheet = sheet_of(signed_in(people[0]), meeting)
    assert sheet.print_title_rows == "$5:$5"
    assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert [cell.value for cell in sheet[5]] == ["번호", "기구", "자리", "이름", "직", "서명"]
    assert [cell.value for cell in sheet[8]] == [3, "시험분과, 다른분과", "위촉직 민간", "시험분과 위원 3", None, None]
    assert sheet.max_row == 5 + 25


def test_a_row_of_two_long_bodies_is_high_enough_for_both():
    body, people = a_full_body(3, name="시험 교육·문화분과 확대회의")
    other = a_body("시험 복지·건강분과 확대회의")
    seat(other, people[2])
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], starts_on=date(2026, 3, 20), items=[]))
    meeting.bodies.add(other)
    sheet = sheet_of(signed_in(people[0]), meeting)
    assert [sheet.row_dimensions[row].height for row in (6, 8, 9)] == [48, 48, 24]
    used = sum(sheet.row_dimensions[row].height for row in range(6, sheet.max_row + 1))
    assert 600 <= used <= 26 * 24, "one page, and no more"


@pytest.mark.parametrize("name", ["=1+1", "+82", "-가", "@SUM(A1)", "＝가"])
def test_a_name_is_never_a_formula(name):
    body, people = a_full_body(2)
    a_member(body, name)
    meeting = a_call(body, people, place="=HYPERLINK(1)")
    cells = [cell for row in sheet_of(signed_in(people[0]), meeting) for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert f"'{name}" in [cell.value for cell in cells]


def test_the_prints_cost_the_same_for_three_and_nine_people_and_one_and_three_items(client):
    body, people = a_full_body(3)
    small = a_published(
        body, people, items=[Item("deliberation", "하나", "", {"outcome": "passed", "unanimous": True})]
    )
    for n in range(6):
        people.append(a_member(body, f"더 {n}"))
    large = a_published(
        body,
        people,
        items=[Item("deliberation", f"{n}", "", {"outcome": "passed", "unanimous": True}) for n in range(3)],
    )
    assert queries(client, of(small, "print/")) == queries(client, of(large, "print/"))
    member = signed_in(people[0])
    costs = {queries(member, of(meeting, "sign-sheet/")) for meeting in (small, large)}
    assert len(costs) == 1
    assert elements(client.get(of(large, "print/")), "section", "item")
