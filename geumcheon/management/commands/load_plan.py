"""Load a plan's data files: idempotent, in one transaction (STYLE.md point 13)."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import ProtectedError

import budgets.loading
import councils.loading
import forums.loading
import projects.loading
import voting.loading
from geumcheon import tasks
from geumcheon.accounts import loading as accounts_loading
from geumcheon.lib.loading import Loader, LoadError
from projects.actions import mark_edited
from projects.models import Plan, Project


class Command(BaseCommand):
    help = "계획의 자료 파일을 읽어 데이터베이스를 맞춥니다. 다시 하면 바뀐 것만 고칩니다."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int)
        parser.add_argument("--dry-run", action="store_true", help="바뀔 것을 보이기만 합니다.")
        parser.add_argument("--if-missing", action="store_true", help="그해 계획이 이미 있으면 아무것도 하지 않습니다.")

    def handle(self, *, year, dry_run, if_missing, verbosity, **options):
        if if_missing and Plan.objects.filter(year=year).exists():
            if verbosity:
                self.stdout.write(f"{year}년 계획이 이미 있습니다.")
            return
        if not (projects.loading.DATA / str(year)).is_dir():
            raise CommandError(f"{year}년 계획의 자료가 없습니다.")
        loader = Loader()
        try:
            with transaction.atomic():
                known = set(Project.objects.filter(plan__year=year).values_list("pk", flat=True))
                plan = load(year, loader)
                mark_edited(project_ids=known & _projects_of(loader.written))
                if loader.changed and not dry_run:
                    tasks.refresh_plan.delay_on_commit(plan.pk)
                if dry_run:
                    transaction.set_rollback(True)
        except LoadError as error:
            raise CommandError(f"{error} 아무것도 바꾸지 않았습니다.") from None
        except ProtectedError as error:
            names = ", ".join(str(row) for row in list(error.protected_objects)[:3])
            raise CommandError(
                f"파일에서 빠진 행을 다른 행이 쓰고 있어 지울 수 없습니다: {names}. 아무것도 바꾸지 않았습니다."
            ) from None
        if dry_run or verbosity > 1:
            for difference in loader.differences:
                self.stdout.write(difference[:300])
        if verbosity:
            self.stdout.write(f"{year}년 계획{'(미리 보기)' if dry_run else ''}: {loader.summary()}")


def _projects_of(rows):
    """Ids of the projects that rows are or belong to."""
    return {row.pk if isinstance(row, Project) else getattr(row, "project_id", None) for row in rows}


def load(year, loader):
    """Every room's rows from left to right; returns the Plan."""
    accounts_loading.load(year, loader)
    councils.loading.load(year, loader)
    plan = projects.loading.load(year, loader)
    budgets.loading.load(plan, loader)
    forums.loading.load(plan, loader)
    voting.loading.load(plan, loader)
    return plan
