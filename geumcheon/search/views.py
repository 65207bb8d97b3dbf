"""The search page."""

from django.core.cache import cache
from django.shortcuts import render

from geumcheon import tasks
from geumcheon.search import index, tokens

LOOK_AGAIN_SECONDS = 30
SHOWN = 5  # of each group, until one group is asked for


def search(request):
    """Results grouped by kind, the match marked; rows changed since the index was built start a rebuild.

    Each group shows its first results; `in` names the one group to show whole.
    """
    # At most one look per half minute: between two looks a search costs two queries.
    if cache.add("search-looked", 1, LOOK_AGAIN_SECONDS) and index.is_behind():
        tasks.refresh_search.delay()
    query = request.GET.get("q", "").replace("\x00", "").strip()[: tokens.MAX_QUERY]
    words = tokens.words(query)
    groups = [_group(label, entries) for label, entries in index.search(query)]
    whole = next((group for group in groups if group["kind"] == request.GET.get("in")), None)
    shown = [whole] if whole else groups
    for group in shown:
        entries = group["entries"] if whole else group["entries"][:SHOWN]
        group["results"] = [_result(entry, words) for entry in entries]
        group["more"] = len(group["entries"]) - len(entries)
    total = sum(len(group["entries"]) for group in groups)
    context = {"query": query, "words": words, "groups": groups, "shown": shown, "whole": whole, "total": total}
    return render(request, "search.html", context)


def _group(label, entries):
    return {"label": label, "kind": entries[0].kind, "entries": entries}


def _result(entry, words):
    return {
        "url": entry.url,
        "title": tokens.mark(entry.title, words, around=300),
        "text": tokens.mark(entry.text, words) if entry.text else [],
    }
