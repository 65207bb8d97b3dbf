"""Publishing, giving back, correcting and cancelling through the pages; what everybody reads then."""

from datetime import date

import pytest

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from councils.models import Meeting, MeetingState, StandIn
from tests.councils.life import a_full_body, a_log, a_record
from tests.councils.sheet import at, logged, send, signed_in
from tests.html import texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine):
    """The tests' meetings are on 2 March 2026; this is the day after."""
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


@pytest.fixture
def room():
    """(body, people, client of an ordinary member, client of the 간사)."""
    body, people = a_full_body(5)
    return body, people, signed_in(people[0].user), signed_in(people[1].user)


def published(room, **fields):
    body, people, _, _ = room
    votes = {"outcome": "passed", "votes_for": 4, "votes_against": 1}
    meeting = a_log(
        body, people, items=[Item("deliberation", "예산안", "따졌다", votes)], guests=[("주민", 2)], **fields
    )
    actions.submit(meeting=meeting, by=people[0].user)
    return actions.publish(meeting=meeting, by=people[1].user)


def test_the_secretary_reads_the_quorum_and_publishes(room, client):
    _, people, member, secretary = room
    logged(member, people, do="submit")
    meeting = Meeting.objects.get(year=2026)
    page = secretary.get(at("log_publish", meeting)).content.decode()
    assert "재적 5명, 출석 4명" in page and "개의 정족수 충족" in page and "의결 정족수 충족" in page
    secretary.post(at("log_publish", meeting), {"do": "publish"})
    public = client.get(meeting.get_absolute_url()).content.decode()
    assert "재적 5명, 출석 4명, 찬성 3 · 반대 1 → 가결" in public
    assert "관련 부서 직원 2명" in public and "논의했다." in public
    assert people[0].name not in public


def test_what_the_votes_do_not_carry_is_not_published(room):
    _, people, member, secretary = room
    logged(member, people, items__0__votes_for="2", items__0__votes_against="2", do="submit")
    meeting = Meeting.objects.get(year=2026)
    assert "과반수에 못 미쳐" in secretary.get(at("log_publish", meeting)).content.decode()
    assert "이대로는 게시할 수 없습니다" in secretary.post(at("log_publish", meeting)).content.decode()
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED


def test_a_record_is_given_back_with_the_reason(room):
    body, people, _, secretary = room
    meeting = actions.submit(meeting=a_log(body, people), by=people[0].user)
    assert (
        "무엇을 고쳐야" in secretary.post(at("log_publish", meeting), {"do": "return", "reason": " "}).content.decode()
    )
    secretary.post(at("log_publish", meeting), {"do": "return", "reason": "장소가 다릅니다"})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.LOGGED


def test_a_correction_stands_beside_the_record_for_everybody(room, client):
    meeting = published(room)
    secretary = room[3]
    unchanged = send(secretary, at("log_correct", meeting), reason="그냥")
    assert "바뀐 것이 없습니다" in unchanged.content.decode()
    assert "왜 정정하는지" in send(secretary, at("log_correct", meeting), place="별관", reason=" ").content.decode()
    send(secretary, at("log_correct", meeting), place="별관", reason="장소를 잘못 적음")
    page = client.get(meeting.get_absolute_url())
    assert texts(page, "article", cls="correction") == [
        "1차 정정 2026. 3. 3. 10:00 · 간사 까닭: 장소를 잘못 적음 장소 앞 구청 회의실 뒤 별관"
    ]


def test_a_meeting_is_cancelled_with_a_reason_only_before_it_is_handed_in(room, client):
    body, people, member, _ = room
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], starts_on=date(2026, 3, 20)))
    assert "왜 취소하는지" in member.post(at("log_cancel", meeting), {"reason": ""}).content.decode()
    member.post(at("log_cancel", meeting), {"reason": "태풍"})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert "취소된 회의입니다" in client.get(meeting.get_absolute_url()).content.decode()
    done = published(room)
    assert member.get(at("log_cancel", done)).url == done.get_absolute_url()


def test_buttons_show_to_who_may(room, client):
    body, people, member, secretary = room
    meeting = a_log(body, people)
    assert texts(member.get(meeting.get_absolute_url()), "a", cls="btn")[:2] == ["이어 적기", "회의 취소"]
    actions.submit(meeting=meeting, by=people[0].user)
    assert "확인하고 게시" in texts(secretary.get(meeting.get_absolute_url()), "a", cls="btn")
    assert "확인하고 게시" not in texts(member.get(meeting.get_absolute_url()), "a", cls="btn")
    actions.publish(meeting=meeting, by=people[1].user)
    assert "정정하기" in texts(secretary.get(meeting.get_absolute_url()), "a", cls="btn")
    assert "정정하기" not in texts(client.get(meeting.get_absolute_url()), "a", cls="btn")


def test_a_stand_in_who_sits_elsewhere_reads_and_publishes(room, client):
    body, people, _, _ = room
    meeting = actions.submit(meeting=a_log(body, people, minutes="말한 것"), by=people[0].user)
    other = a_full_body(name="다른분과")[1][0]
    assert signed_in(other.user).get(at("log_publish", meeting)).status_code == 404
    StandIn.objects.create(
        body=body, person=other, starts_on=date(2026, 3, 1), ends_before=date(2026, 4, 1), reason="휴가"
    )
    assert "말한 것" in signed_in(other.user).get(at("log_publish", meeting)).content.decode()
    signed_in(other.user).post(at("log_publish", meeting), {"do": "publish"})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PUBLISHED


def test_two_corrections_at_once_see_each_other(room):
    meeting = published(room)
    _, _, _, secretary = room
    opened = secretary.get(at("log_correct", meeting))
    send(secretary, at("log_correct", meeting), place="별관", reason="먼저")
    stale = send(secretary, at("log_correct", meeting), opened, place="본관", reason="나중")
    assert "별관" in texts(stale, "dl", cls="beside")[0] and 'value="나중"' in stale.content.decode()
    send(secretary, at("log_correct", meeting), stale)
    assert [c.reason for c in meeting.corrections.all()] == ["먼저", "나중"]
