"""The register of evidence providers (DESIGN.md, the first door): apps on the right fill it at start-up.

A provider lists what it counts for indicators; the achievement is computed from these rows alone, so that every number
clicks through to what stands behind it. It is asked once for all sources that name it, so that a plan costs few queries.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

ONE = Decimal(1)

# What rooms on the right will count; a source may name it before they do, and counts typed values alone until then.
EXPECTED = {"events": "행사", "participants": "참여 인원", "satisfaction": "만족도 조사", "stories": "이야기"}


class Row(NamedTuple):
    """One piece of evidence: what a page shows of it and what it adds.

    `value` is in the indicator's unit; `part` is the unit an "every" indicator counts by (`가산동`, `2분기`), or "";
    `weight` is the number of answers behind a share. `address`: a path, or (name, arguments) of a page; () for none.
    """

    title: str
    date: date
    value: Decimal = ONE
    address: str | tuple = ()
    part: str = ""
    weight: int = 1

    @property
    def url(self):
        return self.address if isinstance(self.address, str) else reverse(self.address[0], args=self.address[1])


class Register:
    """Providers by key: add("meetings", "회의", rows) with rows(sources, plan) -> {source pk: [Row]} in any order.

    Providers that count the same things name the same reads: read(sources, plan) runs once, for the sources of all who name it, and
    what it returned is handed to rows() after the plan.
    """

    def __init__(self):
        self._providers = {}
        self._always = []

    def add(self, key, label, rows, always=False, reads=()):
        """Register `rows`; `always`: asked about every source, whatever it names (typed measurements); `reads` as above.

        The same function again is nothing new: AppConfig.ready may run twice in tests.
        """
        known = self._providers.get(key)
        if known and known[1] is not rows:
            raise ValueError(f"Two evidence providers are called {key!r}.")
        self._providers[key] = (label, rows, tuple(reads))
        if always and rows not in self._always:
            self._always.append(rows)

    def label(self, key):
        """The provider's name in Korean, "" for one nobody knows."""
        return self._providers[key][0] if key in self._providers else EXPECTED.get(key, "")

    def counts(self, key):
        """Whether somebody counts under this key by now."""
        return key in self._providers

    def choices(self):
        """[(key, label)] a source may name: those that count in the order they were added, then those expected."""
        return list(({key: label for key, (label, *_) in self._providers.items()} | EXPECTED).items())

    def rows(self, sources, plan):
        """{source pk: [Row, oldest first]} of sources of one plan. A source whose provider is not there counts only what always counts."""
        sources = list(sources)
        found = {source.pk: [] for source in sources}
        by_key, readers = {}, {}
        for source in sources:
            if source.provider in self._providers:
                by_key.setdefault(source.provider, []).append(source)
        for key, asking in by_key.items():
            for read in self._providers[key][2]:
                readers.setdefault(read, []).extend(asking)
        known = {read: read(asking, plan) for read, asking in readers.items()}
        for key, asking in by_key.items():
            _, rows, reads = self._providers[key]
            if rows not in self._always:
                self._collect(found, rows(asking, plan, *(known[read] for read in reads)))
        for rows in self._always:
            self._collect(found, rows(sources, plan))
        for rows in found.values():
            rows.sort(key=lambda row: row.date)
        return found

    def _collect(self, found, answer):
        for pk, rows in answer.items():
            found[pk] += rows


register = Register()
