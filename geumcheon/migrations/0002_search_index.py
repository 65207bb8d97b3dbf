"""The token index beside the search entries: a tsvector with a GIN index on PostgreSQL, an FTS5 table on SQLite."""

from django.db import migrations

POSTGRES = """
CREATE TABLE geumcheon_searchindex (
    entry_id bigint PRIMARY KEY,
    vector tsvector NOT NULL
);
CREATE INDEX geumcheon_searchindex_vector ON geumcheon_searchindex USING gin (vector);
"""
SQLITE = """CREATE VIRTUAL TABLE geumcheon_searchindex USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 0')"""


def create(apps, schema_editor):
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE geumcheon_searchindex")


class Migration(migrations.Migration):
    dependencies = [("geumcheon", "0001_search")]
    operations = [migrations.RunPython(create, drop)]
