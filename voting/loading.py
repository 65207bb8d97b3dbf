"""Older votes of which only totals are left, from data/YEAR: the year before the plan they chose for.

No ballots, voters' rows or turnout are made up: the round says `basis: totals` (OPEN_DATA.md).
"""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.utils.timezone import make_aware

from geumcheon.lib.loading import yaml_record
from projects.models import ProjectAlias
from voting.models import ContestResult, CountBasis, Level, Option, OptionResult, Round, RoundState

DATA = Path(__file__).parent / "data"
ROUND_FIELDS = ("slug", "title", "purpose", "opens", "ends", "voters", "bases", "source", "contests")
CONTEST_FIELDS = (
    "order", "title", "description", "picks", "choices", "offered_krw", "origin", "source", "options",
)  # fmt: skip
OPTION_FIELDS = ("number", "title", "cost_krw", "department", "body", "votes", "percent", "rank")


def load(plan, loader, data=None):
    """Upsert the votes of totals that chose for a plan; projects are loaded before. Raises LoadError."""
    folder = (data or DATA) / str(plan.year - 1)
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        _round(yaml_record(path, ROUND_FIELDS), plan, loader)


def _round(record, plan, loader):
    fields = {name: record.text(name) for name in ("title", "purpose", "source")}
    fields |= {"basis": CountBasis.TOTALS, "state": RoundState.PUBLISHED, "level": Level.TEXT, "plan": plan}
    fields |= {"opens_at": _midnight(record.day("opens", True)), "sealed": False}
    fields |= {"closes_at": _midnight(record.day("ends", True) + timedelta(days=1))}
    fields |= {"stated_voters": record.integer("voters", True), "bases": record.raw("bases", True)}
    slug = record.text("slug", True)
    known = loader.upsert(Round.objects.filter(slug=slug), ["slug"], [(record, {"slug": slug, **fields})], prune=False)
    round_ = known[(slug,)]
    contests, options = record.records("contests", CONTEST_FIELDS), []
    papers = loader.upsert(round_.contests.all(), ["order"], [(c, _contest(c, round_)) for c in contests])
    for c in contests:
        options += [(o, papers[(c.integer("order"),)]) for o in c.records("options", OPTION_FIELDS)]
    projects = _projects(plan)
    rows = [(o, _option(o, paper, projects)) for o, paper in options]
    made = loader.upsert(Option.objects.filter(contest__round=round_), ["contest", "number"], rows)
    _results(round_, contests, options, papers, made, loader)


def _contest(record, round_):
    fields = {name: record.text(name) for name in ("title", "description", "origin", "source")}
    picks = record.integer("picks", True)
    return {"round": round_, "order": record.integer("order", True), "min_picks": picks, "max_picks": picks, **fields}


def _option(record, paper, projects):
    title = record.text("title", True)
    fields = {name: record.text(name) for name in ("department", "body")}
    fields |= {"cost_krw": record.integer("cost_krw"), "project": projects.get(title)}
    return {"contest": paper, "number": record.integer("number", True), "title": title, **fields}


def _results(round_, contests, options, papers, made, loader):
    rows = [
        (
            c,
            {
                "contest": papers[(c.integer("order"),)],
                "ballots": round_.stated_voters,
                "stated_choices": c.integer("choices"),
            },
        )
        for c in contests
    ]
    loader.upsert(ContestResult.objects.filter(contest__round=round_), ["contest"], rows)
    rows = [
        (
            o,
            {
                "option": made[(paper.pk, o.integer("number"))],
                "votes": o.integer("votes", True),
                "stated_percent": o.integer("percent"),
                "stated_rank": o.integer("rank"),
            },
        )
        for o, paper in options
    ]
    loader.upsert(OptionResult.objects.filter(option__contest__round=round_), ["option"], rows)


def _projects(plan):
    """The plan's projects by name and by every other wording of it."""
    found = {a.name: a.project for a in ProjectAlias.objects.filter(project__plan=plan).select_related("project")}
    return found | {p.name: p for p in plan.projects.all()}


def _midnight(day):
    return make_aware(datetime.combine(day, time.min))
