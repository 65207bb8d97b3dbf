"""The own page: replies to calls, unread files, minutes waiting, attendance, terms; and the list of late minutes."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from councils import meeting_actions as actions
from councils.late import late_minutes
from councils.models import FileRead, MeetingFile, Reply, StandIn
from councils.reply_actions import reply
from geumcheon.accounts.models import Role, User
from geumcheon.lib import clock
from tests.councils.around import SOON, a_call, a_published, signed_in
from tests.councils.life import DAY, a_full_body, a_log, a_member, a_record
from tests.html import elements, queries, texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def a_file(meeting, **fields):
    fields = {"title": "예산안", "file": "meetings/x.pdf", "content_type": "application/pdf", "size": 2048, **fields}
    return MeetingFile.objects.create(meeting=meeting, uploaded_at=clock.now(), **fields)


# --- replies ------------------------------------------------------------------------------------------------------
def test_one_tap_replies_and_another_takes_its_place():
    body, people = a_full_body()
    meeting = a_call(body, people)
    path = f"/meetings/{meeting.year}/{meeting.no}/reply/"
    client = signed_in(people[0])
    assert client.post(path, {"answer": "yes"}).url == f"/me/#m{meeting.pk}"
    client.post(path, {"answer": "no", "note": " 출장 "})
    (row,) = Reply.objects.all()
    assert (row.person, row.answer, row.note) == (people[0], "no", "출장")


def test_a_reply_goes_back_to_an_own_address_only():
    body, people = a_full_body()
    meeting = a_call(body, people)
    path = f"/meetings/{meeting.year}/{meeting.no}/reply/"
    client = signed_in(people[0])
    assert client.post(path, {"answer": "yes", "next": meeting.get_absolute_url()}).url == meeting.get_absolute_url()
    for bad in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert client.post(path, {"answer": "yes", "next": bad}).url.startswith("/me/")


@pytest.mark.parametrize(
    ("now", "taken"),
    [("2026-03-20T18:59:00+09:00", True), ("2026-03-20T19:00:00+09:00", False), ("2026-03-21T00:00:00+09:00", False)],
)
def test_replies_are_taken_until_the_meeting_begins(time_machine, now, taken):
    body, people = a_full_body()
    meeting = a_call(body, people)
    time_machine.move_to(now, tick=False)
    if taken:
        assert reply(meeting=meeting, by=people[0].user, answer="yes").answer == "yes"
    else:
        with pytest.raises(ValidationError, match="마감"):
            reply(meeting=meeting, by=people[0].user, answer="yes")


@pytest.mark.parametrize(("now", "taken"), [("2026-03-20T23:59:00+09:00", True), ("2026-03-21T00:00:00+09:00", False)])
def test_without_an_hour_replies_are_taken_through_the_day(time_machine, now, taken):
    body, people = a_full_body()
    meeting = a_call(body, people, starts_at=None)
    time_machine.move_to(now, tick=False)
    if taken:
        reply(meeting=meeting, by=people[0].user, answer="maybe")
    else:
        with pytest.raises(ValidationError, match="마감"):
            reply(meeting=meeting, by=people[0].user, answer="maybe")


def test_who_is_not_seated_on_the_day_cannot_reply():
    body, people = a_full_body()
    meeting = a_call(body, people)
    left = a_member(body, "떠난 위원", user=True, ends_before=SOON)
    last_day = a_member(body, "마지막 날", user=True, ends_before=SOON + timedelta(days=1))
    stranger = a_full_body(name="다른분과")[1][0]
    resident = User.objects.create_user("주민", "r@example.org", "시험용-암호-2021", role=Role.RESIDENT)
    for user in (left.user, stranger.user, resident):
        with pytest.raises(PermissionDenied):
            reply(meeting=meeting, by=user, answer="yes")
    assert (
        signed_in(stranger).post(f"/meetings/{meeting.year}/{meeting.no}/reply/", {"answer": "yes"}).status_code == 403
    )
    reply(meeting=meeting, by=last_day.user, answer="yes")
    assert Reply.objects.count() == 1


def test_a_cancelled_or_uncalled_meeting_takes_no_reply():
    body, people = a_full_body()
    cancelled = a_call(body, people)
    actions.cancel(meeting=cancelled, by=people[0].user, reason="태풍")
    for meeting, reason in ((cancelled, "취소"), (a_log(body, people), "이미 연")):
        with pytest.raises(ValidationError, match=reason):
            reply(meeting=meeting, by=people[0].user, answer="yes")
    path = f"/meetings/{cancelled.year}/{cancelled.no}/reply/"
    assert "취소된 회의" in signed_in(people[0]).post(path, {"answer": "yes"}, follow=True).content.decode()


def test_an_unknown_answer_is_refused_and_kept_out():
    body, people = a_full_body()
    meeting = a_call(body, people)
    for data in ({"answer": "x"}, {}, {"answer": "yes", "note": "가" * 201}):
        response = signed_in(people[0]).post(f"/meetings/{meeting.year}/{meeting.no}/reply/", data)
        assert response.status_code == 302
    assert not Reply.objects.exists()


# --- the page -----------------------------------------------------------------------------------------------------
def test_the_page_shows_coming_meetings_with_replies_in_numbers_only():
    body, people = a_full_body(5)
    other, others = a_full_body(name="다른분과")
    meeting = a_call(body, people)
    a_call(other, others)
    reply(meeting=meeting, by=people[0].user, answer="yes")
    reply(meeting=meeting, by=people[1].user, answer="no", note="비밀 사정")
    response = signed_in(people[0]).get("/me/")
    assert len(elements(response, "article", "coming")) == 1
    assert texts(response, "dl", "counts") == ["참석 1 불참 1 미정 0 아직 3 위원 5명"]
    html = response.content.decode()
    assert "비밀 사정" not in html
    assert [p.name for p in people[1:] if p.name in html] == []
    assert 'value="yes" aria-pressed="true"' in html


def test_who_publishes_reads_who_answered_what_and_nobody_else_does(client, client_as):
    body, people = a_full_body(3)
    meeting = a_call(body, people)
    reply(meeting=meeting, by=people[0].user, answer="no", note="출장")
    path = f"/meetings/{meeting.year}/{meeting.no}/replies/"
    secretary = signed_in(people[1])
    assert texts(secretary.get(path), "tr")[1:] == [
        "시험분과 간사 아직",
        "시험분과 위원 1 불참 출장",
        "시험분과 위원 3 아직",
    ]
    assert path in secretary.get("/me/").content.decode()
    assert client_as("secretariat").get(path).status_code == 200
    assert path not in signed_in(people[0]).get("/me/").content.decode()
    stranger = a_full_body(name="다른분과")[1][1]  # the 간사 of another body
    assert [c.get(path).status_code for c in (signed_in(people[0]), signed_in(stranger), client_as("officer"))] == [
        403
    ] * 3
    assert client.get(path).status_code == 302


def test_a_past_call_does_not_come_and_a_cancelled_one_has_no_buttons(time_machine):
    body, people = a_full_body()
    actions.cancel(meeting=a_call(body, people), by=people[0].user, reason="태풍")
    response = signed_in(people[0]).get("/me/")
    assert texts(response, "span", "chip-red") == ["취소"]
    assert elements(response, "form", "reply") == []
    time_machine.move_to("2026-03-21T10:00:00+09:00", tick=False)
    assert elements(signed_in(people[0]).get("/me/"), "article", "coming") == []


def test_material_is_unread_until_the_person_opens_it():
    body, people = a_full_body()
    meeting = a_call(body, people)
    file = a_file(meeting)
    a_file(meeting, title="지난 사진", kind="photo", alt="사진")
    a_file(a_log(body, people), title="초안의 자료")
    client = signed_in(people[0])
    page = client.get("/me/")
    assert "읽지 않은 자료 1건" in texts(page, "h2")
    assert f"/meetings/{meeting.year}/{meeting.no}/files/{file.pk}/" in page.content.decode()
    FileRead.objects.create(file=file, person=people[1], read_at=clock.now())
    assert "읽지 않은 자료 1건" in texts(client.get("/me/"), "h2")
    FileRead.objects.create(file=file, person=people[0], read_at=clock.now())
    assert "예산안" not in client.get("/me/").content.decode()


def test_minutes_wait_for_who_wrote_and_for_who_publishes():
    body, people = a_full_body()
    draft = a_log(body, people)
    draft.history.update(history_user=people[0].user)
    waiting = a_log(body, people)
    actions.submit(meeting=waiting, by=people[0].user)

    def chips(person):
        words = ("게시를 기다림", "제출하지 않음")
        return [t for t in texts(signed_in(person).get("/me/"), "span", "chip") if t in words]

    assert chips(people[0]) == ["제출하지 않음"]
    assert chips(people[1]) == ["게시를 기다림"]
    assert chips(a_member(body, "새 위원", user=True)) == []


def test_own_attendance_counts_published_meetings_by_body_and_year():
    body, people = a_full_body(5)
    a_published(body, people)
    a_published(body, people, absent=people[:1])
    a_log(body, people)
    response = signed_in(people[0]).get("/me/")
    assert texts(response, "details", "presence")[0].startswith("2026년 시험분과 2회 중 1회")
    assert texts(signed_in(people[1]).get("/me/"), "details", "presence")[0].startswith("2026년 시험분과 2회 중 2회")


def test_own_terms_are_listed_with_their_last_day():
    body = a_full_body()[0]
    person = a_member(body, "기한 위원", user=True, ends_before=date(2028, 1, 1), term_no=2)
    page = signed_in(person).get("/me/").content.decode()
    assert "2026. 1. 1.(목) ~ 2027. 12. 31.(금) · 2번째 임기" in page


def test_an_account_without_a_person_gets_an_explanation(client_as, client):
    assert "명부와 이어져 있지 않습니다" in client_as("member").get("/me/").content.decode()
    assert client.get("/me/").status_code == 302


def test_the_page_is_never_cached_and_costs_the_same_for_one_and_three_meetings():
    body, people = a_full_body()
    client = signed_in(people[0])
    a_call(body, people)
    a_published(body, people)
    few = queries(client, "/me/")
    for n in (1, 2):
        a_call(body, people, starts_on=SOON + timedelta(days=n))
        a_published(body, people)
    assert queries(client, "/me/") == few
    assert "no-store" in client.get("/me/")["Cache-Control"]


# --- late minutes -------------------------------------------------------------------------------------------------
def late_days(user):
    return {group.state: [m.days_since for m in group.meetings] for group in late_minutes(user)}


def test_minutes_are_late_after_the_days_of_the_setting(time_machine, settings):
    body, people = a_full_body()
    a_log(body, people)
    a_published(body, people)
    time_machine.move_to("2026-03-16T10:00:00+09:00", tick=False)  # 14 days after DAY
    assert late_days(people[1].user) == {}
    time_machine.move_to("2026-03-17T10:00:00+09:00", tick=False)
    assert late_days(people[1].user) == {"logged": [15]}
    settings.MINUTES_DUE_DAYS = 15
    assert late_days(people[1].user) == {}


def test_late_minutes_are_grouped_by_state_oldest_first(time_machine, client_as):
    body, people = a_full_body()
    a_log(body, people)
    a_log(body, people, starts_on=DAY - timedelta(days=1))
    actions.submit(meeting=a_log(body, people), by=people[0].user)
    actions.cancel(meeting=a_log(body, people), by=people[0].user, reason="없던 일")
    a_call(body, people, starts_on=date(2026, 3, 4), starts_at=time(10))
    time_machine.move_to("2026-03-30T10:00:00+09:00", tick=False)
    assert late_days(people[1].user) == {"called": [26], "logged": [29, 28], "submitted": [28]}
    page = client_as("secretariat").get("/meetings/late/")
    assert texts(page, "h2")[:3] == ["기록을 시작하지 않음 1건", "작성 중 2건", "게시 대기 1건"]


def test_late_minutes_are_for_publishers_of_the_body_and_the_secretariat(time_machine, client_as):
    body, people = a_full_body()
    _, others = a_full_body(name="다른분과")
    a_log(body, people)
    time_machine.move_to("2026-03-30T10:00:00+09:00", tick=False)
    assert [signed_in(p).get("/meetings/late/").status_code for p in (people[0], people[1])] == [403, 200]
    assert texts(signed_in(others[1]).get("/meetings/late/"), "h1") == ["늦은 회의록 0건"]
    assert late_days(people[0].user) == {}
    StandIn.objects.create(
        body=body, person=people[0], starts_on=date(2026, 3, 29), ends_before=date(2026, 4, 1), reason="간사 병가"
    )
    assert late_days(people[0].user) == {"logged": [28]}
    assert [client_as(r).get("/meetings/late/").status_code for r in (None, "resident", "officer")] == [302, 403, 403]


def test_late_list_costs_the_same_for_one_and_three_meetings(time_machine, client_as):
    body, people = a_full_body()
    a_log(body, people)
    time_machine.move_to("2026-03-30T10:00:00+09:00", tick=False)
    client = client_as("secretariat")
    few = queries(client, "/meetings/late/")
    for _ in range(2):
        actions.start_log(by=people[0].user, record=a_record([body]))
    assert queries(client, "/meetings/late/") == few
