"""The key ceremony: make the three shares, or let a holder prove one."""

from getpass import getpass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from voting import actions, ceremony
from voting.management.rounds import find, refused


class Command(BaseCommand):
    help = "투표의 열쇠를 만들어 조각 셋을 보이거나(--prove 없이), 보관자의 조각이 맞는지 확인합니다(--prove)."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--prove", action="store_true", help="조각 하나를 물어 확인합니다.")
        parser.add_argument("--share-file", help="조각이 적힌 파일(--prove와 함께)")

    def handle(self, *, slug, prove, share_file, **options):
        round_ = find(slug)
        try:
            if prove:
                share = Path(share_file).read_text() if share_file else getpass("열쇠 조각: ")
                holder = actions.prove(round=round_, share=share.strip())
                self.stdout.write(f"{holder} 조각이 맞습니다.")
                return
            shares = ceremony.hold(round=round_)
        except (ValidationError, OSError) as error:
            raise refused(error) from None
        for holder, share in zip(round_.key_holders.order_by("number"), shares, strict=True):
            self.stdout.write(f"{holder}\n{share}\n")
        self.stdout.write(
            "조각은 어디에도 저장하지 않았습니다. 보관자마다 자기 조각만 받아 적고, 이 화면을 지워 주세요."
        )
