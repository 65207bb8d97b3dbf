"""The rules of a term, each beside its boundary, and against a count of every single day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils import terms
from councils.member_actions import appoint, change_term, end_membership
from councils.models import Body, BodySeat, Membership, Person
from geumcheon.lib.periods import last_day

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)
HORIZON = 200  # days


def at(offset):
    return FIRST + timedelta(days=offset)


def a_seat(limit=3, months=None, renewals=None, gap=30, kind="위촉직 민간", body=None, **fields):
    body = body or Body.objects.create(name=f"기구 {Body.objects.count()}", kind="subcommittee")
    order = body.seats.count() + 1
    return BodySeat.objects.create(
        body=body, order=order, kind=kind, label=f"자리 {order}", count=limit, term_months=months, renewals=renewals,
        renewal_gap_days=gap, **fields,
    )  # fmt: skip


def a_person(name="가"):
    return Person.objects.create(name=name)


def sit(seat, person, start, end=None, left=None, **fields):
    day = None if end is None else at(end)
    fields |= {"left_on": at(left), "left_reason": "사임"} if left is not None else {}
    return appoint(person=person, seat=seat, starts_on=at(start), ends_before=day, **fields)


def refused(*args, **kwargs):
    """The fields a call is refused at."""
    with pytest.raises(ValidationError) as error:
        kwargs.pop("call", sit)(*args, **kwargs)
    return error.value.message_dict


# --- against every single day -------------------------------------------------------------------------------------

TERMS = st.lists(
    st.tuples(
        st.integers(0, 2),  # person
        st.integers(0, 60),  # first day
        st.one_of(st.none(), st.integers(1, 25)),  # days of the term
        st.one_of(st.none(), st.integers(0, 25)),  # days until it broke off
    ),
    min_size=2,
    max_size=9,
)


def expected(kept, new, limit, renewals, gap):
    """The fields at which `new` (person, start, until) should be refused, counted day by day."""

    def days(term, least=0):
        return set(range(term[1], max(term[2], term[1] + least)))

    own = [term for term in kept if term[0] == new[0]]
    if any(days(term, 1) & days(new, 1) for term in own):
        return {"starts_on"}
    if any(sum(day in days(term) for term in kept) >= limit for day in days(new)):
        return {"seat"}
    number, before, reached = 0, None, False
    for term in sorted([*own, new], key=lambda term: term[1]):
        pause = 0 if before is None else sum(day >= before[2] for day in range(term[1]))
        number = 1 if before is None or pause > gap else number + 1
        reached = reached or term is new
        if reached and renewals is not None and number > renewals + 1:
            return {"starts_on"}
        before = term
    return set()


@given(
    tried=TERMS,
    limit=st.integers(1, 3),
    renewals=st.one_of(st.none(), st.integers(0, 2)),
    gap=st.integers(0, 6),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_term_is_refused_exactly_when_a_count_of_every_day_says_so(db, tried, limit, renewals, gap):
    with transaction.atomic():
        seat = a_seat(limit, renewals=renewals, gap=gap)
        people = [a_person(name) for name in "가나다"]
        kept = []
        for who, start, length, left in tried:
            end = None if length is None else start + length
            left = None if left is None or (length is not None and left > length) else start + left
            until = left if left is not None else HORIZON if end is None else end
            new = (who, start, until)
            want = expected(kept, new, limit, renewals, gap)
            try:
                sit(seat, people[who], start, end, left)
            except ValidationError as error:
                got = set(error.message_dict)
            else:
                got = set()
                kept.append(new)
            assert got == want or (want and got >= want), (kept, new, got, want)
        # What was kept is what is stored, and nobody was ever one too many.
        for day in range(0, HORIZON, 1):
            assert Membership.objects.filter(seat=seat).seated(at(day)).count() <= limit
        transaction.set_rollback(True)


# --- (a) overlap --------------------------------------------------------------------------------------------------


def test_a_term_may_start_on_the_day_another_ends_and_not_the_day_before():
    seat, person = a_seat(), a_person()
    sit(seat, person, 0, 100)
    assert refused(seat, person, 99, 200) == {
        "starts_on": ["이 기구에 이미 위원으로 있는 기간과 겹칩니다: 자리 1 2026. 1. 1.(목) ~ 2026. 4. 10.(금)"]
    }
    assert sit(seat, person, 100, 200).term_no == 2


def test_one_person_may_sit_in_two_bodies_and_not_twice_in_one():
    seat, person = a_seat(), a_person()
    sit(seat, person, 0)
    assert set(refused(a_seat(body=seat.body, kind="당연직"), person, 10)) == {"starts_on"}
    assert sit(a_seat(), person, 0).term_no == 1


# --- (b) seats ----------------------------------------------------------------------------------------------------


def test_exactly_the_limit_may_sit_and_not_one_more():
    seat = a_seat(2, source="Ⅲ-1 · L3956")
    for name in "가나":
        sit(seat, a_person(name), 0, 100)
    assert refused(seat, a_person("다"), 99, 200) == {
        "seat": [f"{seat.body} 자리 1의 정원은 2명인데 2026. 4. 10.(금)에 이미 2명이 있습니다. (근거: Ⅲ-1 · L3956)"]
    }
    sit(seat, a_person("다"), 100, 200)


def test_a_seat_that_fills_up_later_in_the_term_is_full():
    seat = a_seat(1)
    sit(seat, a_person("가"), 50, 60)
    assert set(refused(seat, a_person("나"), 0, 51)) == {"seat"}
    sit(seat, a_person("나"), 0, 50)


def test_a_seat_without_a_number_has_no_limit():
    seat = a_seat(None)
    for name in "가나다라":
        sit(seat, a_person(name), 0)
    assert Membership.objects.seated(FIRST).count() == 4


def test_two_printed_sizes_are_two_rows_with_a_limit_each(loaded):
    body = Body.objects.get(name="교육·문화분과 확대회의")
    small, large = body.seats.all()
    assert (small.limit, large.limit, small.term_months, large.term_months) == (5, 10, 12, 12)
    for number in range(5):
        appoint(person=a_person(f"{number}"), seat=small, starts_on=FIRST)
    assert set(refused(person=a_person("6"), seat=small, starts_on=FIRST, call=appoint)) == {"seat"}
    appoint(person=a_person("6"), seat=large, starts_on=FIRST)


def test_a_term_on_an_overfull_seat_can_still_be_ended():
    seat = a_seat(2)
    member, _ = [sit(seat, a_person(name), 0, 100) for name in "가나"]
    BodySeat.objects.filter(pk=seat.pk).update(count=1)
    assert end_membership(membership=member, left_on=at(10), reason="사임").left_on == at(10)
    assert set(refused(membership=member, left_on=at(20), reason="사임", call=end_membership)) == {"seat"}


# --- (c) renewals -------------------------------------------------------------------------------------------------


def civilians(loaded):
    return Body.objects.get(name="금천구협치회의").seats.get(kind="위촉직 민간")


def test_the_third_consecutive_term_of_a_civilian_is_refused_by_the_plan(loaded):
    seat, person = civilians(loaded), a_person()
    ends = []
    for start in (date(2019, 5, 29), date(2021, 5, 29)):
        ends.append(appoint(person=person, seat=seat, starts_on=start).ends_before)
    assert ends == [date(2021, 5, 29), date(2023, 5, 29)]
    assert refused(person=person, seat=seat, starts_on=date(2023, 5, 29), call=appoint) == {
        "starts_on": [
            "이어지는 3번째 임기가 됩니다. 위촉직 민간은(는) 1번까지 연임합니다. "
            "(근거: ‘단, 조례 제10조에 의거 1회 연임 가능’ Ⅲ-1 추진방법 · L268)"
        ]
    }
    assert appoint(person=person, seat=seat, starts_on=date(2025, 5, 29)).term_no == 1


def test_a_break_counts_from_the_day_after_the_gap():
    seat, person = a_seat(renewals=0, gap=30), a_person()
    sit(seat, person, 0, 100)
    assert set(refused(seat, person, 130, 140)) == {"starts_on"}
    assert sit(seat, person, 131, 140).term_no == 1


def test_a_term_that_broke_off_counts():
    seat, person = a_seat(renewals=1), a_person()
    sit(seat, person, 0, 100, left=1)
    sit(seat, person, 5, 100, left=50)
    assert set(refused(seat, person, 60, 100)) == {"starts_on"}


def test_a_term_put_in_between_numbers_those_after_it_again_or_is_refused():
    seat, person = a_seat(renewals=1, gap=5), a_person()
    later = sit(seat, person, 100, 120)
    assert later.term_no == 1
    sit(seat, person, 80, 100)
    later.refresh_from_db()
    assert later.term_no == 2
    found = refused(seat, person, 60, 80)
    assert found["starts_on"][0].startswith("이어지는 3번째 임기가 됩니다 (2026. 4. 11.(토)에 시작하는 임기)")


def test_the_number_of_a_first_term_is_kept_where_earlier_ones_were_never_entered():
    seat, person = a_seat(renewals=1), a_person()
    assert sit(seat, person, 0, 100, term_no=2).term_no == 2
    assert set(refused(seat, person, 100, 150)) == {"starts_on"}


# --- (d) length ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2021, 5, 29), 24, date(2023, 5, 29)),
        (date(2020, 1, 30), 12, date(2021, 1, 30)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2021, 1, 31), 1, date(2021, 3, 1)),
        (date(2021, 12, 31), 2, date(2022, 3, 1)),
        (date(2021, 12, 31), 1, date(2022, 1, 31)),
    ],
)
def test_a_term_lasts_whole_months(start, months, end):
    assert terms.add_months(start, months) == end


def test_a_term_longer_than_the_seats_is_refused_and_one_as_long_is_not(loaded):
    seat, start = civilians(loaded), date(2021, 5, 29)
    found = refused(person=a_person(), seat=seat, starts_on=start, ends_before=date(2023, 5, 30), call=appoint)
    assert found == {
        "ends_before": [
            "위촉직 민간의 임기는 위촉일로부터 24개월(마지막 날 2023. 5. 28.(일))까지입니다. "
            "(근거: ‘위촉직 : 위촉일로부터 2년(2021. 5. 29. ~ 2023. 5. 28.)’ Ⅲ-1 추진방법 · L275)"
        ]
    }
    membership = appoint(person=a_person(), seat=seat, starts_on=start)
    assert last_day(membership.ends_before) == date(2023, 5, 28)


def test_an_ex_officio_member_stays_as_long_as_the_office(loaded):
    seat = Body.objects.get(name="금천구협치회의").seats.get(kind="당연직")
    assert appoint(person=a_person(), seat=seat, starts_on=FIRST).ends_before is None


# --- (e) successors -----------------------------------------------------------------------------------------------


def test_a_successor_follows_who_has_left_and_takes_over_the_rest():
    seat = a_seat(1)
    first = sit(seat, a_person("가"), 0, 100)
    assert "replaces" in refused(seat, a_person("나"), 50, replaces=first)
    end_membership(membership=first, left_on=at(50), reason="이사")
    first.refresh_from_db()
    second = sit(seat, a_person("나"), 50, replaces=first)
    assert (second.ends_before, terms.warnings(second)) == (at(100), [])


def test_a_longer_term_of_a_successor_is_a_warning_only():
    seat = a_seat(1)
    first = sit(seat, a_person("가"), 0, 100, left=50)
    second = sit(seat, a_person("나"), 50, 101, replaces=first)
    assert terms.warnings(second) == [
        "앞사람의 임기는 2026. 4. 10.(금)까지입니다. 남은 기간만 이어받는 것이 맞는지 확인해 주세요."
    ]


def test_a_member_of_another_body_is_not_followed():
    first = sit(a_seat(), a_person("가"), 0, 100, left=50)
    assert refused(a_seat(), a_person("나"), 50, 100, replaces=first) == {
        "replaces": ["같은 기구의 위원만 이어받습니다."]
    }


def test_a_changed_term_is_held_against_the_rules_again():
    seat, person = a_seat(1), a_person()
    first = sit(seat, person, 0, 50)
    sit(seat, a_person("나"), 50, 100)
    assert set(refused(membership=first, ends_before=at(51), call=change_term)) == {"seat"}
    change_term(membership=first, ends_before=at(40))
    first.refresh_from_db()
    assert first.ends_before == at(40)
