"""The plan, its projects, past projects and feedback from data/YEAR."""

import re
from datetime import date
from pathlib import Path

from councils.models import Body, MeetingKind
from geumcheon.accounts.models import Department, DepartmentAlias, Dong
from geumcheon.lib.loading import Record, csv_records, yaml_record, yaml_records
from projects import evidence, loading_sources
from projects.models import (
    Combine,
    FeedbackAnswer,
    FeedbackKind,
    Indicator,
    IndicatorSource,
    Origin,
    Partner,
    PastProject,
    Phase,
    Plan,
    PlanStatus,
    ProjectAlias,
    ProjectBody,
    ProjectPart,
    ProjectTable,
    Side,
    Stage,
)

DATA = Path(__file__).parent / "data"
PLAN_FIELDS = (
    "year", "title", "status", "as_of", "basis", "background", "directions", "results_2019", "evaluation", "source", "steps",
)  # fmt: skip
PROJECT_FIELDS = (
    "number", "name", "aliases", "group", "bodies", "origin", "period", "starts", "ends", "place", "dongs", "source",
    "summary", "goals", "background", "direction", "methods", "contingency", "effects", "tables", "cases", "partners",
    "stages", "indicators", "monitoring", "last_year",
)  # fmt: skip
PAST_FIELDS = (
    "year", "number", "name", "department", "cost_krw", "period", "place", "purpose", "methods", "results", "outcome", "source",
)  # fmt: skip
SOURCE_FIELDS = (
    "project", "order", "provider", "meeting_kinds", "bodies", "own_project", "words", "minimum_people", "reason", "source",
)  # fmt: skip


def load(year, loader, data=None):
    """Upsert the plan of `year` with everything under it; returns the Plan. Raises LoadError."""
    folder = (data or DATA) / str(year)
    plan = _plan(folder / "plan.yaml", year, loader)
    records = [yaml_record(path, PROJECT_FIELDS) for path in sorted((folder / "projects").glob("*.yaml"))]
    departments = {d.name: d for d in Department.objects.all()}
    departments |= {a.name: a.department for a in DepartmentAlias.objects.select_related("department")}
    bodies = {b.name: b for b in Body.objects.all()}
    projects = _projects(records, plan, loader, bodies)
    _rows(records, projects, plan, loader, departments, bodies)
    _sources(folder / "indicator_sources.csv", plan, loader, bodies)
    loading_sources.check_complete(folder / "indicator_sources.csv", plan)
    _past(folder / "past_projects.yaml", loader, departments)
    _feedback(folder / "feedback.yaml", plan, projects, loader)
    return plan


def _plan(path, year, loader):
    r = yaml_record(path, PLAN_FIELDS)
    if r.integer("year", True) != year:
        raise r.error("year", f"{year}년 계획의 파일이 아닙니다: {r.integer('year')}")
    fields = {
        "year": year,
        "title": r.text("title", True),
        "status": r.choice("status", PlanStatus.values),
        "as_of": r.day("as_of"),
        "basis": r.text("basis"),
        "background": r.items("background"),
        "results": r.items("results_2019"),
        "source": r.text("source")[:200],
    }
    plan = loader.upsert(Plan.objects.filter(year=year), ["year"], [(r, fields)])[(year,)]
    sections = []
    for field, kind in (("directions", "direction"), ("evaluation", "evaluation")):
        for i, s in enumerate(r.records(field, ("title", "items", "source")), 1):
            fields = {"title": s.text("title", True), "items": s.items("items"), "source": s.text("source")}
            sections.append((s, {"plan": plan, "kind": kind, "order": i, **fields}))
    loader.upsert(plan.sections.all(), ["kind", "order"], sections)
    steps = []
    for s in r.records("steps", ("year", "order", "title", "starts", "ends", "when", "body", "source")):
        fields = {name: s.text(name) for name in ("title", "when", "body", "source")}
        fields |= {"starts_on": s.day("starts"), "ends_on": s.day("ends")}
        steps.append((s, {"plan": plan, "year": s.integer("year", True), "order": s.integer("order", True), **fields}))
    loader.upsert(plan.steps.all(), ["year", "order"], steps)
    return plan


def _month(r, field, after=False):
    """First day of a printed month `2021-07`; with `after`, the first day of the next one (half-open end)."""
    text = r.text(field)
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise r.error(field, f"YYYY-MM 꼴의 달이어야 합니다: {text!r}")
    year, month = int(found[1]), int(found[2])
    return date(year + month // 12, month % 12 + 1, 1) if after else date(year, month, 1)


def _projects(records, plan, loader, bodies):
    names = list(dict.fromkeys(r.text("group", True) for r in records))
    groups = [
        (r, {"plan": plan, "name": name, "order": i})
        for i, (r, name) in enumerate(zip(records, names, strict=False), 1)
    ]
    groups = loader.upsert(plan.groups.all(), ["name"], groups)
    rows = []
    for r in records:
        last_year = (r.raw("last_year") or {}) if isinstance(r.raw("last_year"), dict) else {}
        fields = {name: r.text(name) for name in ("period", "place", "summary", "contingency", "source")}
        fields |= {name: r.items(name) for name in ("goals", "background", "direction", "effects", "monitoring")}
        fields |= {
            "plan": plan,
            "number": r.integer("number", True),
            "name": r.text("name", True),
            "group": groups[(r.text("group"),)],
            "origin": r.choice("origin", Origin.values, required=False),
            "starts_on": _month(r, "starts"),
            "ends_before": _month(r, "ends", after=True),
            "last_results": "\n".join(last_year.get("results") or []),
            "last_open_points": "\n".join(last_year.get("open_points") or []),
        }
        rows.append((r, fields))
    projects = {number: p for (number,), p in loader.upsert(plan.projects.all(), ["number"], rows).items()}
    dongs = {d.name: d for d in Dong.objects.all()}
    links = []
    for r in records:
        project = projects[r.integer("number")]
        for i, name in enumerate(r.raw("bodies", True), 1):
            if name not in bodies:
                raise r.error("bodies", f"모르는 기구입니다: {name}")
            links.append((r, {"project": project, "body": bodies[name], "order": i}))
        unknown = set(r.raw("dongs") or []) - set(dongs)
        if unknown:
            raise r.error("dongs", f"모르는 동입니다: {', '.join(sorted(unknown))}")
        loader.set_links(project.dongs, [dongs[name] for name in r.raw("dongs") or []])
    loader.upsert(ProjectBody.objects.filter(project__plan=plan), ["project", "body"], links)
    return projects


def _rows(records, projects, plan, loader, departments, bodies):
    """Aliases, parts, tables, partners, stages and indicators of all projects."""
    rows = {model: [] for model in (ProjectAlias, ProjectPart, ProjectTable, Partner, Stage, Indicator)}
    for r in records:
        project = projects[r.integer("number")]
        rows[ProjectAlias] += [(r, {"project": project, "name": alias}) for alias in r.raw("aliases") or []]
        rows[ProjectPart] += _parts(r, project)
        for i, t in enumerate(r.records("tables", ("title", "columns", "rows", "source")), 1):
            fields = {"title": t.text("title", True), "columns": t.raw("columns"), "rows": t.raw("rows")}
            rows[ProjectTable].append((t, {"project": project, "order": i, "source": t.text("source"), **fields}))
        for i, p in enumerate(r.records("partners", ("side", "name", "function", "roles", "source")), 1):
            name = p.text("name", True)
            fields = {"function": p.text("function"), "roles": p.items("roles"), "source": p.text("source")}
            fields |= {"department": departments.get(name), "body": _body_of(name, bodies)}
            side = p.choice("side", Side.values)
            if side == Side.LEAD and not fields["department"]:
                raise p.error("name", f"부서 목록에 없는 주무부서입니다: {name}")
            rows[Partner].append((p, {"project": project, "order": i, "side": side, "name": name, **fields}))
        for s in r.records("stages", ("order", "kind", "title", "when", "tasks", "source")):
            fields = {name: s.text(name) for name in ("kind", "when", "source")}
            fields |= {"title": s.text("title", True), "tasks": s.items("tasks")}
            rows[Stage].append((s, {"project": project, "order": s.integer("order", True), **fields}))
        allowed = ("order", "phase", "objective", "indicator", "target", "method", "combine", "source")
        for s in r.records("indicators", allowed):
            fields = {
                "objective": s.text("objective", True),
                "name": s.text("indicator", True),
                "method": s.text("method"),
            }
            fields |= {"target_text": s.text("target", True), "source": s.text("source")}
            phase = s.choice("phase", Phase.values)
            # A rate of progress or saving is read at its last value; other percentages are shares of answers.
            if s.text("combine"):
                fields["combine"] = s.choice("combine", Combine.values)
            rows[Indicator].append(
                (s, {"project": project, "order": s.integer("order", True), "phase": phase, **fields})
            )
    keys = {ProjectAlias: ["project", "name"], ProjectPart: ["project", "kind", "order"]}
    for model, model_rows in rows.items():
        loader.upsert(model.objects.filter(project__plan=plan), keys.get(model, ["project", "order"]), model_rows)


def _sources(path, plan, loader, bodies):
    """What each indicator counts. A plan without the file keeps what was set up in the admin."""
    if not path.exists():
        return
    indicators = Indicator.objects.filter(project__plan=plan).select_related("project")
    indicators = {(i.project.number, i.order): i for i in indicators}
    kinds, providers = {k.name: k for k in MeetingKind.objects.all()}, [key for key, _ in evidence.register.choices()]
    rows, links = [], {}
    for r in csv_records(path, SOURCE_FIELDS):
        place = r.integer("project", True), r.integer("order", True)
        if place not in indicators:
            raise r.error("order", f"이 계획에 없는 지표입니다: {place[0]}번 사업 {place[1]}번째")
        indicator, people = indicators[place], r.integer("minimum_people")
        if people is not None and people < 0:
            raise r.error("minimum_people", f"0 이상이어야 합니다: {people}")
        fields = {"provider": r.choice("provider", providers), "minimum_people": people, "words": r.text("words")}
        fields |= {"own_project": r.choice("own_project", ("yes", "no")) == "yes", "reason": r.text("reason", True)}
        links[(indicator.pk,)] = (_named(r, "meeting_kinds", kinds), _named(r, "bodies", bodies))
        rows.append((r, {"indicator": indicator, "source": r.text("source"), **fields}))
    owned = IndicatorSource.objects.filter(indicator__project__plan=plan)
    sources = loader.upsert(owned, ["indicator"], rows)
    kept = {s.pk: s for s in owned.prefetch_related("meeting_kinds", "bodies")}
    for key, wanted in links.items():
        source = kept[sources[key].pk]
        for manager, targets in zip((source.meeting_kinds, source.bodies), wanted, strict=True):
            if {row.pk for row in manager.all()} != {row.pk for row in targets}:
                loader.set_links(manager, targets)


def _named(r, field, known):
    """The rows that a `;`-separated list names."""
    names = [name.strip() for name in r.text(field).split(";") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise r.error(field, f"모르는 이름입니다: {', '.join(unknown)}")
    return [known[name] for name in names]


def _body_of(name, bodies):
    """The body a partner's name means: `금천구협치회의 교육·문화분과` is 교육·문화분과; None for anybody else."""
    return bodies.get(name) or bodies.get(name.removeprefix("금천구협치회의").strip())


def _parts(r, project):
    parts = []
    for i, m in enumerate(r.records("methods", ("title", "items", "source")), 1):
        fields = {"title": m.text("title"), "items": m.items("items"), "source": m.text("source")}
        parts.append((m, {"project": project, "kind": ProjectPart.Kind.METHOD, "order": i, **fields}))
    for i, m in enumerate(r.records("cases", ("title", "items", "source")), 1):
        fields = {"title": m.text("title"), "items": m.items("items"), "source": m.text("source")}
        parts.append((m, {"project": project, "kind": ProjectPart.Kind.CASE, "order": i, **fields}))
    last_year = r.raw("last_year")
    if last_year:
        timeline = Record(r.path, "last_year", last_year, ("results", "open_points", "timeline", "source"))
        for i, m in enumerate(timeline.records("timeline", ("when", "what", "source")), 1):
            fields = {"title": m.text("when"), "items": m.text("what"), "source": m.text("source")}
            parts.append((m, {"project": project, "kind": ProjectPart.Kind.LAST_YEAR, "order": i, **fields}))
    return parts


def _past(path, loader, departments):
    rows = []
    for i, r in enumerate(yaml_records(path, PAST_FIELDS), 1):
        if r.text("department", True) not in departments:
            raise r.error("department", f"모르는 부서입니다: {r.text('department')}")
        cost = r.integer("cost_krw", True)
        if not 0 <= cost <= 10**12:
            raise r.error("cost_krw", f"사업비로 보기 어렵습니다: {cost}")
        fields = {name: r.items(name) for name in ("purpose", "methods", "results", "outcome")}
        fields |= {name: r.text(name) for name in ("period", "place", "source")}
        fields |= {"year": r.integer("year", True), "order": i, "number": r.text("number", True), "cost_krw": cost}
        rows.append((r, {**fields, "name": r.text("name", True), "department": departments[r.text("department")]}))
    years = {fields["year"] for _, fields in rows}
    loader.upsert(PastProject.objects.filter(year__in=years), ["year", "number"], rows)


def _feedback(path, plan, projects, loader):
    allowed = ("key", "kind", "text", "detail", "answer", "projects", "reason", "source")
    records = yaml_records(path, allowed)
    rows = []
    for i, r in enumerate(records, 1):
        fields = {"text": r.text("text", True), "detail": r.items("detail"), "answer": r.text("answer")}
        kind = r.choice("kind", FeedbackKind.values)
        rows.append(
            (
                r,
                {
                    "plan": plan,
                    "key": r.text("key", True),
                    "order": i,
                    "kind": kind,
                    "source": r.text("source"),
                    **fields,
                },
            )
        )
    feedback = loader.upsert(plan.feedback.all(), ["key"], rows)
    answers = []
    for r in records:
        reasons = dict(re.findall(r"(?:^|; )(\d+): (.*?)(?=; \d+: |$)", r.text("reason"), re.DOTALL))
        for number in r.raw("projects") or []:
            if number not in projects:
                raise r.error("projects", f"이 계획에 없는 사업 번호입니다: {number}")
            reason = reasons.get(str(number), r.text("reason"))
            answers.append((r, {"feedback": feedback[(r.text("key"),)], "project": projects[number], "reason": reason}))
    loader.upsert(FeedbackAnswer.objects.filter(feedback__plan=plan), ["feedback", "project"], answers)
