"""Run the one-file verifier on a folder of published files; exit code 1 when something does not agree."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from voting.verifier import verify


class Command(BaseCommand):
    help = "공개된 투표 파일을 처음부터 다시 확인합니다. 맞지 않으면 파일과 줄을 대고 1로 끝납니다."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", help="export_round가 만들었거나 내려받은 폴더")
        parser.add_argument("--checkpoint", help="전에 보아 둔 확인점의 지문")

    def handle(self, *, folder, checkpoint, **options):
        if not Path(folder).is_dir():
            raise CommandError(f"{folder}: 그런 폴더가 없습니다.")
        if not verify(folder, self.stdout.write, checkpoint):
            raise CommandError("공개된 파일이 서로 맞지 않습니다.")
