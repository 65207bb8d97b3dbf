"""A plan's admin: its status moves one way and by one function, its rows, what protects it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from projects import actions
from projects.models import Feedback, PastProject, Plan, PlanStatus
from tests.admin_data import add_row, errors_of, form_data
from tests.html import elements, texts


@pytest.fixture
def draft(loaded):
    return Plan.objects.create(year=2022, title="2022년 계획")


def move_url(plan, status):
    return reverse("admin:projects_plan_move", args=[plan.pk, status])


# --- the function ---
def test_a_plan_moves_forward_and_closing_notes_the_day(draft, users):
    actions.move_plan(plan=draft, status="published", user=users["secretariat"])
    assert (Plan.objects.get(pk=draft.pk).status, draft.status, draft.as_of) == ("published", "published", None)
    actions.move_plan(plan=draft, status="closed", user=users["secretariat"])
    assert Plan.objects.get(pk=draft.pk).as_of == clock.today()
    assert draft.history.latest().history_user == users["secretariat"]


def test_closing_keeps_an_as_of_date_that_is_there(draft):
    draft.status, draft.as_of = PlanStatus.PUBLISHED, date(2022, 12, 1)
    draft.save()
    assert actions.move_plan(plan=draft, status="closed").as_of == date(2022, 12, 1)


def test_the_same_status_is_no_change(draft):
    before = draft.history.count()
    actions.move_plan(plan=draft, status="draft")
    assert draft.history.count() == before


@pytest.mark.parametrize(
    ("now", "then", "message"),
    [
        ("draft", "closed", "‘작성 중’인 계획은 ‘마감’(으)로 바꿀 수 없습니다."),
        ("published", "draft", "‘시행 중’인 계획은 ‘작성 중’(으)로 바꿀 수 없습니다."),
        ("closed", "published", "‘마감’인 계획은 ‘시행 중’(으)로 바꿀 수 없습니다."),
        ("closed", "gone", "모르는 상태입니다: gone"),
    ],
)
def test_a_move_that_is_not_allowed_says_so(draft, now, then, message):
    draft.status = now
    draft.save()
    with pytest.raises(ValidationError) as error:
        actions.move_plan(plan=draft, status=then)
    assert error.value.messages == [message]
    assert Plan.objects.get(pk=draft.pk).status == now


# --- the page ---
def test_the_page_offers_the_next_status_and_asks_before_moving(client_as, draft):
    client = client_as("secretariat")
    page = client.get(admin_url(Plan, "change", draft.pk))
    assert [e["attrs"]["href"] for e in elements(page, "a", cls="button")] == [move_url(draft, "published")]
    asked = client.get(move_url(draft, "published"))
    assert "되돌릴 수 없습니다" in texts(asked, "div", id="content-main")[0]
    draft.refresh_from_db()
    assert draft.status == "draft"
    response = client.post(move_url(draft, "published"), follow=True)
    assert texts(response, "ul", cls="messagelist") == ["2022년 계획: 시행 중"]
    draft.refresh_from_db()
    assert draft.status == "published"


def test_a_move_that_is_not_allowed_is_said_on_the_page(client_as, draft):
    response = client_as("secretariat").post(move_url(draft, "closed"), follow=True)
    assert texts(response, "ul", cls="messagelist") == [
        "2022년 계획: ‘작성 중’인 계획은 ‘마감’(으)로 바꿀 수 없습니다."
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_officer_moves_no_plan(client_as, draft, method):
    assert getattr(client_as("officer"), method)(move_url(draft, "published")).status_code == 403
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_status_sent_with_the_form_is_not_looked_at(client_as, draft):
    client, url = client_as("secretariat"), admin_url(Plan, "change", draft.pk)
    data = form_data(client.get(url), Plan)
    assert "status" not in data
    assert client.post(url, data | {"status": "closed"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_list_moves_several_and_says_which_could_not(client_as, draft, loaded):
    data = {"action": "publish_selected", "_selected_action": [draft.pk, loaded.pk]}
    response = client_as("secretariat").post(admin_url(Plan), data, follow=True)
    assert sorted(texts(response, "li", cls="success") + texts(response, "li", cls="error")) == [
        "2021. 금천구 지역사회혁신계획(구단위계획형): ‘마감’인 계획은 ‘시행 중’(으)로 바꿀 수 없습니다.",
        "2022년 계획: 시행 중",
    ]


def test_the_loaded_plan_can_be_saved_as_shown(client_as, loaded):
    client, url = client_as("secretariat"), admin_url(Plan, "change", loaded.pk)
    before = list(loaded.steps.values()) + list(loaded.sections.values())
    assert client.post(url, form_data(client.get(url), Plan)).status_code == 302
    assert list(loaded.steps.values()) + list(loaded.sections.values()) == before


def test_a_group_with_projects_is_protected_in_korean(client_as, loaded):
    client, url = client_as("secretariat"), admin_url(Plan, "change", loaded.pk)
    data = form_data(client.get(url), Plan) | {"groups-0-DELETE": "on"}
    response = client.post(url, data)
    messages = [message for row in errors_of(response).values() for message in row]
    assert len(messages) == 1
    assert "삭제" in messages[0]
    assert loaded.groups.count() == 2


@pytest.mark.parametrize("status", ["published", "closed"])
def test_a_plan_people_have_seen_is_not_deleted(client_as, draft, status):
    draft.status = status
    draft.save()
    assert client_as("secretariat").post(admin_url(Plan, "delete", draft.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [draft.pk], "post": "yes"}
    assert client_as("secretariat").post(admin_url(Plan), data).status_code == 403
    assert Plan.objects.filter(pk=draft.pk).exists()


def test_a_draft_is_deleted(client_as, draft):
    assert client_as("secretariat").post(admin_url(Plan, "delete", draft.pk), {"post": "yes"}).status_code == 302
    assert not Plan.objects.filter(pk=draft.pk).exists()


def test_the_plan_list_shows_counts_with_their_time(client_as, loaded, draft):
    response = client_as("secretariat").get(admin_url(Plan))
    assert texts(response, "td", cls="field-project_count") == ["0", "17"]
    assert texts(response, "td", cls="field-indicator_total") == ["-", "97"]


@pytest.mark.parametrize("year", ["1999", "2100", "-1", "99999999999999999999", "이천이십"])
def test_a_year_no_address_can_carry_is_refused(client_as, draft, year):
    client, url = client_as("secretariat"), admin_url(Plan, "change", draft.pk)
    response = client.post(url, form_data(client.get(url), Plan) | {"year": year})
    assert list(errors_of(response)) == ["year"]


def test_feedback_and_past_projects_can_be_saved_as_shown(client_as, loaded):
    client = client_as("secretariat")
    for row in (*Feedback.objects.all(), *PastProject.objects.all()):
        url = admin_url(type(row), "change", row.pk)
        before = type(row).objects.filter(pk=row.pk).values().get()
        assert client.post(url, form_data(client.get(url), type(row))).status_code == 302
        assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_a_project_answers_a_piece_of_feedback(client_as, loaded):
    client, feedback = client_as("secretariat"), Feedback.objects.first()
    url = admin_url(Feedback, "change", feedback.pk)
    data = form_data(client.get(url), Feedback)
    other = loaded.projects.exclude(feedback=feedback).first()
    add_row(data, "answers", project=other.pk, reason="새로 답함")
    assert client.post(url, data).status_code == 302
    assert feedback.answers.get(project=other).reason == "새로 답함"
