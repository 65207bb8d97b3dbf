"""Tally a closed round with two of three shares."""

from getpass import getpass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from voting import tally
from voting.management.rounds import find, refused


class Command(BaseCommand):
    help = "마감한 투표를 열쇠 조각 둘로 열어 셉니다. 결과는 게시하기 전까지 아무에게도 보이지 않습니다."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--share-file", action="append", default=[], help="조각이 적힌 파일. 두 번 적습니다.")
        parser.add_argument("--draw-seed", default="", help="추첨 단계가 있을 때 공표한 씨앗값")

    def handle(self, *, slug, share_file, draw_seed, **options):
        round_ = find(slug)
        try:
            shares = [Path(path).read_text().strip() for path in share_file]
            while round_.sealed and len(shares) < 2:
                shares.append(getpass(f"{len(shares) + 1}번째 열쇠 조각: ").strip())
            report = tally.tally(round=round_, shares=shares, draw_seed=draw_seed)
        except (ValidationError, OSError) as error:
            raise refused(error) from None
        for part, seconds in report.seconds.items():
            self.stdout.write(f"{part}: {seconds:.2f}초")
        self.stdout.write(f"개표했습니다. 투표자 {report.results['voters']:,}명. 결과는 게시한 뒤에 보입니다.")
