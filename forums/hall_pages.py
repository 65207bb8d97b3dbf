"""What the hall gave, on public pages: pictures of votes with their tables, tables' notes, printed numbers beside computed ones."""

from dataclasses import dataclass

from django.shortcuts import render

from forums import hall
from forums.models import Priority
from geumcheon.lib import money
from geumcheon.lib.charts import BarChart, Item
from geumcheon.lib.charts.base import Table, TableRow, Unit
from projects.views import published_plan

VOTES = Unit("표")


def _rank(place):
    """`4위`, `공동 4위`, `–` without votes."""
    if place.rank is None:
        return "–"
    return f"{'공동 ' if place.tied else ''}{place.rank}위"


def _note(item):
    """What stands under a name: who it belongs to, its other name, what is to be known."""
    other = f"발표한 이름: {item.presented_title}" if item.presented_title else ""
    department = item.department_text or (item.department.name if item.department else "")
    return " · ".join(filter(None, [item.body.name if item.body else "", department, other, item.note]))


@dataclass(frozen=True, kw_only=True)
class VoteBars(BarChart):
    """Votes one below the other in the order of ranks: never a sum, since tiers are counted each by itself.

    The table holds every item, those without votes too, with rank and amount.
    """

    places: list

    @property
    def caption_note(self):
        return self.unit_note

    def tables(self):
        amounts = any(place.item.amount_krw is not None for place in self.places)
        columns = ["순위", "득표", *(["금액(천원)"] if amounts else [])]
        return [Table(self.title, [self.head, *columns], [self._table_row(place, amounts) for place in self.places])]

    def _table_row(self, place, amounts):
        item = place.item
        votes = "투표하지 않음" if item.votes is None else f"{item.tier} {item.votes}".strip()
        rank = _rank(place) + (f" (적힌 순위 {item.stated_rank})" if place.differs else "")
        cells = [rank, votes]
        if amounts:
            cells.append("–" if item.amount_krw is None else money.thousand(item.amount_krw))
        return TableRow(item.title, cells, item.proposal.get_absolute_url() if item.proposal else "", _note(item))


@dataclass(frozen=True)
class Shown:
    """One vote as a page shows it; without two votes to compare there is the table alone."""

    priority: Priority
    picture: VoteBars

    @property
    def table(self):
        return "fold" if self.picture.total else "open"


def _picture(priority, places):
    items = [
        Item(place.item.title, place.item.votes, code=f"{_rank(place)} {place.item.tier}".strip())
        for place in places
        if place.rank is not None
    ]
    words = {"title": f"{priority.title}: 득표", "head": "안", "value_head": "득표"}
    return VoteBars(**words, items=items, places=places, shares=False, unit=VOTES)


def shown(event, published=True):
    """[Shown] of an event's votes."""
    return [Shown(row, _picture(row, places)) for row, places in hall.of_event(event, published)]


def of_page(event):
    """What an event's page shows of the hall: votes, tables with notes, printed numbers."""
    found = hall.findings(int(event.code[:4]), event) if event.code else []
    return {
        "priorities": shown(event),
        "tables": event.tables.filter(published=True),
        "figures": found,
        "figures_wrong": sum(not finding.matches for finding in found),
    }


def figures(request, year):
    """Every number a plan prints of events beside what the rows give."""
    plan = published_plan(year)
    found = hall.findings(plan.year)
    matches = [finding.matches for finding in found]
    counts = {"all": len(found), "match": matches.count(True), "mismatch": matches.count(False)}
    return render(request, "forums/event_figures.html", {"plan": plan, "findings": found, "counts": counts})
