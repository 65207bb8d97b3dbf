"""Lists, board, results, kiosk and objections over HTTP."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geumcheon.accounts.models import ExportJob
from geumcheon.lib import clock
from tests.voting.booth import SENT, Walker, cast_some, make_round, mixed, published
from voting import actions, result_display
from voting.counting.codes import make_ballot, tag
from voting.models import Contest, Objection, OptionResult, Participation, Round


@pytest.fixture
def rooms(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    settings.MEDIA_ROOT = tmp_path / "media"
    SENT.clear()


@pytest.fixture
def round(rooms):
    return make_round()


def text(response):
    return response.content.decode()


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


# --- rounds -----------------------------------------------------------------------------------------------------------


def test_lists_ask_the_same_whether_one_round_or_three(rooms, client):
    make_round("one")
    counted = {url: queries(client, url) for url in ("/votes/", "/")}
    counted = {url: queries(client, url) for url in counted}
    make_round("two")
    make_round("three")
    queries(client, "/")
    assert {url: queries(client, url) for url in counted} == counted


def test_the_round_page_tells_what_is_promised_at_its_level(round, client):
    page = text(client.get("/votes/vote-2021/"))
    assert "휴대전화 번호 하나에 한 표" in page and "약속하지 못하는 것" in page
    assert "협치회의 위원장, 협치추진단장, 감사담당관" in page
    assert round.manifest_hash in page
    assert "분과 의제 사업 8" in page and "10,000,000원" in page


def test_home_sitemap_and_search_lead_to_a_running_vote(round, client):
    home = text(client.get("/"))
    assert f"/votes/{round.slug}/vote/" in home
    assert "/votes/vote-2021/" in text(client.get("/sitemap-votes.xml"))
    assert "/votes/vote-2021/" in text(client.get("/search/", {"q": "나풀나풀 주민투표"}))
    with time_machine.travel(round.closes_at, tick=False):
        assert f"/votes/{round.slug}/vote/" not in text(client.get("/"))


def test_the_old_vote_says_that_only_totals_are_left(loaded, client):
    old = Round.objects.get(slug="napulnapul-2020")
    page = text(client.get(f"/votes/{old.slug}/results/"))
    assert "합계만 남아 있습니다" in page and "508" in page
    assert page.count("다름") == sum(
        line.percent_differs for paper in result_display.papers(old) for line in paper.lines
    )
    assert "54.3%" in page  # 276 of 508
    for part in ("board/", "board/1.json", "results/files/results.csv"):
        assert client.get(f"/votes/{old.slug}/{part}").status_code == 404


# --- the board -----------------------------------------------------------------------------------------------------


def test_the_board_changes_only_at_a_mix(round, client):
    cast_some(round, 39)
    assert mixed(round) is None
    before = client.get("/votes/vote-2021/board/1.json").json()
    assert before["ballots"] == []
    assert ">0<span" in text(client.get("/votes/vote-2021/board/")).replace("\n", "")


def in_urn(code):
    """The papers of a code that a mix has put into the urn."""
    return {
        contest.order
        for contest in Contest.objects.filter(round__slug="vote-2021")
        if contest.urn.filter(tag=tag(code, contest.ref).hex()).exists()
    }


def test_a_mixed_ballot_is_found_with_its_code(round, client):
    made = cast_some(round, 40)
    assert mixed(round)
    _, code, picks = next(m for m in made if in_urn(m[1]) == {1, 2})
    _, waiting, _ = next(m for m in made if not in_urn(m[1]))
    url = "/votes/vote-2021/board/"
    answer = client.post(url, {"code": code.lower(), "pick-1": picks[1], "pick-2": picks[2]})
    assert text(answer).count("고른 그대로 들어 있습니다") == 2
    assert answer["Cache-Control"] == "no-store"
    wrong = client.post(url, {"code": code, "pick-1": [6, 7, 8], "pick-2": picks[2]})
    assert "표시한 것과 다릅니다" in text(wrong)
    alone = client.post(url, {"code": code})
    assert text(alone).count("이 코드의 표가 들어 있습니다") == 2
    for other in ("0" * 26, waiting):
        assert "게시판에 없습니다" in text(client.post(url, {"code": other}))
    assert "26자" in text(client.post(url, {"code": "짧다"}))
    for bad in (["0", "1", "2"], ["1", "1", "2"], ["９", "1", "2"], ["1"]):
        assert "그대로 들어 있습니다" not in text(client.post(url, {"code": code, "pick-1": bad}))


def test_the_rows_of_the_board_are_tag_and_leaf_by_tag_and_nothing_else(round, client):
    made = cast_some(round, 40)
    mixed(round)
    rows = client.get("/votes/vote-2021/board/1.json").json()["ballots"]
    ballots = [make_ballot(code, round.slug, "vote-2021-1", picks[1]) for _, code, picks in made if 1 in in_urn(code)]
    assert len(ballots) == 20
    assert rows == sorted([b.tag.hex(), b.leaf.hex()] for b in ballots)
    first = ballots[0].tag.hex()
    part = client.get("/votes/vote-2021/board/1.json", {"prefix": first[:2]}).json()["ballots"]
    assert part == [row for row in rows if row[0].startswith(first[:2])]
    for bad in ("zz", "0" * 3, "%", "A"):
        assert client.get("/votes/vote-2021/board/1.json", {"prefix": bad}).status_code == 404
    assert client.get("/votes/vote-2021/board/3.json").status_code == 404
    told = client.get("/votes/vote-2021/board/checkpoints.json").json()
    assert [point["number"] for point in told["checkpoints"]] == [1]


def test_no_count_per_option_before_publishing(round, client_as):
    """Staff included: no result page, no file, no number of an option."""
    cast_some(round, 40)
    mixed(round)
    actions.close_round(round=round, early=True)
    for role in (None, "secretariat"):
        client = client_as(role)
        for part in ("results/", "results/print/", "results/files/results.csv", "objection/"):
            assert client.get(f"/votes/vote-2021/{part}").status_code == 404
        page = text(client.get("/votes/vote-2021/board/"))
        assert "득표" not in page and "20" in page


# --- results ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(rooms):
    round = make_round(funding_rule="greedy")
    cast_some(round, 12, {1: [1, 2, 3], 2: [1, 2, 3]})
    cast_some_more(round)
    return published(round)


def cast_some_more(round):
    from voting import cast, roll
    from voting.counting.codes import new_code

    for at in range(3):
        key = roll.voter_key(round, f"0109{at:07}")
        roll.enter(round=round, voter_key=key, basis="work")
        cast.cast(round=round, voter_key=key, code=new_code(), picks={1: [1, 4, 5], 2: [8, 9, 10]}, channel="assisted")


def test_results_show_ranks_with_shared_places_and_both_percentages(done, client):
    page = text(client.get("/votes/vote-2021/results/"))
    first, second, third = result_display.papers(done)[0].lines[:3]
    assert (first.option.number, first.votes, first.rank_label) == (1, 15, "1위")
    assert (second.votes, second.rank_label, third.rank_label) == (12, "공동 2위", "공동 2위")
    assert (first.of_voters, first.of_choices) == ("100.0", "33.3")
    for words in (
        "공동 2위",
        "100.0%",
        "33.3%",
        "투표자 비율",
        "득표 비율",
        "현장 도움",
        "균등 몫 방식",
        "표가 많은 순서로",
    ):
        assert words in page
    assert (
        sum(
            OptionResult.objects.filter(option__contest__order=1, option__contest__round=done).values_list(
                "votes", flat=True
            )
        )
        == 45
    )


def test_every_file_can_be_downloaded_and_the_verifier_accepts_them(done, client, tmp_path):
    from voting.verifier import verify

    page = text(client.get("/votes/vote-2021/results/"))
    names = re.findall(r"results/files/([^\"]+)\"", page)
    assert {"manifest.json", "results.xlsx", "verify_round.py", "checkpoints.json"} <= set(names)
    folder = tmp_path / "got"
    folder.mkdir()
    for name in names:
        answer = client.get(f"/votes/vote-2021/results/files/{name}")
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        (folder / name).write_bytes(b"".join(answer.streaming_content))
    assert verify(folder, say=lambda *_: None)
    for bad in ("..", "x", "..%2f..%2fsettings.py", "manifest.json%00"):
        assert client.get(f"/votes/vote-2021/results/files/{bad}").status_code == 404


def test_after_publishing_the_board_tells_the_opened_ballot(rooms, client):
    round = make_round()
    _, code, picks = cast_some(round, 3)[0]
    published(round)
    answer = text(client.post("/votes/vote-2021/board/", {"code": code}))
    assert f"공개한 표: {', '.join(f'{n}번' for n in picks[1])}" in answer


def test_the_announcement_prints(done, client):
    page = text(client.get("/votes/vote-2021/results/print/"))
    assert "결과 공고" in page and done.manifest_hash in page and "공동 2위" in page


def test_an_objection_is_taken_while_the_period_runs(done, client):
    url = "/votes/vote-2021/objection/"
    assert "내용을 적어 주세요" in text(client.post(url, {"text": " "}))
    assert client.post(url, {"text": "다시 세어 주세요", "contact": ""}).status_code == 302
    assert Objection.objects.get(round=done).text == "다시 세어 주세요"
    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        assert "받는 기간이 아닙니다" in text(client.post(url, {"text": "늦은 신청"}))
    assert Objection.objects.filter(round=done).count() == 1
    assert "다시 세어 주세요" not in text(client.get("/votes/vote-2021/results/"))


# --- the counter and its tablet -----------------------------------------------------------------------------------------


def counter(staff, **typed):
    sent = {"identity": "010-1234-5678", "basis": "residence", "seen": "on"} | typed
    page = text(staff.post("/votes/vote-2021/counter/", sent))
    found = re.search(r'class="ticket"[^>]*>([^<]+)<', page)
    return (found[1] if found else ""), page


def test_a_ticket_of_the_counter_opens_the_booth_once_on_a_tablet_of_nobody(round, client_as, users):
    ticket, _ = counter(client_as("secretariat"))
    assert ticket
    tablet = Client()
    tablet.force_login(users["officer"])
    answer = tablet.post("/votes/vote-2021/kiosk/", {"ticket": ticket.lower()})
    assert answer.status_code == 302 and "_auth_user_id" not in tablet.session
    second = Client().post("/votes/vote-2021/kiosk/", {"ticket": ticket})
    assert "열 수 없습니다" in text(second)
    walker = Walker(round, tablet)
    for page in (second, walker.open(), walker.fill(), walker.press("cast")):
        # Nobody strays to another page of the portal, by keyboard neither.
        links = re.findall(r'<a [^>]*href="([^"]*)"', page.content.decode())
        assert links and all(link.startswith("#") for link in links)
    assert "제출되었습니다" in walker.html
    assert walker.page["Refresh"].startswith("90; url=/votes/vote-2021/kiosk/end/")
    assert Participation.objects.get().channel == "assisted"
    assert tablet.get("/votes/vote-2021/kiosk/end/").status_code == 302
    assert "vote" not in tablet.session
    assert ExportJob.objects.count() == 0


def test_web_and_counter_meet_by_the_same_key(round, client_as):
    staff = client_as("secretariat")
    ticket, _ = counter(staff)
    Walker(round).vote("010-1234-5678")
    refused, page = counter(staff)
    assert not refused and "이미 투표한 사람입니다" in page
    tablet = Client()
    tablet.post("/votes/vote-2021/kiosk/", {"ticket": ticket})
    walker = Walker(round, tablet)
    assert "이미 투표했습니다" in text(walker.open())
    assert Participation.objects.count() == 1


def test_the_counter_asks_for_the_card_and_refuses_others(round, client_as):
    assert counter(client_as("secretariat"), seen="")[0] == ""
    assert counter(client_as("secretariat"), identity="12")[0] == ""
    for role in ("resident", "member", "officer"):
        assert client_as(role).post("/votes/vote-2021/counter/", {}).status_code == 403


@pytest.mark.parametrize("bad", ["", "x", "ABCD-2345", "A" * 9, "한글-한글한글", "%" * 8])
def test_no_other_text_opens_the_tablet(round, bad):
    tablet = Client()
    assert tablet.post("/votes/vote-2021/kiosk/", {"ticket": bad}).status_code == 200
    assert "vote" not in tablet.session


def test_a_ticket_ends(round, client_as):
    ticket, _ = counter(client_as("secretariat"))
    with time_machine.travel(clock.now() + timedelta(minutes=21), tick=False):
        assert Client().post("/votes/vote-2021/kiosk/", {"ticket": ticket}).status_code == 200


def test_a_link_to_the_kiosks_end_signs_nobody_out(round, client_as):
    staff = client_as("secretariat")
    staff.get("/votes/vote-2021/kiosk/end/")
    assert "_auth_user_id" in staff.session
