"""Every admin page, generated from what is registered: query counts, no inline code, text stays text, bad input is refused in words."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from budgets.models import BudgetVersion, RateLine
from councils.models import Allowance, Notice, Recruitment, RewardRound, StandIn
from geumcheon.accounts.models import ExportJob, OutboxMessage, User, Verification
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from projects.models import Indicator, IndicatorResult, IndicatorRollup, Measurement, Plan, Project
from tests.admin_data import add_row, errors_of, form_data
from tests.councils.life import a_full_body
from tests.councils.pay import some_rows
from tests.forums.ladders import some_forum_rows
from tests.html import queries, texts
from tests.projects.inspections import some_inspections
from tests.voting.factories import some_rounds

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SCRIPT = "<script>alert(1)</script>"
TAG = "<s>1</s>"  # where the field is too short for the script


def name(model):
    return model._meta.label


@pytest.fixture
def three(loaded, users):
    """At least three rows of every registered model."""
    for i in range(3):
        plan = Plan.objects.create(year=2030 + i, title=f"계획 {i}")
        BudgetVersion.objects.create(plan=plan, key="x", title="x", basis="lines")
        Verification.objects.create(
            user=User.objects.create_user(f"checked{i}", name="주민"), level=1, basis="residence", key=f"{i}" * 64,
            method="text", verified_at=clock.now(), expires_on=clock.today() + timedelta(days=9),
        )  # fmt: skip
        Notice.objects.create(title=f"공지 {i}", text="x", published_on=clock.today())
        OutboxMessage.objects.create(
            event=f"x{i}", recipient="a@example.org", subject="x", body="x", user=users["member"]
        )
        ExportJob.objects.create(
            kind="x", token=f"x{i}", user=users["member"], expires_at=clock.now() + timedelta(days=1)
        )
        indicator = Indicator.objects.filter(combine="sum", per="").order_by("pk")[i]
        Measurement.objects.create(indicator=indicator, on=clock.today(), value=i, evidence="보고서")
    some_rows(3)
    body, people = a_full_body(3)
    for person in people:
        StandIn.objects.create(
            body=body, person=person, starts_on=clock.today(), ends_before=clock.today() + timedelta(days=9), reason="x"
        )
        Recruitment.objects.create(
            seat=body.seats.get(),
            title="x",
            places=1,
            opens_on=clock.today(),
            closes_before=clock.today() + timedelta(days=9),
            term_starts_on=clock.today(),
        )
    some_inspections(3)
    some_forum_rows(3)
    some_rounds(3)


# --- lists ---
@pytest.mark.parametrize("model", MODELS, ids=name)
@pytest.mark.parametrize("role", ["secretariat", "officer"])
def test_a_list_costs_the_same_with_one_and_with_three_rows(client_as, three, users, model, role):
    if not users[role].has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
        assert client_as(role).get(admin_url(model)).status_code == 403
        return
    client = client_as(role)
    pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:3])
    assert len(pks) == 3, "make three rows in the fixture"
    url = admin_url(model)
    one, many = f"{url}?id__in={pks[0]}", f"{url}?id__in={','.join(map(str, pks))}"
    client.get(one)
    count = queries(client, many)
    assert len(client.get(many).context["cl"].result_list) == 3
    assert queries(client, one) == count
    assert count <= 30


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_list_can_be_searched_and_sorted_by_every_column(client_as, three, model):
    client = client_as("secretariat")
    model_admin = admin.site._registry[model]
    assert model_admin.search_fields or model._meta.model_name in ("indicatorrollup", "exportjob", "dong"), "no search"
    assert client.get(admin_url(model), {"q": "없는 말 ' \" % _ \\"}).status_code == 200
    response = client.get(admin_url(model))
    columns = len(response.context["cl"].list_display)
    for column in range(1, columns):
        assert client.get(admin_url(model), {"o": column}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_every_filter_choice_opens(client_as, three, users, model):
    may = users["officer"].has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    client = client_as("officer" if may else "secretariat")
    changelist = client.get(admin_url(model)).context["cl"]
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[:4]:
            assert client.get(admin_url(model) + choice["query_string"]).status_code == 200


# --- every page ---
def pages(model, row):
    if row is None:
        return [admin_url(model)]
    return [admin_url(model), *(admin_url(model, page, row.pk) for page in ("change", "history", "delete"))]


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_no_page_carries_inline_code(client_as, three, model):
    """The content security policy would block it (settings: default-src 'self')."""
    client = client_as("secretariat")
    addresses = ["/admin/", admin_url(model, "add"), *pages(model, model._default_manager.first())]
    for url in addresses:
        response = client.get(url)
        html = response.content.decode()
        assert "style-src 'unsafe" not in response.headers["content-security-policy"]
        assert (
            re.findall(r"<style|<[^>]+\sstyle=|<[^>]+\son[a-z]+=|<script(?![^>]*\ssrc=)[^>]*>|javascript:", html) == []
        )
        assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


# These hold numbers, days and links only.
NO_TEXT = (IndicatorResult, IndicatorRollup, RateLine, Allowance, RewardRound)


@pytest.mark.parametrize("model", [model for model in MODELS if model not in NO_TEXT], ids=name)
def test_script_tags_in_every_text_field_come_out_as_text(client_as, three, model):
    client = client_as("secretariat")
    row = model._default_manager.order_by("pk").first()
    poisoned = poison(row)
    for inline in admin.site._registry[model].get_inlines(None, row):
        key = next(f for f in inline.model._meta.fields if f.related_model is model).name
        child = inline.model._base_manager.filter(**{key: row}).first()
        if child:
            poisoned += poison(child)
    assert poisoned
    row.refresh_from_db()
    for url in ["/admin/", *pages(model, row)]:
        html = client.get(url, follow=True).content.decode()
        assert "<script>alert" not in html
        assert "<s>1" not in html


def poison(row):
    """Write a tag into every text field of a row, past all checks; the names of the fields."""
    fields = [
        f
        for f in row._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField) and not f.choices and (f.max_length or 99) >= len(TAG)
        and f.name != "password"
    ]  # fmt: skip
    written = {f.name: SCRIPT if (f.max_length or 99) >= len(SCRIPT) else TAG for f in fields}
    if "link" in written:  # the database takes addresses only (notice_link_safe)
        written["link"] = f"/{SCRIPT}"
    if written:
        type(row)._base_manager.filter(pk=row.pk).update(**written)
    return list(written)


def test_scripts_in_the_text_a_form_refuses_come_out_as_text(client_as, loaded):
    client, project = client_as("secretariat"), loaded.projects.get(number=4)
    url = admin_url(Project, "change", project.pk)
    data = form_data(client.get(url), Project)
    texts_typed = {key: SCRIPT for key, value in data.items() if isinstance(value, str) and not key.endswith("_FORMS")
                   and not key.endswith(("-id", "-project")) and key != "csrfmiddlewaretoken"}  # fmt: skip
    response = client.post(url, data | texts_typed)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert response.content.decode().count("&lt;script&gt;alert(1)&lt;/script&gt;") > 100


# --- bad input ---
def project_form(client, loaded):
    project = loaded.projects.get(number=4)
    url = admin_url(Project, "change", project.pk)
    return project, url, form_data(client.get(url), Project)


def test_ten_megabytes_in_a_field_are_answered_with_the_portals_400_page(client_as, loaded):
    client = client_as("secretariat")
    project, url, data = project_form(client, loaded)
    response = client.post(url, data | {"summary": "가" * 3_500_000})
    assert response.status_code == 400
    assert 'lang="ko"' in response.content.decode()
    project.refresh_from_db()
    assert not project.summary.startswith("가가")


def test_too_long_a_text_is_refused_in_korean(client_as, loaded):
    client = client_as("secretariat")
    _, url, data = project_form(client, loaded)
    response = client.post(url, data | {"summary": "가" * 20_001, "place": "가" * 121, "stages-0-title": "가" * 121})
    errors = errors_of(response)
    assert list(errors) == ["place", "summary", "stages-0-title"]
    assert all(re.search("[가-힣]", message) and "20" in message for (message,) in errors.values())
    assert client.post(url, data | {"summary": "가" * 20_000}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_on", "2021-02-31"), ("starts_on", "0000-00-00"), ("ends_before", "20210201"), ("ends_before", "내일"),
        ("starts_on", "0001-01-01"), ("number", "0"), ("number", "-4"), ("number", "99999999999999999999"), ("number", "넷"),
        ("group", "999999999999999999999"), ("group", "<script>"), ("dongs", ["1", "999999"]), ("origin", "없음"),
        ("stages-0-order", "0"), ("stages-0-order", "40000"), ("stages-0-order", "-1"), ("partners-0-department", "0"),
        ("parts-0-kind", "x"), ("indicators-0-target_text", ""), ("indicators-0-target_text", "2회 3회"),
        ("indicators-0-target_text", "99999999999999999999회"), ("indicators-0-target_text", "5" + "가" * 30),
        ("indicators-0-phase", "x"), ("lines-0-item", "0"), ("lines-0-funding", "국비"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_in_korean(client_as, loaded, field, value):
    client = client_as("secretariat")
    project, url, data = project_form(client, loaded)
    response = client.post(url, data | {field: value, "place": "고친 곳"})
    assert response.status_code == 200
    errors = errors_of(response)
    assert list(errors) == [field]
    assert all(re.search("[가-힣]", message) for message in errors[field])
    assert form_data(response, Project)["place"] == "고친 곳"
    project.refresh_from_db()
    assert project.place == ""


def test_a_period_that_ends_before_it_starts_is_refused(client_as, loaded):
    client = client_as("secretariat")
    _, url, data = project_form(client, loaded)
    response = client.post(url, data | {"starts_on": "2021-05-01", "ends_before": "2021-05-01"})
    assert errors_of(response) == {"__all__": ["종료일은 시작일보다 뒤여야 합니다."]}


def test_a_number_another_project_has_is_refused(client_as, loaded):
    client = client_as("secretariat")
    _, url, data = project_form(client, loaded)
    assert errors_of(client.post(url, data | {"number": "5"})) == {
        "__all__": ["이 계획에 같은 번호의 사업이 있습니다."]
    }


def test_nul_in_every_text_is_refused_and_never_reaches_the_database(client_as, loaded):
    client = client_as("secretariat")
    _, url, data = project_form(client, loaded)
    add_row(data, "tables", order="", title="표", columns="가", rows="나")
    keys = [key for key, value in data.items() if isinstance(value, str)
            and re.search(r"(name|place|summary|goals|title|items|tasks|roles|source|columns|rows|formula|target_text)$", key)]  # fmt: skip
    response = client.post(url, data | dict.fromkeys(keys, "가\x00나"))
    assert response.status_code == 200
    assert set(errors_of(response)) >= set(keys)
    assert not Project.objects.filter(name__contains="가").exclude(name__in=loaded.projects.values("name")).exists()


# Address -> status: 400 where no database could read it, 302 where Django leads back to the plain list.
NONSENSE = {
    "q=%00": 400, "o=%00": 400, "id__in=1%00": 400, "%00=1": 400, "id=99999999999999999999": 200, "id=x": 302, "unknown=1": 302, "p=x": 200, "q=" + "가" * 500: 200,
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_nonsense_address_is_never_an_error_page(client_as, three, model):
    client = client_as("secretariat")
    got = {query: client.get(f"{admin_url(model)}?{query}").status_code for query in NONSENSE}
    if not admin.site._registry[model].search_fields:
        got["q=" + "가" * 500] = 200  # without a search, q is an unknown filter
    assert got == NONSENSE
    # SQLite cannot carry the number, PostgreSQL can.
    assert client.get(f"{admin_url(model)}?id__in=99999999999999999999").status_code in (200, 400)
    assert client.get(f"{admin_url(model)}?p=99999").status_code in (200, 302)  # 302 where there are several pages


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_an_unknown_row_leads_back_to_the_start(client_as, loaded, page):
    client, address = client_as("secretariat"), admin_url(Indicator, page, 1)
    for pk in ("0", "999999", "99999999999999999999", "x", "%00", "_3Cscript_3E", "-1"):
        response = client.get(address.replace("/1/", f"/{pk}/"))
        assert (pk, response.status_code, response.url) == (pk, 302, "/admin/")


@pytest.mark.parametrize("chosen", [["x"], ["\x00"], ["99999999999999999999"], ["1", "²"]])
def test_a_nonsense_selection_is_no_error(client_as, loaded, chosen):
    data = {"action": "delete_selected", "_selected_action": chosen}
    assert client_as("secretariat").post(admin_url(Indicator), data).status_code == 400


def test_forms_without_their_management_data_are_refused(client_as, loaded):
    client = client_as("secretariat")
    _, url, data = project_form(client, loaded)
    response = client.post(url, {key: value for key, value in data.items() if not key.endswith("_FORMS")})
    assert response.status_code == 200
    assert {"stages", "lines"} <= set(errors_of(response))


@pytest.mark.parametrize("total", ["-1", "x", "999999", ""])
def test_absurd_row_counts_are_refused(client_as, loaded, total):
    client = client_as("secretariat")
    project, url, data = project_form(client, loaded)
    response = client.post(url, data | {"stages-TOTAL_FORMS": total})
    assert response.status_code == (302 if total == "-1" else 200)  # Django reads -1 as no rows: none is touched
    assert project.stages.count() == 7


def test_rows_of_another_project_cannot_be_reached(client_as, loaded):
    client = client_as("officer")
    own, other = loaded.projects.get(number=1), loaded.projects.get(number=4)
    url = admin_url(Project, "change", own.pk)
    data = form_data(client.get(url), Project)
    foreign = other.stages.first()
    response = client.post(url, data | {"stages-0-id": str(foreign.pk), "stages-0-title": "몰래"})
    assert response.status_code == 200
    # Not through the way back of deleted rows either.
    stale = data | {"edit_version": "77", "stages-0-id": str(foreign.pk), "stages-0-title": "몰래"}
    again = form_data(client.post(url, stale), Project)
    client.post(url, again)
    foreign.refresh_from_db()
    assert (foreign.title, foreign.project_id) == ("계획공론장 개최", other.pk)


@pytest.mark.parametrize("model", [Project, Plan])
def test_the_pages_speak_korean(client_as, loaded, model):
    """No word of stock English is left on a list, a form, a history or a deletion."""
    client = client_as("secretariat")
    for url in pages(model, model.objects.first()):
        response = client.get(url)
        words = " ".join(texts(response, "body"))
        stock = [
            "Add",
            "Change",
            "Delete",
            "Save",
            "Search",
            "Filter",
            "History",
            "View",
            "Home",
            "All",
            "Select",
            "Go",
            "Yes",
        ]
        assert [word for word in stock if re.search(rf"\b{word}\b", words)] == []


def test_the_skin_is_there(client_as, loaded):
    html = client_as("secretariat").get(reverse("admin:index")).content.decode()
    assert "admin_skin/admin.css" in html
    assert "dark_mode.css" not in html
    assert "theme.js" not in html
    assert '"includeIndicatorStyles": false' in html
