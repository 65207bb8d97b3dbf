"""The search index: built from rows, asked on either engine, the same answers in the same order on both."""

from collections import defaultdict

from django.db import connection, transaction

from geumcheon.lib import clock
from geumcheon.models import EntryKind, SearchEntry, SearchState
from geumcheon.search import sources, tokens

TABLE = "geumcheon_searchindex"
MAX_RESULTS = 500


@transaction.atomic
def rebuild():
    """Make the index hold exactly what the rows say; writes only what differs and returns how many entries changed."""
    SearchState.objects.select_for_update().filter(pk=1).first()
    fingerprint = sources.fingerprint()
    stored = {entry.key: entry for entry in SearchEntry.objects.all()}
    changed = 0
    for entry in sources.entries():
        old = stored.pop(entry.key, None)
        if old and all(getattr(old, f) == getattr(entry, f) for f in ("kind", "title", "text", "url", "order")):
            continue
        entry.pk = old.pk if old else None
        entry.save()
        _store(entry)
        changed += 1
    for entry in stored.values():
        _forget(entry.pk)
        entry.delete()
        changed += 1
    _sweep()
    SearchState.objects.update_or_create(pk=1, defaults={"fingerprint": fingerprint, "built_at": clock.now()})
    return changed


def is_behind():
    """Whether rows changed since the index was built (two cheap queries)."""
    state = SearchState.objects.filter(pk=1).first()
    return state is None or state.fingerprint != sources.fingerprint()


def search(query):
    """Entries that contain every word of the query, grouped: [(kind label, [entry, …])], title matches first; [] for no words."""
    words = tokens.words(query)
    if not words:
        return []
    found = SearchEntry.objects.in_bulk(_ids(words))
    groups = defaultdict(list)
    for entry in sorted(found.values(), key=lambda e: (not _in_title(e, words), e.order, e.pk)):
        groups[entry.kind].append(entry)
    return [(label, groups[kind]) for kind, label in EntryKind.choices if groups[kind]]


def _in_title(entry, words):
    title = tokens.squeeze(entry.title)
    return all(word in title for word in words)


def _ids(words):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT entry_id FROM {TABLE} WHERE vector @@ %s::tsquery ORDER BY entry_id LIMIT {MAX_RESULTS}",  # noqa: S608
                [tokens.tsquery(words)],
            )
        else:
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid LIMIT {MAX_RESULTS}",  # noqa: S608
                [tokens.match(words)],
            )
        return [row[0] for row in cursor.fetchall()]


def _store(entry):
    _forget(entry.pk)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {TABLE} (entry_id, vector) VALUES (%s, %s::tsvector)",  # noqa: S608
                [entry.pk, tokens.vector(entry.title, entry.text)],
            )
        else:
            cursor.execute(
                f"INSERT INTO {TABLE} (rowid, title, body) VALUES (%s, %s, %s)",  # noqa: S608
                [entry.pk, " ".join(tokens.pairs(entry.title)), " ".join(tokens.pairs(entry.text))],
            )


def _forget(pk):
    column = "entry_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {column} = %s", [pk])  # noqa: S608


def _sweep():
    """Index rows whose entry is gone (there is no foreign key: FTS5 knows none)."""
    column = "entry_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {column} NOT IN (SELECT id FROM geumcheon_searchentry)")  # noqa: S608
