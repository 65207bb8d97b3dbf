"""Recompute all rollups and compare; exit code 1 on drift."""

from django.core.management.base import BaseCommand, CommandError

from geumcheon import rollups
from projects.models import Plan


class Command(BaseCommand):
    help = "저장된 집계를 행에서 다시 계산해 견줍니다. 다르면 이름을 대고 1로 끝납니다."

    def handle(self, **options):
        drift = [sentence for plan in Plan.objects.order_by("year") for sentence in rollups.check(plan)]
        for sentence in drift:
            self.stdout.write(sentence)
        if drift:
            raise CommandError(f"집계 {len(drift)}곳이 행과 다릅니다. refresh_rollups로 다시 계산할 수 있습니다.")
        self.stdout.write("모든 집계가 행과 같습니다.")
