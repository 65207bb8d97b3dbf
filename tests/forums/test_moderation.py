"""Reports and the moderators' queue: what is hidden is nowhere, who wrote it hears why, once."""

import pytest
from django.test import Client

from forums import moderation_actions
from forums.models import Comment, CommentState, Proposal, ProposalState, Report
from geumcheon.accounts.models import OutboxMessage
from tests.forums.ladders import a_proposal
from tests.forums.talk import a_voice, post, said, signed_in
from tests.html import elements, queries, texts

pytestmark = pytest.mark.django_db
DESK = "/desk/comments/"


@pytest.fixture
def proposal(users):
    return a_proposal(author=a_voice("제안한 주민"))


@pytest.fixture
def author(users):
    return a_voice("쓴 주민")


def marks(client, name):
    page = client.get(f"{DESK}?queue={name}")
    return [e["attrs"]["value"] for e in elements(page, "input") if e["attrs"].get("name") == "seen"]


def decide(client, seen, decision="hide", reason="욕설이 있습니다.", step="apply"):
    return client.post(DESK, {"seen": seen, "decision": decision, "reason": reason, "step": step}, follow=True)


# --- reports ------------------------------------------------------------------------------------------------------
def test_a_report_once_per_person(proposal, author):
    comment, teller = said(proposal, author), a_voice("알린 주민")
    url = f"/comments/{comment.pk}/report/"
    assert post(teller, url, reason="광고입니다.").status_code == 302
    assert "이미 알리셨습니다" in post(teller, url, reason="또 광고입니다.").content.decode()
    report = Report.objects.get()
    assert (report.reporter, report.reason, report.decision) == (teller, "광고입니다.", "open")


@pytest.mark.parametrize(("data", "words"), [({"reason": ""}, "까닭을 적어"), ({"reason": "가" * 301}, "300자까지")])
def test_a_report_needs_its_reason(proposal, author, data, words):
    comment = said(proposal, author)
    assert words in post(a_voice(), f"/comments/{comment.pk}/report/", **data).content.decode()
    assert not Report.objects.exists()


def test_no_report_of_the_own_or_by_who_is_not_verified(proposal, author, client_as):
    url = f"/comments/{said(proposal, author).pk}/report/"
    assert "지울 수 있습니다" in post(author, url, reason="까닭").content.decode()
    assert client_as("resident").post(url, {"reason": "까닭"}).status_code == 403
    assert Client().get(url).status_code == 302
    assert not Report.objects.exists()


def test_five_reports_a_day(proposal, author):
    teller = a_voice("알린 주민")
    pages = [post(teller, f"/comments/{said(proposal, author, str(n)).pk}/report/", reason="광고") for n in range(6)]
    assert [page.status_code for page in pages] == [302] * 5 + [200]
    assert "하루에 신고를 5번까지" in pages[-1].content.decode()


def test_a_proposal_is_reported_too(proposal, users):
    assert post(a_voice(), f"/proposals/{proposal.pk}/report/", reason="이름이 적혀 있습니다.").status_code == 302
    assert Report.objects.get().proposal == proposal
    assert "이름이 적혀" in signed_in(users["secretariat"]).get(f"{DESK}?queue=reported").content.decode()


# --- who ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"), [("resident", 403), ("member", 403), ("officer", 403), ("secretariat", 200)]
)
def test_who_opens_the_queue(client_as, role, status):
    assert client_as(role).get(DESK).status_code == status


def test_an_officer_decides_nothing(proposal, author, users):
    comment = said(proposal, author)
    assert (
        signed_in(users["officer"])
        .post(DESK, {"seen": moderation_actions.seen(comment), "decision": "hide"})
        .status_code
        == 403
    )
    with pytest.raises(moderation_actions.PermissionDenied):
        moderation_actions.hide(comment=comment, by=users["officer"], reason="까닭")


# --- decisions ----------------------------------------------------------------------------------------------------
def test_hidden_words_are_nowhere(proposal, author, users):
    words = "비밀스러운욕설"
    comment = said(proposal, author, f"{words} 입니다")
    said(proposal, author, f"답에도 {words}", parent=comment, state="hidden", hidden_reason="욕설")
    moderation_actions.hide(comment=comment, by=users["secretariat"], reason="욕설이 있습니다.")
    for client in (Client(), signed_in(author)):
        page = client.get(f"/proposals/{proposal.pk}/comments/")
        assert texts(page, "article")[0] == "가린 댓글입니다. 까닭: 욕설이 있습니다."
        for url in (f"/proposals/{proposal.pk}/comments/", f"/search/?q={words}", "/open-data/", "/"):
            html = client.get(url).content.decode().replace(f'value="{words}"', "").replace(f"‘{words}’", "")
            assert f"{words} 입니다" not in html
            assert f"답에도 {words}" not in html
        assert client.get(f"/comments/{comment.pk}/").status_code == 404


def test_hidden_comments_are_hidden_until_shown(proposal, author, users):
    comment = said(proposal, author)
    client = signed_in(users["secretariat"])
    Report.objects.create(comment=comment, reporter=users["member"], reason="욕", created_at=comment.created_at)
    decide(client, marks(client, "reported"))
    comment.refresh_from_db()
    assert (comment.state, comment.hidden_reason, comment.moderated_by) == (
        "hidden",
        "욕설이 있습니다.",
        users["secretariat"],
    )
    assert Report.objects.get().decision == "hidden"
    told = OutboxMessage.objects.get(user=author)
    assert "까닭: 욕설이 있습니다." in told.body
    decide(client, marks(client, "hidden"), "show")
    comment.refresh_from_db()
    assert (comment.state, comment.hidden_reason) == ("visible", "")
    assert OutboxMessage.objects.filter(user=author).count() == 2


def test_a_report_that_is_kept_changes_nothing_and_tells_nobody(proposal, author, users):
    comment = said(proposal, author)
    Report.objects.create(comment=comment, reporter=users["member"], reason="싫음", created_at=comment.created_at)
    client = signed_in(users["secretariat"])
    decide(client, marks(client, "reported"), "show", "")
    assert (Comment.objects.get().state, Report.objects.get().decision) == ("visible", "kept")
    assert not OutboxMessage.objects.exists()
    assert marks(client, "reported") == []


def test_a_preview_writes_nothing(proposal, author, users):
    said(proposal, author, state="waiting")
    client = signed_in(users["secretariat"])
    page = decide(client, marks(client, "waiting"), "show", step="preview")
    assert "1건 처리하기" in page.content.decode()
    assert Comment.objects.get().state == CommentState.WAITING
    decide(client, marks(client, "waiting"), "show", "")
    assert Comment.objects.get().state == CommentState.VISIBLE


def test_hiding_needs_a_reason(proposal, author, users):
    said(proposal, author, state="waiting")
    client = signed_in(users["secretariat"])
    page = decide(client, marks(client, "waiting"), reason=" \u200b ")
    assert "가리는 까닭을 적어" in page.content.decode()
    assert Comment.objects.get().state == CommentState.WAITING


def test_nothing_ticked_nothing_chosen(proposal, author, users):
    said(proposal, author, state="waiting")
    client = signed_in(users["secretariat"])
    assert "하나 이상 골라" in decide(client, []).content.decode()
    assert "무엇을 할지" in decide(client, marks(client, "waiting"), "burn").content.decode()
    assert Comment.objects.get().state == CommentState.WAITING


@pytest.mark.parametrize("change", [{"text": "다른 글", "edited": True}, {"state": "deleted", "text": ""}])
def test_what_changed_meanwhile_stops_all(proposal, author, users, change):
    first, second = said(proposal, author, "하나", state="waiting"), said(proposal, author, "둘", state="waiting")
    client = signed_in(users["secretariat"])
    seen = marks(client, "waiting")
    if change.pop("edited", False):
        change["edited_at"] = "2027-01-01T00:00:00Z"
    Comment.objects.filter(pk=first.pk).update(**change)
    page = decide(client, seen)
    assert "아무것도 바꾸지 않았습니다" in page.content.decode()
    second.refresh_from_db()
    assert second.state == CommentState.WAITING


def test_forged_marks_are_refused(proposal, author, users):
    said(proposal, author)
    client = signed_in(users["secretariat"])
    for mark in ("c999999.visible.1", "x1", "c1;drop", "c" + "9" * 30, "p0.open.1"):
        assert decide(client, [mark]).status_code == 200
    assert Comment.objects.get().state == CommentState.VISIBLE


def test_a_reported_proposal_is_hidden_and_shown(proposal, users):
    Report.objects.create(proposal=proposal, reporter=users["member"], reason="욕", created_at=proposal.submitted_at)
    client = signed_in(users["secretariat"])
    decide(client, marks(client, "reported"))
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.HIDDEN
    assert Client().get(f"/proposals/{proposal.pk}/comments/").status_code == 404
    assert "욕설이 있습니다." in OutboxMessage.objects.get(user=proposal.author).body
    decide(client, marks(client, "hidden"), "show")
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.OPEN


def test_the_queue_costs_the_same_with_more_rows(proposal, users):
    client = signed_in(users["secretariat"])

    def add():
        comment = said(proposal, a_voice())
        Report.objects.create(comment=comment, reporter=a_voice(), reason="욕", created_at=comment.created_at)

    add()
    one = queries(client, f"{DESK}?queue=reported")
    add()
    add()
    assert queries(client, f"{DESK}?queue=reported") == one


def test_the_admin_landing_page_names_what_waits(proposal, author, client_as):
    said(proposal, author, "https://example.org 보세요", state=CommentState.WAITING)
    assert "살필 댓글·신고" in client_as("secretariat").get("/admin/").content.decode()
    assert "살필 댓글·신고" not in client_as("officer").get("/admin/").content.decode()
