"""/healthz and /readyz: each part that fails is named, and nothing else is told."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from budgets.models import BudgetRollup
from geumcheon import rollups
from geumcheon.lib import clock
from projects.models import IndicatorRollup, Plan, PlanStatus

BROKER = "redis" if configured.REDIS_URL else "in process"


@pytest.fixture
def fresh(loaded):
    """The loaded plan with rollups stored just now."""
    rollups.refresh(loaded)
    return loaded


def broken(execute, sql, params, many, context):
    raise OperationalError("connection to server at db.internal, user portal failed")


def test_healthz_answers_without_the_database(client):
    # No database fixture: a query would be refused by pytest-django.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "max-age=0" in response["Cache-Control"]


def test_healthz_refuses_post(client):
    assert client.post("/healthz").status_code == 405


def test_readyz_names_every_part(client, fresh):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "failing": [],
        "parts": {
            "database": connection.vendor,
            "migrations": "applied",
            "broker": BROKER,
            "rollups": "0 hours old",
        },
    }


def test_readyz_asks_little_of_the_database(client, fresh, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(7):
        client.get("/readyz")


def test_readyz_names_a_database_that_does_not_answer(client, db):
    with connection.execute_wrapper(broken):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["database", "migrations", "rollups"]
    assert response.json()["parts"]["database"] == "unreachable"
    assert "db.internal" not in response.content.decode()


def test_readyz_names_a_pending_migration(client, fresh):
    MigrationRecorder.Migration.objects.get(app="budgets", name="0001_initial").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["migrations"]
    assert response.json()["parts"]["migrations"] == "1 pending"


def test_readyz_names_a_broker_that_does_not_answer(client, fresh, settings):
    settings.REDIS_URL = "redis://:topsecret@127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["failing"] == ["broker"]
    assert response.json()["parts"]["broker"] == "unreachable"
    assert "topsecret" not in response.content.decode()


@pytest.mark.parametrize(
    ("minutes", "status", "state"), [(36 * 60 - 1, 200, "35 hours old"), (36 * 60 + 1, 503, "36 hours old, at most 36")]
)
def test_readyz_watches_the_age_of_the_rollups(client, fresh, time_machine, minutes, status, state):
    time_machine.move_to(clock.now() + timedelta(minutes=minutes), tick=False)
    response = client.get("/readyz")
    assert response.status_code == status
    assert response.json()["parts"]["rollups"] == state
    assert response.json()["failing"] == ([] if status == 200 else ["rollups"])


def test_readyz_watches_each_kind_of_rollup(client, fresh, time_machine):
    time_machine.move_to(clock.now() + timedelta(hours=37), tick=False)
    IndicatorRollup.objects.update(computed_at=clock.now())
    assert client.get("/readyz").json()["failing"] == ["rollups"]


def test_readyz_names_missing_rollups(client, fresh):
    BudgetRollup.objects.all().delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["rollups"] == "missing"


def test_readyz_does_not_wait_for_a_draft(client, fresh):
    draft = Plan.objects.create(year=2022, title="2022년 계획")
    assert client.get("/readyz").status_code == 200
    draft.status = PlanStatus.PUBLISHED
    draft.save()
    assert client.get("/readyz").json()["parts"]["rollups"] == "missing"
