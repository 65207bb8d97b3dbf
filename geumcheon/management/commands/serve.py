"""`make run`: prepare, then Django's own server. One command, because each start of a process costs about a second."""

from django.contrib.staticfiles.management.commands import runserver
from django.core.management import call_command
from django.db import connection


class Command(runserver.Command):
    help = "빠진 것을 채우고 시연 계정을 만든 뒤 개발 서버를 엽니다(DEBUG에서만). 코드를 고치면 다시 읽습니다."

    def handle(self, *args, **options):
        # manage.py keeps the process that reloads away from here: this one serves, and prepares anew after an edit.
        call_command("prepare", demo=True, stdout=self.stdout)
        connection.close()
        super().handle(*args, **options)
