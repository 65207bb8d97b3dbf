"""Bodies, the meeting log and the library from data/YEAR."""

from pathlib import Path

from django.db.models import Q

from councils import loading_rates
from councils.models import (
    Article,
    Body,
    BodyAlias,
    BodyKind,
    BodyOffice,
    BodyRule,
    BodySeat,
    BodyTerm,
    Document,
    DocumentKind,
    Meeting,
    MeetingKind,
    SeatKind,
)
from geumcheon.lib.loading import csv_records, yaml_records
from geumcheon.lib.periods import day_after

DATA = Path(__file__).parent / "data"
KIND_BY_LABEL = {label: value for value, label in BodyKind.choices}
BODY_FIELDS = (
    "name", "kind", "parent", "order", "vision", "purpose", "aliases", "note", "source", "seats", "rules", "roles", "terms",
)  # fmt: skip
SEAT_NUMBERS = ("count", "minimum", "maximum", "term_months", "renewals")
MEETING_COLUMNS = (
    "year", "no", "kind", "bodies", "session_label", "printed_target", "start_date", "printed_weekday",
    "end_date", "printed_end_weekday", "place", "attendees", "agenda", "source",
)  # fmt: skip


def load(year, loader, data=None):
    """Upsert the council's rows of the plan of `year`; raises LoadError naming file, row and field."""
    folder = (data or DATA) / str(year)
    bodies = _bodies(folder / "bodies.yaml", loader)
    meetings = _meetings(folder, loader, bodies)
    _documents(folder / "documents.yaml", loader, meetings)
    loading_rates.load(folder / "allowance_rates.yaml", loader)


def _bodies(path, loader):
    records = yaml_records(path, BODY_FIELDS)
    names = set()
    rows = []
    for r in records:
        parent = r.text("parent")
        if parent and parent not in names:
            raise r.error("parent", f"상위 기구가 이 파일의 앞쪽에 없습니다: {parent}")
        names.add(r.text("name", True))
        rows.append(
            (
                r,
                {
                    "name": r.text("name"),
                    "kind": KIND_BY_LABEL[r.choice("kind", KIND_BY_LABEL)],
                    "order": r.integer("order") or 0,
                    "vision": r.text("vision"),
                    "purpose": r.text("purpose"),
                    "note": r.text("note"),
                    "source": r.text("source"),
                },
            )
        )
    bodies = {name: body for (name,), body in loader.upsert(Body.objects.all(), ["name"], rows, prune=False).items()}
    for r in records:
        body, parent = bodies[r.text("name")], bodies.get(r.text("parent"))
        if body.parent_id != (parent.pk if parent else None):
            body.parent = parent
            body.save()
    _body_rows(records, bodies, loader)
    return bodies


def _body_rows(records, bodies, loader):
    """Seats, rules, offices, terms and aliases of the bodies."""
    seats, rules, offices, terms, aliases = [], [], [], [], []
    for r in records:
        body = bodies[r.text("name")]
        aliases += [(r, {"body": body, "name": alias}) for alias in r.raw("aliases") or []]
        for i, s in enumerate(r.records("seats", ("kind", "label", *SEAT_NUMBERS, "note", "source")), 1):
            fields = {name: s.integer(name) for name in SEAT_NUMBERS}
            fields |= {name: s.text(name) for name in ("label", "note", "source")}
            seats.append((s, {"body": body, "order": i, "kind": s.choice("kind", SeatKind.values), **fields}))
        for i, s in enumerate(r.records("rules", ("key", "text", "number", "unit", "source")), 1):
            fields = {name: s.text(name) for name in ("key", "text", "number", "unit", "source")}
            rules.append((s, {"body": body, "order": i, **fields}))
        for i, s in enumerate(r.records("roles", ("name", "publishes", "leads", "source")), 1):
            fields = {"name": s.text("name", True), "source": s.text("source")}
            fields |= {name: s.flag(name) for name in ("publishes", "leads")}
            offices.append((s, {"body": body, "order": i, **fields}))
        for s in r.records("terms", ("label", "seat_kind", "starts", "ends", "note", "source")):
            terms.append(
                (
                    s,
                    {
                        "body": body,
                        "label": s.text("label", True),
                        "seat_kind": s.choice("seat_kind", SeatKind.values, required=False),
                        "starts_on": s.day("starts"),
                        "ends_before": day_after(s.day("ends")),
                        "note": s.text("note"),
                        "source": s.text("source"),
                    },
                )
            )
    # Only the file's own bodies: one that was added by hand keeps its seats, on which members may sit.
    ours = Q(body__in=[body.pk for body in bodies.values()])
    loader.upsert(BodyAlias.objects.filter(ours), ["body", "name"], aliases)
    loader.upsert(BodySeat.objects.filter(ours), ["body", "order"], seats)
    loader.upsert(BodyRule.objects.filter(ours), ["body", "order"], rules)
    loader.upsert(BodyOffice.objects.filter(ours), ["body", "name"], offices)
    loader.upsert(BodyTerm.objects.filter(ours), ["body", "label"], terms)


def _meetings(folder, loader, bodies):
    kinds_rows = [
        (r, {"name": r.text("name", True), "extraordinary": r.flag("extraordinary"), "order": i})
        for i, r in enumerate(yaml_records(folder / "meeting_kinds.yaml", ("name", "extraordinary")), 1)
    ]
    kinds = loader.upsert(MeetingKind.objects.all(), ["name"], kinds_rows, prune=False)
    records = csv_records(folder / "meetings.csv", MEETING_COLUMNS)
    rows = [(r, _meeting_fields(r, kinds)) for r in records]
    years = {fields["year"] for _, fields in rows}
    meetings = loader.upsert(Meeting.objects.filter(year__in=years), ["year", "no"], rows)
    linked = {}
    for meeting_id, body_id in Meeting.bodies.through.objects.values_list("meeting_id", "body_id"):
        linked.setdefault(meeting_id, set()).add(body_id)
    for r, fields in rows:
        meeting = meetings[(fields["year"], fields["no"])]
        wanted = []
        for name in filter(None, r.text("bodies").split(";")):
            if name.strip() not in bodies:
                raise r.error("bodies", f"모르는 기구입니다: {name.strip()}")
            wanted.append(bodies[name.strip()])
        if linked.get(meeting.pk, set()) != {body.pk for body in wanted}:
            loader.set_links(meeting.bodies, wanted)
    return meetings


def _meeting_fields(r, kinds):
    kind = r.text("kind", True)
    if (kind,) not in kinds:
        raise r.error("kind", f"모르는 회의 종류입니다: {kind}")
    start = r.day("start_date", True)
    if start.year != r.integer("year", True):
        raise r.error("start_date", "회의 목록의 연도와 날짜의 연도가 다릅니다.")
    attendees = r.integer("attendees")
    if attendees is not None and not 0 <= attendees <= 100_000:
        raise r.error("attendees", f"참석 인원으로 보기 어렵습니다: {attendees}")
    return {
        "year": r.integer("year"),
        "no": r.integer("no", True),
        "kind": kinds[(kind,)],
        "session_label": r.text("session_label"),
        "counterpart": r.text("printed_target"),
        "starts_on": start,
        "ends_on": r.day("end_date"),
        "printed_weekday": r.text("printed_weekday"),
        "printed_end_weekday": r.text("printed_end_weekday"),
        "place": r.text("place"),
        "attendees": attendees,
        "agenda": r.text("agenda"),
        "source": r.text("source"),
    }


def _documents(path, loader, meetings):
    records = yaml_records(path, ("title", "kind", "decided_on", "decided_by", "meeting", "articles", "note", "source"))
    rows = []
    for r in records:
        meeting = None
        if r.text("meeting"):
            key = tuple(int(part) for part in r.text("meeting").split("-") if part.isdigit())
            meeting = meetings.get(key)
            if meeting is None:
                raise r.error("meeting", f"회의 목록에 없는 회의입니다: {r.text('meeting')}")
        fields = {name: r.text(name) for name in ("decided_by", "note", "source")}
        kind = r.choice("kind", DocumentKind.values)
        rows.append(
            (
                r,
                {
                    "title": r.text("title", True),
                    "kind": kind,
                    "decided_on": r.day("decided_on"),
                    "meeting": meeting,
                    **fields,
                },
            )
        )
    documents = loader.upsert(Document.objects.all(), ["title"], rows, prune=False)
    articles = []
    for r in records:
        for a in r.records("articles", ("number", "title", "summary", "source")):
            fields = {name: a.text(name) for name in ("title", "summary", "source")}
            articles.append(
                (a, {"document": documents[(r.text("title"),)], "number": a.text("number", True), **fields})
            )
    loader.upsert(Article.objects.all(), ["document", "number"], articles)
