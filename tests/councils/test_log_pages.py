"""The pages by which members call, log, submit, publish and correct; every refusal beside its success."""

from datetime import date, time

import pytest

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from councils.models import Meeting, MeetingKind, MeetingState, Membership
from geumcheon.accounts.models import OutboxMessage, Role, User
from projects.models import Project
from tests.councils.life import DAY, a_body, a_full_body, a_kind, a_log, a_member, a_record
from tests.councils.sheet import CALL_NEW, LOG_NEW, at, fields_of, logged, send, signed_in, typed
from tests.html import queries, texts

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


# --- calling --------------------------------------------------------------------------------------------------------


def test_a_call_starts_from_the_last_meeting_and_is_public_without_its_link(room, client):
    body, people, member, _ = room
    a_log(body, people, starts_at=time(19))
    shown = fields_of(member.get(CALL_NEW))
    assert (shown["place"], shown["starts_at"], shown["kind"]) == (["구청 회의실"], ["19:00"], [str(a_kind().pk)])
    sent = send(
        member, CALL_NEW, starts_on="2026-03-20", online_link="https://meet.example.org/a", items__0__title="예산안"
    )
    meeting = Meeting.objects.get(state=MeetingState.CALLED)
    assert sent.url == meeting.get_absolute_url()
    assert OutboxMessage.objects.filter(event=f"meeting:{meeting.pk}:called").count() == 5
    assert list(meeting.bodies.all()) == [body]
    public = client.get(meeting.get_absolute_url()).content.decode()
    assert "구청 회의실" in public and "예산안" in public
    assert "meet.example.org" not in public
    assert "meet.example.org" in member.get(meeting.get_absolute_url()).content.decode()


def test_a_changed_call_tells_the_new_day_and_only_while_it_is_a_call(room):
    body, people, member, _ = room
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], starts_on=date(2026, 3, 20)))
    send(member, at("call", meeting), starts_on="2026-03-21")
    meeting.refresh_from_db()
    assert meeting.starts_on == date(2026, 3, 21)
    assert OutboxMessage.objects.filter(event__contains="changed").count() == 5
    actions.save_log(meeting=meeting, by=people[0].user, record=a_record())
    assert member.get(at("call", meeting)).url == meeting.get_absolute_url()


def test_an_extraordinary_meeting_names_who_asked_and_a_third_must(room):
    _, people, member, _ = room
    kind = MeetingKind.objects.create(name="시험 임시회", extraordinary=True)
    page = member.post(CALL_NEW, {**fields_of(member.get(CALL_NEW)), "starts_on": "2026-03-20", "do": "roll"})
    asked = {"kind": kind.pk, "starts_on": "2026-03-20", "place": "구청"}
    refused = send(member, CALL_NEW, page, **asked)
    assert "임시회는 누가 열자고 했는지" in refused.content.decode()
    refused = send(member, CALL_NEW, page, **asked, requested_by="members", asking=[people[0].pk])
    assert "재적 5명 가운데 1명 요구" in refused.content.decode()
    assert not Meeting.objects.filter(kind=kind).exists() and not OutboxMessage.objects.exists()
    send(member, CALL_NEW, page, **asked, requested_by="members", asking=[p.pk for p in people[:2]])
    assert Meeting.objects.get(kind=kind).requesters.count() == 2


# --- logging --------------------------------------------------------------------------------------------------------


def test_a_whole_log_is_kept_as_it_was_typed(room):
    body, people, member, _ = room
    sent = logged(member, people)
    meeting = Meeting.objects.get(year=2026)
    assert sent.url == at("log", meeting)
    assert (meeting.state, meeting.starts_at, list(meeting.bodies.all())) == (MeetingState.LOGGED, time(19), [body])
    assert set(meeting.attendances.filter(present=True).values_list("person_id", flat=True)) == {
        p.pk for p in people[:4]
    }
    assert meeting.attendances.count() == 5
    assert [str(g) for g in meeting.guests.all()] == ["관련 부서 직원 2명"]
    decision = meeting.items.get().decision
    assert (decision.outcome, decision.votes_for, decision.votes_against, decision.abstaining) == ("passed", 3, 1, None)
    shown = fields_of(member.get(at("log", meeting)))
    assert shown["items-0-title"] == ["예산안"] and shown["guests-0-count"] == ["2"]
    assert sorted(shown["present"]) == sorted(str(p.pk) for p in people[:4])


def test_saving_an_opened_log_again_changes_nothing(room):
    _, people, member, _ = room
    logged(member, people)
    meeting = Meeting.objects.get(year=2026)
    send(member, at("log", meeting))
    again = Meeting.objects.get(pk=meeting.pk)
    assert (again.items.get().decision.votes_for, again.guests.count(), again.attendances.count()) == (3, 1, 5)


def test_a_called_meeting_is_logged_with_its_agenda(room):
    body, people, member, _ = room
    meeting = actions.call_meeting(by=people[1].user, record=a_record([body], items=[Item("report", "보고")]))
    send(member, at("log", meeting), present=[people[0].pk], items__0__text="보고했다")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.items.get().text) == (MeetingState.LOGGED, "보고했다")


def test_a_refused_form_keeps_every_word_and_says_what_is_wrong_at_the_field(room):
    _, people, member, _ = room
    refused = logged(member, people, ends_at="18:00", guests__1__group="주민", items__0__unanimous="on")
    assert refused.status_code == 200 and not Meeting.objects.filter(year=2026).exists()
    assert {"끝난 시각은 시작 시각보다 뒤여야 합니다.", "한 사람 이상을 적어 주세요."} <= {
        text.strip() for text in texts(refused, "div", cls="field-error")
    }
    shown = fields_of(refused)
    expected = typed(people, ends_at="18:00")
    for name in ("place", "minutes", "items__0__title", "items__0__votes_for", "guests__0__group", "ends_at"):
        assert shown[name.replace("__", "-")] == [expected[name]]
    assert sorted(shown["present"]) == sorted(str(p.pk) for p in people[:4])


def test_a_date_that_cannot_be_read_costs_no_taps(room):
    _, people, member, _ = room
    refused = logged(member, people, starts_on="2026-02-31")
    assert refused.status_code == 200
    send(member, LOG_NEW, send(member, LOG_NEW, refused, starts_on="2026-03-02"))
    assert Meeting.objects.get(year=2026).attendances.filter(present=True).count() == 4


@pytest.mark.parametrize("day", ["0001-01-01", "2400-01-01", "어제", ""])
def test_a_wrong_day_is_refused_at_its_field(room, day):
    _, people, member, _ = room
    assert logged(member, people, starts_on=day).status_code == 200
    assert not Meeting.objects.exclude(year=2019).filter(starts_on__year__gte=2026).exists()


def test_another_day_has_another_roll(room):
    body, people, member, _ = room
    late = a_member(body, "늦게 온 위원", starts_on=date(2026, 3, 3))
    page = member.get(LOG_NEW)
    assert str(late.pk) in fields_of(page)["roll"][0].split(",")
    refused = send(member, LOG_NEW, page, **typed(people))
    assert "명부가 달라졌습니다" in refused.content.decode()
    assert str(late.pk) not in fields_of(refused)["roll"][0].split(",")
    send(member, LOG_NEW, refused)
    assert Meeting.objects.get(year=2026).attendances.count() == 5


def taken(page):
    return next((text for text in texts(page, "p", cls="notice") if "지난 회의" in text), None)


def test_the_list_of_the_last_meeting_is_taken_over_for_who_still_sits_there(room):
    body, people, member, _ = room
    a_log(body, people[:4], starts_on=date(2026, 2, 2))
    a_log(body, people[:1], starts_on=date(2026, 1, 5))  # an older one
    a_log(body, people[1:2], starts_on=date(2026, 4, 6), kind=a_kind("다른"))  # a later one
    Membership.objects.filter(person=people[3]).update(left_on=DAY)
    joined = a_member(body, "새 위원", starts_on=DAY)
    page = member.post(LOG_NEW, {**fields_of(member.get(LOG_NEW)), "starts_on": "2026-03-02", "do": "roll"})
    assert fields_of(page).get("present") is None and taken(page) is None
    answer = send(
        member, LOG_NEW, page, **typed(people, present=[people[4].pk], place="바뀐 곳", ends_on="글자"), do="last"
    )
    assert taken(answer) == (
        "지난 회의(2026. 2. 2.(월) 분과회의)에 나온 4명 가운데 3명을 참석으로 표시했습니다. "
        "1명은 이날 위원이 아니어서 뺐습니다. 오늘 오지 않은 사람은 눌러서 빼 주세요."
    )
    shown = fields_of(answer)
    assert sorted(shown["present"]) == sorted(str(p.pk) for p in [*people[:3], people[4]])  # the own tap stays
    assert texts(answer, "p", cls="tally") == ["4 / 5 개의 정족수 충족"]
    assert (shown["place"], shown["minutes"], shown["ends_on"]) == (["바뀐 곳"], ["논의했다."], ["글자"])
    assert (shown["items-0-title"], shown["guests-0-count"]) == (["예산안"], ["2"])
    assert "field-error" not in answer.content.decode() and not Meeting.objects.filter(starts_on=DAY).exists()
    send(member, LOG_NEW, answer, ends_on="")
    kept = Meeting.objects.get(starts_on=DAY).attendances
    assert kept.filter(present=True).count() == 4 and kept.get(person=joined).present is False


def test_without_a_last_meeting_nothing_is_ticked_and_it_is_said(room):
    body, people, member, _ = room
    meeting = a_log(body, people[:2])
    unheld = a_log(body, people, starts_on=date(2026, 2, 2))
    Meeting.objects.filter(pk=unheld.pk).update(state=MeetingState.CANCELLED)
    answer = send(member, at("log", meeting), present=[people[0].pk], do="last")
    assert taken(answer) == "지난 회의의 참석 명단이 없습니다. 참석한 위원을 눌러 주세요."
    assert fields_of(answer)["present"] == [str(people[0].pk)]
    assert member.post(LOG_NEW, {"do": "last"}).status_code == 200


def test_who_came_to_another_bodys_last_meeting_is_told_to_its_members_alone(room):
    body, people, member, _ = room
    other, others = a_full_body(3, name="다른분과")
    a_log(body, people[:3], starts_on=date(2026, 2, 2))
    a_log(other, others, starts_on=date(2026, 2, 9))
    meeting = actions.start_log(by=people[0].user, record=a_record([body, other]))
    answer = send(member, at("log", meeting), do="last")
    assert sorted(fields_of(answer)["present"]) == sorted(str(p.pk) for p in people[:3])
    office = signed_in(User.objects.create_user("추진단", "s@example.org", "시험용-암호-2021", role=Role.SECRETARIAT))
    answer = send(office, at("log", meeting), do="last")
    assert sorted(fields_of(answer)["present"]) == sorted(str(p.pk) for p in people[:3] + others)
    assert "2026. 2. 2.(월) 분과회의, 2026. 2. 9.(월) 분과회의)에 나온 6명" in taken(answer)


def test_of_a_joint_meeting_the_own_members_are_taken_over(room):
    body, people, member, _ = room
    other, others = a_full_body(3, name="다른분과")
    both = actions.start_log(
        by=people[0].user, record=a_record([body, other], present=people[:2] + others, starts_on=date(2026, 2, 2))
    )
    assert both.attendances.count() == 5
    answer = send(member, LOG_NEW, starts_on="2026-03-02", do="last")
    assert "나온 2명 가운데 2명을 참석으로" in taken(answer) and "이날 위원이 아니어서" not in taken(answer)


def test_the_roll_is_sorted_as_people_count(room):
    body, _, member, _ = room
    for number in (10, 2):
        a_member(body, f"가 {number}")
    assert texts(member.get(LOG_NEW), "span", cls="seat-name")[:2] == ["가 2", "가 10"]


def test_rows_are_added_without_script(room):
    _, people, member, _ = room
    page = send(member, LOG_NEW, **typed(people), do="item")
    assert page.status_code == 200 and "field-error" not in page.content.decode()
    shown = fields_of(page)
    assert (shown["items-TOTAL_FORMS"], shown["items-1-title"], shown["items-0-title"]) == (["2"], [""], ["예산안"])


def test_an_item_goes_when_it_is_ticked_away(room):
    body, people, member, _ = room
    meeting = a_log(body, people, items=[Item("report", "하나"), Item("report", "둘")])
    send(member, at("log", meeting), items__0__remove="on")
    assert [i.title for i in meeting.items.all()] == ["둘"]


def test_the_count_tells_the_quorum_without_script(room):
    body, people, member, _ = room
    met = a_log(body, people[:3])
    assert texts(member.get(at("log", met)), "p", cls="tally") == ["3 / 5 개의 정족수 충족"]
    short = actions.start_log(by=people[0].user, record=a_record([body], present=people[:2], kind=a_kind("다른")))
    assert texts(member.get(at("log", short)), "p", cls="tally") == ["2 / 5 개의하려면 3명이 필요합니다"]


def test_the_same_meeting_twice_is_asked_about(room):
    _, people, member, _ = room
    logged(member, people)
    again = logged(member, people)
    assert "같은 회의가 이미 있습니다" in again.content.decode()
    assert Meeting.objects.filter(year=2026).count() == 1
    send(member, LOG_NEW, again, another="1")
    assert Meeting.objects.filter(year=2026).count() == 2


def test_projects_of_items_and_of_the_meeting_are_linked(loaded, room):
    _, people, member, _ = room
    one, two = Project.objects.published().order_by("number")[:2]
    logged(member, people, **{"items-0-projects-projects": [one.pk], "part-projects-projects": [two.pk]})
    meeting = Meeting.objects.get(year=2026)
    assert [p.project_id for p in meeting.items.get().project_items.all()] == [one.pk]
    assert {p.project_id for p in meeting.project_meetings.all()} == {one.pk, two.pk}
    send(member, at("log", meeting), **{"items-0-projects-projects": [], "part-projects-projects": [two.pk]})
    assert {p.project_id for p in meeting.project_meetings.all()} == {two.pk}
    refused = send(member, at("log", meeting), **{"part-projects-projects": [999_999]})
    assert "고를 수 없는 사업입니다" in refused.content.decode()


def test_submitting_names_what_is_missing_and_keeps_what_was_typed(room):
    _, people, member, _ = room
    sent = logged(member, people, place="", do="submit")
    meeting = Meeting.objects.get(year=2026)
    assert (meeting.state, sent.url) == (MeetingState.LOGGED, at("log", meeting) + "?missing=1")
    assert "장소를 적어 주세요." in member.get(sent.url).content.decode()
    send(member, at("log", meeting), place="구청", do="submit")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED
    assert OutboxMessage.objects.filter(event__startswith=f"meeting:{meeting.pk}:submitted").count() == 1
    assert member.get(at("log", meeting)).url == meeting.get_absolute_url()


def test_two_at_once_see_each_other_and_the_second_decides(room):
    body, people, member, secretary = room
    meeting = a_log(body, people)
    opened = member.get(at("log", meeting))
    send(secretary, at("log", meeting), place="먼저 적은 곳")
    stale = send(member, at("log", meeting), opened, place="나중 적은 곳", present=[people[0].pk])
    beside = texts(stale, "dl", cls="beside")[0]
    assert "먼저 적은 곳" in beside and "나중 적은 곳" in beside and "참석 명단" in beside
    meeting.refresh_from_db()
    assert meeting.place == "먼저 적은 곳" and meeting.attendances.filter(present=True).count() == 5
    send(member, at("log", meeting), stale)
    meeting.refresh_from_db()
    assert meeting.place == "나중 적은 곳"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
def test_a_forged_version_is_refused(room, version):
    body, people, member, _ = room
    meeting = a_log(body, people)
    assert send(member, at("log", meeting), version=version, place="몰래").status_code == 200
    meeting.refresh_from_db()
    assert meeting.place == "구청 회의실"


def test_forged_bodies_people_and_state_change_nothing(room):
    body, people, member, _ = room
    other = a_body("남의분과")
    stranger = a_member(other, "남의 위원")
    assert "남의 위원" not in send(member, LOG_NEW, **typed(people, bodies=[other.pk]), do="roll").content.decode()
    assert send(member, LOG_NEW, **typed(people, bodies=[other.pk])).status_code == 200
    assert logged(member, people, present=[stranger.pk]).status_code == 200
    assert not Meeting.objects.filter(year=2026).exists()
    logged(member, people, state="published", year="1999", no="7")
    meeting = Meeting.objects.get(year=2026)
    assert (meeting.state, meeting.bodies.get(), meeting.no) == (MeetingState.LOGGED, body, 1)


# --- who ------------------------------------------------------------------------------------------------------------

PAGES = ("log", "call", "log_publish", "log_correct", "log_cancel")


def test_a_member_of_another_body_gets_no_draft_at_all(room, client):
    body, people, _, _ = room
    stranger = signed_in(a_full_body(name="다른분과")[1][1].user)
    meeting = a_log(body, people)
    for name in PAGES:
        assert (name, stranger.get(at(name, meeting)).status_code) == (name, 404)
        assert (name, stranger.post(at(name, meeting), {"reason": "x"}).status_code) == (name, 404)
        assert client.get(at(name, meeting)).status_code == 302
    assert stranger.get(meeting.get_absolute_url()).status_code == 404
    assert client.get(meeting.get_absolute_url()).status_code == 404
    assert "모든 회의 119회" in " ".join(texts(client.get("/meetings/"), "h2"))


def test_a_called_meeting_stays_known_while_its_text_is_a_draft(room, client):
    body, people, member, _ = room
    meeting = actions.call_meeting(by=people[0].user, record=a_record([body], items=[], minutes="", agenda="알린 내용"))
    actions.save_log(meeting=meeting, by=people[0].user, record=a_record(agenda="적는 중인 내용", minutes="비밀 초안"))
    public = client.get(meeting.get_absolute_url())
    assert public.status_code == 200
    for word in ("적는 중인 내용", "비밀 초안", "현안"):
        assert word not in public.content.decode()
        assert word in member.get(meeting.get_absolute_url()).content.decode()


def test_an_ordinary_member_neither_publishes_nor_corrects(room):
    body, people, member, _ = room
    meeting = actions.submit(meeting=a_log(body, people), by=people[0].user)
    assert member.get(at("log_publish", meeting)).status_code == 403
    assert member.post(at("log_publish", meeting)).status_code == 403
    actions.publish(meeting=meeting, by=people[1].user)
    assert member.get(at("log_correct", meeting)).status_code == 403
    assert member.post(at("log_correct", meeting), {"reason": "x"}).status_code == 403
    meeting.refresh_from_db()
    assert meeting.corrections.count() == 0


def test_who_sits_nowhere_calls_nothing(room):
    resident = User.objects.create_user("주민", "r@example.org", "시험용-암호-2021", role=Role.RESIDENT)
    for url in (CALL_NEW, LOG_NEW):
        assert signed_in(resident).get(url).status_code == 403
        assert signed_in(resident).post(url, {}).status_code == 403


def test_the_log_page_costs_the_same_for_a_large_body():
    costs = []
    for size in (5, 30):
        body, people = a_full_body(size, name=f"{size}명 분과")
        meeting = a_log(body, people, kind=a_kind(f"회의 {size}"))
        costs.append(queries(signed_in(people[0].user), at("log", meeting)))
    assert costs[0] == costs[1]
