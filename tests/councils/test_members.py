"""The roll of members: admin, offices, stand-ins, the renewal board, what everybody sees, and forgetting."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from councils import board, member_actions
from councils.models import Attendance, Body, BodyOffice, Membership, OfficeHolding, Person, StandIn
from geumcheon.accounts.models import User
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from geumcheon.tasks import destroy_expired
from tests.admin_data import add_row, errors_of, form_data
from tests.councils.life import a_full_body, a_log
from tests.councils.test_meeting_races import at_once
from tests.councils.test_terms import FIRST, a_person, a_seat, at, sit
from tests.html import texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client_as):
    return client_as("secretariat")


def add(client, person, seat, **fields):
    url = admin_url(Membership, "add")
    data = form_data(client.get(url), Membership)
    data |= {"person": person.pk, "seat": seat.pk, "starts_on": "2026-01-01", "recruited": "open_call", **fields}
    return client.post(url, data)


def change(client, membership, **fields):
    url = admin_url(Membership, "change", membership.pk)
    return client.post(url, form_data(client.get(url), Membership) | fields)


# --- admin --------------------------------------------------------------------------------------------------------


def test_a_member_is_appointed_with_the_body_and_the_end_that_follow_from_the_seat(office):
    seat = a_seat(months=24)
    assert add(office, a_person(), seat).status_code == 302
    made = Membership.objects.get()
    assert (made.body, made.starts_on, made.ends_before, made.term_no) == (seat.body, FIRST, date(2028, 1, 1), 1)
    assert made.history.get().history_user.username == "secretariat"


def test_a_refusal_stands_at_its_field(office):
    seat, person = a_seat(1, months=24), a_person()
    sit(seat, person, 0, 100)
    assert list(errors_of(add(office, person, a_seat(body=seat.body)))) == ["starts_on"]
    assert list(errors_of(add(office, a_person("나"), seat))) == ["seat"]
    assert list(errors_of(add(office, a_person("나"), seat, starts_on="2027-01-01", ends_before="2029-01-02"))) == [
        "ends_before"
    ]
    assert Membership.objects.count() == 1


def test_who_leaves_says_why_and_loses_the_office_that_day(office):
    seat = a_seat(months=24)
    membership = sit(seat, a_person(), 0)
    role = BodyOffice.objects.create(body=seat.body, name="간사")
    member_actions.hold_office(membership=membership, office=role, starts_on=FIRST)
    assert errors_of(change(office, membership, left_on="2026-02-01")) == {
        "left_reason": ["그만둔 까닭을 적어 주세요."]
    }
    assert change(office, membership, left_on="2026-02-01", left_reason="이사").status_code == 302
    membership.refresh_from_db()
    assert (membership.left_on, membership.offices.get().ends_before) == (date(2026, 2, 1), date(2026, 2, 1))


def test_an_office_is_held_within_the_term(office):
    seat = a_seat(months=24)
    membership = sit(seat, a_person(), 0, 100)
    role = BodyOffice.objects.create(body=seat.body, name="간사")
    url = admin_url(Membership, "change", membership.pk)
    data = form_data(office.get(url), Membership)
    add_row(data, "offices", office=role.pk, starts_on="2025-12-31", ends_before="")
    assert errors_of(office.post(url, data)) == {
        "offices-0-starts_on": ["직을 맡는 기간은 위원의 임기 안에 있어야 합니다."]
    }
    data["offices-0-starts_on"] = "2026-01-01"
    assert office.post(url, data).status_code == 302
    assert OfficeHolding.objects.get().ends_before == membership.ends_before


def test_an_office_of_another_body_or_held_twice_is_refused():
    seat = a_seat()
    membership = sit(seat, a_person(), 0, 100)
    role = BodyOffice.objects.create(body=seat.body, name="간사")
    other = BodyOffice.objects.create(body=a_seat().body, name="간사")
    with pytest.raises(ValidationError, match="기구의 직이 아닙니다"):
        member_actions.hold_office(membership=membership, office=other, starts_on=FIRST)
    member_actions.hold_office(membership=membership, office=role, starts_on=FIRST, ends_before=at(10))
    with pytest.raises(ValidationError, match="겹칩니다"):
        member_actions.hold_office(membership=membership, office=role, starts_on=at(9))
    member_actions.hold_office(membership=membership, office=role, starts_on=at(10))


def test_a_stand_in_sits_in_the_body_all_the_time(office):
    seat, person = a_seat(), a_person()
    sit(seat, person, 0, 100)
    url = admin_url(StandIn, "add")
    data = form_data(office.get(url), StandIn) | {"body": seat.body.pk, "person": person.pk, "reason": "출장"}
    data |= {"starts_on": "2026-01-01", "ends_before": str(at(101))}
    assert errors_of(office.post(url, data)) == {"person": ["이 기간 내내 이 기구의 위원인 사람만 대리가 됩니다."]}
    assert office.post(url, data | {"ends_before": str(at(100))}).status_code == 302
    made = StandIn.objects.get()
    made.delete()
    with pytest.raises(ValidationError):
        member_actions.name_stand_in(
            body=seat.body, person=a_person("나"), starts_on=FIRST, ends_before=at(5), reason="출장"
        )


def test_a_term_whose_member_met_is_not_deleted_and_another_is(office):
    body, people = a_full_body()
    a_log(body, people)
    met = Membership.objects.get(person=people[0])
    assert Attendance.objects.filter(person=people[0]).exists()
    assert office.post(admin_url(Membership, "delete", met.pk), {"post": "yes"}).status_code == 403
    other = sit(a_seat(), a_person(), 0)
    assert office.post(admin_url(Membership, "delete", other.pk), {"post": "yes"}).status_code == 302
    assert not Membership.objects.filter(pk=other.pk).exists()


def test_lists_cost_the_same_with_one_row_and_with_three(office):
    seat = a_seat(9)
    costs = {}
    for count in (1, 3):
        while Membership.objects.count() < count:
            membership = sit(seat, a_person(f"{Person.objects.count()}"), 0)
            role = BodyOffice.objects.create(body=seat.body, name=f"직 {membership.pk}")
            member_actions.hold_office(membership=membership, office=role, starts_on=FIRST)
        for page in (admin_url(Membership), admin_url(Person), reverse("admin:councils_membership_board")):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert office.get(page).status_code == 200
            costs.setdefault(page, set()).add(len(queries))
    assert {page: len(found) for page, found in costs.items()} == dict.fromkeys(costs, 1), costs


def test_the_list_is_filtered_by_state_and_by_what_ends_soon(office, time_machine):
    time_machine.move_to("2026-03-01T03:00Z")
    seat = a_seat(9)
    for name, start, end, left in (
        ("재임", 0, 300, None), ("곧", 0, 59 + 90, None), ("늦게", 0, 59 + 91, None), ("예정", 200, 300, None),
        ("끝", 0, 59, None), ("떠남", 0, 300, 59),
    ):  # fmt: skip
        sit(seat, a_person(name), start, end, left)

    def names(query):
        return sorted(texts(office.get(admin_url(Membership) + query), "th", cls="field-person_name"))

    assert names("?state=seated") == ["곧", "늦게", "재임"]
    assert names("?state=coming") == ["예정"]
    assert names("?state=past") == ["끝"]
    assert names("?state=left") == ["떠남"]
    assert names("?soon=90") == ["곧"]


# --- the board ----------------------------------------------------------------------------------------------------


def test_the_board_counts_seats_that_are_free_and_terms_that_end(office, time_machine):
    time_machine.move_to("2026-01-10T03:00Z")
    seat = a_seat(3)
    sit(seat, a_person("가"), 0, 99)  # 2026-04-10: 90 days on
    sit(seat, a_person("나"), 0, 100)
    state = {s.seat: s for s in board.seat_states(clock.today())}[seat]
    assert (state.limit, state.seated, state.ending, state.free, state.over) == (3, 2, 1, 1, False)
    response = office.get(reverse("admin:councils_membership_board"))
    assert [m.person.name for m in response.context["ending"]] == ["가"]
    assert response.context["ending"][0].days_left == 90
    listed = office.get(state.url)
    assert len(texts(listed, "th", cls="field-person_name")) == 2


def test_names_are_for_the_secretariat_only(client_as):
    sit(a_seat(), a_person("비밀이름"), 0)
    for page in (admin_url(Membership), admin_url(Person), reverse("admin:councils_membership_board")):
        assert client_as("officer").get(page).status_code == 403


# --- everybody ----------------------------------------------------------------------------------------------------


def test_everybody_sees_seats_and_terms_and_names_only_with_consent():
    seat = a_seat(3)
    named = a_person("이름공개")
    Person.objects.filter(pk=named.pk).update(consented_on=at(5), consent_withdrawn_on=at(20))
    chair = sit(seat, a_person("숨은이름"), 1, 100)
    sit(seat, named, 0, 100)
    role = BodyOffice.objects.create(body=seat.body, name="위원장")
    member_actions.hold_office(membership=chair, office=role, starts_on=at(1))
    for day, name in ((at(4), ""), (at(5), "이름공개"), (at(20), "")):
        (group,) = board.public_seats(seat.body, day)
        assert (group.seated, group.free) == (2, 1)
        assert [(m.name, m.offices) for m in group.members] == [("", ("위원장",)), (name, ())]
    page = render_to_string("councils/members/_public.html", {"seats_now": board.public_seats(seat.body, at(5))})
    assert "이름공개" in page and "숨은이름" not in page


def test_members_nobody_could_tell_apart_are_one_entry():
    seat = a_seat(9)
    for name in "가나다":
        sit(seat, a_person(name), 0, 100)
    sit(seat, a_person("라"), 0, 99)
    (group,) = board.public_seats(seat.body, FIRST)
    assert [(m.count, m.last_day) for m in group.members] == [(3, at(99)), (1, at(98))]
    assert group.seated == 4


def test_a_body_without_any_roll_shows_nothing(loaded):
    council = Body.objects.get(name="금천구협치회의")
    assert board.public_seats(council, FIRST) == []
    assert render_to_string("councils/members/_public.html", {"seats_now": []}).strip() == ""


def test_the_public_seats_cost_the_same_for_one_and_for_three():
    seat, costs = a_seat(9), set()
    for count in (1, 3):
        while Membership.objects.count() < count:
            sit(seat, a_person(), 0)
        body = Body.objects.prefetch_related("seats").get(pk=seat.body_id)
        with CaptureQueriesContext(connection) as queries:
            board.public_seats(body, FIRST)
        costs.add(len(queries))
    assert costs == {2}


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_a_name_is_forgotten_a_set_time_after_the_last_term(settings, users):
    settings.MEMBER_RETENTION_DAYS = 10
    seat = a_seat(9)
    gone, stays, again = a_person("간사람"), a_person("있는사람"), a_person("다시온사람")
    Person.objects.filter(pk=gone.pk).update(email="a@example.org", user=users["member"], consented_on=FIRST)
    sit(seat, gone, 0, 20)
    sit(seat, stays, 0)
    sit(seat, again, 0, 20)
    sit(seat, again, 25, 200)
    LogEntry.objects.log_actions(users["secretariat"].pk, Person.objects.filter(pk=gone.pk), 2, "고침")
    noon = timezone.make_aware(timezone.datetime(2026, 1, 1, 12))
    seat_of_gone = gone.memberships.get()
    member_actions.change_term(membership=seat_of_gone, left_on=at(15), left_reason="이사")
    assert member_actions.forget_people(noon + timedelta(days=24)) == (0, 0)
    assert member_actions.forget_people(noon + timedelta(days=30)) == (1, 0)
    seat_of_gone.refresh_from_db()
    assert "이사" not in [seat_of_gone.left_reason, *seat_of_gone.history.values_list("left_reason", flat=True)]
    assert member_actions.forget_people(noon + timedelta(days=30)) == (0, 0)
    gone.refresh_from_db()
    assert (gone.name, gone.email, gone.user, gone.consented_on) == (member_actions.FORGOTTEN, "", None, None)
    assert gone.forgotten_on == at(30) and gone.memberships.count() == 1
    assert LogEntry.objects.get().object_repr == member_actions.FORGOTTEN
    assert sorted(Person.objects.exclude(pk=gone.pk).values_list("name", flat=True)) == ["다시온사람", "있는사람"]
    with pytest.raises(ValidationError, match="이름을 지운 사람"):
        sit(seat, gone, 100)


def test_the_nightly_run_forgets(time_machine, settings):
    person = a_person("간사람")
    sit(a_seat(), person, 0, 20)
    time_machine.move_to(timezone.make_aware(timezone.datetime(2026, 1, 21, 3)) + timedelta(days=1094))
    destroy_expired()
    person.refresh_from_db()
    assert person.name == "간사람"
    time_machine.shift(timedelta(days=1))
    destroy_expired()
    person.refresh_from_db()
    assert person.name == member_actions.FORGOTTEN


# --- demo ---------------------------------------------------------------------------------------------------------


def test_the_demo_seats_twelve_numbered_members_once_and_only_with_debug(loaded, settings, time_machine):
    time_machine.move_to("2026-03-01T03:00Z")
    with pytest.raises(Exception, match="DEBUG=1"):
        call_command("make_demo")
    assert not Body.objects.filter(name="시연 분과").exists() and not Person.objects.exists()
    settings.DEBUG = True
    for _ in range(2):
        call_command("make_demo", verbosity=0)
        call_command("load_plan", "2021", verbosity=0)
    rows = Membership.objects.select_related("person", "body")
    assert {row.body.name for row in rows} == {"시연 분과"}
    assert sorted(row.person.name for row in rows) == sorted(f"위원 {n}" for n in range(1, 13))
    member = User.objects.get(username="demo-member")
    held = {h.office.name: h.membership.person.name for h in OfficeHolding.objects.all()}
    assert (member.person.name, held) == ("위원 1", {"위원장": "위원 2", "간사": "위원 1"})


# --- at once ------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_appointments_at_once_never_overfill_a_seat():
    seat = a_seat(2)
    people = [a_person(name) for name in "가나다라"]
    results = at_once(*[lambda p=p: sit(seat, p, 0, 100) for p in people])
    assert sum(isinstance(r, Membership) for r in results) == 2
    assert [set(r.message_dict) for r in results if isinstance(r, ValidationError)] == [{"seat"}] * 2
    assert Membership.objects.count() == 2
