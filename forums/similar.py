"""Proposals with a title like one that is being typed: how many neighbouring letter pairs two titles share."""

import re

from django.db.models import Q

from forums.models import Proposal, ProposalAlias
from forums.texts import plain

LIMIT = 5
LEAST = 2  # letters of a title that says something
ENOUGH = 0.3  # share of common pairs from which two titles look alike
MOST_PAIRS = 40
_SIGNS = re.compile(r"[\W_]+")


def pairs(text):
    """The set of neighbouring letter pairs of a text, without spaces and signs."""
    letters = _SIGNS.sub("", text.lower())
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def likeness(one, other):
    """0 to 1: twice the common pairs over all pairs (Dice)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def similar(title, *, without=None, limit=LIMIT):
    """Public proposals with a similar title or alias, the most similar first; three queries at most. `without`: a proposal's key."""
    wanted = pairs(plain(title[:200])[:80])
    if not wanted:
        return []
    some = Q()
    for pair in sorted(wanted)[:MOST_PAIRS]:
        some |= Q(words__icontains=pair)
    scores = {}
    for rows, key, field in (
        (Proposal.objects.public(), "pk", "title"),
        (ProposalAlias.objects.filter(proposal__in=Proposal.objects.public()), "proposal_id", "name"),
    ):
        found = rows.filter(_on(some, field)).order_by().values_list(key, field)
        for pk, words in found:
            scores[pk] = max(scores.get(pk, 0), likeness(wanted, pairs(words)))
    scores.pop(without, None)
    best = sorted((pk for pk, score in scores.items() if score >= ENOUGH), key=lambda pk: (-scores[pk], -pk))[:limit]
    rows = Proposal.objects.select_related("call", "stage").in_bulk(best)
    return [rows[pk] for pk in best]


def _on(condition, field):
    """The condition with `words` put for a model's own field."""
    made = Q(_connector=condition.connector)
    for _name, pair in condition.children:
        made |= Q(**{f"{field}__icontains": pair})
    return made
