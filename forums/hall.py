"""What the hall gave, computed: ranks with ties and tiers, and the numbers a document prints of events beside the rows' own."""

from dataclasses import dataclass
from decimal import Decimal

from forums.models import Event, EventFigure, EventState, FigureMeasure, Priority, PriorityItem
from geumcheon.lib.money import quantity

RANKED = (FigureMeasure.VOTED, FigureMeasure.VOTED_KRW, FigureMeasure.RANKS)


@dataclass(frozen=True)
class Place:
    """One item with its computed rank (1 is first; None without votes) and whether it shares it."""

    item: PriorityItem
    rank: int | None
    tied: bool = False

    @property
    def differs(self):
        """Whether the document prints another rank."""
        return self.item.stated_rank is not None and self.item.stated_rank != self.rank


def ranked(priority, items):
    """[Place] from the first: by tier as `priority.tiers` lists them, then by votes; equal ones share a rank (1, 2, 2, 4).

    What was not put to the vote stands last without a rank. An item without a tier goes below the listed tiers.
    """
    tiers = priority.tier_list

    def key(item):
        return (tiers.index(item.tier) if item.tier in tiers else len(tiers), -item.votes)

    voted = sorted((item for item in items if item.votes is not None), key=lambda item: (*key(item), item.order))
    keys = [key(item) for item in voted]
    places = [Place(item, keys.index(key(item)) + 1, keys.count(key(item)) > 1) for item in voted]
    rest = sorted((item for item in items if item.votes is None), key=lambda item: item.order)
    return [*places, *(Place(item, None) for item in rest)]


def of_event(event, published=True):
    """[(Priority, [Place])] of an event, two queries."""
    rows = event.priorities.prefetch_related("items__body", "items__department", "items__proposal")
    if published:
        rows = rows.filter(published=True)
    return [(priority, ranked(priority, list(priority.items.all()))) for priority in rows]


@dataclass(frozen=True)
class Finding:
    """A printed number beside the computed one, both in the figure's unit (천원 for amounts)."""

    figure: EventFigure
    computed: Decimal

    @property
    def matches(self):
        return self.figure.stated == self.computed

    @property
    def difference(self):
        """Printed − computed."""
        return self.figure.stated - self.computed

    @property
    def words(self):
        """(printed, computed, difference) as shown."""
        return [quantity(value) + self.figure.unit for value in (self.figure.stated, self.computed, self.difference)]


def findings(year, event=None):
    """[Finding] of a plan year, or of those figures alone that count something of one event. Four queries."""
    figures = list(EventFigure.objects.filter(year=year))
    if not figures:
        return []
    prefix = f"{year}-"
    events = {e.code.removeprefix(prefix): e for e in Event.objects.filter(code__startswith=prefix)}
    votes = Priority.objects.filter(code__startswith=prefix).prefetch_related("items")
    votes = {p.code.removeprefix(prefix): p for p in votes}
    found = []
    for figure in figures:
        codes = figure.of.split()
        held = [events[code] for code in codes if code in events]
        polls = [votes[code] for code in codes if code in votes]
        if event is None or event.pk in {e.pk for e in held} | {p.event_id for p in polls}:
            found.append(Finding(figure, _computed(figure.measure, held, polls)))
    return found


def _computed(measure, events, polls):
    closed = [event for event in events if event.state == EventState.CLOSED]
    if measure == FigureMeasure.EVENTS:
        return Decimal(len(closed))
    if measure == FigureMeasure.HOURS:
        return sum((event.hours or Decimal(0) for event in closed), Decimal(0))
    items = [item for poll in polls for item in poll.items.all() if item.presented]
    if measure in RANKED:
        items = [item for poll in polls for item in poll.items.all() if item.votes is not None]
    if measure == FigureMeasure.RANKS:
        places = [place for poll in polls for place in ranked(poll, list(poll.items.all()))]
        return Decimal(sum(place.rank is not None and place.rank == place.item.stated_rank for place in places))
    if measure in (FigureMeasure.PRESENTED_KRW, FigureMeasure.VOTED_KRW):
        return Decimal(sum(item.amount_krw or 0 for item in items)) / 1000
    return Decimal(len(items))
