"""Departments and dongs from data/YEAR."""

from pathlib import Path

from geumcheon.accounts.models import Department, DepartmentAlias, Dong
from geumcheon.lib.loading import yaml_records

DATA = Path(__file__).parent / "data"


def load(year, loader, data=None):
    """Upsert departments with their aliases and the ten dongs."""
    folder = (data or DATA) / str(year)
    records = yaml_records(folder / "departments.yaml", ("name", "aliases", "source"))
    rows = [(r, {"name": r.text("name", True), "source": r.text("source")}) for r in records]
    departments = loader.upsert(Department.objects.all(), ["name"], rows, prune=False)
    aliases = [
        (r, {"department": departments[(r.text("name"),)], "name": alias})
        for r in records
        for alias in r.raw("aliases") or []
    ]
    loader.upsert(DepartmentAlias.objects.all(), ["department", "name"], aliases)
    rows = [
        (r, {"name": r.text("name", True), "order": order, "source": r.text("source")})
        for order, r in enumerate(yaml_records(folder / "dongs.yaml", ("name", "source")), 1)
    ]
    loader.upsert(Dong.objects.all(), ["name"], rows, prune=False)
