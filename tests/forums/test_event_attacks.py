"""What must not work at an event: others' addresses, forged fields, posts by who does not run it, a code shown twice, no token."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from forums import event_mails, survey_actions, survey_codes, survey_views, tasks
from forums.models import Event, EventState, HallTable, Registration, SeatState, SurveyAnswer
from geumcheon.accounts.models import Role, User
from projects.models import PlanStatus
from tests.forums.events import an_event, an_open_survey, at_the_end_of, registered
from tests.forums.ladders import a_project_of_others, a_secretary, an_officer
from tests.forums.people import client_of, resident
from tests.forums.test_event_desk import form_of
from tests.forums.test_survey_linkage import tables

pytestmark = pytest.mark.django_db
FORM = {"name": "주민", "contact": "me@example.org", "agree": "on"}


@pytest.fixture
def desk(loaded):
    return client_of(a_secretary())


def others():
    """Clients of everybody who does not run an event without a project, with what they are answered."""
    member = User.objects.create_user("a-member", "member@example.org", role=Role.MEMBER)
    people = {"visitor": None, "resident": resident("someone"), "member": member, "officer": an_officer("도로과")}
    return {name: (client_of(user) if user else Client(), 403 if user else 302) for name, user in people.items()}


def own(registration):
    return f"/forums/own/{event_mails.token_of(registration)}/"


def scan(registration):
    return f"/forums/check-in/{event_mails.token_of(registration)}/"


def forums():
    """Every row of this room."""
    return {name: rows for name, rows in tables().items() if name.startswith("forums_")}


# --- who does not run it --------------------------------------------------------------------------------------------
def test_nobody_else_posts_anything_at_the_desk(loaded):
    coming, held = an_event(), an_event("지난 것", state=EventState.CLOSED, days=-3)
    (row,), table = registered(coming, 1), HallTable.objects.create(event=coming, number=1)
    survey, code = an_open_survey(held), survey_codes.new()
    survey_actions._write_codes(survey, [code], printed=True)
    sent = {
        **form_of(), "reason": "태풍", "headcount": "7", "name": "아무나", "do": "in", "number": "2", "people": "3", "notes": "글",
        "last_day": "2027-01-01", "count": "3", "form": "cards", "code": code, "q1": "5",
        **{f"q-{name}": value for name, value in {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-text": "물음", "0-kind": "text"}.items()},
        **{f"items-{name}": value for name, value in {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-title": "의자", "0-votes": "3"}.items()},
    }  # fmt: skip
    paths = [
        "announce", "cancel", "close", "edit", "headcount", "people/add", f"people/{row.pk}", "hall/tables/new",
        f"hall/tables/{table.pk}", "hall/priorities/new", f"hall/remove/table/{table.pk}", "survey/edit", "survey/start",
        "survey/codes", "survey/paper", "survey/close",
    ]  # fmt: skip
    before = forums()
    for who, (client, status) in others().items():
        for event in (coming, held):
            for path in paths:
                response = client.post(f"/desk/events/{event.pk}/{path}/", sent)
                assert response.status_code == status, (who, path)
                assert "location" not in response or "/accounts/login/" in response["location"], (who, path)
        assert client.post(scan(row)).status_code == status, who
        made = client.post("/desk/events/new/", sent)
        assert made.status_code == (200 if who == "officer" else status)  # an officer is asked for a project of the own
    assert forums() == before


def test_an_officer_does_not_take_another_departments_project_or_give_the_own_away(loaded):
    own_project = loaded.projects.get(number=1)
    other = a_project_of_others(loaded)
    officer, event = client_of(an_officer("마을자치과")), an_event(project=own_project)
    before = forums()
    for path in ("new", f"{event.pk}/edit"):
        response = officer.post(f"/desk/events/{path}/", form_of(project=other.pk))
        assert response.status_code == 200
        assert "주민센터" in response.content.decode()
    assert forums() == before


def test_without_the_forms_token_no_post_is_taken(loaded):
    """Another site cannot make a signed-in browser post here, nor a visitor's."""
    event, by = an_event(), a_secretary()
    (row,) = registered(event, 1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(by)
    before = forums()
    for path in (f"/forums/{event.pk}/register/", own(row), scan(row), f"/desk/events/{event.pk}/people/{row.pk}/"):
        assert client.post(path, {**FORM, "do": "in"}).status_code == 403
    assert forums() == before


# --- forged fields --------------------------------------------------------------------------------------------------
def test_what_a_resident_adds_to_the_form_is_not_read(loaded):
    event = an_event(capacity=1)
    registered(event, 1)
    forged = {
        "arrived": "on",
        "state": "seated",
        "line": "1",
        "capacity": "99",
        "by_staff": "1",
        "checked_in_at": "2026-01-01",
    }
    assert Client().post(f"/forums/{event.pk}/register/", {**FORM, **forged}).status_code == 302
    made = event.registrations.get(contact=FORM["contact"])
    assert (made.state, made.line, made.by_staff, made.checked_in_at) == (SeatState.WAITING, 2, None, None)
    event.refresh_from_db()
    assert event.capacity == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"capacity": "-1"}, "0"),
        ({"capacity": "1"}, "이미 2명에게 자리가 있습니다."),
        ({"way": "online", "online_link": "javascript:alert(1)"}, "https://로 시작하는 주소"),
        ({"way": "by-air"}, "by-air"),
    ],
    ids=["negative", "below the seated", "script as link", "no such way"],
)
def test_a_forged_field_of_an_event_is_refused_at_the_field(desk, fields, words):
    event = an_event(capacity=5)
    registered(event, 2)
    before = forums()
    shown = desk.post(f"/desk/events/{event.pk}/edit/", form_of(**fields)).content.decode()
    assert words in shown
    assert "주민센터" in shown
    assert forums() == before


def test_state_counts_and_marks_are_no_fields_of_the_form_and_names_are_one_line(desk):
    event = an_event(state=EventState.PLANNED)
    forged = {"state": "closed", "headcount": "900", "sequence": "50", "code": "x", "reminded_at": "2026-01-01T00:00"}
    sent = form_of(title="골목\r\nBcc: all@example.org", place="구청\n2층", **forged)
    assert desk.post(f"/desk/events/{event.pk}/edit/", sent).status_code == 302
    event = Event.objects.get(pk=event.pk)
    assert (event.state, event.headcount, event.code, event.reminded_at) == (EventState.PLANNED, None, "", None)
    assert (event.title, event.place, event.sequence) == ("골목 Bcc: all@example.org", "구청 2층", 1)


def test_what_residents_type_is_shown_as_text(desk):
    event = an_event()
    Client().post(f"/forums/{event.pk}/register/", {**FORM, "name": "<script>alert(1)</script>"})
    row = event.registrations.get()
    for path in (f"/desk/events/{event.pk}/", f"/desk/events/{event.pk}/print/", scan(row)):
        shown = desk.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert(1)" not in shown


# --- others' addresses ----------------------------------------------------------------------------------------------
def test_an_own_address_cannot_be_made_from_what_the_tables_or_the_messages_of_others_hold(loaded, settings):
    event = an_event()
    first, second = registered(event, 2)
    known = [first.token_hash, first.contact_key, str(first.pk), str(first.line), event_mails.token_of(first)[:-1]]
    settings.SECRET_KEY = "guessed"
    known.append(event_mails.token_of(first))
    for token in known:
        assert Client().get(f"/forums/own/{token}/").status_code == 404
        assert Client().post(f"/forums/own/{token}/").status_code == 404
    settings.SECRET_KEY = "tests"
    assert event_mails.token_of(first) != event_mails.token_of(second)
    page = Client().get(own(second)).content.decode()
    assert event_mails.token_of(first) not in page
    assert first.contact not in page
    assert second.contact not in page  # nor the own one: an address that was passed on shows no contact
    assert Registration.objects.exclude(state=SeatState.SEATED).count() == 0


def test_after_thirty_days_an_own_address_opens_nothing(desk):
    event = an_event()
    (row,) = registered(event, 1)
    address, door = own(row), scan(row)
    assert Client().get(address).status_code == 200
    with time_machine.travel(event.ends_at + timedelta(days=31), tick=False):
        tasks.forget_event_contacts()
        desk.force_login(a_secretary())
        assert (Client().get(address).status_code, desk.get(door).status_code) == (404, 404)


def test_an_event_of_a_plan_in_draft_is_nobodys_and_who_was_written_down_reads_the_own_page(loaded):
    event = an_event(project=loaded.projects.get(number=1))
    (row,) = registered(event, 1)
    type(loaded).objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    assert Client().get(f"/forums/{event.pk}/").status_code == 404
    assert Client().post(f"/forums/{event.pk}/register/", FORM).status_code == 404
    assert event.registrations.count() == 1
    assert event.title in Client().get(own(row)).content.decode()
    Client().post(own(row))
    row.refresh_from_db()
    assert row.state == SeatState.CANCELLED


# --- the code at the door -------------------------------------------------------------------------------------------
def test_a_code_shown_again_is_the_same_arrival(desk):
    event = an_event(capacity=1)
    (row,) = registered(event, 1)
    desk.post(scan(row))
    first = Registration.objects.get().checked_in_at
    with time_machine.travel(first + timedelta(minutes=30), tick=False):
        assert "확인했습니다" in desk.post(scan(row), follow=True).content.decode()
    row.refresh_from_db()
    assert (row.checked_in_at, Registration.objects.count()) == (first, 1)
    assert (
        "이미 온 것으로 확인했습니다." in Client().post(own(row), follow=True).content.decode()
    )  # nor is the seat given away
    row.refresh_from_db()
    assert row.state == SeatState.SEATED


@pytest.mark.parametrize(
    ("after", "words"),
    [("given back", "취소한 신청입니다."), ("called off", "‘취소’ 상태의 행사"), ("closed", "‘마침’ 상태의 행사")],
)
def test_a_code_that_is_worth_nothing_any_more_lets_nobody_in(desk, after, words):
    event = an_event()
    (row,) = registered(event, 1)
    with at_the_end_of(event):
        desk.force_login(a_secretary())
        if after == "given back":
            Client().post(own(row))
        elif after == "called off":
            desk.post(f"/desk/events/{event.pk}/cancel/", {"reason": "태풍"})
        else:
            desk.post(f"/desk/events/{event.pk}/close/", {"headcount": "3"})
        assert "button" not in desk.get(scan(row)).content.decode().split('id="main"')[1].split("</main>")[0]
        assert words in desk.post(scan(row), follow=True).content.decode()
    row.refresh_from_db()
    assert row.checked_in_at is None


# --- surveys --------------------------------------------------------------------------------------------------------
def test_a_code_answers_its_own_survey_alone(loaded):
    first, second = an_open_survey(an_event("하나")), an_open_survey(an_event("둘"))
    code = survey_codes.new()
    survey_actions._write_codes(first, [code])
    refused = Client().post(f"/forums/{second.event_id}/survey/", {"code": code, "q1": "1", "survey": first.pk})
    assert survey_actions.NO_CODE in refused.content.decode()
    assert (SurveyAnswer.objects.count(), first.codes.count()) == (0, 1)
    sent = {"code": code, "q1": "4", "q7": "5", "survey": second.pk, "replies": '{"satisfaction": 1}'}
    assert "답을 받았습니다" in Client().post(f"/forums/{first.event_id}/survey/", sent).content.decode()
    assert list(SurveyAnswer.objects.values_list("survey", "replies")) == [(first.pk, {"satisfaction": 4})]


def test_who_tries_codes_is_slowed_down_and_the_hall_around_still_answers(loaded, monkeypatch):
    monkeypatch.setattr(survey_views, "WRONG_CODES_PER_HOUR", 2)
    survey, code = an_open_survey(an_event()), survey_codes.new()
    survey_actions._write_codes(survey, [code])
    address = f"/forums/{survey.event_id}/survey/"
    answers = [Client().post(address, {"code": survey_codes.new(), "q1": "1"}).content.decode() for _ in range(3)]
    assert [survey_actions.NO_CODE in page for page in answers] == [True, True, False]
    assert "한 시간에 2번이 넘게" in answers[2]
    assert "답을 받았습니다" in Client().post(address, {"code": code, "q1": "5"}).content.decode()
    assert list(SurveyAnswer.objects.values_list("replies", flat=True)) == [{"satisfaction": 5}]


@pytest.mark.parametrize("count", ["0", "-5", "201", "많이"])
def test_the_office_prints_so_many_codes_at_once(desk, count):
    survey = an_open_survey(an_event(state=EventState.CLOSED, days=-1))
    path = f"/desk/events/{survey.event_id}/survey/codes/"
    shown = desk.post(path, {"count": count, "form": "cards"}).content.decode()
    assert "error-summary" in shown
    assert survey.codes.count() == 0
    assert desk.post(path, {"count": "2", "form": "../x"}).status_code == 200
    assert survey.codes.count() == 0
