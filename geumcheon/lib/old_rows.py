"""Old versions of rows, which PostgreSQL keeps until they are vacuumed; who reads the pages would see what came when."""

from django.db import connection


def free(*tables):
    """Free the old versions of the tables' rows now. Nothing on SQLite, nothing inside a transaction."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
