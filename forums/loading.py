"""Channels with their ladders, and the calls, proposals, reviews, printed funnel and events of a year, from data/YEAR."""

from pathlib import Path

from councils.models import Body, Meeting
from forums import loading_events, loading_reviews
from forums.models import (
    Call,
    Channel,
    Criterion,
    Decider,
    FunnelStep,
    Kinship,
    KinshipKind,
    Move,
    Outcome,
    ProposalAlias,
    ProposalState,
    Stage,
)
from geumcheon.accounts.models import Department
from geumcheon.lib.loading import csv_records, yaml_records

DATA = Path(__file__).parent / "data"
CHANNEL_FIELDS = ("code", "name", "description", "source", "stages")
STAGE_FIELDS = (
    "code", "name", "decider", "amount_label", "days_due", "endorsable", "is_ballot", "moves", "criteria", "source",
)  # fmt: skip
CALL_FIELDS = ("channel", "title", "text", "starts", "ends_before", "endorsements_needed", "source")
PROPOSAL_FIELDS = (
    "number", "title", "body", "bodies", "aliases", "requested_krw", "department", "departments_text", "stage", "state",
    "project", "reviews", "checks", "went_into", "why", "source",
)  # fmt: skip
FUNNEL_COLUMNS = (
    "order", "channel", "label", "count", "amount_krw", "stage_code", "outcomes", "body", "amount_code", "whole", "note",
    "source",
)  # fmt: skip
FILES = {"agenda": "agenda.yaml", "citizen-budget": "citizen-budget.yaml"}  # channel code: its proposals


def load(plan, loader, data=None):
    """Upsert the proposals behind a plan; meetings, departments and projects are loaded before. Raises LoadError.

    Ladders are only added to and corrected: a stage that somebody added in the admin stays. A year without files has no proposals.
    """
    folder = (data or DATA) / str(plan.year)
    if not folder.is_dir():
        return
    stages = _ladders(folder / "channels.yaml", loader)
    calls = _calls(folder / "calls.yaml", plan.year, loader)
    known = loading_reviews.Known(
        stages=stages,
        departments={d.name: d for d in Department.objects.all()},
        bodies={b.name: b for b in Body.objects.all()},
        meetings={f"{m.year}-{m.no}": m for m in Meeting.objects.all()},
        shares=loading_reviews.shares(folder / "shares.yaml", loader),
    )
    for code, name in FILES.items():
        _proposals(folder / name, calls[code], plan, loader, known)
    _funnel(folder / "funnel.csv", plan.year, loader, known)
    loading_events.load(folder, plan, loader, known)


def _ladders(path, loader):
    """{(channel code, stage code): Stage} of every channel in the file."""
    records = yaml_records(path, CHANNEL_FIELDS)
    rows = []
    for i, r in enumerate(records, 1):
        fields = {name: r.text(name) for name in ("description", "source")}
        rows.append((r, {"code": r.text("code", True), "name": r.text("name", True), "order": i, **fields}))
    channels = loader.upsert(Channel.objects.all(), ["code"], rows, prune=False)
    steps, rows = [], []
    for r in records:
        for i, s in enumerate(r.records("stages", STAGE_FIELDS), 1):
            steps.append((r.text("code"), s))
            fields = {name: s.text(name) for name in ("amount_label", "source")}
            fields |= {"endorsable": s.flag("endorsable"), "is_ballot": s.flag("is_ballot"), "order": i}
            fields |= {"name": s.text("name", True), "days_due": s.integer("days_due")}
            fields["decider"] = s.choice("decider", Decider.values, required=False) or Decider.NOBODY
            rows.append((s, {"channel": channels[(r.text("code"),)], "code": s.text("code", True), **fields}))
    made = loader.upsert(Stage.objects.all(), ["channel", "code"], rows, prune=False)
    codes = {channel.pk: code for (code,), channel in channels.items()}
    stages = {(codes[channel], code): stage for (channel, code), stage in made.items()}
    _ways(steps, stages, loader)
    return stages


def _ways(steps, stages, loader):
    """The allowed outcomes and the criteria of each stage."""
    moves, criteria = [], []
    for channel, s in steps:
        stage = stages[channel, s.text("code")]
        for outcome, to in (s.raw("moves", True)).items():
            if outcome not in Outcome.values or (to is not None and (channel, to) not in stages):
                raise s.error("moves", f"모르는 결과나 단계입니다: {outcome} → {to}")
            moves.append((s, {"stage": stage, "outcome": outcome, "to": stages[channel, to] if to else None}))
        for i, name in enumerate(s.raw("criteria") or [], 1):
            criteria.append((s, {"stage": stage, "name": name, "order": i, "source": s.text("source")}))
    loader.upsert(Move.objects.all(), ["stage", "outcome"], moves, prune=False)
    loader.upsert(Criterion.objects.all(), ["stage", "name"], criteria, prune=False)


def _calls(path, year, loader):
    """{channel code: Call} of what a document told about a year; calls made in the portal are not touched."""
    channels = {c.code: c for c in Channel.objects.all()}
    rows = []
    for r in yaml_records(path, CALL_FIELDS):
        fields = {"starts_on": r.day("starts"), "ends_before": r.day("ends_before"), "text": r.text("text")}
        fields |= {"endorsements_needed": r.integer("endorsements_needed", True), "source": r.text("source")}
        fields |= {"published": True, "historical": True, "title": r.text("title", True)}
        fields["channel"] = channels[r.choice("channel", list(channels))]
        rows.append((r, {"year": year, **fields}))
    made = loader.upsert(Call.objects.filter(year=year, historical=True), ["channel", "year"], rows)
    codes = {channel.pk: code for code, channel in channels.items()}
    return {codes[channel]: call for (channel, _), call in made.items()}


def _proposals(path, call, plan, loader, known):
    projects = {p.number: p for p in plan.projects.all()}
    channel = call.channel.code
    records, rows = yaml_records(path, PROPOSAL_FIELDS), []
    for r in records:
        number = r.integer("project")
        if number is not None and number not in projects:
            raise r.error("project", f"이 계획에 없는 사업 번호입니다: {number}")
        days = [day for s in r.records("reviews", loading_reviews.REVIEW_FIELDS) if (day := s.day("on"))]
        fields = {name: r.text(name) for name in ("body", "departments_text", "source")}
        fields |= {"title": r.text("title", True), "requested_krw": r.integer("requested_krw")}
        fields |= {"department": known.department(r, "department"), "stage": known.stage(r, "stage", channel)}
        fields |= {"state": r.choice("state", ProposalState.values), "project": projects.get(number)}
        fields["entered_on"] = max(days, default=None)
        rows.append((r, {"call": call, "number": r.integer("number", True), **fields}))
    made = loader.upsert(call.proposals.all(), ["call", "number"], rows)
    proposals = {number: proposal for (_, number), proposal in made.items()}
    aliases = [
        (r, {"proposal": proposals[r.integer("number")], "name": name})
        for r in records
        for name in r.raw("aliases") or []
    ]
    loader.upsert(ProposalAlias.objects.filter(proposal__call=call), ["proposal", "name"], aliases)
    for r in records:
        bodies = [known.named(r, "bodies", name, known.bodies) for name in r.raw("bodies") or []]
        loader.set_links(proposals[r.integer("number")].bodies, bodies)
    loading_reviews.load(records, proposals, call, loader, known)
    _kinships(records, proposals, call, loader)


def _kinships(records, proposals, call, loader):
    """Which proposal went into which other of the same file, by its title."""
    titles, rows = {p.title: p for p in proposals.values()}, []
    for r in records:
        if not r.text("went_into"):
            continue
        if r.text("went_into") not in titles:
            raise r.error("went_into", f"이 파일에 없는 제목입니다: {r.text('went_into')}")
        fields = {"target": titles[r.text("went_into")], "reason": r.text("why", True), "source": r.text("source")}
        rows.append((r, {"source_proposal": proposals[r.integer("number")], "kind": KinshipKind.MERGE, **fields}))
    owned = Kinship.objects.filter(source_proposal__call=call, by__isnull=True, undone_on__isnull=True)
    loader.upsert(owned, ["source_proposal", "target"], rows)


def _funnel(path, year, loader, known):
    channels, rows = {c.code: c for c in Channel.objects.all()}, []
    for r in csv_records(path, FUNNEL_COLUMNS):
        unknown = set(r.text("outcomes", True).split()) - set(Outcome.values)
        if unknown:
            raise r.error("outcomes", f"모르는 결과입니다: {', '.join(sorted(unknown))}")
        fields = {name: r.text(name) for name in ("outcomes", "amount_code", "note", "source")}
        fields |= {"label": r.text("label", True), "stage_code": r.text("stage_code", True)}
        fields |= {"count": r.integer("count"), "amount_krw": r.integer("amount_krw")}
        code = r.choice("channel", list(channels), required=False)
        fields |= {"channel": channels.get(code), "body": known.body(r, "body")}
        fields["whole"] = r.choice("whole", ("yes", "no")) == "yes"
        rows.append((r, {"year": year, "order": r.integer("order", True), **fields}))
    loader.upsert(FunnelStep.objects.filter(year=year), ["year", "order"], rows)
