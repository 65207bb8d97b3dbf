"""Write the city's budget sheet of a plan to a file."""

import errno
import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from budgets import exporters
from projects.models import Plan

REASONS = {
    errno.ENOENT: "그런 폴더가 없습니다.",
    errno.ENOTDIR: "그런 폴더가 없습니다.",
    errno.EISDIR: "파일이 아니라 폴더입니다.",
    errno.EACCES: "쓸 권한이 없습니다.",
    errno.EPERM: "쓸 권한이 없습니다.",
    errno.EROFS: "쓸 권한이 없습니다.",
    errno.ENOSPC: "디스크에 자리가 없습니다.",
}


class Command(BaseCommand):
    help = "시에 내는 예산계획 엑셀 파일을 만듭니다."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int)
        parser.add_argument("--out", required=True, help="만들 파일. 예: 예산계획.xlsx")

    def handle(self, *, year, out, verbosity, **options):
        plan = Plan.objects.filter(year=year).first()
        if plan is None:
            raise CommandError(f"{year}년 계획이 없습니다.")
        target = Path(out)
        try:
            _write(plan, target)
        except exporters.NoBudget as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{target}에 쓸 수 없습니다: {REASONS.get(error.errno, error.strerror)}") from None
        if verbosity:
            self.stdout.write(f"{target}: {target.stat().st_size:,}바이트")


def _write(plan, target):
    """Write beside the target and move it there: a file that was there stays whole until the new one is."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "")
    handle, name = tempfile.mkstemp(suffix=".xlsx", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            exporters.write_budget_sheet(plan, file)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)  # mkstemp's own 0600 would keep colleagues from the file
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
