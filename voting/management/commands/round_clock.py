"""Open, mix and close what is due; for hosts without Celery beat."""

from django.core.management.base import BaseCommand

from voting import schedule


class Command(BaseCommand):
    help = "여는 때가 된 투표를 열고, 섞을 때가 된 투표함을 섞고, 닫는 때가 지난 투표를 마감합니다. 1분마다 부릅니다."

    def handle(self, **options):
        for slug, act in schedule.run():
            self.stdout.write(f"{slug}: {act}")
