"""Put a roll's file on the roll of a round in draft."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from geumcheon.lib.loading import LoadError, csv_records
from voting import roll
from voting.management.rounds import find, refused

COLUMNS = ("identity", "basis", "dong", "birth_year")


class Command(BaseCommand):
    help = "명부 파일(CSV: identity, basis, dong, birth_year)을 준비 중인 투표에 올립니다. 파일의 신원은 저장하지 않고 열쇠만 남깁니다."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("file")

    def handle(self, *, slug, file, **options):
        round_ = find(slug)
        try:
            new = roll.load_entries(round=round_, records=csv_records(file, COLUMNS))
        except (ValidationError, LoadError) as error:
            raise refused(error) from None
        self.stdout.write(f"새로 {new:,}명을 명부에 올렸습니다. 모두 {round_.roll.count():,}명")
