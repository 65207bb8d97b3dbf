"""What the budget sheet shows, read from the rows once, as plain values (whole won) without further queries."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Prefetch

from budgets.models import BudgetRollup, BudgetVersion, Dimension, Funding
from projects.models import Partner, Project, Side

DISTRICT = "금천구"
# Part of the ETag: raise it when the same rows come out as a different file.
LAYOUT = 1


class NoBudget(LookupError):
    """The plan has no budget version to export; the message is Korean and meant for people."""


@dataclass(frozen=True)
class Sums:
    """City and district money in whole won."""

    city: int = 0
    district: int = 0

    @property
    def total(self):
        return self.city + self.district

    def __add__(self, other):
        return Sums(self.city + other.city, self.district + other.district)


def add(sums):
    """The sum of many Sums."""
    return sum(sums, Sums())


@dataclass(frozen=True)
class Line:
    """One line of 산출내역; amount in whole won."""

    heading: str
    description: str
    details: str
    formula: str
    amount: int
    funding: str
    reason: str

    @property
    def text(self):
        """The description, with each detail on a line of its own."""
        return "".join([self.description, *(f"\n· {part.strip()}" for part in self.details.split(";") if part.strip())])

    @property
    def sums(self):
        return Sums(self.amount, 0) if self.funding == Funding.CITY else Sums(0, self.amount)


@dataclass(frozen=True)
class Item:
    """A 통계목 with its 편성목, its nature and its name in the financing table."""

    order: int
    name: str
    group: str
    nature: str
    summary: str


@dataclass(frozen=True)
class Block:
    """All lines of one 통계목 inside one project: each 통계목 stands once in a project, so no sum can count it twice."""

    item: Item
    lines: tuple[Line, ...]

    @property
    def sums(self):
        return add(line.sums for line in self.lines)


@dataclass(frozen=True)
class ProjectBudget:
    """A project and its blocks in the order in which the lines first name them."""

    number: int
    name: str
    bodies: str
    offices: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def sums(self):
        return add(block.sums for block in self.blocks)

    @property
    def lines(self):
        return [line for block in self.blocks for line in block.lines]


@dataclass(frozen=True)
class Group:
    """A group of projects as the plan orders them."""

    name: str
    projects: tuple[ProjectBudget, ...]

    @property
    def sums(self):
        return add(project.sums for project in self.projects)


@dataclass(frozen=True)
class SheetData:
    """The whole sheet. `stored` is the portal's own rollup (None before the first one), `changed_at` the newest change."""

    title: str
    year: int
    version: str
    decided_on: date | None
    as_of: date | None
    office: str
    stored: Sums | None
    computed_at: datetime | None
    changed_at: datetime | None
    groups: tuple[Group, ...] = field(default=())

    @property
    def projects(self):
        return [project for group in self.groups for project in group.projects]

    @property
    def sums(self):
        return add(group.sums for group in self.groups)

    @property
    def line_count(self):
        return sum(len(project.lines) for project in self.projects)

    @property
    def blocks(self):
        return [block for project in self.projects for block in project.blocks]

    def items(self):
        """[(Item, Sums)] of every 통계목 with lines, in printed order."""
        sums = {}
        for block in self.blocks:
            sums[block.item] = sums.get(block.item, Sums()) + block.sums
        return sorted(sums.items(), key=lambda pair: (pair[0].order, pair[0].name))

    @property
    def etag(self):
        """A quoted strong ETag over every value of the sheet: a renamed 통계목 counts as much as a changed amount."""
        return f'"{hashlib.sha256(repr((LAYOUT, self)).encode()).hexdigest()[:32]}"'


def version_of(plan):
    """The plan's version in use; raises NoBudget with a Korean sentence."""
    version = BudgetVersion.objects.filter(plan=plan, is_current=True).first()
    if version is None:
        raise NoBudget(f"{plan.year}년 계획에는 지금 쓰는 예산 판이 없습니다.")
    return version


def collect(plan):
    """SheetData of the plan's current version, in a constant number of queries. Raises NoBudget."""
    version = version_of(plan)
    leads = Partner.objects.filter(side=Side.LEAD).select_related("department").order_by("order")
    projects = list(
        Project.objects.filter(plan=plan)
        .select_related("group")
        .prefetch_related("project_bodies__body", Prefetch("partners", queryset=leads, to_attr="leads"))
        .order_by("group__order", "group__name", "number")
    )
    rollup = BudgetRollup.objects.filter(version=version, dimension=Dimension.PLAN).first()
    return SheetData(
        title=plan.title,
        year=plan.year,
        version=version.title,
        decided_on=version.decided_on,
        as_of=plan.as_of,
        office=_office(projects),
        stored=Sums(rollup.city_krw, rollup.district_krw) if rollup else None,
        computed_at=rollup and rollup.computed_at,
        changed_at=_changed_at(version, rollup),
        groups=_groups(projects, _blocks(version)),
    )


def _changed_at(version, rollup):
    """The newest change of a line (deleted ones too) or of the rollup; None when there is neither."""
    newest = version.lines.model.history.filter(version_id=version.pk).aggregate(newest=Max("history_date"))["newest"]
    return max(filter(None, (newest, rollup and rollup.computed_at)), default=None)


def _offices(project):
    """Names of the offices that lead a project, each once."""
    return tuple(dict.fromkeys(lead.department.name if lead.department else lead.name for lead in project.leads))


def _office(projects):
    """The office that leads most projects (at a tie the one with the lowest project number), with the district before it."""
    counts = Counter()
    for project in sorted(projects, key=lambda p: p.number):
        counts.update(_offices(project))
    return " ".join([DISTRICT, *(name for name, _ in counts.most_common(1))])


def _blocks(version):
    """{project_id: (Block, …)} of a version."""
    items, found = {}, {}
    for row in version.lines.select_related("item__group").order_by("project__number", "order"):
        item = items.setdefault(
            row.item_id,
            Item(row.item.order, row.item.name, row.item.group.name, row.item.nature, row.item.summary_name),
        )
        line = Line(
            row.heading, row.description, row.details, row.formula, row.amount_krw, row.funding, row.override_reason
        )
        found.setdefault(row.project_id, {}).setdefault(item, []).append(line)
    return {key: tuple(Block(item, tuple(lines)) for item, lines in blocks.items()) for key, blocks in found.items()}


def _groups(projects, blocks):
    groups = {}
    for project in projects:
        budget = ProjectBudget(
            project.number, project.name, project.bodies_label, _offices(project), blocks.get(project.pk, ())
        )
        groups.setdefault(project.group.name, []).append(budget)
    return tuple(Group(name, tuple(members)) for name, members in groups.items())
