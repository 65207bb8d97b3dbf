"""What is typed and not sent: kept for its writer alone, offered again, gone when it is saved or after 30 days."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from councils import form_drafts
from councils import meeting_actions as actions
from councils.models import Meeting
from geumcheon.accounts.models import FormDraft
from geumcheon.lib import clock
from geumcheon.tasks import destroy_expired
from tests.councils.life import a_full_body, a_kind, a_log, a_record
from tests.councils.sheet import fields_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine):
    time_machine.move_to("2026-03-03T10:42:00+09:00", tick=False)


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture
def desk():
    """(meeting, people, client of a member, address of its log, key of its draft)."""
    body, people = a_full_body(5)
    meeting = a_log(body, people)
    url = reverse("councils:log", args=[meeting.year, meeting.no])
    return meeting, people, signed_in(people[0].user), url, f"log-{meeting.pk}"


def post(client, key, user, **body):
    url = reverse("councils:draft", args=[key])
    return client.post(url, json.dumps({"user": str(user.pk), **body}), content_type="application/json")


def test_a_draft_is_kept_offered_and_shown_again(desk):
    meeting, people, member, url, key = desk
    typed = {
        **fields_of(member.get(url)),
        "minutes": ["반쯤 적은 글"],
        "items-TOTAL_FORMS": ["2"],
        "items-1-title": ["둘째"],
    }
    answer = post(member, key, people[0].user, values=typed)
    assert (answer.status_code, answer.json()) == (200, {"saved_at": "10:42"})
    opened = member.get(url).content.decode()
    assert "적던 글이 있습니다" in opened and "반쯤 적은 글" not in opened
    shown = fields_of(member.get(url + "?draft=1"))
    assert (shown["minutes"], shown["items-1-title"]) == (["반쯤 적은 글"], ["둘째"])
    meeting.refresh_from_db()
    assert meeting.minutes == "논의했다."


def test_a_saved_record_ends_its_draft_here_and_on_the_device(desk):
    _, people, member, url, key = desk
    post(member, key, people[0].user, values={"minutes": ["x"]})
    sent = send(member, url)
    assert not FormDraft.objects.exists()
    assert f'data-keep-clear="{key}"' in member.get(sent.url).content.decode()
    assert "data-keep-clear" not in member.get(sent.url).content.decode()


def test_a_refused_record_keeps_its_draft(desk):
    _, people, member, url, key = desk
    post(member, key, people[0].user, values={"minutes": ["x"]})
    assert send(member, url, starts_on="").status_code == 200
    assert FormDraft.objects.count() == 1


def test_a_draft_is_thrown_away_without_script(desk):
    _, people, member, url, key = desk
    post(member, key, people[0].user, values={"minutes": ["x"]})
    member.post(url, {"do": "forget"})
    assert not FormDraft.objects.exists()


def test_a_draft_of_an_older_version_still_meets_what_others_saved(desk):
    meeting, people, member, url, key = desk
    post(member, key, people[0].user, values={**fields_of(member.get(url)), "place": ["내 장소"]})
    actions.save_log(meeting=meeting, by=people[1].user, record=a_record(place="남의 장소"))
    stale = send(member, url, member.get(url + "?draft=1"))
    assert "그사이 다른 사람이 저장했습니다" in stale.content.decode()


def test_drafts_are_for_their_writer_alone(desk):
    _, people, member, url, key = desk
    post(member, key, people[0].user, values={"minutes": ["내 글"]})
    other = signed_in(people[1].user)
    assert "내 글" not in other.get(url + "?draft=1").content.decode()
    assert post(other, key, people[0].user, values={}).status_code == 401  # the page of somebody else
    stranger = a_full_body(name="다른분과")[1][0].user
    assert post(signed_in(stranger), key, stranger, values={}).status_code == 404
    assert post(member, "log-999999", people[0].user, values={}).status_code == 404
    assert post(member, "anything", people[0].user, values={}).status_code == 404
    assert FormDraft.objects.get().data == {"minutes": ["내 글"]}


def test_what_is_no_draft_or_too_long_is_refused(desk):
    _, people, member, _, key = desk
    user = people[0].user
    assert post(member, key, user, values={"minutes": "가" * 100_000}).status_code == 413
    assert post(member, key, user, values={str(n): "" for n in range(3001)}).status_code == 413
    assert post(member, key, user, values={"a": {"b": 1}}).status_code == 413
    url = reverse("councils:draft", args=[key])
    assert member.post(url, "nonsense", content_type="application/json").status_code == 400
    assert member.post(url, "[]", content_type="application/json").status_code == 400
    assert not FormDraft.objects.exists()


def test_an_ended_sign_in_is_told_and_a_new_one_gets_a_fresh_token(desk):
    _, people, _, url, key = desk
    user = people[0].user
    client = signed_in(user, enforce_csrf_checks=True)
    client.get(url)
    old = client.cookies["csrftoken"].value
    client.cookies.pop("sessionid")
    draft = reverse("councils:draft", args=[key])
    body = json.dumps({"user": str(user.pk), "values": {"minutes": "x"}})
    ended = client.post(draft, body, content_type="application/json", headers={"X-CSRFToken": old})
    assert (ended.status_code, ended.json()["sign_in"]) == (401, "/accounts/login/")
    assert client.get(reverse("councils:draft_token")).json()["user"] == ""
    client.cookies.pop("csrftoken")
    client.force_login(user)
    told = client.get(reverse("councils:draft_token")).json()
    assert told["user"] == str(user.pk)
    assert client.post(draft, body, content_type="application/json", headers={"X-CSRFToken": old}).status_code == 403
    fresh = client.post(draft, body, content_type="application/json", headers={"X-CSRFToken": told["csrf"]})
    assert fresh.status_code == 200


def test_a_form_sent_after_the_sign_in_ended_comes_back_after_it(desk):
    meeting, people, member, url, _ = desk
    page = member.get(url)
    member.logout()
    away = send(member, url, page, minutes="로그인 없이 보낸 글", do="submit")
    assert away.url == f"/accounts/login/?next={url}"
    signed = member.post(
        "/accounts/login/", {"login": people[0].user.username, "password": "시험용-암호-2021", "next": url}
    )
    assert signed.url == url
    assert member.get(url).url == url + "?draft=1"
    again = member.get(url + "?draft=1")
    assert fields_of(again)["minutes"] == ["로그인 없이 보낸 글"]
    send(member, url, again)
    meeting.refresh_from_db()
    assert meeting.minutes == "로그인 없이 보낸 글"


def test_the_form_of_a_new_meeting_comes_back_too(desk):
    _, people, member, _, _ = desk
    page = member.get("/meetings/log/")
    member.logout()
    send(member, "/meetings/log/", page, place="새 회의실", kind=a_kind().pk)
    member.force_login(people[0].user)
    assert member.get("/meetings/log/").status_code in (200, 302)
    assert Meeting.objects.filter(year=2026).count() == 1


def test_old_drafts_are_destroyed(desk):
    _, people, member, _, key = desk
    post(member, key, people[0].user, values={"minutes": "x"})
    post(member, "new-log", people[0].user, values={"minutes": "y"})
    FormDraft.objects.filter(key=key).update(saved_at=clock.now() - form_drafts.KEEP - timedelta(minutes=1))
    destroy_expired()
    assert FormDraft.objects.get().key == "new-log"
