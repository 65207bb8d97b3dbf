"""The weekly mail about topics: last week's public news, once for each person, nothing where nothing was new."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import Meeting, MeetingKind, MeetingState, Notice
from forums import digest, digest_news, event_actions, tasks, topic_actions
from forums.models import EventState, ProposalState, TopicFollow
from geumcheon.accounts import tasks as account_tasks
from geumcheon.accounts.models import Dong, MessageState, OutboxMessage, User
from geumcheon.lib import clock
from projects.models import Plan, Project
from tests.forums.events import an_event
from tests.forums.ladders import a_call, a_proposal, a_secretary
from tests.forums.people import resident
from tests.forums.test_stories import a_story
from tests.forums.topics import MONDAY, THURSDAY, a_body, a_dong, a_follow, a_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday(loaded, time_machine):
    """Everything made in a test is made on the Thursday before the mails go out."""
    time_machine.move_to(THURSDAY)


@pytest.fixture
def sent(time_machine):
    """sent() -> {name of who was mailed: the body} after the clock of Monday morning ran."""

    def send(moment=MONDAY):
        time_machine.move_to(moment)
        tasks.send_digests()
        rows = OutboxMessage.objects.filter(event__startswith="digest:").order_by("pk")
        return {row.user.username: row.body for row in rows}

    return send


def a_meeting(state=MeetingState.PUBLISHED, bodies=(), projects=(), **fields):
    fields = {"published_at": clock.now(), "starts_on": date(2027, 3, 2), **fields}
    kind = MeetingKind.objects.get(name="분과회의")
    meeting = Meeting.objects.create(
        year=2027, no=Meeting.objects.filter(year=2027).count() + 1, kind=kind, state=state, **fields
    )
    meeting.bodies.set(bodies)
    meeting.projects.set(projects)
    return meeting


def a_notice(title="주민투표를 합니다", dongs=(), **fields):
    notice = Notice.objects.create(title=title, text="글", **{"published_on": clock.today(), **fields})
    notice.dongs.set(dongs)
    return notice


# --- what is told -------------------------------------------------------------------------------------------------
def test_each_kind_of_news_reaches_who_follows_its_topic_with_its_address(sent, settings):
    settings.SITE_URL = "https://portal.example"
    project, dong, body = a_project(), a_dong(), a_body()
    a_follow(resident("of-project"), project=project)
    a_follow(resident("of-dong"), dong=dong)
    a_follow(resident("of-body"), body=body)
    story = a_story("보안등을 바꿨습니다", projects=[project])
    event = an_event("골목 공론장", dong=dong)
    proposal = a_proposal(title="그늘막을 놓아 주세요", dong=dong)
    meeting = a_meeting(bodies=[body])
    notice = a_notice("가산동 설명회", dongs=[dong])
    bodies = sent()
    told = {name: sorted(re.findall(r"https://portal.example(/(?!topics)\S+)", text)) for name, text in bodies.items()}
    assert told == {
        name: sorted(row.get_absolute_url() for row in rows)
        for name, rows in {
            "of-project": [story],
            "of-dong": [event, proposal, notice],
            "of-body": [story, meeting],  # the body carries the project
        }.items()
    }
    assert "- 협치이야기: 보안등을 바꿨습니다 (3. 4.)" in bodies["of-project"]
    assert "고르신 주제에 3월 1일~7일에 올라온 소식 3건입니다." in bodies["of-dong"]


@pytest.mark.parametrize("link", ["meeting", "item", "event", "proposal"])
def test_what_names_a_project_reaches_its_followers(sent, link):
    project = a_project()
    a_follow()
    if link == "meeting":
        a_meeting(projects=[project])
    elif link == "item":
        a_meeting().items.create(title="안건").project_items.create(project=project)
    elif link == "event":
        an_event(project=project)
    else:
        a_proposal(project=project)
    assert list(sent()) == ["reader"]


def test_a_notice_for_the_whole_district_reaches_every_dong_and_one_for_a_dong_only_that(sent):
    other = Dong.objects.exclude(pk=a_dong().pk).first()
    a_follow(resident("here"), dong=a_dong())
    a_follow(resident("there"), dong=other)
    a_notice("온 구의 투표")
    a_notice("가산동만의 알림", dongs=[a_dong()])
    bodies = sent()
    assert ["온 구의 투표" in bodies[name] for name in ("here", "there")] == [True, True]
    assert ["가산동만의 알림" in bodies[name] for name in ("here", "there")] == [True, False]


def test_what_belongs_to_two_topics_of_a_person_is_told_once(sent):
    reader = resident("reader")
    a_follow(reader)
    a_follow(reader, dong=a_dong())
    a_story("함께 바꾼 골목", projects=[a_project()], dongs=[a_dong()])
    body = sent()["reader"]
    assert body.count("함께 바꾼 골목") == 1
    assert "소식 1건입니다" in body
    assert "[2021년 사업 9." in body
    assert "[가산동]" not in body


def test_many_lines_under_one_topic_end_in_a_number(sent, monkeypatch):
    monkeypatch.setattr(digest, "MOST", 2)
    a_follow()
    for n in range(5):
        a_story(f"이야기 {n}", projects=[a_project()])
    body = sent()["reader"]
    assert "소식 5건입니다" in body
    assert body.count("- 협치이야기") == 2
    assert "- 그 밖에 3건이 더 있습니다." in body


# --- what is not --------------------------------------------------------------------------------------------------
def test_without_news_nothing_is_sent(sent):
    a_follow()
    a_story("다른 사업의 이야기", projects=[Project.objects.get(plan__year=2021, number=1)])
    a_story("아무 주제도 없는 이야기")
    assert sent() == {}


@pytest.mark.parametrize(("day", "told"), [(-1, False), (0, True), (6, True), (7, False)])
def test_a_week_is_from_its_monday_to_its_sunday(sent, day, told):
    first = date(2027, 3, 1) + timedelta(days=day)
    moment = THURSDAY.replace(day=4) + timedelta(days=day - 3)
    a_follow()
    a_story(days=(clock.today() - first).days, projects=[a_project()])
    assert bool(sent()) == told
    OutboxMessage.objects.all().delete()
    TopicFollow.objects.all().delete()
    a_follow(resident("of-dong"), dong=a_dong())
    a_proposal(dong=a_dong(), submitted_at=moment)
    assert bool(sent()) == told


def test_midnight_is_that_of_seoul(sent):
    a_follow(resident("of-dong"), dong=a_dong())
    a_proposal(title="일요일 밤", dong=a_dong(), submitted_at=MONDAY.replace(day=7, hour=23, minute=59))
    a_proposal(title="월요일 새벽", dong=a_dong(), submitted_at=MONDAY.replace(hour=0))
    assert re.findall("일요일 밤|월요일 새벽", sent()["of-dong"]) == ["일요일 밤"]


def test_nothing_that_is_not_public_leaks(sent):
    """Followers of all three topics get no mail about drafts, hidden, withdrawn, planned, called-off and unpublished things."""
    project, dong, body = a_project(), a_dong(), a_body()
    for topic in ({"project": project}, {"dong": dong}, {"body": body}):
        a_follow(User.objects.filter(username="reader").first() or resident("reader"), **topic)
    a_story("초안", days=None, projects=[project], dongs=[dong])
    a_story("나중 이야기", days=-10, projects=[project])
    an_event("예정된 행사", state=EventState.PLANNED, dong=dong, project=project)
    off = an_event("취소한 행사", dong=dong)
    event_actions.cancel(event=off, by=a_secretary(), reason="비가 옵니다.")
    draft = Plan.objects.create(year=2030, title="쓰는 계획")
    hidden = Project.objects.create(plan=draft, number=1, name="숨은", group=draft.groups.create(name="가", order=1))
    an_event("쓰는 계획의 행사", dong=dong, project=hidden)
    a_proposal(title="쓰는 제안", state=ProposalState.DRAFT, dong=dong)
    a_proposal(title="가린 제안", state=ProposalState.HIDDEN, hidden_reason="까닭", dong=dong)
    a_proposal(title="거둔 제안", state=ProposalState.WITHDRAWN, dong=dong)
    call = a_call()
    a_proposal(title="안 연 공모의 제안", call=call, dong=dong)
    call.published = False
    call.save()
    for state in (MeetingState.CALLED, MeetingState.LOGGED, MeetingState.SUBMITTED, MeetingState.CANCELLED):
        a_meeting(state=state, bodies=[body], projects=[project])
    a_notice("초안 공지", published_on=None)
    a_notice("나중 공지", published_on=date(2027, 3, 20))
    assert sent() == {}
    a_story("이것만 소식", projects=[project], days=clock.today().day - 3)
    assert re.findall(r"^- .*", sent()["reader"], re.M) == ["- 협치이야기: 이것만 소식 (3. 3.)"]


def test_an_unpublished_meeting_lends_a_story_no_topic(sent):
    a_follow(resident("of-body"), body=a_body())
    secret = a_meeting(state=MeetingState.SUBMITTED, bodies=[a_body()])
    a_story("곧 나올 회의의 이야기", meetings=[secret])
    assert sent() == {}


def test_an_event_is_news_in_the_week_it_was_first_announced(sent, time_machine):
    a_follow(resident("of-dong"), dong=a_dong())
    by = a_secretary()
    event = an_event("골목 공론장", state=EventState.PLANNED, days=30, dong=a_dong())
    time_machine.move_to(THURSDAY + timedelta(days=7))
    event_actions.announce(event=event, by=by)
    assert sent() == {}
    assert list(sent(MONDAY + timedelta(days=7))) == ["of-dong"]
    time_machine.move_to(THURSDAY + timedelta(days=14))
    values = {"title": "골목 큰 공론장"}
    event_actions.edit(event=event, by=by, values=values)
    sent(MONDAY + timedelta(days=14))
    assert OutboxMessage.objects.filter(event__startswith="digest:").count() == 1


# --- to whom and how often ----------------------------------------------------------------------------------------
def test_a_person_gets_one_mail_a_week_however_often_the_clock_runs(sent):
    reader = a_follow().user
    a_follow(reader, dong=a_dong())
    a_story("첫 이야기", projects=[a_project()])
    a_notice()
    sent()
    a_story("늦게 적은 이야기", days=4, projects=[a_project()])
    User.objects.filter(pk=reader.pk).update(email="moved@example.org")
    sent(MONDAY + timedelta(days=1))
    (message,) = OutboxMessage.objects.filter(event__startswith="digest:")
    assert (message.event, message.recipient) == (f"digest:{reader.pk}:2027-03-01", "reader@example.org")
    assert message.subject == "[금천구 협치 포털] 3월 1일~7일 소식 2건"


@pytest.mark.parametrize(
    "fields", [{"email_proved": False}, {"is_active": False}, {"email": ""}, {"left_at": THURSDAY}]
)
def test_only_proved_addresses_of_active_accounts_are_mailed(sent, fields):
    a_story(projects=[a_project()])
    gone = a_follow(resident("gone")).user
    a_follow(resident("here"))
    User.objects.filter(pk=gone.pk).update(**fields)
    assert list(sent()) == ["here"]
    tasks.send_digest(gone.pk, "2027-03-01")
    assert OutboxMessage.objects.filter(user=gone).count() == 0


def test_a_week_that_still_runs_and_a_day_that_is_no_monday_are_not_mailed(time_machine):
    reader = a_follow().user
    a_story(projects=[a_project()])
    tasks.send_digest(reader.pk, "2027-03-01")
    time_machine.move_to(MONDAY)
    tasks.send_digest(reader.pk, "2027-02-28")
    tasks.send_digest(reader.pk, "2027-03-08")
    tasks.send_digest(10**9, "2027-03-01")
    assert OutboxMessage.objects.count() == 0
    tasks.send_digest(reader.pk, "2027-03-01")
    assert OutboxMessage.objects.count() == 1


def test_the_links_of_the_mail_leave_one_topic_or_all(sent, client):
    reader = a_follow().user
    a_follow(reader, dong=a_dong())
    a_story(projects=[a_project()])
    body = sent()["reader"]
    one = re.search(r"이 주제의 소식 그만 받기: https?://[^/]+(\S+)", body)[1]
    every = re.search(r"모든 주제의 소식 그만 받기: https?://[^/]+(\S+)", body)[1]
    client.post(one)
    assert TopicFollow.objects.get().dong == a_dong()
    client.post(every)
    assert TopicFollow.objects.count() == 0


def test_who_leaves_the_last_topic_gets_no_mail_that_was_already_written(sent):
    reader = a_follow().user
    kept = a_follow(reader, dong=a_dong())
    a_story(projects=[a_project()])
    sent()
    topic_actions.unfollow(user_id=reader.pk, key=TopicFollow.objects.exclude(pk=kept.pk).get().key)
    assert OutboxMessage.objects.filter(user=reader).count() == 1  # a topic is left, the week's mail stays
    OutboxMessage.objects.create(event="invitation:1:1", recipient="a@example.org", subject="x", body="x", user=reader)
    topic_actions.unfollow(user_id=reader.pk)
    assert OutboxMessage.objects.get(user=reader).event == "invitation:1:1"
    account_tasks.send_outbox()
    assert [letter.subject for letter in mail.outbox] == ["x"]


def test_a_mail_that_went_out_stays_on_the_list(sent):
    reader = a_follow().user
    a_story(projects=[a_project()])
    sent()
    account_tasks.send_outbox()
    topic_actions.unfollow(user_id=reader.pk)
    assert OutboxMessage.objects.get(user=reader).state == MessageState.SENT


def test_mail_programs_are_told_how_to_leave_and_only_by_our_own_address(sent, settings):
    settings.SITE_URL = "https://portal.example"
    reader = a_follow().user
    a_story("https://evil.example/topics/leave/x/", projects=[a_project()])
    body = sent()["reader"]
    account_tasks.send_outbox()
    (message,) = mail.outbox
    assert message.extra_headers == {
        "List-Unsubscribe": f"<{body.split()[-1]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    OutboxMessage.objects.create(
        event="x", recipient=reader.email, subject="x", body="https://evil.example/topics/leave/x/"
    )
    account_tasks.send_outbox()
    assert mail.outbox[1].extra_headers == {}


def test_the_mails_cost_the_same_for_each_follower_and_none_where_nothing_was_new(time_machine):
    readers = [a_follow(resident(f"reader-{n}")).user for n in range(3)]
    a_follow(readers[2], dong=a_dong())
    a_follow(readers[2], body=a_body())
    for n in range(3):
        a_story(f"이야기 {n}", projects=[a_project()], dongs=[a_dong()])
        an_event(f"행사 {n}", project=a_project(), dong=a_dong())
        a_proposal(title=f"제안 {n}", dong=a_dong(), project=a_project())
        a_meeting(bodies=[a_body()], projects=[a_project()])
        a_notice(f"공지 {n}")
    time_machine.move_to(MONDAY)
    monday = digest_news.monday_before(clock.today())
    costs = []
    for reader in readers:
        with CaptureQueriesContext(connection) as captured:
            assert digest.send(user=reader, monday=monday) is not None
        costs.append(len(captured))
    assert costs[0] == costs[1] == costs[2]
    with CaptureQueriesContext(connection) as three:
        assert len(digest.receivers(monday)) == 3
    TopicFollow.objects.exclude(user=readers[0]).delete()
    with CaptureQueriesContext(connection) as one:
        assert len(digest.receivers(monday)) == 1
    assert len(one) == len(three)


@pytest.mark.parametrize(
    ("day", "monday"), [(8, "2027-03-01"), (9, "2027-03-01"), (14, "2027-03-01"), (15, "2027-03-08"), (7, "2027-02-22")]
)
def test_a_late_run_tells_of_the_last_whole_week(day, monday):
    assert digest_news.monday_before(date(2027, 3, day)).isoformat() == monday
