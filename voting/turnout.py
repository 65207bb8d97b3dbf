"""Turnout of a round: counted from participations, cells under five merged, stored before the roll is destroyed."""

from collections import Counter

from django.db import connection

from geumcheon.accounts.models import Dong
from voting.models import Basis, Channel, Turnout

SMALLEST = 5


def merged(cells):
    """[(label, voters)] in which no cell is under five: small cells join each other, and a rest joins the smallest cell left.

    cells: [(label, voters)]. A single cell stays as it is: it tells no more than the total.
    """
    kept = [(label, n) for label, n in cells if n >= SMALLEST]
    small = [(label, n) for label, n in cells if 0 < n < SMALLEST]
    if not small:
        return kept
    label, total = "·".join(label for label, _ in small), sum(n for _, n in small)
    if total < SMALLEST and kept:
        smallest = min(kept, key=lambda cell: cell[1])
        kept.remove(smallest)
        label, total = f"{smallest[0]}·{label}", total + smallest[1]
    return [*kept, (label, total)]


def _cells(round_, column, labels):
    """Voters by a column of the roll, with readable labels."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.{column}, COUNT(*) FROM voting_participation p "  # noqa: S608 - columns named below
            "LEFT JOIN voting_rollentry e ON e.round_id = p.round_id AND e.voter_key = p.voter_key "
            f"WHERE p.round_id = %s GROUP BY e.{column}",
            [round_.pk],
        )
        counted = dict(cursor.fetchall())
    order = {value: i for i, value in enumerate(labels)}
    rows = sorted(counted.items(), key=lambda row: (order.get(row[0], len(order)), str(row[0])))
    return [(labels.get(value) or str(value or "모름"), n) for value, n in rows]


def count(round_):
    """{Turnout.By: [(label, voters)]} from the rows as they are, small cells merged."""
    channels = Counter(round_.participations.values_list("channel", flat=True))
    dongs = dict(Dong.objects.order_by("order").values_list("pk", "name"))
    return {
        Turnout.By.CHANNEL: merged([(label, channels[value]) for value, label in Channel.choices]),
        Turnout.By.DONG: merged(_cells(round_, "dong_id", dongs)),
        Turnout.By.BAND: merged(_cells(round_, "band", {})),
        Turnout.By.BASIS: merged(_cells(round_, "basis", dict(Basis.choices))),
    }


def freeze(round_):
    """Store the turnout of a round in place of what was stored."""
    round_.turnout.all().delete()
    Turnout.objects.bulk_create(
        Turnout(round=round_, by=by, order=order, label=label, voters=voters)
        for by, cells in count(round_).items()
        for order, (label, voters) in enumerate(cells, 1)
    )
