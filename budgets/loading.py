"""Accounts, versions, lines, second printings and stated figures from data/YEAR."""

from pathlib import Path

from budgets import loading_rates
from budgets.models import (
    BudgetGroup,
    BudgetItem,
    BudgetItemAlias,
    Funding,
    LinePrinting,
    Measure,
    Nature,
    VersionBasis,
    VersionProject,
)
from councils.models import Meeting
from geumcheon.lib.loading import Record, csv_records, read_yaml, yaml_records

DATA = Path(__file__).parent / "data"
LINE_COLUMNS = (
    "project", "order", "budget_group", "budget_item", "heading", "description", "formula", "amount_krw", "funding",
    "source", "details",
)  # fmt: skip
PRINTING_COLUMNS = ("project", "order", "heading", "description", "formula", "amount_krw", "printed", "source")
FILTERS = (
    "project",
    "item",
    "group",
    "budget_group",
    "heading",
    "nature",
    "funding",
    "version",
    "body",
    "year",
    "no",
    "kind",
    "of",
)
STATED_COLUMNS = ("key", "label", "where", "unit", "stated", "decimals", "measure", *FILTERS, "note", "source")


def load(plan, loader, data=None):
    """Upsert the money of a plan; projects and meetings are loaded before. Raises LoadError."""
    folder = (data or DATA) / str(plan.year)
    items = _accounts(folder / "accounts.yaml", plan.year, loader)
    projects = {p.number: p for p in plan.projects.all()}
    final = _versions(folder / "versions.yaml", plan, projects, loader)
    lines = _lines(folder / "lines.csv", final, projects, items, loader)
    _printings(folder / "printings.csv", final, lines, loader)
    _stated(folder / "stated.csv", plan, loader)
    loading_rates.load(folder / "rate_lines.csv", lines.values(), loader)


def _accounts(path, year, loader):
    whole = Record(path, None, read_yaml(path), ("groups", "items"))
    group_rows = [
        (r, {"fiscal_year": year, "name": r.text("name", True), "order": i, "source": r.text("source")})
        for i, r in enumerate(whole.records("groups", ("name", "source")), 1)
    ]
    groups = loader.upsert(BudgetGroup.objects.filter(fiscal_year=year), ["name"], group_rows)
    records = whole.records("items", ("name", "group", "summary_name", "nature", "aliases", "code", "source"))
    rows = []
    for i, r in enumerate(records, 1):
        if (r.text("group", True),) not in groups:
            raise r.error("group", f"모르는 편성목입니다: {r.text('group')}")
        fields = {"summary_name": r.text("summary_name", True), "code": r.text("code"), "source": r.text("source")}
        fields |= {"group": groups[(r.text("group"),)], "nature": r.choice("nature", Nature.values), "order": i}
        rows.append((r, {"fiscal_year": year, "name": r.text("name", True), **fields}))
    items = {
        name: i for (name,), i in loader.upsert(BudgetItem.objects.filter(fiscal_year=year), ["name"], rows).items()
    }
    aliases = [(r, {"item": items[r.text("name")], "name": alias}) for r in records for alias in r.raw("aliases") or []]
    loader.upsert(BudgetItemAlias.objects.filter(item__fiscal_year=year), ["item", "name"], aliases)
    return items


def _versions(path, plan, projects, loader):
    records = yaml_records(path, ("key", "title", "decided_on", "basis", "source", "projects"))
    rows = []
    for r in records:
        decided = r.day("decided_on")
        fields = {
            "title": r.text("title", True),
            "basis": r.choice("basis", VersionBasis.values),
            "decided_on": decided,
        }
        fields |= {"is_current": r.text("basis") == VersionBasis.LINES, "source": r.text("source")}
        # The council's regular session of that day decided it.
        session = Meeting.objects.filter(starts_on=decided, kind__name="정례회").first() if decided else None
        rows.append((r, {"plan": plan, "key": r.text("key", True), "meeting": session, **fields}))
    versions = loader.upsert(plan.versions.all(), ["key"], rows)
    totals = []
    for r in records:
        version = versions[(r.text("key"),)]
        for t in r.records("projects", ("number", "name", "amount_krw", "project", "source")):
            number = t.integer("project")
            if number is not None and number not in projects:
                raise t.error("project", f"이 계획에 없는 사업 번호입니다: {number}")
            fields = {
                "name": t.text("name", True),
                "amount_krw": t.integer("amount_krw", True),
                "source": t.text("source"),
            }
            fields |= {"number": t.integer("number", True), "project": projects.get(number)}
            totals.append((t, {"version": version, **fields}))
    loader.upsert(VersionProject.objects.filter(version__plan=plan), ["version", "number"], totals)
    finals = [v for v in versions.values() if v.basis == VersionBasis.LINES]
    if len(finals) != 1:
        raise records[0].error("basis", "산출내역(lines)이 있는 판이 꼭 하나 있어야 합니다.")
    return finals[0]


def _lines(path, version, projects, items, loader):
    rows = []
    for r in csv_records(path, LINE_COLUMNS):
        number, item = r.integer("project", True), r.text("budget_item", True)
        if number not in projects:
            raise r.error("project", f"이 계획에 없는 사업 번호입니다: {number}")
        if item not in items:
            raise r.error("budget_item", f"모르는 통계목입니다: {item}")
        if items[item].group.name != r.text("budget_group"):
            raise r.error("budget_group", f"{item}의 편성목이 아닙니다: {r.text('budget_group')}")
        amount = r.integer("amount_krw", True)
        if amount < 0:
            raise r.error("amount_krw", f"금액은 0원보다 작을 수 없습니다: {amount}")
        fields = {name: r.text(name) for name in ("heading", "details", "formula", "source")}
        fields |= {"description": r.text("description", True), "amount_krw": amount, "item": items[item]}
        fields |= {"funding": r.choice("funding", Funding.values), "project": projects[number]}
        rows.append((r, {"version": version, "order": r.integer("order", True), **fields}))
    existing = version.lines.select_related("version", "project")
    return loader.upsert(existing, ["project", "order"], rows)


def _printings(path, version, lines, loader):
    by_number = {(line.project.number, line.order): line for line in lines.values()}
    rows = []
    for r in csv_records(path, PRINTING_COLUMNS):
        line = by_number.get((r.integer("project", True), r.integer("order", True)))
        if line is None:
            raise r.error("order", "짝이 되는 예산 줄이 없습니다.")
        fields = {name: r.text(name) for name in ("heading", "description", "formula", "printed", "source")}
        rows.append((r, {"line": line, "amount_krw": r.integer("amount_krw", True), **fields}))
    loader.upsert(LinePrinting.objects.filter(line__version=version), ["line"], rows)


def _stated(path, plan, loader):
    rows = []
    records = csv_records(path, STATED_COLUMNS)
    keys = {r.text("key") for r in records}
    for i, r in enumerate(records, 1):
        filters = {name: r.text(name) for name in FILTERS if r.text(name)}
        for name in ("project", "year", "no"):
            if name in filters:
                filters[name] = r.integer(name)
        measure = r.choice("measure", Measure.values)
        if measure == Measure.SUM_OF:
            unknown = set(filters.get("of", "").split(";")) - keys
            if unknown:
                raise r.error("of", f"모르는 이름표입니다: {', '.join(sorted(unknown))}")
        fields = {
            name: r.text(name, name in ("label", "unit")) for name in ("label", "where", "unit", "note", "source")
        }
        fields |= {"stated": r.decimal("stated", True), "decimals": r.integer("decimals") or 0}
        rows.append(
            (
                r,
                {
                    "plan": plan,
                    "key": r.text("key", True),
                    "order": i,
                    "measure": measure,
                    "filters": filters,
                    **fields,
                },
            )
        )
    loader.upsert(plan.stated_figures.all(), ["key"], rows)
