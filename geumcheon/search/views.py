"""The search page."""

from django.core.cache import cache
from django.shortcuts import render

from geumcheon import tasks
from geumcheon.search import index, tokens

LOOK_AGAIN_SECONDS = 30


def search(request):
    """Results grouped by kind, the match marked; rows changed since the index was built start a rebuild."""
    # At most one look per half minute: between two looks a search costs two queries.
    if cache.add("search-looked", 1, LOOK_AGAIN_SECONDS) and index.is_behind():
        tasks.refresh_search.delay()
    query = request.GET.get("q", "").replace("\x00", "").strip()[: tokens.MAX_QUERY]
    words = tokens.words(query)
    groups = [
        {"label": label, "results": [_result(entry, words) for entry in entries]}
        for label, entries in index.search(query)
    ]
    total = sum(len(group["results"]) for group in groups)
    return render(request, "search.html", {"query": query, "words": words, "groups": groups, "total": total})


def _result(entry, words):
    return {
        "url": entry.url,
        "title": tokens.mark(entry.title, words, around=300),
        "text": tokens.mark(entry.text, words) if entry.text else [],
    }
