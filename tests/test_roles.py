"""Who may what: every named address and every admin page, for each role, as the tables of tests/roles.py say.

A new address or a newly registered model without an entry fails here by name.
"""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import get_resolver, reverse

from councils.models import Body, Membership, Notice, Person, Recruitment, StandIn
from geumcheon.accounts.admin_base import RoleInline, RoleModelAdmin
from geumcheon.accounts.models import ExportJob, ExportState, ImportJob, OutboxMessage, User, Verification
from geumcheon.lib import clock
from projects.models import Indicator, Measurement, Project, Side
from tests.councils.pay import some_rows
from tests.forums.ladders import some_forum_rows
from tests.projects.inspections import some_inspections
from tests.roles import ADMIN, ADMIN_NAMES, PAGES, ROLES, ROW_PAGES, URLS
from tests.roles_arguments import ARGUMENTS, ARGUMENTS_OF
from tests.voting.factories import some_rounds


def walk(resolver, namespaces=()):
    """Yield (full name, argument names) of every named address."""
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from walk(entry, (*namespaces, *([entry.namespace] if entry.namespace else [])))
        elif entry.name:
            regex = getattr(entry.pattern, "regex", None)
            yield ":".join((*namespaces, entry.name)), sorted(regex.groupindex) if regex else []


def model_pages():
    """Names of the five admin pages of each model, which have the second table, and of their older versions."""
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield from (f"{stem}_{name}" for name in (*ADMIN_NAMES, "simple_history"))


def addresses():
    """{name: argument names} of every named address outside the models' admin pages."""
    skipped = set(model_pages())
    return {name: arguments for name, arguments in walk(get_resolver()) if name not in skipped}


def address(name, arguments):
    values = ARGUMENTS_OF[name]() if name in ARGUMENTS_OF else {key: ARGUMENTS[key]() for key in arguments}
    return reverse(name, kwargs=values)


@pytest.fixture
def rows(loaded, tmp_path, settings):
    """One row of each thing that loading the plan does not make."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "x.csv").write_text("x")
    Notice.objects.create(title="x", text="x", published_on=clock.today())
    OutboxMessage.objects.create(event="x", recipient="a@example.org", subject="x", body="x")
    ExportJob.objects.create(
        kind="x",
        token=ARGUMENTS["token"](),
        state=ExportState.DONE,
        progress=100,
        filename="x.csv",
        file="exports/x.csv",
        expires_at=clock.now() + timedelta(days=1),
    )
    ImportJob.objects.create(
        kind="members",
        token=ARGUMENTS["token"](),
        user=User.objects.create_user("importer"),
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=1),
    )
    Verification.objects.create(
        user=User.objects.get(username="importer"),
        level=1,
        basis="work",
        key="k" * 64,
        method="text",
        verified_at=clock.now(),
        expires_on=clock.today() + timedelta(days=1),
    )
    for indicator in Indicator.objects.filter(project__number__in=[1, 4], order=1):
        Measurement.objects.create(indicator=indicator, on=clock.today(), value=1, evidence="보고서")
    today = clock.today()
    seat = Body.objects.get(name="금천구협치회의").seats.last()
    person = Person.objects.create(name="위원")
    Membership.objects.create(person=person, body=seat.body, seat=seat, starts_on=today)
    StandIn.objects.create(body=seat.body, person=person, starts_on=today, ends_before=today + timedelta(days=9))
    Recruitment.objects.create(
        seat=seat, title="모집", places=1, opens_on=today, closes_before=today + timedelta(days=9), term_starts_on=today
    )
    some_rows()
    some_inspections()
    some_forum_rows()
    some_rounds()


def test_every_address_has_an_entry():
    found = addresses()
    assert sorted(set(found) - set(URLS)) == [], "addresses without an entry in URLS"
    assert sorted(set(URLS) - set(found)) == [], "entries whose address is gone"
    unknown = [f"{n}: {a}" for n, args in found.items() if n not in ARGUMENTS_OF for a in args if a not in ARGUMENTS]
    assert unknown == [], "arguments without a value"


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says(rows, client_as, role):
    client = client_as(role)
    got = {}
    for name, arguments in addresses().items():
        response = client.get(address(name, arguments))
        got[name] = response.status_code
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
    assert got == {name: statuses[ROLES.index(role)] for name, statuses in URLS.items()}


# --- every admin page ---------------------------------------------------------------------------------------------


def test_every_registered_model_has_an_entry():
    registered = {model._meta.label for model in admin.site._registry}
    assert sorted(registered - set(ADMIN)) == [], "models without an entry in ADMIN"
    assert sorted(set(ADMIN) - registered) == [], "entries whose model is not registered"


def test_every_admin_asks_the_rules_about_the_row():
    """Through RoleModelAdmin and RoleInline; `list_editable` would save rows without asking."""
    plain = [str(a) for a in admin.site._registry.values() if not isinstance(a, RoleModelAdmin) or a.list_editable]
    assert plain == []
    inlines = [i for a in admin.site._registry.values() for i in a.inlines if not issubclass(i, RoleInline)]
    assert inlines == []


def a_row(model, users, own=None):
    """A row of `model`: any, or one whose project the officer's department leads (own) or does not (own=False)."""
    if model._meta.label == "accounts.User":
        return users["resident"]
    found = model._default_manager.order_by("pk")
    if own is not None:
        led = Project.objects.filter(
            partners__side=Side.LEAD, partners__department_id__in=users["officer"].department_ids()
        )
        key = {"Project": "pk__in", "Measurement": "indicator__project__in"}.get(model.__name__, "project__in")
        found = found.filter(**{key: led}) if own else found.exclude(**{key: led})
    row = found.first()
    assert row is not None, f"no row of {model._meta.label}"
    return row


def ask(client, model, row, pages):
    """{page: status} of the admin pages of a row. A redirect counts as 302 wherever it leads."""
    stem = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
    paths = {
        "list": reverse(stem + "changelist"),
        "add": reverse(stem + "add"),
        **{page: reverse(stem + page, args=[row.pk]) for page in ("change", "delete", "history")},
    }
    paths["save"] = paths["change"]
    return {
        page: (client.post(paths[page], {}) if page == "save" else client.get(paths[page])).status_code
        for page in pages
    }


def as_the_table_says(letters, pages):
    return {page: 200 if PAGES[page] in letters else 403 for page in pages}


@pytest.mark.parametrize("role", ROLES)
def test_every_admin_page_answers_as_the_table_says(rows, users, client_as, role):
    client = client_as(role)
    got, expected = {}, {}
    for model in admin.site._registry:
        rights, label = ADMIN[model._meta.label], model._meta.label
        if role not in ("officer", "secretariat"):
            got[label] = ask(client, model, a_row(model, users), PAGES)
            expected[label] = dict.fromkeys(PAGES, 302)
        elif role == "officer" and rights.own is not None:
            got[label] = {
                "own": ask(client, model, a_row(model, users, own=True), PAGES),
                "other": ask(client, model, a_row(model, users, own=False), ROW_PAGES),
            }
            expected[label] = {
                "own": as_the_table_says(rights.own, PAGES),
                "other": as_the_table_says(rights.officer, ROW_PAGES),
            }
        else:
            got[label] = ask(client, model, a_row(model, users), PAGES)
            expected[label] = as_the_table_says(getattr(rights, role), PAGES)
    assert got == expected
