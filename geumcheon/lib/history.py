"""Change history for people: who changed what, when, from what to what (DESIGN.md rule 8).

Reads the history tables of django-simple-history. A model's own page and the rows that hang on it are told as one story.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models

from geumcheon.lib.money import quantity, won
from geumcheon.lib.text import lines

KINDS = {"+": "만듦", "~": "고침", "-": "지움"}
SYSTEM = "자료 불러오기"
# One save writes the project first and its rows right after it; loading a plan takes longer between one kind of rows and the next.
TOGETHER, LOADED_TOGETHER = timedelta(seconds=5), timedelta(minutes=2)
# More rows than this made in one go are counted, not listed: a loaded plan makes a hundred at once.
LISTED = 8


@dataclass(frozen=True)
class Change:
    """One field: its Korean name, the text before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Event:
    """One history row: when (aware), who (text), kind (만듦, 고침, 지움), which row, and what changed in it."""

    when: object
    who: str
    kind: str
    model: str
    row: str
    changes: tuple


@dataclass
class Moment:
    """What one person saved at one time."""

    when: object
    who: str
    events: list = field(default_factory=list)

    @property
    def listed(self):
        """Events worth a line of their own."""
        return self.events if not self.counted else [event for event in self.events if event.kind != KINDS["+"]]

    @property
    def counted(self):
        """`사업 1, 추진 단계 6` where many rows were made at once, else ""."""
        made = Counter(event.model for event in self.events if event.kind == KINDS["+"])
        return ", ".join(f"{model} {count}" for model, count in made.items()) if made.total() > LISTED else ""


def moments(*querysets):
    """Moments of the given history querysets (of one or several models), newest first.

    A constant number of queries per queryset. A save that changed nothing of its row is left out: in a moment with other events it only
    carried them.
    """
    events = [event for records in querysets for event in _events(records)]
    told = []
    for event in sorted(events, key=lambda event: event.when, reverse=True):
        last = told[-1] if told else None
        gap = LOADED_TOGETHER if event.who == SYSTEM else TOGETHER
        if last is None or last.who != event.who or last.events[-1].when - event.when > gap:
            last = Moment(event.when, event.who)
            told.append(last)
        last.events.append(event)
    return told


def _events(queryset):
    model = queryset.model.instance_type
    fields = [f for f in model._meta.concrete_fields if f.editable and not f.primary_key]
    previous, raw = {}, []
    for record in queryset.select_related("history_user").order_by("history_date", "history_id"):
        before, previous[record.id] = previous.get(record.id), record
        changed = []
        if record.history_type == "~" and before is not None:
            changed = [f for f in fields if getattr(before, f.attname) != getattr(record, f.attname)]
            if not changed:
                continue
        raw.append((record, before, changed))
    names = _names(raw)
    return [_event(model, record, before, changed, names) for record, before, changed in raw]


def _event(model, record, before, changed, names):
    changes = []
    for f in changed:
        old, new = (_show(f, getattr(r, f.attname), names) for r in (before, record))
        changes.append(Change(str(f.verbose_name), *_different_lines(old, new)))
    who = str(record.history_user) if record.history_user_id else SYSTEM
    # The row as it was: str() of the instance would ask the database for each foreign key in it.
    row = getattr(record, "name", "") or getattr(record, "title", "") or getattr(record, "description", "")
    return Event(
        record.history_date, who, KINDS[record.history_type], str(model._meta.verbose_name), row, tuple(changes)
    )


def _names(raw):
    """{(related model, pk): text} of every foreign key value that is shown, one query per model."""
    wanted = {}
    for record, before, changed in raw:
        for f in changed:
            if isinstance(f, models.ForeignKey):
                values = {getattr(before, f.attname), getattr(record, f.attname)} - {None}
                wanted.setdefault(f.related_model, set()).update(values)
    return {
        (model, pk): str(row)
        for model, pks in wanted.items()
        for pk, row in model._base_manager.select_related().in_bulk(pks).items()
    }


def _show(f, value, names):
    if value is None or value == "":
        return ""
    if isinstance(f, models.ForeignKey):
        return names.get((f.related_model, value), f"(지워진 {f.related_model._meta.verbose_name} {value})")
    return show(f, value)


def show(f, value):
    """The text of a value of a model field (not a foreign key)."""
    if value is None or value == "":
        return ""
    if isinstance(f, models.BooleanField):
        return "예" if value else "아니요"
    if f.choices:
        return str(dict(f.flatchoices).get(value, value))
    if isinstance(f, models.IntegerField) and f.name.endswith("_krw"):
        return won(value)
    if isinstance(f, models.DecimalField):
        return quantity(value)
    return str(value)


def _different_lines(old, new):
    """Of two texts with several lines, the lines only one of them has; the whole texts where only the order changed."""
    before, after = lines(old), lines(new)
    if max(len(before), len(after)) < 2:
        return old, new
    gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
    return ("\n".join(gone), "\n".join(come)) if gone or come else (old, new)
