"""Write every open-data list into a directory as JSON and CSV."""

import errno

from django.core.management.base import BaseCommand, CommandError

from geumcheon.opendata.files import write_directory

REASONS = {
    errno.ENOENT: "그런 곳이 없습니다.",
    errno.EEXIST: "폴더가 아니라 파일입니다.",
    errno.ENOTDIR: "폴더가 아니라 파일입니다.",
    errno.EISDIR: "파일이 들어갈 자리에 폴더가 있습니다.",
    errno.EACCES: "쓸 권한이 없습니다.",
    errno.EPERM: "쓸 권한이 없습니다.",
    errno.EROFS: "읽기만 할 수 있는 곳입니다.",
    errno.ENOSPC: "남은 공간이 없습니다.",
}


class Command(BaseCommand):
    help = "열린 데이터의 모든 목록을 폴더에 NAME.json과 NAME.csv로 씁니다. 파일마다 온전히 바꾸거나 그대로 둡니다."

    def add_arguments(self, parser):
        parser.add_argument("directory", metavar="DIR", help="파일을 쓸 폴더. 없으면 만듭니다.")

    def handle(self, *, directory, verbosity, **options):
        try:
            written = write_directory(directory)
        except OSError as error:
            reason = REASONS.get(error.errno, f"{error.strerror}.")
            raise CommandError(f"{error.filename or directory}에 쓸 수 없습니다: {reason}") from None
        if verbosity:
            for name, rows in written.items():
                self.stdout.write(f"{name}: {rows:,}행")
            self.stdout.write(f"목록 {len(written)}개를 {directory}에 썼습니다.")
