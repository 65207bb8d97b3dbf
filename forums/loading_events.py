"""Kinds of events, the events of a plan (held ones with their meetings, planned ones), what was voted there, and printed numbers.

An event or a vote that somebody changed in the portal (version above 1) belongs to people from then on and is left alone.
"""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from councils.models import MeetingKind
from forums.models import (
    Audience,
    Event,
    EventFigure,
    EventKind,
    EventState,
    FigureMeasure,
    Level,
    Method,
    Priority,
    PriorityItem,
    Scale,
    Way,
)
from geumcheon.lib.loading import csv_records, yaml_records

KIND_FIELDS = ("name", "meeting_kind", "training")
EVENT_FIELDS = (
    "code", "title", "kind", "scale", "audience", "level", "minutes", "text", "year", "when", "starts", "ends", "way", "place",
    "project", "meeting", "state", "source",
)  # fmt: skip
PRIORITY_FIELDS = ("event", "code", "title", "method", "tiers", "note", "source", "items")
ITEM_FIELDS = (
    "title", "presented_title", "tier", "votes", "stated_rank", "amount_krw", "body", "department", "department_text", "note",
    "source",
)  # fmt: skip
FIGURE_COLUMNS = ("key", "label", "where", "unit", "stated", "measure", "of", "note", "source")
STATES = {"held": EventState.CLOSED, "planned": EventState.PLANNED}


def load(folder, plan, loader, known):
    """Upsert the files of `folder`; `known`: the rows of rooms on the left by name (loading_reviews.Known). Raises LoadError.

    A folder without the files has no events.
    """
    if not (folder / "events.yaml").exists():
        return
    kinds = _kinds(folder / "event_kinds.yaml", loader)
    events = _events(folder / "events.yaml", plan, loader, known, kinds)
    priorities = _priorities(folder / "priorities.yaml", plan, loader, known, events)
    _figures(folder / "event_figures.csv", plan.year, loader, {*events, *priorities})


def _kinds(path, loader):
    """{name: EventKind}; kinds of the admin stay."""
    meeting_kinds, rows = {k.name: k for k in MeetingKind.objects.all()}, []
    for i, r in enumerate(yaml_records(path, KIND_FIELDS), 1):
        name = r.choice("meeting_kind", list(meeting_kinds), required=False)
        fields = {"name": r.text("name", True), "meeting_kind": meeting_kinds.get(name), "training": r.flag("training")}
        rows.append((r, {**fields, "order": i}))
    loader.upsert(EventKind.objects.all(), ["name"], rows, prune=False)
    return {kind.name: kind for kind in EventKind.objects.all()}


def _moment(record, field, required=False):
    """(moment in Seoul, whether no hour is written) of `2019-05-14 14:00` or `2019-11-25`."""
    text = record.text(field, required)
    if not text:
        return None, False
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return timezone.make_aware(datetime.strptime(text, form)), form == "%Y-%m-%d"
        except ValueError:
            continue
    raise record.error(field, f"날짜와 시각(2019-05-14 14:00)이나 날짜(2019-05-14)여야 합니다: {text!r}")


def _hours(record):
    minutes = record.integer("minutes")
    return None if minutes is None else (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _event(r, plan, projects, known, kinds):
    """The fields of one event."""
    starts_at, whole_day = _moment(r, "starts")
    state = STATES[r.choice("state", list(STATES))]
    if (state == EventState.CLOSED) != (starts_at is not None):
        raise r.error("starts", "마친 행사에는 시작한 때가 있고, 계획된 행사에는 적힌 때만 있습니다.")
    number = r.integer("project")
    if number is not None and number not in projects:
        raise r.error("project", f"이 계획에 없는 사업 번호입니다: {number}")
    meeting = known.meeting(r, "meeting")
    if meeting and (starts_at is None or meeting.starts_on != timezone.localtime(starts_at).date()):
        raise r.error("meeting", f"행사와 날짜가 다른 회의입니다: {meeting}")
    year = timezone.localtime(starts_at).year if starts_at else r.integer("year", True)
    fields = {name: r.text(name) for name in ("text", "place", "source")}
    fields |= {"title": r.text("title", True), "kind": kinds[r.choice("kind", list(kinds))], "year": year}
    fields |= {"scale": r.choice("scale", Scale.values, required=False)}
    fields |= {"audience": r.choice("audience", Audience.values, required=False)}
    fields |= {"level": r.choice("level", Level.values, required=False), "hours": _hours(r)}
    fields |= {"way": r.choice("way", Way.values, required=False) or Way.PLACE, "when_text": r.text("when")}
    fields |= {"starts_at": starts_at, "ends_at": _moment(r, "ends")[0], "whole_day": whole_day}
    return fields | {"project": projects.get(number), "meeting": meeting, "state": state}


def _events(path, plan, loader, known, kinds):
    """{code: Event} of the file; a code stays with its event however it is renamed."""
    projects = {p.number: p for p in plan.projects.all()}
    ours = Event.objects.filter(code__startswith=f"{plan.year}-")
    touched = {e.code: e for e in ours.filter(version__gt=1)}
    rows, seen = [], set()
    for r in yaml_records(path, EVENT_FIELDS):
        code = f"{plan.year}-{r.text('code', True)}"
        if code in seen:
            raise r.error("code", f"같은 이름이 두 번 있습니다: {r.text('code')}")
        seen.add(code)
        fields = _event(r, plan, projects, known, kinds)
        if code not in touched:
            rows.append((r, {"code": code, **fields}))
    made = loader.upsert(ours.filter(version=1), ["code"], rows)
    found = {code: event for (code,), event in made.items()} | {c: e for c, e in touched.items() if c in seen}
    return {code.removeprefix(f"{plan.year}-"): event for code, event in found.items()}


def _priorities(path, plan, loader, known, events):
    """The codes of the file, with their rows and items."""
    ours = Priority.objects.filter(code__startswith=f"{plan.year}-")
    touched = {p.code: p for p in ours.filter(version__gt=1)}
    records, rows, fresh, codes = yaml_records(path, PRIORITY_FIELDS), [], [], []
    for i, r in enumerate(records, 1):
        codes.append(f"{plan.year}-{r.text('code', True)}")
        fields = {name: r.text(name) for name in ("note", "source")}
        fields |= {"title": r.text("title", True), "tiers": r.items("tiers"), "published": True, "order": i}
        fields |= {"method": r.choice("method", Method.values, required=False)}
        fields |= {"event": events[r.choice("event", list(events))]}
        if codes[-1] not in touched:
            rows.append((r, {"code": codes[-1], **fields}))
            fresh.append((codes[-1], r))
    made = {code: row for (code,), row in loader.upsert(ours.filter(version=1), ["code"], rows).items()}
    items = [
        (s, {"priority": made[code], "order": i, **_item(s, known, made[code])})
        for code, r in fresh
        for i, s in enumerate(r.records("items", ITEM_FIELDS), 1)
    ]
    loader.upsert(PriorityItem.objects.filter(priority__in=made.values()), ["priority", "title"], items)
    return {code.removeprefix(f"{plan.year}-") for code in codes}


def _item(s, known, priority):
    fields = {name: s.text(name) for name in ("presented_title", "department_text", "note", "source")}
    fields |= {name: s.integer(name) for name in ("votes", "stated_rank", "amount_krw")}
    fields |= {"title": s.text("title", True), "body": known.body(s, "body")}
    for name in ("votes", "amount_krw"):
        if (fields[name] or 0) < 0:
            raise s.error(name, f"0보다 작을 수 없습니다: {fields[name]}")
    return fields | {
        "department": known.department(s, "department"),
        "tier": s.choice("tier", priority.tier_list, required=False),
    }


def _figures(path, year, loader, codes):
    rows = []
    for r in csv_records(path, FIGURE_COLUMNS):
        unknown = set(r.text("of", True).split()) - codes
        if unknown:
            raise r.error("of", f"모르는 행사나 우선순위입니다: {', '.join(sorted(unknown))}")
        fields = {name: r.text(name, True) for name in ("key", "label", "where", "unit", "of", "source")}
        fields |= {"note": r.text("note"), "stated": r.decimal("stated", True)}
        fields["measure"] = r.choice("measure", FigureMeasure.values)
        rows.append((r, {"year": year, **fields}))
    loader.upsert(EventFigure.objects.filter(year=year), ["year", "key"], rows)
