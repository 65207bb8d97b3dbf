"""The office's pages of events: making, announcing, the people, the door, closing with the record."""

import pytest
from django.test import Client
from django.utils import timezone

from councils.models import Body, Meeting
from forums import event_mails
from forums.models import Event, EventState, SeatState
from tests.forums.events import a_kind, an_event, at_the_end_of, registered, told
from tests.forums.ladders import a_project_of_others, a_secretary, an_officer
from tests.forums.people import client_of
from tests.html import queries, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(loaded):
    client = Client()
    client.user = a_secretary()
    client.force_login(client.user)
    return client


def form_of(**fields):
    kind = a_kind()
    return {
        "title": "골목 설명회", "kind": kind.pk, "year": 2027, "starts_at": "2027-04-01T14:00", "ends_at": "2027-04-01T16:00",
        "way": "place", "place": "주민센터", "capacity": "20", "version": "1", **fields,
    }  # fmt: skip


def page(event):
    return f"/desk/events/{event.pk}/"


def test_an_event_is_made_announced_and_changed(office):
    assert office.post("/desk/events/new/", form_of()).status_code == 302
    event = Event.objects.get(title="골목 설명회")
    assert (event.state, timezone.localtime(event.starts_at).hour) == (EventState.PLANNED, 14)
    office.post(page(event) + "announce/")
    registered(event, 1)
    office.post(page(event) + "edit/", form_of(place="구청", version="2"))
    event.refresh_from_db()
    assert (event.state, event.place) == (EventState.ANNOUNCED, "구청")
    assert [recipient for recipient, _ in told("changed:")] == ["p1@example.org"]
    stale = office.post(page(event) + "edit/", form_of(place="다른 곳", version="2"))
    assert "다른 사람이 먼저 고쳤습니다" in stale.content.decode()
    assert "다른 곳" in stale.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "이름을 적어 주세요."),
        ({"ends_at": "2027-04-01T13:00"}, "끝은 시작보다 뒤여야 합니다."),
        (
            {"register_from": "2027-03-02T09:00", "register_until": "2027-03-01T09:00"},
            "신청 마감은 신청 시작보다 뒤여야",
        ),
    ],
    ids=["title", "end", "registration"],
)
def test_a_bad_form_says_what_is_wrong_and_keeps_what_was_typed(office, fields, words):
    response = office.post("/desk/events/new/", form_of(**fields))
    assert words in response.content.decode()
    assert "주민센터" in response.content.decode()
    assert not Event.objects.filter(place="주민센터").exists()


def test_an_officer_sees_and_runs_the_own_projects_events_alone(loaded):
    own = an_event("우리 것", project=loaded.projects.get(number=1))
    other = an_event("남의 것", project=a_project_of_others(loaded))
    client = client_of(an_officer("마을자치과"))
    shown = client.get("/desk/events/").content.decode()
    assert ("우리 것" in shown, "남의 것" in shown) == (True, False)
    assert client.get(page(own)).status_code == 200
    for path in ("", "edit/", "cancel/", "close/", "print/"):
        assert client.get(page(other) + path).status_code == 403
    for path in ("announce/", "people/add/"):
        assert client.post(page(other) + path, {"name": "x"}).status_code == 403
    assert "맡은 사업을 골라 주세요." in client.post("/desk/events/new/", form_of()).content.decode()


def test_people_are_searched_and_the_page_costs_the_same_with_more_of_them(office):
    event = an_event(capacity=3)
    registered(event, 2)
    office.get(page(event))
    few = queries(office, page(event))
    registered(event, 6, start=3)
    assert queries(office, page(event)) == few
    found = texts(office.get(page(event) + "?q=p5@"), "li", cls="event-person")
    assert len(found) == 1
    assert "주민 5" in found[0]
    assert "대기" in found[0]


def test_somebody_is_checked_in_and_back_by_a_button(office):
    event = an_event()
    (row,) = registered(event, 1)
    path = f"{page(event)}people/{row.pk}/"
    for what, came in (("in", True), ("out", False), ("in", True)):
        assert office.post(path, {"do": what}).status_code == 302
        row.refresh_from_db()
        assert (row.checked_in_at is not None) == came
    assert office.post(path, {"do": "fly"}).status_code == 404
    assert office.post(f"{page(an_event('다른'))}people/{row.pk}/", {"do": "out"}).status_code == 404


def test_a_walk_in_and_somebody_without_a_phone_are_written_down(office):
    event = an_event(capacity=1)
    office.post(page(event) + "people/add/", {"name": "어르신"})
    office.post(page(event) + "people/add/", {"name": "지나가던 이", "arrived": "on"})
    rows = [(r.name, r.state, r.checked_in_at is not None, r.by_staff) for r in event.registrations.order_by("line")]
    assert rows == [("어르신", "seated", False, office.user), ("지나가던 이", "seated", True, office.user)]
    refused = office.post(page(event) + "people/add/", {"name": "셋", "contact": "xyz"}).content.decode()
    assert "전자우편이나 휴대전화 번호를 적어 주세요." in refused


def test_reading_the_code_shows_the_person_and_only_the_button_checks_in(office, loaded):
    event = an_event()
    (row,) = registered(event, 1)
    path = f"/forums/check-in/{event_mails.token_of(row)}/"
    assert Client().get(path).status_code == 302
    assert client_of(an_officer("도로과")).get(path).status_code == 403
    assert "주민 1" in office.get(path).content.decode()
    row.refresh_from_db()
    assert row.checked_in_at is None
    office.post(path)
    row.refresh_from_db()
    assert row.checked_in_at is not None
    assert office.get("/forums/check-in/wrong/").status_code == 404


def test_an_event_is_called_off_with_its_reason(office):
    event = an_event()
    registered(event, 1)
    assert "취소하는 까닭을 적어 주세요." in office.post(page(event) + "cancel/", {"reason": " "}).content.decode()
    assert office.post(page(event) + "cancel/", {"reason": "태풍"}).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.cancel_reason, len(told("event-cancelled"))) == (EventState.CANCELLED, "태풍", 1)


def test_closing_makes_the_record_and_leads_to_it(office):
    event, body = an_event(), Body.objects.real().first()
    registered(event, 1)
    early = office.post(page(event) + "close/", {"headcount": "30"})
    assert "아직 시작하지 않은 행사입니다." in early.content.decode()
    with at_the_end_of(event):
        office.force_login(office.user)  # a session of a week ago is over
        assert office.post(page(event) + "close/", {"headcount": "30", "bodies": [body.pk]}).status_code == 302
        event.refresh_from_db()
        assert (event.state, event.headcount) == (EventState.CLOSED, 30)
        assert event.meeting.get_absolute_url() in office.get(page(event)).content.decode()
        assert office.post(page(event) + "headcount/", {"headcount": "28"}).status_code == 302
    event.refresh_from_db()
    assert (event.headcount, Meeting.objects.filter(events=event).count()) == (28, 1)


def test_the_printed_list_has_names_and_no_contacts(office):
    event = an_event()
    registered(event, 2)
    shown = office.get(page(event) + "print/").content.decode()
    assert "주민 1" in shown
    assert "@example.org" not in shown
    assert event.registrations.filter(state=SeatState.SEATED).count() == 2
