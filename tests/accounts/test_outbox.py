"""The outbox: one row per person and event, sent once, retried, visible to staff."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction

from geumcheon.accounts import actions, outbox, tasks
from geumcheon.accounts.models import MessageState, OutboxMessage
from geumcheon.lib import clock


class NoServer(EmailBackend):
    """A mail server that refuses addresses with `bad` in them."""

    def send_messages(self, messages):
        if any("bad" in recipient for message in messages for recipient in message.to):
            raise ConnectionRefusedError("mail server is away")
        return super().send_messages(messages)


@pytest.fixture
def no_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"


def put(event="meeting:1", recipient="a@example.org", **more):
    return actions.queue(event=event, recipient=recipient, **{"subject": "알림", "body": "내용입니다.", **more})


def states():
    return list(OutboxMessage.objects.order_by("pk").values_list("recipient", "state", "attempts"))


def test_message_goes_out_on_commit(db, committed, settings):
    settings.DEFAULT_FROM_EMAIL = "portal@example.kr"
    with committed():
        put(subject="회의\r\nBcc: x@example.org 알림")
        assert mail.outbox == []
    (message,) = mail.outbox
    assert (message.subject, message.body) == ("회의 Bcc: x@example.org 알림", "내용입니다.")
    assert (message.to, message.bcc, message.from_email) == (["a@example.org"], [], "portal@example.kr")
    row = OutboxMessage.objects.get()
    assert (row.state, row.attempts, row.error) == (MessageState.SENT, 1, "")
    assert clock.now() - row.sent_at < timedelta(minutes=1)


def test_nothing_goes_out_when_the_work_is_undone(db, committed):
    with committed(), pytest.raises(RuntimeError), transaction.atomic():
        put()
        raise RuntimeError
    assert mail.outbox == []
    assert states() == []


def test_same_event_and_recipient_is_one_message(db, committed):
    with committed():
        first = put()
    with committed():
        assert put(subject="다른 제목", body="다른 내용") == first
    assert len(mail.outbox) == 1
    assert OutboxMessage.objects.get().subject == "알림"


def test_other_recipient_or_event_is_another_message(db, committed):
    with committed():
        put()
        put(recipient="b@example.org")
        put(event="meeting:2")
    assert sorted(message.to[0] for message in mail.outbox) == ["a@example.org", "a@example.org", "b@example.org"]


def test_constraint_holds_one_row_per_event_and_recipient(db):
    row = put()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.create(event=row.event, recipient=row.recipient, subject="x", body="x")


@pytest.mark.parametrize("recipient", ["", "not an address", "a@example.org\nBcc: b@example.org"])
def test_wrong_address_is_refused(db, recipient):
    with pytest.raises(ValidationError):
        put(recipient=recipient)
    assert states() == []


@pytest.mark.parametrize("more", [{"subject": ""}, {"body": ""}, {"subject": "가" * 201}, {"channel": "pigeon"}])
def test_message_that_cannot_be_sent_is_refused(db, more):
    with pytest.raises(ValidationError):
        put(**more)


def test_second_run_sends_nothing(db):
    put()
    assert outbox.send_waiting() == 1
    assert outbox.send_waiting() == 0
    assert len(mail.outbox) == 1


def test_one_bad_address_does_not_hold_up_the_rest(db, no_server):
    put(recipient="bad@example.org")
    put(recipient="good@example.org")
    assert outbox.send_waiting() == 1
    assert states() == [("bad@example.org", "waiting", 1), ("good@example.org", "sent", 1)]
    assert OutboxMessage.objects.get(recipient="bad@example.org").error == "ConnectionRefusedError: mail server is away"


def test_failure_in_the_task_does_not_reach_the_page(db, no_server, committed):
    with committed():
        put(recipient="bad@example.org")
    assert states() == [("bad@example.org", "waiting", 1)]


def test_tries_wait_longer_each_time_and_end_after_five(db, no_server, time_machine):
    time_machine.move_to("2026-03-02 09:00+09:00", tick=False)
    put(recipient="bad@example.org")
    seen = []
    for minutes in (0, 0, 1, 5, 10, 60, 300, 360, 1000):
        time_machine.move_to(clock.now().replace(hour=0, minute=0) + timedelta(minutes=minutes), tick=False)
        outbox.send_waiting()
        seen.append((minutes, *OutboxMessage.objects.values_list("attempts", "state").get()))
    assert seen == [
        (0, 1, "waiting"),
        (0, 1, "waiting"),
        (1, 2, "waiting"),
        (5, 2, "waiting"),
        (10, 3, "waiting"),
        (60, 4, "waiting"),
        (300, 4, "waiting"),
        (360, 5, "failed"),
        (1000, 5, "failed"),
    ]


def test_retry_that_succeeds_clears_the_error(db, no_server, settings, time_machine):
    put(recipient="bad@example.org")
    outbox.send_waiting()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    time_machine.move_to(clock.now() + timedelta(minutes=2))
    assert outbox.send_waiting() == 1
    assert OutboxMessage.objects.values_list("state", "attempts", "error").get() == ("sent", 2, "")


def test_text_message_prints_to_the_console(db, capsys):
    put(recipient="010-0000-0000", channel=OutboxMessage.Channel.TEXT, subject="알림", body="회의가 있습니다.")
    assert outbox.send_waiting() == 1
    assert capsys.readouterr().out == "[문자] 010-0000-0000: 회의가 있습니다.\n"
    assert mail.outbox == []


def test_broker_that_is_away_does_not_break_the_page(db, committed, monkeypatch):
    def refuse():
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.send_outbox, "delay", refuse)
    with committed():
        put()
    assert states() == [("a@example.org", "waiting", 0)]
    tasks.send_outbox()  # what the clock of the worker does a minute later
    assert states() == [("a@example.org", "sent", 1)]


def test_task_has_the_name_the_clock_calls():
    from geumcheon.celery import app

    assert tasks.send_outbox.name == "geumcheon.accounts.tasks.send_outbox"
    assert app.conf.beat_schedule["send-outbox"]["task"] == tasks.send_outbox.name


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_old_messages_are_destroyed(db, time_machine, days, left):
    put()
    time_machine.move_to(clock.now() + timedelta(days=days))
    assert outbox.destroy_old() == 1 - left
    assert OutboxMessage.objects.count() == left


# --- several workers ----------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="PostgreSQL is missing: DATABASE_URL names another engine"
)
def test_workers_on_postgresql_send_each_once():
    for number in range(30):
        put(event=f"race:{number}")
    OutboxMessage.objects.update(state=MessageState.WAITING, attempts=0, sent_at=None)
    mail.outbox.clear()
    start = threading.Barrier(4)

    def work():
        start.wait()
        outbox.send_waiting()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail.outbox) == 30
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_processes_on_sqlite_send_each_once(tmp_path):
    """The embedded default with two web processes: real files, real processes, mail written to a folder."""
    mails = tmp_path / "mails"
    env = os.environ | {
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "REDIS_URL": "",
        "EMAIL_URL": f"filemail:///{mails}",
        "DJANGO_SETTINGS_MODULE": "geumcheon.settings",
        "LOG_LEVEL": "WARNING",
    }

    def run(code):
        return subprocess.Popen([sys.executable, "-c", "import django; django.setup()\n" + code], env=env)

    made = run(
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from geumcheon.accounts.models import OutboxMessage\n"
        "OutboxMessage.objects.bulk_create(OutboxMessage(event=f'race:{n}', recipient='a@example.org',"
        " subject=f'mail {n}', body='x') for n in range(40))"
    )
    assert made.wait(300) == 0
    workers = [run("from geumcheon.accounts import outbox\noutbox.send_waiting()") for _ in range(2)]
    assert [worker.wait(300) for worker in workers] == [0, 0]
    subjects = [
        line for file in mails.iterdir() for line in file.read_text().splitlines() if line.startswith("Subject:")
    ]
    assert sorted(subjects) == sorted(f"Subject: mail {number}" for number in range(40))


# --- in the admin -------------------------------------------------------------------------------------------------
LIST = "/admin/accounts/outboxmessage/"


@pytest.fixture
def failed(users, no_server):
    """A message that used up its tries."""
    row = put(recipient="bad@example.org")
    OutboxMessage.objects.filter(pk=row.pk).update(state=MessageState.FAILED, attempts=5, error="away")
    return row


def send_again(client, *rows):
    chosen = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, chosen, follow=True)


def test_failed_message_is_sent_again(client_as, failed, settings, committed):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with committed():
        response = send_again(client_as("secretariat"), failed)
    assert [str(m) for m in response.context["messages"]] == ["1건을 다시 보냅니다. 이미 보낸 것은 그대로 둡니다."]
    assert states() == [("bad@example.org", "sent", 1)]
    assert len(mail.outbox) == 1


def test_sent_message_is_not_sent_again(client_as, users, committed):
    row = put()
    outbox.send_waiting()
    with committed():
        send_again(client_as("secretariat"), row)
    assert len(mail.outbox) == 1
    with pytest.raises(ValidationError, match="이미 보낸 편지입니다"):
        actions.send_again(message=row, by=users["secretariat"])


@pytest.mark.parametrize(("role", "status"), [("member", 302), ("officer", 403)])
def test_only_the_secretariat_sends_again(client_as, users, failed, role, status):
    chosen = {"action": "send_again", "_selected_action": [failed.pk]}
    assert client_as(role).post(LIST, chosen).status_code == status
    with pytest.raises(PermissionDenied):
        actions.send_again(message=failed, by=users[role])
    assert states() == [("bad@example.org", "failed", 5)]


def test_outbox_is_read_only(client_as, failed):
    client = client_as("secretariat")
    path = f"{LIST}{failed.pk}/"
    assert client.get(LIST).status_code == 200
    assert client.get(f"{path}change/").status_code == 200
    assert client.post(f"{path}change/", {"recipient": "x@example.org"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    assert states() == [("bad@example.org", "failed", 5)]


OWN = [
    "accounts/invitation/MQ/x-y/", "accounts/address/abc/", "accounts/password/reset/key/1-x/", "forums/own/0a1b2c/",
    "proposals/stop/WzEsMl0:1x:y/", "topics/leave/WzFd:1x:y/",
]  # fmt: skip


@pytest.mark.parametrize("path", OWN)
def test_an_address_that_acts_for_one_person_is_whole_in_the_mail_and_cut_for_staff(client_as, path):
    """Before it is sent the row holds it, and the office does not read it; after that the row has lost it too."""
    message = put(body=f"보기: https://portal.example/{path}\n끝")
    secret = path.split("/")[-2]
    page = client_as("secretariat").get(f"/admin/accounts/outboxmessage/{message.pk}/change/").content.decode()
    assert secret not in page
    assert "끝" in page
    tasks.send_outbox()
    assert path in mail.outbox[0].body
    message.refresh_from_db()
    assert secret not in message.body
    assert message.body.endswith("…\n끝")


def test_an_address_for_everybody_stays(db, committed):
    with committed():
        message = put(body="https://portal.example/forums/12/ https://portal.example/proposals/3/")
    message.refresh_from_db()
    assert message.body == "https://portal.example/forums/12/ https://portal.example/proposals/3/"
