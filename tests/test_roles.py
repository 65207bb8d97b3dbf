"""Who may what: every named address and every admin page, for each role. Later issues extend the two tables.

A new address or a newly registered model without an entry fails here by name.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver, reverse

from councils.models import Body
from geumcheon.accounts.admin_base import RoleInline, RoleModelAdmin
from geumcheon.accounts.models import ExportJob, ExportState, OutboxMessage
from geumcheon.lib import clock
from projects.models import Plan, Project, Side

ROLES = (None, "resident", "member", "officer", "secretariat")

# --- addresses ----------------------------------------------------------------------------------------------------
# Status for: visitor, resident, member, officer, secretariat.
OPEN = (200, 200, 200, 200, 200)
MOVED = (302, 302, 302, 302, 302)
VISITORS_ONLY = (200, 302, 302, 302, 302)
SIGNED_IN = (302, 200, 200, 200, 200)
OFFICE = (302, 302, 302, 200, 200)  # the others are sent to sign in
GONE = (410, 410, 410, 410, 410)
DEVELOPMENT = (404, 404, 404, 404, 404)  # with DEBUG only

URLS = {
    "home": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "search": OPEN,
    "patterns": DEVELOPMENT,
    "councils:index": OPEN,
    "councils:library": OPEN,
    "councils:body": OPEN,
    "councils:meetings": OPEN,
    "councils:meeting": OPEN,
    "projects:latest": MOVED,
    "projects:past": OPEN,
    "projects:list": OPEN,
    "projects:detail": OPEN,
    "projects:plan_latest": MOVED,
    "projects:plan": OPEN,
    "budgets:latest": MOVED,
    "budgets:overview": OPEN,
    "budgets:lines": OPEN,
    "budgets:line": OPEN,
    "budgets:sheet": OPEN,
    "budgets:reconciliation_latest": MOVED,
    "budgets:reconciliation": OPEN,
    "open_data:catalogue": OPEN,
    "open_data:dcat": OPEN,
    "open_data:everything": MOVED,  # to the page of the job that packs it
    "open_data:json": OPEN,
    "open_data:csv": OPEN,
    "exports:job": OPEN,
    "exports:file": OPEN,
    "account_login": VISITORS_ONLY,
    "account_logout": SIGNED_IN,
    "account_inactive": OPEN,
    "account_signup": VISITORS_ONLY,
    "account_invitation": GONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": MOVED,
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "admin:index": OFFICE,
    "admin:login": (302, 403, 403, 302, 302),
    "admin:logout": (302, 302, 302, 405, 405),
    "admin:password_change": MOVED,
    "admin:password_change_done": OFFICE,
    "admin:jsi18n": OFFICE,
    "admin:autocomplete": (302, 302, 302, 403, 403),  # without naming a field
    "admin:view_on_site": (302, 302, 302, 302, 302),
    "admin:app_list": OFFICE,
    "admin:accounts_user_invite": (302, 302, 302, 405, 405),
    "admin:projects_plan_move": (302, 302, 302, 403, 302),  # nothing to ask about a plan that is where it should go
    "admin:budgets_formula_check": OFFICE,
}

# Arguments of addresses: by the argument's name, or for one address alone.
ARGUMENTS = {
    "year": lambda: 2021,
    "number": lambda: 1,
    "order": lambda: 1,
    "app_label": lambda: "accounts",
    "token": lambda: "token-of-a-job",
}
ARGUMENTS_OF = {
    "councils:body": lambda: {"pk": Body.objects.first().pk},
    "councils:meeting": lambda: {"year": 2019, "no": 1},  # the log of 2021 is not handed over
    "open_data:json": lambda: {"name": "projects"},
    "open_data:csv": lambda: {"name": "projects"},
    "account_invitation": lambda: {"uid": "MQ", "token": "x-y"},
    "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "x-y"},
    "admin:view_on_site": lambda: {
        "content_type_id": content_type_of(Project),
        "object_id": Project.objects.first().pk,
    },
    "admin:accounts_user_invite": lambda: {"pk": 1},
    "admin:projects_plan_move": lambda: {"pk": Plan.objects.get(year=2021).pk, "status": "closed"},
}

# --- admin --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rights:
    """Letters of what a role may with a model: v view, a add, c change, d delete.

    officer: with anybody's rows; own: with rows of a project the own department leads (None: no difference).
    """

    officer: str
    secretariat: str
    own: str | None = None


ALL = Rights("v", "vacd")
SECRETARIAT = Rights("", "vacd")
SECRETARIAT_READS = Rights("", "v")
EVERYBODY_READS = Rights("v", "v")
OWN_ROWS = Rights("v", "vacd", own="vacd")

ADMIN = {
    "accounts.User": SECRETARIAT,
    "accounts.Department": ALL,
    "accounts.Dong": ALL,
    "accounts.OutboxMessage": SECRETARIAT_READS,
    "accounts.ExportJob": SECRETARIAT_READS,
    "projects.Project": Rights("v", "vacd", own="vc"),
    "projects.Stage": OWN_ROWS,
    "projects.Indicator": OWN_ROWS,
    "projects.Partner": OWN_ROWS,
    "budgets.BudgetLine": OWN_ROWS,
    "projects.IndicatorRollup": EVERYBODY_READS,
    "budgets.BudgetRollup": EVERYBODY_READS,
    "projects.Plan": Rights("v", "vac"),  # the loaded plan is closed: only a draft may be deleted
    "projects.PastProject": ALL,
    "projects.Feedback": ALL,
    "budgets.BudgetGroup": ALL,
    "budgets.BudgetItem": ALL,
    "budgets.BudgetVersion": ALL,
    "budgets.StatedFigure": ALL,
    "councils.Body": ALL,
    "councils.Meeting": ALL,
    "councils.MeetingKind": ALL,
    "councils.Document": ALL,
}
# Page -> the letter it needs. `save` sends an empty form: who may change gets it back with its errors.
PAGES = {"list": "v", "add": "a", "change": "v", "save": "c", "delete": "d", "history": "v"}
ROW_PAGES = ("change", "save", "delete", "history")
ADMIN_NAMES = ("changelist", "add", "history", "delete", "change")


def content_type_of(model):
    return apps.get_model("contenttypes", "ContentType").objects.get_for_model(model).pk


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
        key = "pk__in" if model is Project else "project__in"
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
