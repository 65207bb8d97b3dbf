"""The published list of events: numbers of people, never a name; null where nothing is known."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forums.models import EventState, Scale
from geumcheon.opendata.datasets import DATASETS
from projects.models import Plan
from tests.forums.events import an_event, closed_event, registered
from tests.forums.ladders import a_secretary

pytestmark = pytest.mark.django_db


def published(client):
    """{title: row} of the JSON file."""
    rows = json.loads(b"".join(client.get("/open-data/forums.json").streaming_content))
    return {row["title"]: row for row in rows}


def test_a_held_event_with_its_people_and_a_planned_one_with_nulls(client, loaded):
    project = loaded.projects.get(number=1)
    held = closed_event(a_secretary(), came=3, title="골목 공론장", scale=Scale.SMALL, project=project)
    an_event("계획", state=EventState.PLANNED, starts_at=None, ends_at=None, year=2021, when_text="3~6월", place="")
    rows = published(client)
    row = rows["골목 공론장"]
    assert (row["scale"], row["kind"], row["place"], row["registered"], row["attended"], row["satisfaction_percent"]) == (
        "소규모", "시험 공론장", "구청 대강당", 3, 3, None,
    )  # fmt: skip
    assert (row["date"], row["project_number"]) == (timezone.localtime(held.starts_at).date().isoformat(), 1)
    row = rows["계획"]
    assert (row["date"], row["when"], row["place"], row["registered"], row["attended"]) == (
        None,
        "3~6월",
        None,
        None,
        None,
    )


def test_no_name_and_no_contact_is_in_the_files(client, loaded):
    registered(an_event(), 2)
    for suffix in ("json", "csv"):
        text = b"".join(client.get(f"/open-data/forums.{suffix}").streaming_content).decode()
        assert "골목 공론장" in text
        assert "주민 1" not in text
        assert "@example.org" not in text


def test_an_event_of_a_draft_plan_is_left_out_and_more_rows_cost_no_more_queries(client, loaded):
    def cost():
        with CaptureQueriesContext(connection) as found:
            list(DATASETS["forums"].rows())
        return len(found)

    an_event("하나", project=loaded.projects.get(number=1))
    one = cost()
    for n in range(3):
        registered(an_event(f"더 {n}", project=loaded.projects.get(number=n + 2)), 2)
    assert cost() == one
    Plan.objects.filter(pk=loaded.pk).update(status="draft")
    assert "하나" not in published(client)
