"""Allowance rates of a year from data/YEAR/allowance_rates.yaml."""

from councils.models import AllowanceRate, Body, MeetingKind, RateKind, SeatKind
from geumcheon.lib.loading import yaml_records
from geumcheon.lib.periods import day_after

FIELDS = (
    "name", "kind", "amount_krw", "seat_kinds", "meeting_kinds", "bodies", "joint", "starts", "ends", "source",
)  # fmt: skip


def load(path, loader):
    """Upsert the rates of a file; bodies and kinds of meetings are loaded before. Raises LoadError.

    Rates typed in the admin stay: what they paid hangs on them.
    """
    records = yaml_records(path, FIELDS)
    rows = [(r, _fields(r)) for r in records]
    rates = loader.upsert(AllowanceRate.objects.all(), ["name", "starts_on"], rows, prune=False)
    kinds, bodies = _by_name(MeetingKind), _by_name(Body)
    for r, fields in rows:
        rate = rates[(fields["name"], fields["starts_on"])]
        loader.set_links(rate.meeting_kinds, _named(r, "meeting_kinds", kinds, "모르는 회의 종류입니다"))
        loader.set_links(rate.bodies, _named(r, "bodies", bodies, "모르는 기구입니다"))


def _fields(r):
    amount = r.integer("amount_krw", True)
    if amount < 0:
        raise r.error("amount_krw", f"금액은 0원보다 작을 수 없습니다: {amount}")
    seats = r.items("seat_kinds").splitlines()
    for name in seats:
        if name not in SeatKind.values:
            raise r.error("seat_kinds", f"모르는 자리 종류입니다: {name}")
    return {
        "name": r.text("name", True),
        "kind": r.choice("kind", RateKind.values, required=False) or RateKind.ATTENDANCE,
        "amount_krw": amount,
        "seat_kinds": seats,
        "joint": r.flag("joint"),
        "starts_on": r.day("starts", True),
        "ends_before": day_after(r.day("ends")),
        "source": r.text("source"),
    }


def _by_name(model):
    return {row.name: row for row in model.objects.all()}


def _named(r, field, known, message):
    names = r.items(field).splitlines()
    for name in names:
        if name not in known:
            raise r.error(field, f"{message}: {name}")
    return [known[name] for name in names]
