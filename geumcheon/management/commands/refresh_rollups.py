"""Store all rollups again."""

from django.core.management.base import BaseCommand

from geumcheon import rollups
from projects.models import Plan


class Command(BaseCommand):
    help = "집계를 행에서 다시 계산해 저장합니다."

    def handle(self, **options):
        for plan in Plan.objects.all():
            self.stdout.write(f"{plan.year}: 집계 {rollups.refresh(plan)}행을 다시 저장했습니다.")
