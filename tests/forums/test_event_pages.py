"""The public pages of events: the list, registering without an account, the own page, the calendar file."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from forums import event_actions, event_views
from forums.models import EventState, Registration, SeatState, Way
from geumcheon.accounts.models import Dong, OutboxMessage
from geumcheon.lib import clock
from geumcheon.search import index
from tests.forums.events import a_kind, an_event, at_the_end_of, registered, told
from tests.forums.ladders import a_secretary
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db
FORM = {"name": "주민", "contact": "me@example.org", "agree": "on"}


def post(event, client=None, **fields):
    return (client or Client()).post(f"/forums/{event.pk}/register/", {**FORM, **fields})


def titles(response, heading):
    """The titles of the rows in the section under a heading's id."""
    found = elements(response, "section")
    (section,) = [e for e in found if e["attrs"].get("aria-labelledby") == heading]
    return [link for link in section["links"] if re.fullmatch(r"/forums/\d+/", link)]


def test_the_list_puts_what_comes_first_then_what_is_planned_then_the_past(client, loaded):
    soon, later = an_event("곧", days=2), an_event("나중", days=9)
    off = an_event("취소한 것", days=5, state=EventState.CANCELLED, cancel_reason="태풍")
    plan = an_event(
        "계획", state=EventState.PLANNED, starts_at=None, ends_at=None, year=clock.today().year, when_text="3~6월"
    )
    past = an_event("지난 것", days=-9, state=EventState.CLOSED)
    response = client.get("/forums/?q=")
    at = lambda *events: [f"/forums/{event.pk}/" for event in events]  # noqa: E731
    assert titles(response, "coming") == at(soon, off, later)
    assert f"/forums/{plan.pk}/" in titles(response, "planned")
    assert titles(response, "past")[:1] == at(past)  # then what the plan of 2021 planned, and 2019
    assert "계획에 적힘 · 결과 자료 없음" in response.content.decode()
    assert f"{clock.today().year}년 3~6월" in " ".join(texts(response, "p", cls="event-when"))


def test_the_list_is_filtered_and_a_bad_filter_does_not_narrow(client, loaded):
    dong = Dong.objects.get(name="가산동")
    here = an_event("가산 설명회", dong=dong, kind=a_kind("시험 설명회"), project=loaded.projects.get(number=1))
    other = an_event("다른 것")
    for query in ("dong=가산동", "kind=시험 설명회", f"project={here.project_id}", "q=가산"):
        assert titles(client.get(f"/forums/?{query}"), "coming") == [f"/forums/{here.pk}/"]
    response = client.get("/forums/?kind=없음")
    assert len(titles(response, "coming")) == 2
    assert other.title in response.content.decode()


def test_the_list_costs_the_same_with_one_and_three_rows(client, loaded):
    def more(n):
        an_event(f"가 {n}", project=loaded.projects.get(number=n + 1))
        an_event(f"나 {n}", days=-3, state=EventState.CLOSED)

    more(0)
    client.get("/forums/")
    one = queries(client, "/forums/")
    more(1)
    more(2)
    assert queries(client, "/forums/") == one


def test_a_resident_registers_without_an_account_and_comes_to_the_own_page(client, loaded):
    event = an_event(capacity=1)
    page = client.get(f"/forums/{event.pk}/")
    assert "1자리 남음" in page.content.decode()
    response = post(event)
    assert response.status_code == 302
    own = client.get(response["Location"])
    assert "자리가 있습니다" in own.content.decode()
    assert "<svg" in own.content.decode()
    assert (own["Referrer-Policy"], own["X-Robots-Tag"]) == ("strict-origin", "noindex")
    assert response["Location"] in OutboxMessage.objects.get(recipient="me@example.org").body
    waiting = client.get(post(event, contact="010-1111-2222")["Location"]).content.decode()
    assert "대기 1번째" in waiting
    assert "<svg" not in waiting


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "이름을 적어 주세요."),
        ({"contact": "아무거나"}, "전자우편이나 휴대전화 번호를 적어 주세요."),
        ({"contact": "a@b"}, "전자우편 주소를 확인해 주세요."),
        ({"agree": ""}, "동의해야 신청할 수 있습니다."),
    ],
    ids=["name", "contact", "mail", "agree"],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(loaded, fields, words):
    event = an_event()
    response = post(event, **fields)
    assert words in response.content.decode()
    kept = {e["attrs"].get("value") for e in elements(response, "input")}
    assert ({"주민", "me@example.org"} - {FORM[name] for name in fields if name in FORM}) <= kept
    assert not Registration.objects.exists()


def test_a_second_registration_and_a_closed_event_are_refused_in_words(loaded):
    event = an_event()
    post(event)
    assert "이 연락처로 이미 신청했습니다." in post(event, contact="ME@example.org").content.decode()
    event_actions.cancel(event=event, by=a_secretary(), reason="태풍")
    response = Client().post(f"/forums/{event.pk}/register/", {**FORM, "contact": "other@example.org"}, follow=True)
    assert "취소된 행사입니다." in response.content.decode()
    assert Registration.objects.count() == 1


def test_a_program_that_fills_in_everything_takes_no_seat(loaded):
    event = an_event()
    assert post(event, website="http://x").status_code == 302
    assert not Registration.objects.exists()


def test_one_address_registers_so_often_an_hour(loaded, monkeypatch):
    monkeypatch.setattr(event_views, "REGISTRATIONS_PER_HOUR", 2)
    event = an_event()
    for n in range(2):
        assert post(event, contact=f"p{n}@example.org").status_code == 302
    assert "한 시간에 2번이 넘게" in post(event, contact="p9@example.org").content.decode()
    assert Registration.objects.count() == 2


def test_the_own_page_gives_the_seat_back_and_a_wrong_address_is_none(client, loaded):
    event = an_event(capacity=1)
    mine = post(event)["Location"]
    second = registered(event, 1)[0]
    assert client.get(f"/forums/own/{'0' * 40}/").status_code == 404
    assert client.post(f"/forums/own/{'0' * 40}/").status_code == 404
    response = client.post(mine, follow=True)
    assert "취소한 신청입니다." in response.content.decode()
    second.refresh_from_db()
    assert second.state == SeatState.SEATED
    assert told("moved-up") == [(second.contact, "moved-up")]


def test_the_online_address_is_on_the_own_page_alone(client, loaded):
    event = an_event(way=Way.ONLINE, place="", online_link="https://meet.example.org/secret", capacity=1)
    mine = post(event)["Location"]
    waiting = post(event, contact="w@example.org")["Location"]
    assert "meet.example.org" in client.get(mine).content.decode()
    for path in (waiting, f"/forums/{event.pk}/", f"/forums/{event.pk}/event.ics", "/forums/calendar.ics"):
        assert "meet.example.org" not in client.get(path).content.decode()


def test_the_calendar_file_follows_every_change_and_takes_a_called_off_event_out(client, loaded):
    office, event = a_secretary(), an_event(state=EventState.PLANNED)
    path = f"/forums/{event.pk}/event.ics"
    assert client.get(path).status_code == 404
    event_actions.announce(event=event, by=office)
    starts = []

    def read(path=path):
        calendar = Calendar.from_ical(client.get(path).content)
        (entry,) = [e for e in calendar.walk("VEVENT") if e["SUMMARY"] == event.title]
        starts.append(entry["DTSTART"].dt)
        return str(calendar["METHOD"]), str(entry["STATUS"]), int(entry["SEQUENCE"]), str(entry["LOCATION"])

    assert read() == ("PUBLISH", "CONFIRMED", 1, "구청 대강당")
    event_actions.edit(event=event, by=office, values={"place": "금나래아트홀"})
    assert read() == ("PUBLISH", "CONFIRMED", 2, "금나래아트홀")
    later = event.starts_at + timedelta(days=1)
    event_actions.edit(event=event, by=office, values={"starts_at": later, "ends_at": later + timedelta(hours=2)})
    assert read()[1:3] == ("CONFIRMED", 3)
    assert starts[-1] - starts[-2] == timedelta(days=1)
    event_actions.cancel(event=event, by=office, reason="태풍")
    assert read() == ("CANCEL", "CANCELLED", 4, "금나래아트홀")
    assert read("/forums/calendar.ics")[:3] == ("PUBLISH", "CANCELLED", 4)


def test_the_calendar_file_is_answered_304_until_it_changes(client, loaded):
    event = an_event()
    tag = client.get("/forums/calendar.ics")["ETag"]
    assert client.get("/forums/calendar.ics", headers={"if-none-match": tag}).status_code == 304
    event_actions.edit(event=event, by=a_secretary(), values={"place": "금나래아트홀"})
    assert client.get("/forums/calendar.ics", headers={"if-none-match": tag}).status_code == 200


def test_events_are_found_and_stand_in_the_sitemap(client, loaded):
    event = an_event("반짝이는 골목 이야기")
    index.rebuild()
    found = [e["attrs"].get("href") for e in elements(client.get("/search/?q=반짝이는"), "a")]
    assert f"/forums/{event.pk}/" in found
    assert f"/forums/{event.pk}/" in client.get("/sitemap-events.xml").content.decode()


def test_after_it_the_page_says_how_many_came(client, loaded):
    office, event = a_secretary(), an_event(capacity=None)
    rows = registered(event, 3)
    with at_the_end_of(event):
        for row in rows[:2]:
            event_actions.check_in(registration=row, by=office)
        event_actions.close(event=event, by=office)
    page = client.get(f"/forums/{event.pk}/").content.decode()
    assert "2명" in page
    assert "신청하기" not in page
    assert event.ends_at - event.starts_at == timedelta(hours=2)
