"""What an open-data list is: names, columns, and a generator of rows that keeps memory flat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model, QuerySet

from geumcheon.lib import exports
from projects.models import PlanStatus

CHUNK = 2000  # rows fetched at a time; related rows are fetched once per chunk


@dataclass(frozen=True)
class Column:
    """A published key with its Korean heading and a sentence that says what it holds."""

    key: str
    heading: str
    note: str


@dataclass(frozen=True)
class Dataset:
    """One published list.

    rows() yields tuples in the order of `columns`: text, int, float, date, bool, list of str, or None for no value.
    Only published rows, in an order that the rows alone decide, so that the same rows give the same bytes.
    tables: every model the rows are read from, the listed one first; a change in any of them changes the ETag (tested).
    listed(): the queryset behind rows(), one row each, for counting; without it the rows are counted.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[tuple]]
    tables: tuple[type[Model], ...]
    listed: Callable[[], QuerySet] | None = None

    @property
    def keys(self):
        return [column.key for column in self.columns]

    def count(self):
        """The number of published rows."""
        return self.listed().count() if self.listed else sum(1 for _ in self.rows())

    def json(self, rows=None):
        """The list as pieces of a JSON file."""
        return exports.stream_json(self.keys, self.rows() if rows is None else rows)

    def csv(self, rows=None):
        """The list as pieces of a CSV file (BOM, Korean headings)."""
        return exports.stream_csv([column.heading for column in self.columns], self.rows() if rows is None else rows)


def columns(*rows):
    """Columns from (key, heading, note) tuples. Every list ends with the place in the document that a row comes from."""
    return tuple(
        Column(*row)
        for row in (
            *rows,
            ("source_ref", "출처(문서의 자리)", "이 행이 적힌 문서의 장·절과 줄. 문서에서 온 행이 아니면 빔"),
        )
    )


def published(queryset, plan):
    """Rows whose plan, reached by the lookup `plan`, everybody may see."""
    return queryset.exclude(**{f"{plan}__status": PlanStatus.DRAFT})


def number(value):
    """A Decimal as a plain number: int when whole, else float; anything else unchanged."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
