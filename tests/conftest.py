"""Fixtures for all rooms. The real 2021 plan is loaded once per test database; each test rolls its own changes back."""

import gc

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from geumcheon.accounts.models import Department, DepartmentAssignment, Role, User
from geumcheon.lib import clock
from projects.models import Plan
from tests.snapshot import Snapshot

_kept = []  # the Snapshot of this process's test database
PASSWORD = "시험용-암호-2021"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("load_plan", "2021", verbosity=0)
        _kept.append(Snapshot())
    gc.collect()
    gc.freeze()  # what the portal and the plan hold stays until the end: no need to look at it again and again
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def loaded(db):
    """The loaded plan of 2021; puts the tables back where a transactional test has flushed them."""
    if not Plan.objects.exists():
        _kept[-1].restore()
    return Plan.objects.get(year=2021)


@pytest.fixture
def users(loaded):
    """One user per role; the officer belongs to 마을자치과."""
    made = {
        role.value: User.objects.create_user(role.value, f"{role.value}@example.org", PASSWORD, role=role)
        for role in Role
    }
    DepartmentAssignment.objects.create(
        user=made["officer"], department=Department.objects.get(name="마을자치과"), starts_on=clock.today()
    )
    return made


@pytest.fixture
def client_as(users):
    """client_as(role) -> a Client signed in as that role; None is a visitor."""

    def make(role):
        client = Client()
        if role is not None:
            client.force_login(users[role])
        return client

    return make
