"""Bring a database up to what the code needs, in one process: the start of `make run` and of the web container."""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection

from geumcheon import health
from geumcheon.lib import clock

# Any fixed number: web processes that start together must agree on it.
LOCK = 20210101


@contextmanager
def one_at_a_time():
    """Let web processes that start together on PostgreSQL prepare one after the other."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class Command(BaseCommand):
    help = "빠진 것만 채웁니다: 마이그레이션, 계획 자료, 집계. --demo를 주면 시연 계정도 만듭니다(DEBUG에서만)."
    requires_system_checks = ()  # the server that follows runs them

    def add_arguments(self, parser):
        parser.add_argument("--plan", default="2021", help="불러올 계획의 연도")
        parser.add_argument(
            "--demo", action="store_true", help="시연 계정을 만들고 비밀번호를 보여 줍니다(DEBUG에서만)."
        )

    def handle(self, *args, **options):
        if options["demo"] and not settings.DEBUG:
            raise CommandError("시연 계정은 DEBUG=1에서만 만듭니다.")
        with one_at_a_time():
            pending = health.pending_migrations()
            if pending:
                call_command("migrate", interactive=False, verbosity=0)
                self.stdout.write(f"데이터베이스를 코드에 맞췄습니다(마이그레이션 {len(pending)}개).")
            call_command("load_plan", options["plan"], if_missing=True, stdout=self.stdout)
            age = health.rollup_age()
            if age is None or age > timedelta(hours=settings.ROLLUP_MAX_AGE_HOURS):
                call_command("refresh_rollups", stdout=self.stdout)
            if options["demo"]:
                call_command("make_demo", stdout=self.stdout)
        self.stdout.write(f"준비를 마쳤습니다({clock.today()}).")
