"""Close a round: the last mix and the final checkpoint."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from voting import actions
from voting.management.rounds import find, refused


class Command(BaseCommand):
    help = "닫는 때가 지난 투표를 마감하고 마지막 확인점을 만듭니다."

    def add_arguments(self, parser):
        parser.add_argument("slug")

    def handle(self, *, slug, **options):
        try:
            round_ = actions.close_round(round=find(slug))
        except ValidationError as error:
            raise refused(error) from None
        final = round_.checkpoints.filter(is_final=True).first()
        self.stdout.write(f"마감했습니다. 투표자 {final.voters:,}명, 확인점 {final.hash}" if final else "마감했습니다.")
