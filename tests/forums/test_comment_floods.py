"""Comments in floods: links that wait, limits, what is left of who left, and the own page."""

from datetime import timedelta

import pytest
from django.test import Client

from forums import comment_actions, limits
from forums.models import Comment, CommentState
from geumcheon.accounts.models import User
from geumcheon.lib import clock
from tests.forums.ladders import a_proposal
from tests.forums.talk import a_voice, said, signed_in, stamp, write
from tests.html import texts

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


# --- links and floods ---------------------------------------------------------------------------------------------
LINKS = [
    "https://spam.example/x",
    "www.spam.example",
    "spam-shop.com 할인",
    "ｓｐａｍ．ｃｏｍ",
    "http://1.2.3.4/",
    "바로가기 bit.ly/abc",
]


@pytest.mark.parametrize("link", LINKS)
def test_links_of_new_accounts_wait(proposal, link):
    new = a_voice("새 주민", days=1)
    write(new, proposal, f"여기 보세요 {link}")
    assert Comment.objects.get().state == CommentState.WAITING
    assert "여기 보세요" not in page(proposal).content.decode()
    assert "검토 뒤 보입니다" in page(proposal, new).content.decode()


def test_links_of_known_people_are_seen_at_once(proposal, resident):
    for number in range(3):
        said(proposal, resident, f"글 {number}")
    write(resident, proposal, "자료: https://www.geumcheon.go.kr/")
    assert Comment.objects.latest("pk").state == CommentState.VISIBLE
    assert 'href="https://www.geumcheon.go.kr/" rel="nofollow noopener"' in page(proposal).content.decode()


def test_a_flood_of_links_waits_from_anybody(proposal, resident):
    for number in range(3):
        said(proposal, resident, f"글 {number}")
    write(resident, proposal, " ".join(f"https://a{n}.example" for n in range(4)))
    assert Comment.objects.latest("pk").state == CommentState.WAITING


@pytest.mark.parametrize("text", ["3.5m 폭의 길", "2021.5.1. 부터", "끝.그리고 다음", "예산은 1.2억원"])
def test_numbers_and_ends_of_sentences_are_no_links(text):
    assert comment_actions.links_in(text) == 0


def test_a_corrected_comment_with_a_link_waits(proposal):
    new = a_voice("새 주민", days=1)
    write(new, proposal, "처음에는 얌전한 글")
    comment = Comment.objects.get()
    signed_in(new).post(f"/comments/{comment.pk}/edit/", {"text": "나중에 https://spam.example"})
    assert Comment.objects.get().state == CommentState.WAITING


@pytest.mark.postgres  # alone: a thousand pages take half a minute
def test_a_thousand_posts_leave_ten(proposal, resident):
    client, started = signed_in(resident), stamp(resident)
    url = f"/proposals/{proposal.pk}/comments/"
    statuses = [client.post(url, {"text": f"글 {n}", "started": started}).status_code for n in range(1000)]
    assert statuses.count(302) == 10
    assert Comment.objects.count() == 10
    assert "다시 올릴 수 있습니다" in errors(client.post(url, {"text": "또", "started": started}))


def test_thirty_a_day(proposal, resident):
    for number in range(30):
        said(proposal, resident, f"글 {number}")
    with pytest.raises(limits.ValidationError, match=r"하루에 댓글을 30개까지 .* (오늘|내일) \d\d:\d\d부터"):
        limits.check(resident, "comment")
    Comment.objects.filter(text="글 0").update(created_at=clock.now() - timedelta(days=1, minutes=1))
    limits.check(resident, "comment")


def test_the_same_words_twice(proposal, resident):
    write(resident, proposal, "같은 글")
    assert "이미 올리셨습니다" in errors(write(resident, proposal, "같은  글\u200b"))


def test_who_left_keeps_no_name(proposal, resident):
    said(proposal, resident, "남는 글")
    comment_actions.forget(resident)
    article = texts(page(proposal), "article")[0]
    assert article.startswith("탈퇴한 주민")
    assert "남는 글" in article


def test_user_names_are_never_shown(proposal):
    said(proposal, User.objects.create_user("secret-login", "a@example.org"))
    html = page(proposal).content.decode()
    assert "secret-login" not in html
    assert "example.org" not in html


# --- the own page -------------------------------------------------------------------------------------------------
def test_the_own_page_lists_the_own_comments(proposal, resident):
    said(proposal, resident, "내가 쓴 글")
    said(proposal, resident, "가려진 글", state="hidden", hidden_reason="광고")
    said(proposal, a_voice("남"), "남이 쓴 글")
    client = signed_in(resident)
    html = client.get("/my/").content.decode()
    assert "내가 쓴 글" in html
    assert "가림: 광고" in html
    assert "남이 쓴 글" not in html
    assert [c["text"] for c in client.get("/my/data.json").json()["comments"]] == ["가려진 글", "내가 쓴 글"]


def test_nothing_about_comments_for_who_wrote_none(proposal, resident):
    assert "내 댓글" not in signed_in(resident).get("/my/").content.decode()


def test_the_page_of_leaving_says_what_stays(resident):
    assert "쓴 댓글은 ‘탈퇴한 주민’의 이름으로 남습니다" in signed_in(resident).get("/my/leave/").content.decode()
