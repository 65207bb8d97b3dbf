"""The lock that orders casting, mixing and closing, and the clock that decides.

PostgreSQL: a transaction advisory lock per round, shared to cast, exclusive to mix and close; time is the database's. SQLite: an immediate
transaction (settings.DATABASES) lets one writer in at a time, and the database lives on the same host.
"""

from django.db import connection

from geumcheon.lib import clock

CLASS = 0x766F7465  # "vote": keeps these locks apart from others of this database


def _is_postgresql():
    return connection.vendor == "postgresql"


def share(cursor, round_id):
    """Hold off closing and mixing of a round until the transaction ends."""
    if _is_postgresql():
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [CLASS, round_id])


def exclude(cursor, round_id):
    """Wait for every cast of a round that has begun, and let none begin until the transaction ends."""
    if _is_postgresql():
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CLASS, round_id])


def database_now(cursor):
    """The moment by the database's clock (aware): a web host with a wrong clock neither opens nor closes a vote."""
    if _is_postgresql():
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
    return clock.now()
