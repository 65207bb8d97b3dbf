"""Open data: drafts stay out, rows stream at a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geumcheon.opendata.datasets import DATASETS
from projects.models import Plan
from tests.geumcheon.test_opendata import NAMES, grow, published

pytestmark = pytest.mark.django_db


# --- drafts -------------------------------------------------------------------------------------------------------

OF_PROPOSALS = (
    "proposals",
    "proposal_reviews",
    "forums",
)  # tests/forums/test_opendata_forums.py, test_event_opendata.py
OF_A_PLAN = [
    name
    for name in NAMES
    if name not in ("bodies", "meetings", "vote_rounds", "vote_results", "past_projects", *OF_PROPOSALS)
]


@pytest.mark.parametrize("name", OF_A_PLAN)
def test_a_draft_plan_is_in_no_list(client, loaded, name):
    before = published(client, name)
    plan = grow(3, status="draft")
    assert published(client, name) == before
    assert DATASETS[name].count() == len(before)
    plan.status = "published"
    plan.save()
    added = DATASETS[name].count() - len(before)
    assert added == (1 if name == "plans" else 3)
    assert len(published(client, name)) == len(before) + added


def test_a_draft_plan_is_not_on_the_catalogue_page(client, loaded):
    grow(3, status="draft")
    assert "시험 사업" not in client.get("/open-data/").content.decode()
    Plan.objects.filter(year=2021).update(status="draft")
    Plan.objects.filter(year=2030).update(status="published")
    assert "시험 사업" in client.get("/open-data/").content.decode()


# --- rows stream at a constant number of queries ------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_PROPOSALS])
def test_queries_do_not_grow_with_the_rows(loaded, name):
    Plan.objects.filter(year=2021).update(status="draft")
    counts, lengths = [], []
    for number in (1, 3):
        grow(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lengths.append(len(list(DATASETS[name].rows())))
        counts.append(len(queries))
    assert lengths[1] > lengths[0] or name == "plans"
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize("name", NAMES)
def test_rows_come_one_by_one(loaded, name):
    rows = DATASETS[name].rows()
    assert iter(rows) is rows
    # No event of the plan is loaded; tests/forums/test_event_opendata.py makes some.
    assert next(rows, None) is not None or name == "forums"
    rows.close()
