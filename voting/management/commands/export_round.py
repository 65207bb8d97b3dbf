"""Write the published files of a round into a directory, or again where visitors download them."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from voting import bundles, export
from voting.counting.errors import CountingError
from voting.management.rounds import find, refused
from voting.models import RoundState


class Command(BaseCommand):
    help = (
        "게시한 투표의 파일(확정 문서, 투표용지별 표, 확인점, .pb, 결과, 검증기)을 빈 폴더에 씁니다. "
        "DIR을 적지 않으면 누리집의 내려받기 폴더를 다시 씁니다(서버를 옮겼거나 되살린 뒤)."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("directory", metavar="DIR", nargs="?")

    def handle(self, *, slug, directory, **options):
        round_ = find(slug)
        try:
            if round_.state != RoundState.PUBLISHED:
                raise ValidationError("게시하지 않은 투표는 내보내지 않습니다.")
            paths = export.write_export(round_, directory) if directory else bundles.write_again(round_)
        except (ValidationError, CountingError, OSError) as error:
            raise refused(error) from None
        self.stdout.write(f"파일 {len(paths)}개를 {directory or bundles.folder_of(round_)}에 썼습니다.")
