"""Quorum and majority: exactly half, exactly a third, terms that end that day, one person in two bodies."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from councils import quorum
from councils.models import (
    AgendaItem,
    Attendance,
    Body,
    BodyRule,
    BodySeat,
    Decision,
    Meeting,
    MeetingKind,
    Membership,
    Person,
    Requester,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
BUSY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]  # a busy machine is no failure


def a_body(name="시험 협치회의", seats=("위촉직 민간",), rules=True):
    body = Body.objects.create(name=name, kind="council")
    for order, kind in enumerate(seats, 1):
        BodySeat.objects.create(body=body, order=order, kind=kind, label=kind)
    if rules:
        for order, (key, number) in enumerate(
            (("quorum_open", "1/2"), ("quorum_decide", "1/2"), ("extraordinary", "1/3")), 1
        ):
            BodyRule.objects.create(body=body, order=order, key=key, number=number, text=f"{key} {number}")
    return body


def sit(body, person, starts_on=date(2026, 1, 1), ends_before=None, **fields):
    return Membership.objects.create(
        person=person, body=body, seat=body.seats.first(), starts_on=starts_on, ends_before=ends_before, **fields
    )


def people(number):
    return [Person.objects.create(name=f"위원 {n}") for n in range(1, number + 1)]


def a_meeting(*bodies, kind="정례회", **fields):
    kind, _ = MeetingKind.objects.get_or_create(name=kind, defaults={"extraordinary": kind == "임시회"})
    no = Meeting.objects.count() + 1
    meeting = Meeting.objects.create(year=2026, no=no, kind=kind, starts_on=DAY, place="구청", **fields)
    meeting.bodies.set(bodies)
    return meeting


def attend(meeting, present):
    Attendance.objects.bulk_create(Attendance(meeting=meeting, person=person, present=True) for person in present)


@given(seated=st.integers(0, 60), part=st.integers(0, 60), numerator=st.integers(1, 5), denominator=st.integers(1, 6))
@settings(deadline=None, suppress_health_check=BUSY)
def test_a_share_is_exact(seated, part, numerator, denominator):
    more = quorum.Share(Fraction(numerator, denominator), False, "")
    least = quorum.Share(Fraction(numerator, denominator), True, "")
    assert more.met(part, seated) == (seated > 0 and part * denominator > numerator * seated)
    assert least.met(part, seated) == (seated > 0 and part * denominator >= numerator * seated)


@pytest.mark.parametrize(
    ("seated", "present", "opens"),
    [(10, 5, False), (10, 6, True), (11, 5, False), (11, 6, True), (1, 1, True), (0, 0, False)],
)
def test_a_meeting_opens_with_more_than_half_of_the_seated(seated, present, opens):
    body = a_body()
    everybody = people(seated)
    for person in everybody:
        sit(body, person)
    meeting = a_meeting(body)
    attend(meeting, everybody[:present])
    count = quorum.count(meeting)
    assert (count.seated, count.present, count.opens) == (seated, present, opens)


def test_a_term_that_ends_that_day_no_longer_counts_and_one_that_starts_does():
    body = a_body()
    gone, new, left, last_day = people(4)
    sit(body, gone, ends_before=DAY)
    sit(body, new, starts_on=DAY)
    sit(body, left, left_on=DAY)
    sit(body, last_day, ends_before=DAY + timedelta(days=1))
    meeting = a_meeting(body)
    attend(meeting, [gone, new, left, last_day])
    assert [(c.seated, c.present) for c in quorum.count(meeting).bodies] == [(2, 2)]


def test_one_person_in_two_bodies_counts_once_in_total_and_once_in_each():
    first, second = a_body("가 분과"), a_body("나 분과")
    both, only_first, only_second = people(3)
    for body, person in ((first, both), (second, both), (first, only_first), (second, only_second)):
        sit(body, person)
    meeting = a_meeting(first, second)
    attend(meeting, [both])
    count = quorum.count(meeting)
    assert [(c.body.name, c.seated, c.present, c.met) for c in count.bodies] == [
        ("가 분과", 2, 1, False),
        ("나 분과", 2, 1, False),
    ]
    assert (count.seated, count.present) == (3, 1)


# How a person may stand to a body, as (days from the meeting to the first day, to the end, to the day of leaving), and whether
# that is a seat on the day of the meeting.
STANDINGS = {
    "none": (None, False),
    "sits": ((-60, None, None), True),
    "ends that day": ((-60, 0, None), False),
    "last day": ((-60, 1, None), True),
    "left that day": ((-60, None, 0), False),
    "leaves the day after": ((-60, 30, 1), True),
    "starts that day": ((0, None, None), True),
    "starts the day after": ((1, None, None), False),
}
# Of each person: how it stands to the first and to the second body, whether it came, whether it asked for the meeting.
CROWD = st.lists(
    st.tuples(st.sampled_from(list(STANDINGS)), st.sampled_from(list(STANDINGS)), st.booleans(), st.booleans()),
    max_size=9,
)


def a_standing(body, person, standing):
    days, _ = STANDINGS[standing]
    if days is not None:
        first, end, left = (None if n is None else DAY + timedelta(days=n) for n in days)
        sit(body, person, first, end, left_on=left, left_reason="사임" if left else "")


@given(crowd=CROWD)
@example(crowd=[("sits", "sits", i < 2, False) for i in range(4)])  # exactly half
@example(crowd=[("sits", "none", True, i < 2) for i in range(6)] + [("none", "sits", True, True)])  # exactly a third
@example(crowd=[("sits", "none", True, i < 3) for i in range(10)] + [("none", "sits", True, True)])  # a bit less
@example(crowd=[("ends that day", "sits", True, True), ("last day", "starts that day", True, False)])
@settings(max_examples=40, deadline=None, suppress_health_check=BUSY)
def test_a_joint_meeting_counts_as_a_count_by_hand(db, crowd):
    with transaction.atomic():
        bodies = a_body("가 분과"), a_body("나 분과")
        everybody = people(len(crowd))
        meeting = a_meeting(*bodies, kind="임시회", requested_by="members")
        for person, (*standings, _, _) in zip(everybody, crowd, strict=True):
            for body, standing in zip(bodies, standings, strict=True):
                a_standing(body, person, standing)
        attend(meeting, [p for p, (*_, came, _) in zip(everybody, crowd, strict=True) if came])
        asking = [p for p, (*_, asked) in zip(everybody, crowd, strict=True) if asked]
        Requester.objects.bulk_create(Requester(meeting=meeting, person=person) for person in asking)
        # By hand, in whole numbers: more than half present, at least a third asking, in each body.
        own = [[row for row in crowd if STANDINGS[row[at]][1]] for at in (0, 1)]
        seated, present, asked = ([sum(map(of, rows)) for rows in own] for of in (bool, came_of, asked_of))
        both = [row for row in crowd if STANDINGS[row[0]][1] or STANDINGS[row[1]][1]]
        count = quorum.count(meeting)
        assert [(c.seated, c.present, c.met) for c in count.bodies] == [
            (s, p, 2 * p > s) for s, p in zip(seated, present, strict=True)
        ]
        assert (count.seated, count.present) == (len(both), sum(map(came_of, both)))
        assert count.opens is all(2 * p > s for s, p in zip(seated, present, strict=True))
        # A body nobody sits in asks nothing for an extraordinary meeting; where nobody sits at all, nobody may ask.
        suffices = any(seated) and all(3 * a >= s for s, a in zip(seated, asked, strict=True))
        assert quorum.request_suffices(meeting)[0] is suffices
        transaction.set_rollback(True)


def came_of(row):
    return row[2]


def asked_of(row):
    return row[3]


@given(present=st.integers(1, 9), votes=st.integers(0, 9))
@example(present=4, votes=2)  # exactly half
@settings(max_examples=30, deadline=None, suppress_health_check=BUSY)
def test_a_decision_is_carried_by_more_than_half_of_those_present(db, present, votes):
    with transaction.atomic():
        body = a_body()
        everybody = people(present)
        for person in everybody:
            sit(body, person)
        meeting = a_meeting(body)
        attend(meeting, everybody)
        decision = decide(meeting, outcome="passed", votes_for=min(votes, present))
        verdict = quorum.judge(decision, quorum.count(meeting))
        assert verdict.carried is (2 * min(votes, present) > present)
        assert bool(verdict.problems) is not verdict.carried
        transaction.set_rollback(True)


def test_a_body_without_a_rule_follows_the_one_above_and_one_with_a_rule_its_own():
    council = a_body()
    below = Body.objects.create(name="분과", kind="subcommittee", parent=council)
    assert quorum.share_of(below, quorum.OPEN, DAY).fraction == Fraction(1, 2)
    BodyRule.objects.create(body=below, order=1, key="quorum_open", number="2/3", text="3분의 2 이상", comparator=">=")
    share = quorum.share_of(below, quorum.OPEN, DAY)
    assert (share.fraction, share.at_least) == (Fraction(2, 3), True)
    assert quorum.share_of(Body.objects.create(name="따로", kind="council"), quorum.OPEN, DAY) is None


def test_a_rule_holds_only_in_its_time():
    body = a_body(rules=False)
    BodyRule.objects.create(body=body, order=1, key="quorum_open", number="1/2", text="옛", ends_before=DAY)
    BodyRule.objects.create(body=body, order=2, key="quorum_open", number="2/3", text="새", starts_on=DAY)
    assert quorum.share_of(body, quorum.OPEN, DAY - timedelta(days=1)).text == "옛"
    assert quorum.share_of(body, quorum.OPEN, DAY).text == "새"


@pytest.mark.parametrize(("asked", "enough"), [(3, False), (4, True), (5, True)])
def test_an_extraordinary_meeting_needs_a_third_of_the_seated(asked, enough):
    body = a_body()
    everybody = people(12)
    for person in everybody:
        sit(body, person)
    meeting = a_meeting(body, kind="임시회", requested_by="members")
    Requester.objects.bulk_create(Requester(meeting=meeting, person=person) for person in everybody[:asked])
    assert quorum.request_suffices(meeting)[0] is enough


def test_the_chair_alone_suffices_and_people_who_do_not_sit_do_not_count():
    body = a_body()
    for person in people(3):
        sit(body, person)
    assert quorum.request_suffices(a_meeting(body, kind="임시회", requested_by="chair"))[0] is True
    meeting = a_meeting(body, kind="임시회", requested_by="members")
    Requester.objects.create(meeting=meeting, person=Person.objects.create(name="남"))
    assert quorum.request_suffices(meeting)[0] is False


def decide(meeting, **fields):
    item = AgendaItem.objects.create(meeting=meeting, order=1, kind="deliberation", title="예산안")
    return Decision(item=item, **fields)


@pytest.mark.parametrize(
    ("votes", "outcome", "problem"),
    [
        ((4, 2, 0), "passed", None),
        ((3, 3, 0), "passed", "과반수"),  # exactly half of six is not more than half
        ((3, 0, 3), "passed", "과반수"),  # of those present, not of those who voted
        ((3, 3, 0), "rejected", None),
        ((5, 1, 0), "rejected", "부결로"),
        ((5, 1, 1), "passed", "보다 많습니다"),
        ((None, None, None), "passed", "찬성 수"),
        ((None, None, None), "deferred", None),
    ],
)
def test_a_decision_needs_more_than_half_of_those_present(votes, outcome, problem):
    body = a_body()
    everybody = people(10)
    for person in everybody:
        sit(body, person)
    meeting = a_meeting(body)
    attend(meeting, everybody[:6])
    decision = decide(meeting, outcome=outcome, votes_for=votes[0], votes_against=votes[1], abstaining=votes[2])
    problems = quorum.judge(decision, quorum.count(meeting)).problems
    assert (problems == ()) if problem is None else any(problem in p for p in problems), problems


def test_a_decision_without_quorum_cannot_pass_and_says_why():
    body = a_body()
    everybody = people(10)
    for person in everybody:
        sit(body, person)
    meeting = a_meeting(body)
    attend(meeting, everybody[:5])
    verdict = quorum.judge(decide(meeting, outcome="passed", unanimous=True), quorum.count(meeting))
    assert verdict.problems == ("시험 협치회의: 재적 10명 가운데 5명이 나와 개의 정족수(1/2 초과)에 못 미칩니다.",)
    assert verdict.carried is False
