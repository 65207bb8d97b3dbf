"""소식 받기: a topic is followed after agreeing to the mails, and left by a button, a link of a mail, or with the account."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from councils.models import Body
from forums import mails, topic_actions
from forums.models import TopicFollow
from geumcheon.accounts.models import Dong, User
from geumcheon.lib import clock
from projects.models import Plan, Project
from tests.forums.ladders import a_proposal
from tests.forums.people import client_of, resident
from tests.forums.topics import a_body, a_dong, a_follow, a_project
from tests.html import elements

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(loaded):
    return resident("reader")


@pytest.fixture
def page(reader):
    return client_of(reader)


def asked(client, **data):
    return client.post("/topics/", data).content.decode()


# --- following ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["project", "dong", "body"])
def test_a_topic_is_followed_with_the_date_of_the_consent_and_left_by_a_button(page, reader, kind):
    topic = {"project": a_project, "dong": a_dong, "body": a_body}[kind]()
    response = page.post("/topics/", {"topic": f"{kind}-{topic.pk}", "consent": "on"}, follow=True)
    row = TopicFollow.objects.get()
    assert (row.user, row.topic) == (reader, topic)
    assert clock.now() - row.consented_at < timedelta(minutes=1)
    assert "전자우편으로 보내 드립니다" in response.content.decode()
    assert f"{timezone.localtime(row.consented_at):%Y. %-m. %-d.} 동의" in response.content.decode()
    response = page.post(f"/topics/{row.pk}/remove/", follow=True)
    assert "더 보내지 않습니다" in response.content.decode()
    assert TopicFollow.objects.count() == 0


def test_without_the_tick_nothing_is_followed_and_the_topic_stays_chosen(page):
    key = f"project-{a_project().pk}"
    html = asked(page, topic=key)
    assert topic_actions.NO_CONSENT in html
    assert f'value="{key}" selected' in html
    assert TopicFollow.objects.count() == 0


@pytest.mark.parametrize("key", ["", "project-", "project-0", "dong-x", "user-1", "project-1 or 1", "body-" + "9" * 40])
def test_what_is_no_topic_is_refused(page, key):
    html = asked(page, topic=key, consent="on")
    assert (topic_actions.NO_TOPIC if key else "주제를 골라 주세요.") in html
    assert TopicFollow.objects.count() == 0


def test_a_draft_plan_and_the_demo_body_are_no_topics(page):
    plan = Plan.objects.create(year=2030, title="쓰는 계획")
    hidden = Project.objects.create(plan=plan, number=1, name="숨은 사업", group=plan.groups.create(name="가", order=1))
    demo = Body.objects.create(name="시연 기구", kind="subcommittee", is_demo=True)
    assert "숨은 사업" not in page.get(f"/topics/?topic=project-{hidden.pk}").content.decode()
    for key in (f"project-{hidden.pk}", f"body-{demo.pk}"):
        assert topic_actions.NO_TOPIC in asked(page, topic=key, consent="on")
    assert "/topics/" not in re.sub(r"<footer.*", "", page.get(f"/council/{demo.pk}/").content.decode(), flags=re.S)
    assert TopicFollow.objects.count() == 0


def test_twice_is_once_with_the_first_date(page):
    first = a_follow(User.objects.get(username="reader"))
    response = page.post("/topics/", {"topic": first.key, "consent": "on"}, follow=True)
    assert "이미 받고 있습니다" in response.content.decode()
    assert TopicFollow.objects.get().consented_at == first.consented_at


@pytest.mark.parametrize("fields", [{"email_proved": False}, {"email": ""}])
def test_without_a_proved_address_the_page_says_what_is_missing_and_follows_nothing(page, reader, fields):
    User.objects.filter(pk=reader.pk).update(**fields)
    assert "전자우편 주소를 확인하면" in page.get("/topics/").content.decode()
    response = page.post("/topics/", {"topic": f"dong-{a_dong().pk}", "consent": "on"})
    assert response.status_code == 403
    assert "전자우편 주소를 확인하면" in response.content.decode()
    assert TopicFollow.objects.count() == 0


def test_a_visitor_signs_in_and_comes_back_to_the_topic(client, loaded):
    response = client.get("/topics/?topic=dong-3")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/topics/%3Ftopic%3Ddong-3")
    assert client.post("/topics/", {"topic": "dong-3", "consent": "on"}).status_code == 302
    assert TopicFollow.objects.count() == 0


def test_nobody_removes_what_another_person_follows(page):
    other = a_follow(resident("other"))
    assert page.post(f"/topics/{other.pk}/remove/").status_code == 404
    assert Client().post(f"/topics/{other.pk}/remove/").status_code == 302
    assert other.key not in {
        row["attrs"]["value"] for row in elements(page.get("/topics/"), "option") if "받는 중" in row["text"]
    }
    assert TopicFollow.objects.get() == other


def test_pages_of_topics_lead_to_the_form_with_the_topic_chosen(page, client):
    pages = {
        f"project-{a_project().pk}": "/projects/2021/9/",
        f"dong-{a_dong().pk}": "/dongs/가산동/",
        f"body-{a_body().pk}": f"/council/{a_body().pk}/",
    }
    for key, path in pages.items():
        (button,) = [e for e in elements(client.get(path), "a") if e["text"] == "소식 받기"]
        assert button["attrs"]["href"] == f"/topics/?topic={key}"
        assert f'value="{key}" selected' in page.get(button["attrs"]["href"]).content.decode()


def test_the_page_costs_the_same_for_one_and_three_topics(page, reader):
    costs = []
    for topic in ({"project": a_project()}, {"dong": a_dong()}, {"body": a_body()}):
        a_follow(reader, **topic)
        with CaptureQueriesContext(connection) as captured:
            page.get("/topics/")
        costs.append(len(captured))
    assert costs[0] == costs[2]


# --- the table ----------------------------------------------------------------------------------------------------
def refused(**topic):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_follow(User.objects.get(username="reader"), **topic)


def test_a_row_is_about_exactly_one_topic(reader):
    refused(project=a_project(), dong=a_dong())
    refused(project=a_project(), dong=a_dong(), body=a_body())
    refused(project=None)
    a_follow(reader, dong=a_dong())


def test_a_topic_stands_once_for_a_person(reader):
    for topic in ({"project": a_project()}, {"dong": a_dong()}, {"body": a_body()}):
        a_follow(reader, **topic)
        refused(**topic)
    a_follow(reader, dong=Dong.objects.exclude(pk=a_dong().pk).first())
    a_follow(resident("other"), dong=a_dong())
    assert TopicFollow.objects.count() == 5


# --- leaving ------------------------------------------------------------------------------------------------------
def path_of(user, key=""):
    return re.sub(r"^https?://[^/]+", "", topic_actions.leave_url(user, key))


@pytest.fixture
def follows(reader):
    """The reader follows two topics, somebody else one of them."""
    rows = [a_follow(reader), a_follow(reader, dong=a_dong())]
    return [*rows, a_follow(resident("other"))]


def test_the_link_leaves_all_topics_without_signing_in_and_only_on_the_button(follows, reader):
    mail_program = Client(enforce_csrf_checks=True)
    html = mail_program.get(path_of(reader)).content.decode()
    assert "모두 그만 받기" in html
    assert "가산동" in html
    assert reader.email not in html
    assert mail_program.head(path_of(reader)).status_code == 200
    assert TopicFollow.objects.count() == 3
    for _ in range(2):
        response = mail_program.post(path_of(reader), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "편지로 보내지 않습니다. 동의한 기록도 지웠습니다" in response.content.decode()
        assert TopicFollow.objects.get() == follows[2]


def test_the_link_of_one_topic_leaves_the_others(follows, reader, client):
    html = client.get(path_of(reader, follows[1].key)).content.decode()
    assert "가산동" in html
    assert follows[0].project.name not in html
    client.post(path_of(reader, follows[1].key))
    assert set(TopicFollow.objects.all()) == {follows[0], follows[2]}


def test_a_forged_or_foreign_link_is_refused_in_words(follows, reader, client):
    good = path_of(reader)
    foreign = signing.dumps([reader.pk, ""], salt=mails.SALT)
    stop = mails.stop_url(a_proposal(), reader).rstrip("/").rsplit("/", 1)[1]
    for path in (good[:-3] + "xx/", f"/topics/leave/{foreign}/", f"/topics/leave/{stop}/", "/topics/leave/가:나:다/"):
        for send in (client.get, client.post):
            response = send(path)
            assert response.status_code == 410
            assert "쓸 수 없는 링크입니다" in response.content.decode()
    assert TopicFollow.objects.count() == 3


# --- the own page and the own data --------------------------------------------------------------------------------
def test_the_own_page_leads_there_and_the_download_holds_it(page, reader):
    def section():
        return re.search(r'aria-labelledby="topics".*?</section>', page.get("/my/").content.decode(), re.S)[0]

    assert 'href="/topics/"' in section()
    row = a_follow(reader)
    assert a_project().name in section()
    (kept,) = page.get("/my/data.json").json()["topics"]
    assert kept["topic"] == "2021년 사업 " + str(row.project)
    assert kept["consented_at"][:10] == f"{row.consented_at:%Y-%m-%d}"


def test_nothing_of_it_stays_when_the_account_is_left(follows, page, reader):
    reader.set_password("떠나는-암호-2021")
    reader.save()
    page.force_login(reader)
    assert "소식을 받는 주제와 동의한 때" in page.get("/my/leave/").content.decode()
    page.post("/my/leave/", {"password": "떠나는-암호-2021", "sure": "on"})
    reader.refresh_from_db()
    assert reader.left_at is not None
    assert TopicFollow.objects.get() == follows[2]
