"""The search index: built from rows, asked on either engine, the same answers in the same order on both."""

from collections import defaultdict

from django.db import connection, transaction

from forums.models import Proposal
from geumcheon.lib import clock
from geumcheon.models import EntryKind, SearchEntry, SearchState
from geumcheon.search import sources, tokens
from geumcheon.search.sources import PROPOSAL_KEY

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
    """Entries that contain every word of the query, grouped: [(kind label, [entry, …])]; [] for no words.

    Title matches come first, in a group and among the groups: a project called so stands above a page that mentions it.
    """
    words = tokens.words(query)
    if not words:
        return []
    found = SearchEntry.objects.in_bulk(_ids(words))
    groups = defaultdict(list)
    for entry in sorted(_still_shown(found.values()), key=lambda e: (not _in_title(e, words), e.order, e.pk)):
        groups[entry.kind].append(entry)
    order = sorted(filter(groups.get, EntryKind.values), key=lambda kind: not _in_title(groups[kind][0], words))
    return [(EntryKind(kind).label, groups[kind]) for kind in order]


def _still_shown(entries):
    """The entries without proposals that were hidden since the index was built; a query only where proposals were found."""
    entries = list(entries)
    proposals = {int(e.key.removeprefix(PROPOSAL_KEY)): e for e in entries if e.kind == EntryKind.PROPOSAL}
    if not proposals:
        return entries
    shown = set(Proposal.objects.public().filter(pk__in=proposals).values_list("pk", flat=True))
    gone = {e.pk for pk, e in proposals.items() if pk not in shown}
    return [e for e in entries if e.pk not in gone]


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
