"""The way of a record: called, logged, submitted, published, corrected; who may, and what is refused."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from councils.models import Allowance, AllowanceRate, Attendance, Meeting, MeetingState, StandIn
from geumcheon.accounts.models import OutboxMessage, Role, User
from tests.councils.life import DAY, a_body, a_full_body, a_kind, a_log, a_member, a_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine):
    """The tests' meetings are on 2 March 2026; this is the day after."""
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def messages(event):
    return list(OutboxMessage.objects.filter(event__contains=event).values_list("recipient", flat=True))


def submitted(body, people, **fields):
    meeting = a_log(body, people, **fields)
    return actions.submit(meeting=meeting, by=people[0].user)


def test_a_call_numbers_the_meeting_and_tells_everybody_seated_once():
    body, people = a_full_body(4)
    record = a_record(
        [body], starts_on=date(2026, 3, 20), starts_at=time(19), minutes="", items=[Item("report", "보고")]
    )
    meeting = actions.call_meeting(by=people[0].user, record=record)
    assert (meeting.state, meeting.year, meeting.no) == (MeetingState.CALLED, 2026, 1)
    assert [i.title for i in meeting.items.all()] == ["보고"]
    assert sorted(messages(f"meeting:{meeting.pk}:called")) == sorted(p.email for p in people)


def test_who_does_not_sit_in_a_body_neither_calls_nor_logs_for_it():
    body, people = a_full_body()
    stranger = a_full_body(name="다른분과")[1][0].user
    resident = User.objects.create_user("주민", "r@example.org", "시험용-암호-2021", role=Role.RESIDENT)
    for user in (stranger, resident):
        with pytest.raises(PermissionDenied):
            actions.call_meeting(by=user, record=a_record([body]))
        with pytest.raises(PermissionDenied):
            actions.save_log(meeting=a_log(body, people), by=user, record=a_record())
    assert Meeting.objects.filter(year=2026).count() == 2


def test_a_changed_call_tells_everybody_once_and_a_cancelled_one_too():
    body, people = a_full_body(3)
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], starts_on=date(2026, 3, 20)))
    changed = actions.save_call(meeting=meeting, by=people[0].user, record=a_record(starts_on=date(2026, 3, 21)))
    assert len(messages(f"meeting:{meeting.pk}:changed")) == 3
    actions.save_call(meeting=changed, by=people[0].user, record=a_record(starts_on=date(2026, 3, 21), agenda="덧붙임"))
    assert len(messages(f"meeting:{meeting.pk}:changed")) == 3  # only the agenda's words changed
    with pytest.raises(ValidationError, match="왜 취소"):
        actions.cancel(meeting=changed, by=people[0].user, reason=" ")
    actions.cancel(meeting=changed, by=people[0].user, reason="태풍")
    assert len(messages(f"meeting:{meeting.pk}:cancelled")) == 3
    with pytest.raises(ValidationError, match="취소"):
        actions.save_log(meeting=changed, by=people[0].user, record=a_record())


def test_a_log_keeps_attendance_guests_items_and_decisions():
    body, people = a_full_body(5)
    items = [
        Item(
            "deliberation", "예산", "길게", {"outcome": "passed", "votes_for": 3, "votes_against": 1, "abstaining": 0}
        ),
        Item("report", "보고"),
    ]
    meeting = actions.start_log(
        by=people[0].user,
        record=a_record([body], present=people[:4], absent=people[4:], items=items, guests=[("관련 부서 직원", 3)]),
    )
    assert meeting.attendances.filter(present=True).count() == 4
    assert [str(g) for g in meeting.guests.all()] == ["관련 부서 직원 3명"]
    first, second = meeting.items.all()
    assert (first.decision.votes_for, hasattr(second, "decision")) == (3, False)
    keys = [first.pk, second.pk]
    actions.save_log(
        meeting=meeting, by=people[1].user, record=a_record(items=[Item("report", "보고"), Item("report", "또")])
    )
    assert [i.pk for i in meeting.items.all()] == keys
    assert not hasattr(meeting.items.first(), "decision")


def test_a_stranger_cannot_be_marked_present():
    body, people = a_full_body()
    other = a_member(a_body("다른분과"), "남")
    with pytest.raises(ValidationError, match="위원이 아닌"):
        a_log(body, [*people, other])
    assert not Attendance.objects.exists()


def test_a_log_saved_by_somebody_else_since_is_refused():
    body, people = a_full_body()
    meeting = a_log(body, people)
    version = meeting.edit_version
    actions.save_log(meeting=meeting, by=people[1].user, record=a_record(place="먼저"), version=version)
    with pytest.raises(actions.StaleRecord):
        actions.save_log(meeting=meeting, by=people[0].user, record=a_record(place="나중"), version=version)
    meeting.refresh_from_db()
    assert meeting.place == "먼저"


def test_what_is_missing_is_named_before_submitting():
    body, people = a_full_body()
    meeting = actions.start_log(by=people[0].user, record=a_record([body], items=[], minutes="", place=""))
    with pytest.raises(ValidationError) as refused:
        actions.submit(meeting=meeting, by=people[0].user)
    assert refused.value.messages == [
        "장소를 적어 주세요.",
        "참석한 위원을 한 사람 이상 눌러 주세요.",
        "안건이나 회의록을 적어 주세요.",
    ]


def test_submitting_tells_the_secretary_and_publishing_freezes_the_numbers():
    body, people = a_full_body(5)
    items = [
        Item("deliberation", "예산", "", {"outcome": "passed", "votes_for": 3, "votes_against": 1, "abstaining": 0})
    ]
    meeting = a_log(body, people[:4], items=items, guests=[("주민", 2)])
    actions.submit(meeting=meeting, by=people[0].user)
    assert messages(f"meeting:{meeting.pk}:submitted") == [people[1].email]
    with pytest.raises(PermissionDenied):
        actions.publish(meeting=meeting, by=people[0].user)
    published = actions.publish(meeting=meeting, by=people[1].user)
    assert (published.state, published.attendees) == (MeetingState.PUBLISHED, 6)
    decision = published.items.get().decision
    quorum = decision.quorums.get()
    assert (quorum.seated, quorum.present, quorum.met, decision.carried) == (5, 4, True, True)
    a_member(body, "나중에 온 위원")
    quorum.refresh_from_db()
    assert quorum.seated == 5


def test_a_named_stand_in_publishes_only_in_the_time_named():
    body, people = a_full_body()
    meeting = submitted(body, people)
    stand_in = StandIn.objects.create(
        body=body, person=people[0], starts_on=date(2026, 3, 1), ends_before=date(2026, 3, 3), reason="간사 부재"
    )
    with pytest.raises(PermissionDenied):
        actions.publish(meeting=meeting, by=people[0].user)
    stand_in.ends_before = date(2026, 3, 4)
    stand_in.save()
    assert actions.publish(meeting=meeting, by=people[0].user).state == MeetingState.PUBLISHED


@pytest.mark.parametrize(
    ("present", "decision", "reason"),
    [
        (2, {"outcome": "passed", "unanimous": True}, "개의 정족수"),
        (4, {"outcome": "passed", "votes_for": 2, "votes_against": 2, "abstaining": 0}, "과반수"),
        (4, {"outcome": "passed", "votes_for": 5, "votes_against": 0, "abstaining": 0}, "보다 많습니다"),
    ],
)
def test_a_decision_that_is_not_carried_cannot_be_published_as_passed(present, decision, reason):
    body, people = a_full_body(5)
    meeting = submitted(body, people[:present], items=[Item("deliberation", "예산", "", decision)])
    with pytest.raises(ValidationError, match=reason):
        actions.publish(meeting=meeting, by=people[1].user)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED
    assert meeting.items.get().decision.frozen_at is None


def test_a_record_is_sent_back_with_a_reason_and_comes_again():
    body, people = a_full_body()
    meeting = submitted(body, people)
    with pytest.raises(ValidationError, match="무엇을 고쳐야"):
        actions.send_back(meeting=meeting, by=people[1].user, reason="")
    actions.send_back(meeting=meeting, by=people[1].user, reason="장소")
    assert messages(f"meeting:{meeting.pk}:returned") == [people[0].email]
    assert actions.submit(meeting=meeting, by=people[0].user).state == MeetingState.SUBMITTED


def test_a_published_record_changes_only_by_a_correction_that_everybody_sees():
    body, people = a_full_body(5)
    meeting = actions.publish(meeting=submitted(body, people), by=people[1].user)
    with pytest.raises(ValidationError, match="바로 고칠 수 없습니다"):
        actions.save_log(meeting=meeting, by=people[0].user, record=a_record(place="몰래"))
    with pytest.raises(PermissionDenied):
        actions.correct(meeting=meeting, by=people[0].user, reason="오기", record=a_record(place="구민회관"))
    for reason, record, message in (
        ("", a_record(place="구민회관"), "왜 정정"),
        ("오기", a_record(), "바뀐 것이 없습니다"),
    ):
        with pytest.raises(ValidationError, match=message):
            actions.correct(meeting=meeting, by=people[1].user, reason=reason, record=record)
    correction = actions.correct(
        meeting=meeting,
        by=people[1].user,
        reason="오기",
        record=a_record(place="구민회관", present=people[:4], absent=people[4:]),
    )
    assert (correction.no, correction.office) == (1, "간사")
    assert correction.changes == [
        {"field": "장소", "before": "구청 회의실", "after": "구민회관"},
        {"field": "참석 위원", "before": "5명", "after": "4명"},
        {"field": "참석 인원", "before": "5명", "after": "4명"},
    ]


def a_rate(body, amount=70_000, **fields):
    rate = AllowanceRate.objects.create(
        name=f"{body} 참석수당", amount_krw=amount, seat_kinds=["위촉직 민간"], starts_on=date(2026, 1, 1), **fields
    )
    rate.bodies.set([body])
    return rate


def test_publishing_keeps_what_it_costs_for_civilians_only_and_a_correction_follows():
    body, people = a_full_body(4)
    official = a_member(body, "공무원")
    seat = body.seats.create(order=2, kind="당연직", label="당연직")
    official.memberships.update(seat=seat)
    a_rate(body)
    meeting = actions.publish(meeting=submitted(body, [*people, official]), by=people[1].user)
    assert sum(a.amount_krw for a in meeting.allowances.all()) == 4 * 70_000
    paid = Allowance.objects.get(person=people[3])
    paid.paid_on = DAY
    paid.save()
    actions.correct(
        meeting=meeting,
        by=people[1].user,
        reason="두 사람은 오지 않았음",
        record=a_record(present=[*people[:2], official], absent=people[2:]),
    )
    left = {a.person_id: a.paid_on for a in meeting.allowances.all()}
    assert left == {people[0].pk: None, people[1].pk: None, people[3].pk: DAY}  # what was paid stays to be asked back


def test_a_person_in_two_bodies_of_a_joint_meeting_is_paid_once_by_the_joint_rate():
    first, people = a_full_body(3)
    second = a_body("둘째분과")
    from tests.councils.life import seat

    seat(second, people[0])
    a_rate(first, 20_000)
    joint = AllowanceRate.objects.create(
        name="합동", amount_krw=70_000, seat_kinds=["위촉직 민간"], joint=True, starts_on=date(2026, 1, 1)
    )
    meeting = actions.start_log(
        by=people[0].user, record=a_record([first, second], present=people, kind=a_kind("합동회의"))
    )
    actions.submit(meeting=meeting, by=people[0].user)
    actions.publish(meeting=meeting, by=people[1].user)
    assert [(a.rate_id, a.amount_krw) for a in meeting.allowances.all()] == [(joint.pk, 70_000)] * 3


def test_publishing_thirty_people_and_ten_items_costs_as_much_as_five_and_one():
    def cost(size, items):
        body, people = a_full_body(size, name=f"{size}명 분과")
        a_rate(body)
        passed = {"outcome": "passed", "votes_for": size, "votes_against": 0, "abstaining": 0}
        agenda = [Item("deliberation", f"안건 {n}", "논의", dict(passed)) for n in range(items)]
        meeting = submitted(body, people, items=agenda)
        with CaptureQueriesContext(connection) as captured:
            actions.publish(meeting=meeting, by=people[1].user)
        assert meeting.allowances.count() == size
        return len(captured)

    assert cost(5, 1) == cost(30, 10)
