"""Twenty threads at once on one proposal's comments, on a real PostgreSQL."""

import pytest
from django.core.exceptions import ValidationError

from forums import comment_actions, moderation_actions
from forums.models import Comment, CommentEndorsement, Report
from geumcheon.accounts.models import OutboxMessage
from tests.councils.test_meeting_races import at_once
from tests.forums.ladders import a_proposal
from tests.forums.talk import a_voice, said

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def proposal(transactional_db):
    return a_proposal(author=a_voice("제안한 주민"))


def test_posts_at_once_count_each_other(proposal):
    author = a_voice()
    calls = [lambda n=n: comment_actions.write(proposal=proposal, by=author, text=f"글 {n}") for n in range(20)]
    results = at_once(*calls)
    assert len([r for r in results if isinstance(r, Comment)]) == 10
    assert len([r for r in results if isinstance(r, ValidationError)]) == 10
    assert Comment.objects.count() == 10


def test_posts_on_different_proposals_count_each_other():
    author = a_voice()
    proposals = [a_proposal() for _ in range(12)]
    at_once(*[lambda p=p: comment_actions.write(proposal=p, by=author, text="글") for p in proposals])
    assert Comment.objects.count() == 10


def test_support_and_taking_it_back_at_once(proposal):
    comment, person = said(proposal, a_voice()), a_voice()
    verbs = [comment_actions.endorse, comment_actions.withdraw_endorsement] * 10
    results = at_once(*[lambda v=v: v(comment=comment, by=person) for v in verbs])
    assert results == [None] * 20
    assert CommentEndorsement.objects.count() <= 1
    comment_actions.endorse(comment=comment, by=person)
    assert CommentEndorsement.objects.count() == 1


def test_the_same_words_sent_twenty_times_stand_once(proposal):
    author = a_voice()
    at_once(*[lambda: comment_actions.write(proposal=proposal, by=author, text="두 번 눌렀습니다.")] * 20)
    assert Comment.objects.count() == 1


def test_one_report_of_twenty(proposal):
    comment, teller = said(proposal, a_voice()), a_voice()
    at_once(*[lambda: comment_actions.report(comment=comment, by=teller, reason="광고")] * 20)
    assert Report.objects.count() == 1


def test_two_moderators_decide_once(proposal):
    comment = said(proposal, a_voice(), state="waiting")
    mark = moderation_actions.seen(comment)
    people = [a_voice("추진단", role="secretariat") for _ in range(2)]
    decisions = [("hide", "욕설"), ("show", "")]
    results = at_once(*[
        lambda by=by, d=d, r=r: moderation_actions.decide(marks=[mark], by=by, decision=d, reason=r)
        for by, (d, r) in zip(people, decisions, strict=True)
    ])  # fmt: skip
    assert len([r for r in results if isinstance(r, ValidationError)]) == 1
    assert OutboxMessage.objects.filter(event__startswith=f"proposal:{proposal.pk}:comment").count() == 1


def test_no_answer_to_what_is_deleted_at_the_same_time(proposal):
    author, other = a_voice(), a_voice()
    for _ in range(5):
        comment = said(proposal, author, f"글 {Comment.objects.count()}")
        at_once(
            lambda c=comment: comment_actions.delete(comment=c, by=author),
            lambda c=comment: comment_actions.answer(parent=c, by=other, text=f"답 {c.pk}"),
        )
        comment.refresh_from_db()
        assert (comment.state, comment.text) == ("deleted", "")
