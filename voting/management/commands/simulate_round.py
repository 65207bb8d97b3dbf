"""A rehearsal from set-up to verification, over the real cast path."""

import tempfile
from time import perf_counter

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from voting import simulation
from voting.counting.errors import CountingError
from voting.management.rounds import refused


class Command(BaseCommand):
    help = "지어낸 유권자로 투표를 처음부터 끝까지 연습합니다: 준비, 열쇠, 투표, 섞기, 마감, 개표, 게시, 검증."

    def add_arguments(self, parser):
        parser.add_argument("--voters", type=int, default=100)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--seed", type=int, default=1, help="같은 값이면 같은 선택")
        parser.add_argument("--directory", metavar="DIR", help="파일을 남길 빈 폴더")

    def handle(self, *, voters, threads, seed, directory, **options):
        if voters < 1 or threads < 1:
            raise CommandError("유권자와 스레드는 1 이상이어야 합니다.")
        started = perf_counter()
        try:
            with tempfile.TemporaryDirectory() as scratch:
                folder = directory or f"{scratch}/export"
                report = simulation.run(voters=voters, threads=threads, seed=seed, folder=folder, say=self.stdout.write)
        except (ValidationError, CountingError, OSError) as error:
            raise refused(error) from None
        self.stdout.write(f"모두 {perf_counter() - started:.1f}초")
        if not report.verified:
            raise CommandError("검증에 실패했습니다.")
