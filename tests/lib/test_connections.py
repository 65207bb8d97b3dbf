"""Threads of tests leave no open connection behind."""

import sqlite3

import pytest
from django.db import connection

from projects.models import Plan
from tests.voting.factories import at_once


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_thread_closes_even_a_connection_to_sqlite_in_memory(loaded):
    opened = []

    def look():
        opened.append((Plan.objects.count(), connection.connection))

    assert at_once(look, look) == [None, None]
    for count, raw in opened:
        assert count == 1
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            raw.execute("SELECT 1")
    assert Plan.objects.count() == 1  # the tables live on
