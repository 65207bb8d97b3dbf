"""The double entry, the third look and the count over HTTP: each refusal beside the success next to it."""

import re

import pytest
from django.db import IntegrityError, transaction

from tests.voting.booth import make_round
from tests.voting.papers import BLANK, OVER, Clerk, a_batch, a_paper_round, clerks, closed, people
from voting import paper_batches
from voting.models import AuditEvent, Entry, PaperBallot, PaperBatch


@pytest.fixture
def rooms(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def open_round(rooms):
    return make_round(has_paper=True)


@pytest.fixture
def counter(open_round):
    return Clerk(open_round, people(1)[0])


@pytest.fixture
def waiting(rooms):
    """Closed, two papers handed out: (round, three clerks)."""
    round_ = closed(a_paper_round(web=0, struck=2))
    return round_, clerks(round_)


@pytest.fixture
def batch(waiting):
    """A batch of two sheets of paper 1."""
    round_, (one, _, _) = waiting
    return a_batch(round_, 2, by=one.user)


# --- batches ------------------------------------------------------------------------------------------------------------


def test_nothing_is_entered_before_closing(open_round, counter):
    assert not counter.post("1/new/", papers=3) and "마감한 뒤에 입력합니다" in counter.html
    assert not counter.post("1/count/", issued=0, spoilt=0, returned=0, missing=0)
    assert PaperBatch.objects.count() == 0


def test_batches_are_numbered_by_paper(waiting):
    _, (one, _, _) = waiting
    for order, papers in ((1, 2), (1, 1), (2, 2)):
        assert one.post(f"{order}/new/", papers=papers)
    found = PaperBatch.objects.values_list("contest__order", "number", "papers")
    assert list(found.order_by("contest__order", "number")) == [(1, 1, 2), (1, 2, 1), (2, 1, 2)]
    for bad in ("", "0", "-1", "x", "1001"):
        assert not one.post("1/new/", papers=bad), bad
        assert f'value="{bad}"' in one.html or not bad
    assert not one.post("1/new/", papers="0") and "1장에서 1,000장까지" in one.html


def test_a_wrong_declaration_is_corrected_with_a_reason(waiting, batch):
    _, (one, two, _) = waiting
    one.type_all(1, 1, [[1, 2, 3], [1, 2, 3]])
    two.type_all(1, 1, [[1, 2, 3], [1, 2, 3]])
    assert not one.post("1/1/", do="recount", papers=3) and "까닭을 적어 주세요" in one.html
    assert not one.post("1/1/", do="recount", papers=1, reason="x") and "이미 2번째 장까지" in one.html
    assert one.post("1/1/", do="recount", papers=3, reason="한 장이 겹쳐 있었습니다")
    assert not one.close(1, 1) and "첫 입력은 2장인데 손으로 센 종이는 3장입니다" in one.html
    assert AuditEvent.objects.filter(act="종이 장수 고침", note__contains="2장 → 3장").count() == 1


def test_an_empty_batch_is_taken_away_one_with_sheets_is_not(waiting, batch):
    _, (one, _, _) = waiting
    one.type(1, 1, 1, [1, 2, 3])
    one.post("1/1/", do="remove")
    assert "지울 수 없습니다" in one.html and PaperBatch.objects.count() == 1
    one.post("1/1/", do="clear", entry=1, reason="장의 차례를 잘못 적음")
    assert one.post("1/1/", do="remove") and PaperBatch.objects.count() == 0


# --- the two entries ----------------------------------------------------------------------------------------------------


def test_two_people_enter_unseen_by_each_other(waiting, batch):
    _, (one, two, three) = waiting
    assert one.type(1, 1, 1, [4, 5, 6]) and "4 · 5 · 6" in one.html
    assert "2번째 장" not in one.html and 'value="2"' in one.html  # the next sheet waits
    assert "4 · 5 · 6" not in two.get("1/1/enter/") and "4 · 5 · 6" not in two.get("1/1/")
    assert two.type(1, 1, 1, [4, 5, 7])
    assert "4 · 5 · 6" not in two.html and "4 · 5 · 7" not in one.get("1/1/enter/")
    rows = list(PaperBallot.objects.values_list("entry", "sheet", "picks", "by__username"))
    assert rows == [(1, 1, "4,5,6", "clerk-1"), (2, 1, "4,5,7", "clerk-2")]
    assert "입력하기" in two.get("1/1/") and "입력하기" not in three.get("1/1/")
    assert "다른 두 사람이 맡았습니다" in three.get("1/1/enter/")
    assert not three.type(1, 1, 2, [1, 2, 3]) and "다른 두 사람이 맡았습니다" in three.html
    assert PaperBallot.objects.count() == 2


def test_one_person_cannot_make_both_entries(waiting, batch):
    _, (one, two, _) = waiting
    one.type_all(1, 1, [[1, 2, 3], BLANK])
    assert not one.type(1, 1, 1, [1, 2, 3]) and "1번째 장은 이미 입력했습니다" in one.html
    assert not one.close(1, 1) and "둘째 입력은 0장인데 손으로 센 종이는 2장입니다" in one.html
    two.type_all(1, 1, [[1, 2, 3], BLANK])
    assert one.close(1, 1)
    assert set(PaperBallot.objects.values_list("entry", "by__username")) == {(1, "clerk-1"), (2, "clerk-2")}


def test_the_database_refuses_one_person_for_both_entries(waiting, batch):
    _, (one, two, _) = waiting
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperBatch.objects.update(first_by=one.user, second_by=one.user)
    PaperBatch.objects.update(first_by=one.user, second_by=two.user)


def test_a_sheet_is_entered_once_and_corrected_on_purpose(waiting, batch):
    _, (one, _, _) = waiting
    assert one.type(1, 1, 2, [1, 2, 3])
    assert not one.type(1, 1, 2, [1, 2, 4]) and "2번째 장은 이미 입력했습니다" in one.html
    assert 'value="1 2 4"' in one.html  # nothing typed is lost
    assert 'value="1 2 3"' in one.get("1/1/enter/?sheet=2")
    assert one.type(1, 1, 2, [1, 2, 4], again="True")
    assert PaperBallot.objects.get().picks == "1,2,4"
    for bad in (0, 3, "", "x"):
        assert not one.type(1, 1, bad, [1, 2, 3]), bad


@pytest.mark.parametrize(
    "typed", ["1 4 8", "8,4,1", "1.4.8", " 1  4 8 ", "１ ４ ８", "1/4/8"], ids=["space", "comma", "dot", "wide", "full", "slash"]
)  # fmt: skip
def test_numbers_are_typed_in_any_way_people_type(waiting, batch, typed):
    _, (one, _, _) = waiting
    assert one.post("1/1/enter/", sheet=1, picks=typed, void="")
    assert PaperBallot.objects.get().picks == "1,4,8"


def test_numbers_are_tapped_too(waiting, batch):
    _, (one, _, _) = waiting
    assert one.post("1/1/enter/", sheet=1, picks="", tiles=[8, 1, 4], void="")
    assert PaperBallot.objects.get().picks == "1,4,8"
    assert one.post("1/1/enter/", sheet=2, picks="1 4 8", tiles=[8, 1, 4], void="")
    assert not one.post("1/1/enter/", sheet=1, picks="1 4 7", tiles=[8, 1, 4], void="", again="True")
    assert "다릅니다. 하나만 써 주세요" in one.html


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([1, 2], "지금은 2개를 골랐습니다"),
        ([1, 2, 3, 4], "지금은 4개를 골랐습니다"),
        ([], "지금은 0개를 골랐습니다"),
        ([1, 1, 2], "같은 것을 두 번"),
        ([1, 2, 9], "없는 선택지"),
        (["x"], "1 4 7처럼"),
    ],
    ids=["few", "many", "none", "twice", "unknown", "letters"],
)
def test_a_sheet_that_breaks_the_rule_must_be_marked_void(waiting, batch, numbers, words):
    _, (one, _, _) = waiting
    assert not one.type(1, 1, 1, numbers) and words in one.html
    assert PaperBallot.objects.count() == 0
    assert one.type(1, 1, 1, OVER)
    row = PaperBallot.objects.get()
    assert (row.picks, row.void) == ("", "over")


def test_a_void_sheet_has_no_numbers_and_a_known_reason(waiting, batch):
    _, (one, _, _) = waiting
    assert not one.post("1/1/enter/", sheet=1, picks="1 2 3", void="over") and "번호를 비워 주세요" in one.html
    assert not one.type(1, 1, 1, "whim") and "정해진 사유" in one.html
    assert one.type(1, 1, 1, BLANK)


def test_differences_show_only_when_both_are_whole_and_list_only_those_sheets(waiting, batch):
    _, (one, two, three) = waiting
    one.type_all(1, 1, [[1, 2, 3], [4, 5, 6]])
    two.type(1, 1, 1, [1, 2, 4])
    assert "1 · 2 · 3" not in three.get("1/1/") and "다르게 읽은 장" not in three.html
    two.type(1, 1, 2, [4, 5, 6])
    assert "1 · 2 · 3" in three.get("1/1/") and "1 · 2 · 4" in three.html and "4 · 5 · 6" not in three.html
    for clerk in (one, two):  # compared: nobody mends the own entry towards the other's
        assert not clerk.type(1, 1, 1, [1, 2, 4], again="True") and "이미 견주었습니다" in clerk.html


def test_a_third_person_settles_a_difference_with_a_reason(waiting, batch):
    _, (one, two, three) = waiting
    one.type_all(1, 1, [[1, 2, 3], OVER])
    two.type_all(1, 1, [[1, 2, 3], [4, 5, 6]])
    for clerk in (one, two):
        assert not clerk.settle(1, 1, 2, OVER) and "세 번째 사람이 정합니다" in clerk.html
    assert three.page is None and not three.close(1, 1)
    assert not three.settle(1, 1, 2, OVER, reason=" ") and "왜 그렇게 정했는지" in three.html
    assert not three.settle(1, 1, 2, [4, 5]) and "지금은 2개를 골랐습니다" in three.html
    assert three.client.get(three.base + "1/1/1/").status_code == 404  # both read the same
    assert three.settle(1, 1, 2, [4, 5, 6], "네 번째 칸은 접힌 자국입니다")
    assert three.settle(1, 1, 2, OVER, "불빛에 다시 보니 넷입니다")  # looked once more
    assert three.close(1, 1)
    assert [row.reading for row in PaperBallot.objects.settled()] == [("1,2,3", ""), ("", "over")]
    notes = AuditEvent.objects.filter(act="종이 표 세 번째 확인").values_list("note", flat=True)
    assert len(notes) == 2 and all("2번째 장" in note for note in notes)


def test_a_closed_batch_takes_nothing_more(waiting, batch):
    _, (one, two, three) = waiting
    for clerk in (one, two):
        clerk.type_all(1, 1, [[1, 2, 3], OVER])
    assert one.close(1, 1)
    assert not one.type(1, 1, 1, [1, 2, 4], again="True") and "대조를 마친 묶음" in one.html
    assert "1 · 2 · 3" not in one.html
    for do in ({"do": "recount", "papers": 3, "reason": "x"}, {"do": "clear", "entry": 1, "reason": "x"}):
        assert not one.post("1/1/", **do) and "더는 바꿀 수 없습니다" in one.html
    one.post("1/1/", do="remove")
    assert PaperBatch.objects.get().is_done and PaperBallot.objects.count() == 4
    assert three.client.get(three.base + "1/1/2/").status_code == 404


def test_a_cleared_entry_is_made_anew_by_anybody_else(waiting, batch):
    _, (one, two, three) = waiting
    one.type_all(1, 1, [[1, 2, 3], OVER])
    two.type_all(1, 1, [[4, 5, 6], OVER])
    three.settle(1, 1, 1, [1, 2, 3])
    assert not three.post("1/1/", do="clear", entry=1, reason="") and "까닭을 적어 주세요" in three.html
    assert three.post("1/1/", do="clear", entry=1, reason="첫 사람이 다른 묶음을 읽었습니다")
    assert list(PaperBallot.objects.values_list("entry", "by__username")) == [(1, "clerk-2"), (1, "clerk-2")]
    three.type_all(1, 1, [[4, 5, 6], OVER])
    assert three.close(1, 1)


def test_rows_of_a_batch_cannot_be_changed_by_other_hands(waiting, batch):
    _, (one, two, _) = waiting
    for clerk in (one, two):
        clerk.type_all(1, 1, [[1, 2, 3], OVER])
    PaperBallot.objects.filter(entry=1, sheet=1).update(picks="1,2,4")  # while it is open
    PaperBallot.objects.filter(entry=1, sheet=1).update(picks="1,2,3")
    one.close(1, 1)
    for write in (
        lambda: PaperBallot.objects.filter(sheet=1).update(picks="1,2,4"),
        lambda: PaperBallot.objects.create(batch=batch, entry=Entry.THIRD, sheet=9, void="over", reason="x", by=one.user),
        lambda: PaperBatch.objects.update(state="open"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_a_row_is_either_picks_or_void_and_a_third_look_has_a_reason(waiting, batch):
    _, (one, _, _) = waiting
    wrong = (
        {"picks": "1,2,3", "void": "over"},
        {},
        {"void": "x"},
        {"entry": 3, "void": "over"},
        {"entry": 4, "void": "over"},
    )
    for values in wrong:  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperBallot.objects.create(**({"batch": batch, "entry": 1, "sheet": 1, "by": one.user} | values))
    PaperBallot.objects.create(batch=batch, entry=3, sheet=1, void="over", reason="x", by=one.user)


# --- the count ----------------------------------------------------------------------------------------------------------


def test_unequal_counts_hold_the_papers_back_and_say_by_how_much(waiting, batch):
    _, (one, two, _) = waiting
    for clerk in (one, two):
        clerk.type_all(1, 1, [[1, 2, 3], OVER])
    one.close(1, 1)
    assert one.post("1/count/", issued=3, spoilt=0, returned=0, missing=0)
    assert "나눠 준 투표용지가 3장인데 명부에 표시한 사람 2명과 바꿔 준 0장을 합하면 2장입니다" in one.html
    assert one.post("2/count/", issued=2, spoilt=0, returned=0, missing=0)
    assert "투표함 0장, 바꿔 준 0장, 돌려받은 0장, 못 받은 0장을 합하면 0장입니다" in one.html
    assert one.post("1/count/", issued=2, spoilt=0, returned=0, missing=0)
    assert one.post("2/count/", issued=3, spoilt=1, returned=1, missing=1, note="한 분이 가지고 나감")
    assert "남은 일" not in one.html and re.search(r"<button[^>]*>종이 표 넣기</button>", one.html)


def test_finishing_early_is_refused_with_everything_that_is_open(waiting, batch):
    round_, (one, _, _) = waiting
    one.post()
    for words in ("1묶음의 대조를 마쳐 주세요", "‘분과 의제’의 종이 정산을", "‘시민참여예산’의 종이 정산을"):
        assert words in one.html
    assert not round_.checkpoints.filter(is_final=True).exists()


@pytest.mark.parametrize(
    "bad", [{"issued": -1}, {"spoilt": "x"}, {"returned": ""}, {"issued": 1, "returned": 2}], ids=str
)
def test_a_count_that_cannot_be_is_refused(waiting, bad):
    _, (one, _, _) = waiting
    whole = {"issued": 2, "spoilt": 0, "returned": 0, "missing": 0}
    assert not one.post("1/count/", **(whole | bad))
    assert one.post("1/count/", **whole)


def test_next_sheet_is_the_lowest_that_is_free(waiting, batch):
    _, (one, two, _) = waiting
    one.type(1, 1, 2, [1, 2, 3])
    batch.refresh_from_db()
    assert [paper_batches.next_sheet(batch, clerk.user) for clerk in (one, two)] == [1, 1]
    one.type(1, 1, 1, [1, 2, 3])
    assert paper_batches.next_sheet(batch, one.user) is None
