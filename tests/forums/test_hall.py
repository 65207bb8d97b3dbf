"""In the hall: tables with notes, votes with computed ranks, ties and tiers; at the desk and on the event's page."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from forums import hall, hall_actions
from forums.models import EventState, HallTable, Priority, PriorityItem
from tests.forums.events import an_event
from tests.forums.ladders import a_secretary, an_officer
from tests.forums.people import client_of
from tests.html import queries
from tests.voting.factories import at_once

pytestmark = pytest.mark.django_db
VALUES = {"title": "먼저 할 일", "method": "sticker", "tiers": "", "note": "", "published": True}


@pytest.fixture
def office(loaded):
    return a_secretary()


def items(*pairs):
    """Lines of a vote: (title, votes) or (title, votes, tier)."""
    return [{"title": p[0], "votes": p[1], "tier": p[2] if len(p) > 2 else ""} for p in pairs]


def ranks(priority):
    """[(title, rank, tied)] in order."""
    places = hall.ranked(priority, list(priority.items.all()))
    return [(place.item.title, place.rank, place.tied) for place in places]


def a_vote(event, by, *pairs, **values):
    return hall_actions.save_priority(event=event, by=by, values={**VALUES, **values}, items=items(*pairs))


def test_equal_votes_share_a_rank_and_the_next_one_is_skipped(office):
    vote = a_vote(an_event(), office, ("그늘막", 3), ("의자", 7), ("화분", 3), ("표지판", 0), ("이름만", None))
    assert ranks(vote) == [
        ("의자", 1, False), ("그늘막", 2, True), ("화분", 2, True), ("표지판", 4, False), ("이름만", None, False),
    ]  # fmt: skip


def test_a_lower_tier_comes_after_a_higher_one_whatever_its_votes(office):
    vote = a_vote(an_event(), office, ("많은 하위", 23, "하위"), ("적은 상위", 10, "상위"), tiers="상위\n하위")
    assert ranks(vote) == [("적은 상위", 1, False), ("많은 하위", 2, False)]


@pytest.mark.parametrize(
    ("lines", "tiers", "words"),
    [
        ([], "", "안을 하나 이상 적어 주세요."),
        (items(("", 3)), "", "1번째 안의 이름을 적어 주세요."),
        (items(("의자", 3), ("의자", 4)), "", "같은 이름이 두 번 있습니다: 의자"),
        (items(("의자", 3, "중위")), "상위\n하위", "위에 적은 층에 없습니다: 중위"),
        (items(("의자", 3)), "상위\n하위", "1번째 안의 층을 적어 주세요"),
    ],
    ids=["empty", "nameless", "twice", "unknown tier", "no tier"],
)
def test_a_vote_that_cannot_be_ranked_is_refused_in_words(office, lines, tiers, words):
    with pytest.raises(ValidationError) as refused:
        hall_actions.save_priority(event=an_event(), by=office, values={**VALUES, "tiers": tiers}, items=lines)
    assert words in " ".join(refused.value.messages)
    assert not Priority.objects.filter(title="먼저 할 일").exists()


def test_names_are_swapped_items_leave_and_the_second_to_save_is_told(office):
    event = an_event()
    vote = a_vote(event, office, ("가", 1), ("나", 2), ("다", 3))
    a, b, _ = vote.items.all()
    lines = [{"pk": a.pk, "title": "나", "votes": 5, "tier": ""}, {"pk": b.pk, "title": "가", "votes": 6, "tier": ""}]
    save = {"event": event, "by": office, "values": VALUES, "items": lines, "priority": vote, "version": 1}
    hall_actions.save_priority(**save)
    assert list(vote.items.values_list("pk", "title", "votes")) == [(a.pk, "나", 5), (b.pk, "가", 6)]
    with pytest.raises(ValidationError, match="다른 사람이 먼저 고쳤습니다"):
        hall_actions.save_priority(**save)


def test_only_who_runs_the_event_writes_and_only_once_it_is_announced(loaded, office):
    for state, reason in ((EventState.PLANNED, ""), (EventState.CANCELLED, "태풍")):
        with pytest.raises(ValidationError, match="적지 않습니다"):
            a_vote(an_event(state=state, cancel_reason=reason), office, ("의자", 1))
    with pytest.raises(PermissionDenied):
        a_vote(an_event(), an_officer("도로과"), ("의자", 1))
    a_vote(an_event(state=EventState.CLOSED), office, ("의자", 1))


def test_the_database_refuses_a_second_table_of_that_number_and_a_second_item_of_that_name(office):
    event = an_event()
    HallTable.objects.create(event=event, number=1)
    HallTable.objects.create(event=event, number=2)
    HallTable.objects.create(event=an_event("다른 것"), number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        HallTable.objects.create(event=event, number=1)
    vote = a_vote(event, office, ("의자", 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PriorityItem.objects.create(priority=vote, order=2, title="의자")
    for fields in ({"title": vote.title}, {"title": "다른 이름", "method": "shouting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Priority.objects.create(event=event, **fields)


def lines_of(*pairs):
    """A vote's lines as the form sends them."""
    data = {"items-TOTAL_FORMS": len(pairs), "items-INITIAL_FORMS": 0}
    for i, (title, votes) in enumerate(pairs):
        data |= {f"items-{i}-title": title, f"items-{i}-votes": votes}
    return data


def test_a_vote_and_a_table_are_written_at_the_desk_and_stand_on_the_page_once_published(office, client):
    event, desk = an_event(), client_of(office)
    path = f"/desk/events/{event.pk}/hall/"
    sent = {
        "title": "먼저 할 일",
        "method": "hand",
        "tiers": "",
        "note": "",
        **lines_of(("의자", "7"), ("그늘막", "x")),
    }
    refused = desk.post(path + "priorities/new/", sent).content.decode()
    assert "수를 적어 주세요." in refused
    assert {'value="의자"', 'value="x"'} <= set(re.findall(r'value="[^"]+"', refused))  # nothing typed is lost
    assert desk.post(path + "priorities/new/", {**sent, "items-1-votes": "7"}).status_code == 302
    table = {"number": "1", "topic": "골목", "people": "6", "notes": "가로등이 어둡다는 말이 많았다."}
    assert desk.post(path + "tables/new/", table).status_code == 302
    assert "이미 있는 테이블 번호입니다" in desk.post(path + "tables/new/", table).content.decode()
    hidden = client.get(f"/forums/{event.pk}/").content.decode()
    assert "먼저 할 일" not in hidden
    assert "가로등" not in hidden
    vote, row = event.priorities.get(), event.tables.get()
    last = {**sent, "published": "on", "version": vote.version, **lines_of(("의자", "7"), ("그늘막", "7"))}
    last |= {f"items-{i}-pk": item.pk for i, item in enumerate(vote.items.all())}
    assert desk.post(f"{path}priorities/{vote.pk}/", last).status_code == 302
    assert desk.post(f"{path}tables/{row.pk}/", {**table, "published": "on", "version": row.version}).status_code == 302
    shown = client.get(f"/forums/{event.pk}/").content.decode()
    for words in ("먼저 할 일", "공동 1위. 의자", "손들기", "1번 테이블: 골목", "가로등이 어둡다는"):
        assert words in shown
    assert desk.post(f"{path}remove/table/{row.pk}/").status_code == 302
    assert desk.post(f"{path}remove/priority/{vote.pk}/").status_code == 302
    assert (event.tables.count(), event.priorities.count()) == (0, 0)
    assert desk.get(f"{path}tables/{row.pk}/").status_code == 404
    other = an_event("남의 것")
    assert desk.get(f"/desk/events/{other.pk}/hall/priorities/{vote.pk}/").status_code == 404


TABLE_VALUES = {"number": 1, "topic": "골목", "people": 6, "notes": "", "published": False}
TABLE = {"number": "1", "topic": "골목", "people": "6", "notes": "가로등이 어둡다."}


def test_the_second_to_save_a_table_sees_what_the_first_wrote_and_may_then_replace_it(office):
    event, desk = an_event(), client_of(office)
    path = f"/desk/events/{event.pk}/hall/tables/"
    desk.post(path + "new/", TABLE)
    row = event.tables.get()
    read = {"version": row.version}
    assert desk.post(f"{path}{row.pk}/", {**TABLE, **read, "notes": "보안등도 어둡다."}).status_code == 302
    refused = desk.post(f"{path}{row.pk}/", {**TABLE, **read, "notes": "밤이 무섭다."})
    page = refused.content.decode()
    assert all(words in page for words in ("다른 사람이 먼저 고쳤습니다", "<p>보안등도 어둡다.</p>", "밤이 무섭다."))
    row.refresh_from_db()
    assert row.notes == "보안등도 어둡다."
    again = {**TABLE, "notes": "밤이 무섭다.", "version": re.search(r'name="version" value="(\d+)"', page)[1]}
    assert desk.post(f"{path}{row.pk}/", again).status_code == 302
    row.refresh_from_db()
    assert row.notes == "밤이 무섭다."


def test_a_table_that_was_taken_away_while_somebody_wrote_can_be_written_anew(office):
    event, desk = an_event(), client_of(office)
    path = f"/desk/events/{event.pk}/hall/"
    desk.post(path + "tables/new/", TABLE)
    row = event.tables.get()
    desk.post(f"{path}remove/table/{row.pk}/")
    sent = {**TABLE, "version": row.version, "notes": "오래 적은 글"}
    page = desk.post(f"{path}tables/{row.pk}/", sent).content.decode()
    assert "그사이 다른 사람이 지웠습니다" in page and "오래 적은 글" in page and not event.tables.exists()
    assert f'action="{path}tables/new/"' in page and "None" not in page
    wrong_besides = desk.post(f"{path}tables/{row.pk}/", {**sent, "number": ""})
    assert wrong_besides.status_code == 200
    assert desk.post(path + "tables/new/", sent).status_code == 302
    assert event.tables.get().notes == "오래 적은 글"


def test_the_second_to_save_a_vote_sees_the_first_and_one_taken_away_can_be_written_anew(office):
    event, desk = an_event(), client_of(office)
    path = f"/desk/events/{event.pk}/hall/"
    vote = a_vote(event, office, ("의자", 1))
    sent = {**VALUES, "version": vote.version, **lines_of(("의자", "2"))}
    assert desk.post(f"{path}priorities/{vote.pk}/", {**sent, **lines_of(("그늘막", "9"))}).status_code == 302
    page = desk.post(f"{path}priorities/{vote.pk}/", sent).content.decode()
    assert "다른 사람이 먼저 고쳤습니다" in page and "그늘막: 9표" in page and 'value="의자"' in page
    again = {**sent, "version": re.search(r'name="version" value="(\d+)"', page)[1]}
    assert desk.post(f"{path}priorities/{vote.pk}/", again).status_code == 302
    assert list(vote.items.values_list("title", "votes")) == [("의자", 2)]
    desk.post(f"{path}remove/priority/{vote.pk}/")
    page = desk.post(f"{path}priorities/{vote.pk}/", again).content.decode()
    assert "그사이 다른 사람이 지웠습니다" in page and f'action="{path}priorities/new/"' in page
    assert desk.post(path + "priorities/new/", again).status_code == 302
    assert event.priorities.get().items.get().votes == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_table_saved_by_two_and_taken_away_by_a_third_at_once_is_one_of_them_or_gone(office):
    event = an_event()
    for _ in range(10):
        row = hall_actions.save_table(event=event, by=office, values={**TABLE_VALUES, "notes": "처음"})
        save = {"event": event, "by": office, "table": row, "version": 1}
        *saved, deleted = at_once(
            lambda save=save: hall_actions.save_table(**save, values={**TABLE_VALUES, "notes": "하나"}),
            lambda save=save: hall_actions.save_table(**save, values={**TABLE_VALUES, "notes": "둘"}),
            lambda row=row: hall_actions.delete_table(event=event, by=office, table=row),
        )
        assert deleted is None and not event.tables.exists()
        codes = sorted(error.code for error in saved if isinstance(error, ValidationError))
        assert codes in (["stale"], ["gone"], ["gone", "gone"])


def test_the_event_page_costs_the_same_with_one_and_three_votes(office, client):
    event = an_event()
    cost = []
    for n in range(3):
        a_vote(event, office, ("의자", 1), ("그늘막", n), title=f"우선순위 {n}")
        HallTable.objects.create(event=event, number=n + 1, published=True)
        client.get(f"/forums/{event.pk}/")
        cost.append(queries(client, f"/forums/{event.pk}/"))
    assert cost[0] == cost[2]
