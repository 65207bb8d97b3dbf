"""One round from set-up to destruction, through the pages and commands that people use; nothing is left that should be gone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from forums.models import Proposal
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from projects.models import Project
from tests.admin_data import add_row, form_data
from tests.forums.ladders import a_call, a_channel, a_proposal
from tests.voting.booth import SENT, Walker
from tests.voting.deciding import a_joint_meeting, a_plan, filled
from tests.voting.test_decision_projects import typed
from voting import keys, locks, roll, session
from voting.models import Contest, Option, Participation, RollEntry, Round, RoundState, Turnout, UrnBallot

SLUG, URL = "vote-2027", "/votes/vote-2027/"
OFFICES = ("협치회의 위원장", "협치추진단장", "감사담당관")
NUMBERS = [f"010-7000-000{n}" for n in range(1, 6)]  # made up: no such numbers are given out
CONTACT = "answer-me@example.org"


@pytest.fixture
def places(loaded, settings, tmp_path, monkeypatch):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"
    # PostgreSQL keeps the time itself; here it goes along with the clock that the test moves.
    monkeypatch.setattr(locks, "database_now", lambda cursor: clock.now())
    SENT.clear()
    return tmp_path


def local(when):
    """{"_0": day, "_1": time} of an admin's two fields."""
    when = timezone.localtime(when)
    return {"_0": f"{when:%Y-%m-%d}", "_1": f"{when:%H:%M:%S}"}


# --- the steps ----------------------------------------------------------------------------------------------------------


def set_up(staff, plan):
    """The round with holders and two papers, then the options of each on its own page; the Round."""
    url, now = admin_url(Round, "add"), clock.now()
    data = form_data(staff.get(url), Round) | {
        "title": "2027 주민투표", "slug": SLUG, "purpose": "내년 사업을 고릅니다.", "plan": plan.pk, "tie_1": "cost",
        "objection_until": f"{(now + timedelta(days=20)).date()}",
    }  # fmt: skip
    for name, when in (("opens_at", now - timedelta(minutes=5)), ("closes_at", now + timedelta(days=7))):
        data |= {f"{name}{part}": text for part, text in local(when).items()}
    for number, office in enumerate(OFFICES, 1):
        add_row(data, "key_holders", number=number, office=office)
    for order, (title, origin) in enumerate((("분과 의제", "분과 의제"), ("구민제안", "")), 1):
        add_row(data, "contests", order=order, title=title, min_picks=2, max_picks=2, seats=2, origin=origin)
    answer = staff.post(url, data)
    assert answer.status_code == 302, answer.context["errors"]
    round = Round.objects.get(slug=SLUG)
    assert (round.state, round.sealed, round.is_rehearsal, round.contests.count()) == (RoundState.DRAFT, True, False, 2)
    call = a_call(a_channel())
    proposals = [a_proposal("ballot", call=call, title=f"골목 제안 {n}") for n in range(1, 5)]
    projects = list(Project.objects.filter(plan__year=2021, number__in=range(4, 8)).order_by("number"))
    for contest, field, rows in zip(
        round.contests.order_by("order"), ("project", "proposal"), (projects, proposals), strict=True
    ):
        page = admin_url(Contest, "change", contest.pk)
        data = form_data(staff.get(page), Contest)
        for number, row in enumerate(rows, 1):
            title = row.name if field == "project" else row.title
            add_row(data, "options", number=number, title=title, cost_krw=f"{number},000,000", **{field: row.pk})
        assert staff.post(page, data).status_code == 302
    return round  # fmt: skip


def todo(staff, round):
    """What the check list of the round's page names."""
    html = staff.get(admin_url(Round, "change", round.pk)).content.decode()
    return (
        re.findall(r"<li>(.+?)</li>", html.split('id="missing"')[1].split("</ul>")[0]) if 'id="missing"' in html else []
    )


def ceremony(staff, round, capsys):
    """Keys by the command; each holder proves a share on the page. The shares."""
    call_command("round_keys", SLUG)
    shares = [line for line in capsys.readouterr().out.splitlines() if len(line) > 60 and " " not in line.strip()]
    for share in shares:
        assert staff.post(f"/admin/voting/round/{round.pk}/prove/", {"share": share}).status_code == 302
    return shares


def press(staff, round, what, follow=True):
    return staff.post(f"/admin/voting/round/{round.pk}/{what}/", follow=follow).content.decode()


def vote(number, first, second, client=None):
    """One person in the booth, by text."""
    walker = Walker(Round.objects.get(slug=SLUG), client)
    walker.check(number)
    walker.fill(first, second)
    walker.press("cast")
    assert "제출되었습니다" in walker.html
    return walker


def vote_at_the_counter(staff, number, first, second):
    """One person at the counter, on a tablet."""
    typed = {"identity": number, "basis": "residence", "seen": "on"}
    page = staff.post(f"{URL}counter/", typed).content.decode()
    tablet = Client()
    ticket = re.search(r'class="ticket"[^>]*>([^<]+)<', page)[1]
    assert tablet.post(f"{URL}kiosk/", {"ticket": ticket}).status_code == 302
    walker = Walker(Round.objects.get(slug=SLUG), tablet)
    walker.open()
    walker.fill(first, second)
    walker.press("cast")
    assert "제출되었습니다" in walker.html
    return walker


def tally(shares, folder, capsys):
    """By the command, with the shares in files."""
    files = []
    for at, share in enumerate(shares):
        (folder / f"share{at}").write_text(share)
        files.append(str(folder / f"share{at}"))
    call_command("tally_round", SLUG, share_file=files)
    assert "득표" not in capsys.readouterr().out


def download(client, folder):
    """Every file of the results page, into a folder."""
    folder.mkdir()
    names = re.findall(r'results/files/([^"]+)"', client.get(f"{URL}results/").content.decode())
    for name in names:
        (folder / name).write_bytes(b"".join(client.get(f"{URL}results/files/{name}").streaming_content))
    return folder


def object_and_answer(client, staff, round):
    assert client.post(f"{URL}objection/", {"text": "다시 세어 주세요.", "contact": CONTACT}).status_code == 302
    url = f"/admin/voting/objection/{round.objections.get().pk}/answer/"
    assert staff.post(url, {"state": "rejected", "answer": "다시 세어 같았습니다."}).status_code == 302
    assert "다시 세어 같았습니다." in client.get(f"{URL}results/").content.decode()


def decide(staff, round, chosen):
    url, meeting = f"/admin/voting/round/{round.pk}/decide/", a_joint_meeting()
    assert staff.post(url, filled(staff.get(url), meeting, chosen)).status_code == 302
    preview = f"/admin/voting/round/{round.pk}/projects/"
    assert staff.post(preview, typed(staff.get(preview))).status_code == 302


def rows_that_hold(needles):
    """[(table, column)] of every table of the database in which a cell holds one of the texts."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                told = [bytes(cell).decode(errors="replace") if isinstance(cell, (bytes, memoryview)) else str(cell) for cell in row]  # fmt: skip
                found += [
                    (table, name) for name, cell in zip(names, told, strict=True) if any(n in cell for n in needles)
                ]
    return sorted(set(found))


# --- the whole ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_round_from_set_up_to_destruction(places, client_as, client, capsys, time_machine):
    plan, staff = a_plan(), client_as("secretariat")
    round = set_up(staff, plan)
    assert todo(staff, round) == ["열쇠를 만들어 주세요(round_keys 명령)."]
    assert "열쇠를 만들어 주세요" in press(staff, round, "move/frozen")
    shares = ceremony(staff, round, capsys)
    assert todo(staff, round) == []
    press(staff, round, "move/frozen")
    press(staff, round, "move/open")
    round.refresh_from_db()
    assert round.state == RoundState.OPEN

    for number, first, second in zip(NUMBERS, ((1, 2), (1, 2), (1, 3)), ((1, 2), (1, 3), (1, 2)), strict=False):
        vote(number, first, second)
    vote_at_the_counter(staff, NUMBERS[3], (2, 3), (1, 4))
    again = Walker(round)
    again.check(NUMBERS[3])  # the counter's voter, now on the web
    assert "이미 투표" in again.html
    assert Participation.objects.filter(round=round).count() == 4
    session.make_ticket(round, roll.voter_key(round, NUMBERS[4]))  # a ticket nobody used

    assert "아직 닫는 때가 아닙니다" in press(staff, round, "move/closed")
    time_machine.move_to(round.closes_at + timedelta(minutes=1))
    staff = client_as("secretariat")  # a week later everybody signs in again
    press(staff, round, "move/closed")
    assert client.get(f"{URL}results/").status_code == 404
    with pytest.raises(Exception, match="열쇠 조각"):
        tally(shares[:1] * 2, places, capsys)
    tally([shares[0], shares[2]], places, capsys)
    assert client.get(f"{URL}results/").status_code == 404
    press(staff, round, "move/published")

    call_command("verify_round", str(download(client, places / "got")))
    assert "모든 확인이 맞습니다" in capsys.readouterr().out
    votes = {(o.contest.order, o.number): o.result.votes for o in Option.objects.filter(contest__round=round)}
    assert votes == {(1, 1): 3, (1, 2): 3, (1, 3): 2, (1, 4): 0, (2, 1): 4, (2, 2): 2, (2, 3): 1, (2, 4): 1}
    object_and_answer(client, staff, round)
    decide(staff, round, {(1, 1), (1, 2), (2, 1), (2, 2)})
    made = list(plan.projects.order_by("number"))
    assert [p.name for p in made][2:] == ["골목 제안 1", "골목 제안 2"] and len(made) == 4
    assert Proposal.objects.get(title="골목 제안 1").project == made[2]
    assert Proposal.objects.get(title="골목 제안 3").project is None

    assert "이의 신청 기간이 끝난 뒤" in press(staff, round, "destroy")
    time_machine.move_to(clock.now() + timedelta(days=30))
    staff = client_as("secretariat")
    check_destruction(staff, client, round, places, capsys)


def check_destruction(staff, client, round, places, capsys):
    """Who voted leads nowhere any more; what was published is there as before."""
    keys_of_voters = list(RollEntry.objects.filter(round=round).values_list("voter_key", flat=True))
    assert len(keys_of_voters) == 4 and len(list(places.glob("secrets/*/pepper"))) == 1
    held = [row for row in Session.objects.all() if SLUG in str(row.get_decoded())]
    assert {row.pk[:10] == "voteticket" for row in held} == {True, False}  # the unused ticket, and who sat in the booth
    turnout = list(Turnout.objects.filter(round=round).values_list("by", "label", "voters"))
    assert rows_that_hold([CONTACT]) == [("voting_objection", "contact")]
    press(staff, round, "destroy")
    round.refresh_from_db()
    assert round.destroyed_at is not None and "이미 파기했습니다" in press(staff, round, "destroy")

    assert not RollEntry.objects.filter(round=round).exists() and list(places.glob("secrets/*/*")) == [places / "secrets" / SLUG / keys.SIGNING_SEED]  # fmt: skip
    with pytest.raises(roll.RollClosed):
        roll.voter_key(round, NUMBERS[0].replace("-", ""))
    # The votes' own keys stay as numbers that lead nowhere; they stand nowhere else, sessions and tickets included.
    assert {table for table, _ in rows_that_hold(keys_of_voters)} == {"voting_participation"}
    assert not any(SLUG in str(row.get_decoded()) for row in Session.objects.all())
    assert rows_that_hold([CONTACT, *NUMBERS, *(number.replace("-", "") for number in NUMBERS)]) == []
    published = b"".join(path.read_bytes() for path in Path(places / "media").rglob("*") if path.is_file())
    assert not any(text.encode() in published for text in (*keys_of_voters, CONTACT, "70000001"))

    assert list(Turnout.objects.filter(round=round).values_list("by", "label", "voters")) == turnout
    assert UrnBallot.objects.filter(contest__round=round).count() == 8
    call_command("verify_round", str(download(client, places / "after")))
    assert {p.name: p.read_bytes() for p in (places / "after").iterdir()} == {
        p.name: p.read_bytes() for p in (places / "got").iterdir()
    }
    for part in ("", "board/", "results/", "results/print/", "results/sheet.xlsx"):
        assert client.get(URL + part).status_code == 200
    assert client.get(f"{URL}vote/").status_code == 302  # over
