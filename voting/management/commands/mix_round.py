"""Mix a round's box if it is due."""

from django.core.management.base import BaseCommand

from voting import mix
from voting.management.rounds import find, refused


class Command(BaseCommand):
    help = "섞을 때가 된 투표함을 섞고 확인점을 만듭니다."

    def add_arguments(self, parser):
        parser.add_argument("slug")

    def handle(self, *, slug, **options):
        try:
            made = mix.mix(round_id=find(slug).pk)
        except mix.UrnBroken as error:
            raise refused(error) from None
        self.stdout.write(f"{made}: 투표자 {made.voters:,}명" if made else "아직 섞을 때가 아닙니다.")
