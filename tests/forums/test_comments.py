"""Comments: who writes what, in which order, and what nobody may send."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from forums import comment_actions
from forums.models import Comment, CommentEndorsement, Follow, ProposalState
from geumcheon.accounts.models import Department, DepartmentAssignment, OutboxMessage, User
from geumcheon.lib import clock
from tests.forums.ladders import a_call, a_proposal
from tests.forums.talk import a_voice, post, said, signed_in, stamp, write
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(users):
    return a_proposal(author=a_voice("제안한 주민"))


@pytest.fixture
def resident(users):
    return a_voice("은행나무")


def page(proposal, user=None):
    client = signed_in(user) if user else Client()
    return client.get(f"/proposals/{proposal.pk}/comments/")


def errors(response):
    assert response.status_code == 200
    return " ".join(texts(response, "div", cls="error-summary"))


# --- writing ------------------------------------------------------------------------------------------------------
def test_a_resident_writes_for(proposal, resident):
    response = write(resident, proposal, stance="for")
    comment = Comment.objects.get()
    assert response.url == f"/proposals/{proposal.pk}/#comment-{comment.pk}"
    assert (comment.author, comment.stance, comment.state, comment.office) == (resident, "for", "visible", None)
    article = texts(page(proposal), "article")[0]
    assert article.startswith("▲ 찬성 은행나무")
    assert "가로등이 있으면" in article


def test_the_page_carries_the_time_of_its_making(proposal, resident):
    client, url = signed_in(resident), f"/proposals/{proposal.pk}/comments/"
    started = next(
        e["attrs"]["value"] for e in elements(client.get(url), "input") if e["attrs"].get("name") == "started"
    )
    data = {"text": "사람이 쓴 글", "started": started}
    assert "너무 빨리" in errors(client.post(url, data))
    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        assert client.post(url, data).status_code == 302


def test_a_second_press_does_not_wait_anew(proposal, resident):
    client, url = signed_in(resident), f"/proposals/{proposal.pk}/comments/"
    with time_machine.travel("2027-03-02T10:00:00+09:00", tick=False) as traveller:
        client.force_login(resident)
        data = {"text": "빠른 글", "started": stamp(resident, seconds=0)}
        response = client.post(url, data)
        assert data["started"] in response.content.decode()
        assert "빠른 글" in response.content.decode()
        traveller.shift(3)
        again = client.post(url, data)
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"website": "https://spam.example"}, "보이지 않는 칸"),
        ({"started": ""}, "오래 열어 둔"),
        ({"started": "1:forged:signature"}, "오래 열어 둔"),
        ({"text": ""}, "내용을 적어 주세요"),
        ({"text": " \u200b\u3164 "}, "내용을 적어 주세요"),
        ({"text": "가" * 1001}, "1,000자까지"),
        ({"text": "a" * 1_000_000}, "1,000자까지"),
        ({"stance": "president"}, "찬성, 반대, 질문 가운데"),
    ],
)
def test_what_is_refused(proposal, resident, data, error):
    assert error in errors(post(resident, f"/proposals/{proposal.pk}/comments/", **{"text": "글", **data}))
    assert not Comment.objects.exists()


def test_the_stamp_of_somebody_else(proposal, resident):
    other = stamp(a_voice("다른 사람"))
    assert "오래 열어 둔" in errors(post(resident, f"/proposals/{proposal.pk}/comments/", text="글", started=other))


def test_forged_fields_change_nothing(proposal, resident, users):
    other = said(a_proposal(), resident, "다른 제안의 댓글")
    data = {
        "author": users["member"].pk,
        "office": 1,
        "is_secretariat": "on",
        "state": "visible",
        "parent": other.pk,
        "pk": other.pk,
    }
    assert write(resident, proposal, **data).status_code == 302
    comment = Comment.objects.get(proposal=proposal)
    assert (comment.author, comment.office, comment.is_secretariat, comment.parent) == (resident, None, False, None)


def test_scripts_come_out_as_text(proposal, resident):
    write(resident, proposal, "<script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3)")
    html = page(proposal).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_direction_signs_are_gone(proposal, resident):
    write(resident, proposal, "a\u202eb\u200bc")
    assert Comment.objects.get().text == "abc"


@pytest.mark.parametrize("role", ["resident", "member"])
def test_who_is_not_verified_may_not(proposal, client_as, role):
    client = client_as(role)
    response = client.get(f"/proposals/{proposal.pk}/comments/")
    assert "주민 확인을 하면" in response.content.decode()
    assert client.post(f"/proposals/{proposal.pk}/comments/", {"text": "글"}).status_code == 403
    assert not Comment.objects.exists()


def test_a_visitor_is_sent_to_sign_in(proposal, client):
    response = client.post(f"/proposals/{proposal.pk}/comments/", {"text": "글"})
    assert response.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    "fields",
    [
        {"email_proved": False},
        {"blocked_until": clock.now() + timedelta(days=900), "blocked_reason": "광고"},
    ],
)
def test_unproved_and_blocked_accounts_may_not(proposal, resident, fields):
    User.objects.filter(pk=resident.pk).update(**fields)
    assert write(resident, proposal).status_code == 403
    if "blocked_reason" in fields:
        assert "까닭: 광고" in page(proposal, resident).content.decode()


@pytest.mark.parametrize("state", [ProposalState.DRAFT, ProposalState.HIDDEN])
def test_what_is_not_public_is_no_address(state, resident, users):
    proposal = a_proposal(state=state, hidden_reason="까닭")
    assert write(resident, proposal).status_code == 404
    assert page(proposal).status_code == 404


@pytest.mark.parametrize(
    ("state", "words"), [(ProposalState.WITHDRAWN, "거둔 제안"), (ProposalState.MERGED, "합쳐진 제안")]
)
def test_closed_proposals_take_none(proposal, resident, state, words):
    proposal.state = state
    proposal.save()
    assert words in page(proposal, resident).content.decode()
    write(resident, proposal)
    assert not Comment.objects.exists()


def test_an_ended_proposal_takes_comments(proposal, resident):
    proposal.state = ProposalState.ENDED
    proposal.save()
    assert write(resident, proposal).status_code == 302


def test_what_came_from_a_document_takes_none(resident, users):
    proposal = a_proposal(call=a_call(historical=True))
    assert "문서에서 옮긴" in page(proposal, resident).content.decode()
    write(resident, proposal)
    assert not Comment.objects.exists()


# --- answers ------------------------------------------------------------------------------------------------------
def test_answers_are_one_level_deep(proposal, resident):
    first = said(proposal, a_voice())
    assert post(resident, f"/comments/{first.pk}/", text="저도 그렇습니다.", stance="for").status_code == 302
    answer = Comment.objects.get(parent=first)
    assert (answer.stance, answer.proposal) == ("", proposal)
    response = post(resident, f"/comments/{answer.pk}/", text="두 번째 층")
    assert response.url == f"/comments/{first.pk}/#comment-{answer.pk}"
    assert Comment.objects.count() == 2


def test_no_answer_below_another_proposal_or_a_second_level(proposal, resident):
    elsewhere, first = said(a_proposal()), said(proposal)
    second = said(proposal, parent=first)
    for parent in (elsewhere, second):
        with pytest.raises(comment_actions.ValidationError, match="답할 수 없습니다"):
            comment_actions.write(proposal=proposal, parent=parent, by=resident, text="글")


@pytest.mark.parametrize("state", ["hidden", "deleted", "waiting"])
def test_no_answer_to_what_cannot_be_read(proposal, resident, state):
    text = "" if state == "deleted" else "글"
    parent = said(proposal, a_voice(), text, state=state, hidden_reason="욕설")
    assert post(resident, f"/comments/{parent.pk}/", text="답").status_code == 404
    with pytest.raises(comment_actions.ValidationError, match="답할 수 없습니다"):
        comment_actions.answer(parent=parent, by=resident, text="답")


def test_an_officer_answers_for_the_own_department(proposal, users):
    Follow.objects.create(proposal=proposal, user=users["member"])
    asked = said(proposal, a_voice("묻는 주민"), stance="question")
    assert post(users["officer"], f"/comments/{asked.pk}/", text="봄에 놓습니다.").status_code == 302
    answer = Comment.objects.get(parent=asked)
    assert str(answer.office) == "마을자치과"
    html = texts(page(proposal), "article")
    assert "■ 공식 답변 마을자치과" in html[1]
    assert "officer" not in " ".join(html)
    told = OutboxMessage.objects.filter(event=f"proposal:{proposal.pk}:answer:{answer.pk}")
    assert set(told.values_list("user__name", flat=True)) == {"제안한 주민", "묻는 주민", ""}
    assert "봄에 놓습니다." in told.first().body


def test_a_resident_s_word_is_mailed_to_nobody(proposal, resident):
    write(resident, proposal)
    assert not OutboxMessage.objects.exists()


def test_an_officer_of_two_departments_chooses_among_them(proposal, users):
    officer = users["officer"]
    second = Department.objects.create(name="공원녹지과 시험")
    DepartmentAssignment.objects.create(user=officer, department=second, starts_on=clock.today())
    foreign = Department.objects.create(name="남의 부서 시험")
    assert "어느 부서로" in errors(write(officer, proposal))
    assert "배정된 부서만" in errors(write(officer, proposal, office=foreign.pk))
    assert write(officer, proposal, office=second.pk).status_code == 302
    assert Comment.objects.get().office == second


def test_an_officer_without_a_department_may_not(proposal, users):
    DepartmentAssignment.objects.all().delete()
    assert "배정된 부서가 없" in page(proposal, users["officer"]).content.decode()
    write(users["officer"], proposal)
    assert not Comment.objects.exists()


def test_the_secretariat_is_marked(proposal, users):
    write(users["secretariat"], proposal, stance="for")
    assert (Comment.objects.get().is_secretariat, Comment.objects.get().stance) == (True, "")
    assert "■ 공식 답변 협치추진단" in texts(page(proposal), "article")[0]


# --- correcting and deleting --------------------------------------------------------------------------------------
def test_the_own_comment_is_corrected_within_15_minutes(proposal, resident):
    comment = said(proposal, resident, created_at=clock.now() - timedelta(minutes=14))
    assert signed_in(resident).post(f"/comments/{comment.pk}/edit/", {"text": "고친 글"}).status_code == 302
    assert "(고침)" in texts(page(proposal), "article")[0]


def test_not_later(proposal, resident):
    comment = said(proposal, resident, created_at=clock.now() - timedelta(minutes=16))
    response = signed_in(resident).post(f"/comments/{comment.pk}/edit/", {"text": "고친 글"})
    assert "15분 동안" in errors(response)
    comment.refresh_from_db()
    assert comment.text == "좋은 생각입니다."


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_not_somebody_else_s(proposal, resident, verb):
    comment = said(proposal, a_voice(), created_at=clock.now())
    assert signed_in(resident).post(f"/comments/{comment.pk}/{verb}/", {"text": "고친 글"}).status_code == 404
    assert Comment.objects.get().text == "좋은 생각입니다."


def test_a_deleted_comment_leaves_its_place_only_under_answers(proposal, resident):
    alone, answered = said(proposal, resident, "혼자"), said(proposal, resident, "답이 있는 글")
    said(proposal, a_voice(), "답", parent=answered)
    for comment in (alone, answered):
        signed_in(resident).post(f"/comments/{comment.pk}/delete/")
    assert set(Comment.objects.filter(parent=None).values_list("text", "state")) == {("", "deleted")}
    articles = texts(page(proposal), "article")
    assert articles[0] == "지운 댓글입니다."
    assert len(articles) == 2


def test_deleting_does_not_reset_the_limit(proposal, resident):
    for number in range(10):
        write(resident, proposal, f"글 {number}")
    for comment in Comment.objects.all():
        comment_actions.delete(comment=comment, by=resident)
    assert "댓글을 10개까지" in errors(write(resident, proposal, "열한 번째"))


# --- support ------------------------------------------------------------------------------------------------------
def test_support_once_per_person(proposal, resident):
    comment = said(proposal, a_voice())
    client = signed_in(resident)
    for _ in range(2):
        client.post(f"/comments/{comment.pk}/endorse/")
    assert CommentEndorsement.objects.count() == 1
    client.post(f"/comments/{comment.pk}/endorse/", {"off": "1"})
    assert not CommentEndorsement.objects.exists()


def test_no_support_of_the_own_or_by_who_is_not_verified(proposal, resident, client_as):
    own, other = said(proposal, resident), said(proposal, a_voice())
    signed_in(resident).post(f"/comments/{own.pk}/endorse/")
    assert client_as("resident").post(f"/comments/{other.pk}/endorse/").status_code == 403
    assert client_as("officer").post(f"/comments/{other.pk}/endorse/").status_code == 403
    assert Client().post(f"/comments/{other.pk}/endorse/").status_code == 302
    assert not CommentEndorsement.objects.exists()


# --- order and cost -----------------------------------------------------------------------------------------------
def supported(comment, times):
    keys = [f"{comment.pk:032x}{number:032x}" for number in range(times)]
    CommentEndorsement.objects.bulk_create(CommentEndorsement(comment=comment, person_key=key) for key in keys)


def test_the_stated_order(proposal, users):
    loved, answered, _, _ = (said(proposal, text=text) for text in ("사랑받음", "답을 받음", "오래됨", "새로움"))
    supported(loved, 3)
    supported(answered, 1)
    said(proposal, text="부서의 답", parent=answered, office=Department.objects.first())
    response = page(proposal)
    rows = [e["text"] for e in elements(response, "div", cls="comment-text")]
    assert rows == ["답을 받음", "부서의 답", "사랑받음", "새로움", "오래됨"]
    assert "부서나 협치추진단이 답한 것이 먼저" in response.content.decode()


def test_pages_of_twenty(proposal):
    for number in range(45):
        said(proposal, text=f"글 {number}")
    client = Client()
    found = []
    for number in (1, 2, 3):
        found += texts(client.get(f"/proposals/{proposal.pk}/comments/?page={number}"), "article")
    assert len(found) == 45
    assert len(set(found)) == 45


def test_many_answers_are_folded(proposal):
    first = said(proposal)
    for number in range(8):
        said(proposal, text=f"답 {number}", parent=first)
    response = page(proposal)
    assert len(texts(response, "article")) == 6
    assert "답글 8개 모두 보기" in response.content.decode()
    assert len(texts(Client().get(f"/comments/{first.pk}/"), "article")) == 9


def test_a_page_costs_the_same_with_more_rows(proposal, resident):
    def add(number):
        for _ in range(number):
            first = said(proposal, a_voice(), stance="for")
            said(proposal, a_voice(), "부서", parent=first, office=Department.objects.first())
            supported(first, 2)

    client, url = signed_in(resident), f"/proposals/{proposal.pk}/comments/"
    add(1)
    one = queries(client, url)
    add(10)
    assert queries(client, url) == one


def test_after_writing_one_sees_the_own_comment(proposal, resident):
    for number in range(25):
        supported(said(proposal, text=f"글 {number}"), 1)
    response = write(resident, proposal)
    comment = Comment.objects.latest("pk")
    assert response.url == f"/proposals/{proposal.pk}/comments/?page=2#comment-{comment.pk}"
    assert f'id="comment-{comment.pk}"' in signed_in(resident).get(response.url).content.decode()
