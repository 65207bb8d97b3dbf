"""Pictures of a plan's budget: its stored sums by dimension, its way from fund to body to 편성목, its versions and what changed.

All amounts are whole won. The sums by one dimension are the stored rollups; only the flow, which needs sums by two, adds the lines itself.
"""

from dataclasses import dataclass, replace

from django.db.models import Sum

from budgets.display import lines_url
from budgets.models import Dimension, Funding
from budgets.rollups import body_of
from geumcheon.lib import charts
from geumcheon.lib.money import thousand

# In the order of the page: the picture's title and what to look for.
WORDS = {
    Dimension.BODY: ("추진분과마다 시비와 구비", "막대 길이가 사업비이고 무늬가 재원입니다."),
    Dimension.PROJECT: ("사업의 크기", "네모의 넓이가 사업비입니다. 누르면 그 사업의 예산 줄로 갑니다."),
    Dimension.BUDGET_GROUP: ("편성목마다의 금액", "무엇에 쓰는 돈인지 나눈 큰 갈래입니다."),
    Dimension.ITEM: ("통계목마다의 금액", "편성목을 더 나눈 과목입니다."),
    Dimension.FUNDING: ("시비와 구비의 몫", "서울시와 금천구가 내는 돈입니다."),
    Dimension.NATURE: ("경상과 자본의 시비와 구비", "경상은 운영에, 자본은 시설과 자산에 쓰는 돈입니다."),
    Dimension.GROUP: ("구분마다 시비와 구비", "계획서가 사업을 나눈 갈래입니다."),
}
LONG = 12  # rows: a longer table is folded
PARTS = list(Funding.values)


@dataclass(frozen=True)
class Section:
    """One picture with its heading; `table` is how its numbers stand beside it (fold, open)."""

    id: str
    title: str
    picture: charts.base.Chart
    table: str


def sections(plan, by_dimension):
    """Sections of the stored sums ({dimension: [BudgetRollup]}), in the order of WORDS; a dimension without rows is left out."""
    made = []
    for dimension in WORDS:
        if rows := by_dimension.get(dimension):
            table = "open" if len(rows) <= LONG else "fold"
            made.append(
                Section(dimension.value, f"{dimension.label}별", _picture(plan, dimension, by_dimension), table)
            )
    return made


def _picture(plan, dimension, by_dimension):
    rows = by_dimension[dimension]
    title, lead = WORDS[dimension]
    words = {"title": title, "lead": lead, "head": dimension.label}
    if dimension == Dimension.PROJECT:
        return _treemap(plan, rows, by_dimension.get(Dimension.BODY, []), words)
    if dimension in (Dimension.BODY, Dimension.NATURE, Dimension.GROUP):
        stacks = [charts.StackRow(row.key, [row.city_krw, row.district_krw], url=_url(plan, row)) for row in rows]
        return charts.StackedBars(**words, parts=PARTS, rows=stacks)
    items = [charts.Item(row.key, row.total_krw, url=_url(plan, row), note=_both(row)) for row in rows]
    return charts.BarChart(**words, items=items)


def _url(plan, row):
    """The lines behind a stored sum."""
    return lines_url(plan, **{str(row.dimension): row.key})


def _both(row):
    """City and district money of a row that has both, else ""."""
    if not (row.city_krw and row.district_krw):
        return ""
    return f"시비 {thousand(row.city_krw)} · 구비 {thousand(row.district_krw)}"


def _treemap(plan, rows, bodies, words):
    """The projects by their stored sums, under their body in the order of the bodies' rows."""
    projects = {str(project.number): project for project in plan.projects.prefetch_related("project_bodies__body")}
    grouped = {row.key: [] for row in bodies}
    for row in rows:
        project = projects.get(row.key)
        name, body = (project.name, body_of(project)) if project else (row.key, "추진분과 없음")
        item = charts.Item(name, row.total_krw, url=_url(plan, row), code=row.key, note=_both(row))
        grouped.setdefault(body, []).append(item)
    groups = [charts.Group(name, items, url=lines_url(plan, body=name)) for name, items in grouped.items() if items]
    return charts.Treemap(**words | {"head": "추진분과와 사업"}, groups=groups, noun="사업")


# --- where the money comes from and where it goes ---------------------------------------------------------------------


def flow(version):
    """재원 → 추진분과 → 편성목 of a version's lines, added now by one grouped query; None without lines.

    A project belongs to one key of the bodies (rollups.body_of), so each won is in each step once.
    """
    plan = version.plan
    bodies = {p.pk: body_of(p) for p in plan.projects.prefetch_related("project_bodies__body").order_by("number")}
    came, went, groups = {}, {}, {}
    rows = (
        version.lines.order_by()
        .values("project_id", "funding", "item__group__name", "item__group__order")
        .annotate(amount=Sum("amount_krw"))
    )
    for row in rows:
        funding, body, group, amount = (
            row["funding"],
            bodies[row["project_id"]],
            row["item__group__name"],
            row["amount"],
        )
        came[funding, body] = came.get((funding, body), 0) + int(amount)
        went[body, group] = went.get((body, group), 0) + int(amount)
        groups[group] = row["item__group__order"]
    if not came:
        return None
    fundings = [funding for funding in Funding.values if any(key[0] == funding for key in came)]
    passed = [body for body in dict.fromkeys(bodies.values()) if any(key[1] == body for key in came)]
    columns = [
        ("funding", "재원", fundings),
        ("body", "추진분과", passed),
        ("budget_group", "편성목", sorted(groups, key=groups.get)),
    ]
    return charts.Flow(
        title="재원에서 추진분과를 거쳐 편성목까지",
        lead="띠의 굵기가 금액입니다. 이름을 누르면 그 예산 줄로 갑니다.",
        columns=[
            charts.FlowColumn(label, [charts.Node(key, key, url=lines_url(plan, **{name: key})) for key in keys])
            for name, label, keys in columns
        ],
        steps=[_links(plan, came, ("funding", "body")), _links(plan, went, ("body", "budget_group"))],
    )


def _links(plan, sums, names):
    """Links of {(source, target): won}, each leading to the lines that both ends share."""
    return [
        charts.Link(*ends, amount, url=lines_url(plan, **dict(zip(names, ends, strict=True))))
        for ends, amount in sums.items()
    ]


# --- versions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class VersionBars(charts.BarChart):
    """Sums of the same budget in several versions: they are compared, never added."""

    shares: bool = False

    @property
    def caption_note(self):
        return self.unit_note

    def tables(self):
        (table,) = super().tables()
        return [replace(table, rows=[row for row in table.rows if row.kind != "total"])]


def versions(plan, comparisons, total):
    """What each version sums to: those with totals only, then the one in use; None where there is only that."""
    if not comparisons:
        return None
    items = [
        charts.Item(version_name(c["version"]), c["total"], url=f"#version-{c['version'].key}") for c in comparisons
    ]
    if total.district_krw:
        city_url = lines_url(plan, funding=Funding.CITY.value)
        items.append(charts.Item("최종 계획의 시비", total.city_krw, url=city_url))
    items.append(charts.Item("최종 계획", total.total_krw, url=lines_url(plan), note=_both(total)))
    return VersionBars(title="판마다의 합계", lead="최종 계획만 예산 줄이 있습니다.", items=items, head="판")


def version_name(version):
    """`2020. 8. 5. 목록`, or the title of a version without a day."""
    day = version.decided_on
    return f"{day.year}. {day.month}. {day.day}. 목록" if day else version.title


def differences(plan, comparison):
    """The final city money of each project less what the list gave it."""
    rows = [
        charts.Change(
            row.name,
            row.amount_krw,
            row.final.city_krw if row.final else None,
            url=_url(plan, row.final) if row.final else "",
            code=str(row.number),
            note=_note(row),
            mark="" if row.final else "빠짐",
        )
        for row in comparison["rows"]
    ]
    rows += [
        charts.Change(
            row.name, None, row.city_krw, url=_url(plan, row), code=row.key, note="목록에 없던 사업", mark="새로"
        )
        for row in comparison["added"]
    ]
    name = version_name(comparison["version"])
    picture = charts.DivergingBars(
        title="사업마다의 차이", rows=rows, head="목록의 사업", before_head="목록", after_head="최종 시비", noun="사업"
    )
    same = len(rows) - len(picture.changed)
    lead = f"{name}과 금액이 다른 사업 {len(picture.changed)}개입니다. 같은 사업 {same}개는 표에 있습니다."
    return replace(picture, lead=lead)


def _note(row):
    """What else became of a listed project."""
    if row.final is None:
        return "최종 계획에서 빠진 사업"
    notes = [f"최종 이름: {row.final.name}"] if row.renamed else []
    if row.final.district_krw:
        notes.append(f"구비를 더한 최종 합계 {thousand(row.final.total_krw)}")
    return " · ".join(notes)
