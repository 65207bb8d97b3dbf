"""The loaded tables as they were, put back in a moment where loading the plan again takes nine seconds.

PostgreSQL keeps the copy in a schema of its own; SQLite's stays in memory. Triggers and foreign keys rest while rows come back, since
rows come table by table and a round of the loaded plan is closed already.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction

SCHEMA = "kept"


def _tables():
    """Names of all tables but those the database keeps for itself; of those that migrations made, the ledger stays as it is."""
    return [name for name in connection.introspection.table_names() if name != "django_migrations"]


class Snapshot:
    """The rows of all tables at one moment. `restore` empties the tables and puts them back."""

    def __init__(self):
        self.on_postgres = connection.vendor == "postgresql"
        self.tables = _tables()
        self.rows = {}
        with connection.cursor() as cursor:
            if self.on_postgres:
                cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
                cursor.execute(f"CREATE SCHEMA {SCHEMA}")
            for table in self.tables:
                self._keep(cursor, table)

    def _keep(self, cursor, table):
        name = connection.ops.quote_name(table)
        if self.on_postgres:
            cursor.execute(f"CREATE TABLE {SCHEMA}.{name} AS TABLE {name}")
            return
        # The driver's own cursor: values go back exactly as they came.
        rows = connection.connection.execute(f"SELECT * FROM {name}")
        self.rows[table] = (len(rows.description), rows.fetchall())

    def restore(self):
        with transaction.atomic(), connection.cursor() as cursor:
            if self.on_postgres:
                self._restore_postgres(cursor)
            else:
                self._restore_sqlite(cursor)
        ContentType.objects.clear_cache()

    def _restore_postgres(self, cursor):
        names = [connection.ops.quote_name(table) for table in self.tables]
        cursor.execute("SET LOCAL session_replication_role = replica")
        # The test before has truncated the tables: deleting the few rows that came back spares making all their files once more.
        cursor.execute(
            "".join(f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM {SCHEMA}.{name};" for name in names)
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        models = connection.introspection.installed_models(self.tables)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)

    def _restore_sqlite(self, cursor):
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for trigger, _ in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger)}")
        raw = connection.connection
        for table, (width, rows) in self.rows.items():
            name = connection.ops.quote_name(table)
            raw.execute(f"DELETE FROM {name}")
            raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * width)})", rows)
        for _, statement in triggers:
            raw.execute(statement)
