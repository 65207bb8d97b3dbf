"""What pages show of comments: threads in their stated order, one page at a time; the number of queries does not grow with them."""

from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse

from councils.notices import paragraphs
from forums import comment_rules
from forums.comment_actions import may_delete, may_edit, office_name
from forums.comment_forms import AnswerForm, CommentForm
from forums.models import Comment, CommentEndorsement, CommentState, Report, Stance

PER_PAGE = 20
FIRST_ANSWERS = 5  # under each comment of a page; the rest is on the comment's own page
ANSWERS_PER_PAGE = 50
ORDER = "부서나 협치추진단이 답한 것이 먼저, 그다음 공감이 많은 순서, 그다음 새로 쓴 순서입니다."
LEFT = "탈퇴한 주민"
OFFICE = Q(office__isnull=False) | Q(is_secretariat=True)
# Shape and word beside the colour.
STANCES = {Stance.FOR: ("▲", "chip-blue"), Stance.AGAINST: ("▼", "chip-red"), Stance.QUESTION: ("?", "chip-yellow")}


@dataclass
class Section:
    """The comments of one proposal: `page` of threads, the form or why there is none, and what the page says about its order."""

    proposal: object
    page: object
    pages: object
    count: int
    stances: list
    form: object
    closed: str
    refusal: tuple
    address: str
    order: str = ORDER
    answers: list = field(default_factory=list)


def _number(rows, key):
    """A subquery that counts `rows` of the outer comment; 0 without any."""
    counted = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def shown(user):
    """The condition of comments that somebody sees, words or a note in their place: waiting ones by their author alone."""
    condition = Q(state__in=[CommentState.VISIBLE, CommentState.HIDDEN])
    return condition | Q(state=CommentState.WAITING, author=user) if user.is_authenticated else condition


def _dressed(rows, user):
    mine = CommentEndorsement.objects.filter(comment=OuterRef("pk"), user=user) if user.is_authenticated else None
    rows = rows.select_related("author", "office").annotate(support=_number(CommentEndorsement.objects, "comment"))
    return rows.annotate(is_mine_endorsed=Exists(mine) if mine is not None else Value(False))


def threads(proposal, user):
    """The first comments of a proposal in the stated order, with `support`, `answer_count` and `answered` (an office did)."""
    answers = Comment.objects.filter(shown(user))
    rows = Comment.objects.filter(proposal=proposal, parent=None).annotate(answer_count=_number(answers, "parent"))
    rows = rows.filter(shown(user) | Q(state=CommentState.DELETED, answer_count__gt=0))
    spoken = Comment.objects.filter(OFFICE, parent=OuterRef("pk"), state=CommentState.VISIBLE)
    rows = rows.annotate(answered=Exists(spoken) | Exists(Comment.objects.filter(OFFICE, pk=OuterRef("pk"))))
    return _dressed(rows, user).order_by("-answered", "-support", "-pk")


def answers_of(comments, user, limit=None):
    """The answers to some comments, offices first, then by time; at most `limit` to each."""
    rows = Comment.objects.filter(shown(user), parent__in=[c.pk for c in comments])
    rows = _dressed(rows, user).annotate(by_office=Exists(Comment.objects.filter(OFFICE, pk=OuterRef("pk"))))
    order = ["-by_office", "pk"]
    if limit:
        rows = rows.annotate(turn=Window(RowNumber(), partition_by=F("parent"), order_by=order)).filter(turn__lte=limit)
    return rows.order_by(*order)


def dress(comment, user):
    """Give a comment what pages show of it. Hidden and deleted ones lose their words here, before any template."""
    comment.by = office_name(comment) or (comment.author.name or "주민" if comment.author_id else LEFT)
    comment.is_office = bool(office_name(comment))
    comment.sign, comment.chip = STANCES.get(comment.stance, ("", ""))
    comment.is_shown = comment.state in (CommentState.VISIBLE, CommentState.WAITING)
    comment.is_own = user.is_authenticated and comment.author_id == user.pk
    comment.may_edit, comment.may_delete = may_edit(comment, user), may_delete(comment, user)
    if not comment.is_shown:
        comment.text, comment.by = "", ""
    comment.paragraphs = paragraphs(comment.text)
    return comment


def _attach(comments, user):
    """Give each comment its first answers, dressed."""
    found = {}
    for answer in answers_of(comments, user, FIRST_ANSWERS):
        found.setdefault(answer.parent_id, []).append(dress(answer, user))
    for comment in comments:
        dress(comment, user)
        comment.first_answers = found.get(comment.pk, [])
        comment.more_answers = comment.answer_count > len(comment.first_answers)
    return comments


def _counts(proposal):
    """(how many comments are visible, [(words, sign, chip, number)] of their stances); one query."""
    rows = Comment.objects.filter(proposal=proposal, state=CommentState.VISIBLE).values_list("stance").order_by()
    numbers = dict(rows.annotate(n=Count("pk")).values_list("stance", "n"))
    stances = [(s.label, *STANCES[s], numbers[s]) for s in Stance if numbers.get(s)]
    return sum(numbers.values()), stances


def section(request, proposal, form=None):
    """The comments of a proposal for its page (templates/forums/_comments.html). `form`: one that came back with errors."""
    user = request.user
    address = reverse("proposal_comments", args=[proposal.pk])
    paginator = Paginator(threads(proposal, user), PER_PAGE)
    # The proposal's page shows the first page; the others are at the comments' own address.
    page = paginator.get_page(request.GET.get("page") if request.path == address else 1)
    page.object_list = _attach(list(page.object_list), user)
    closed = comment_rules.closed(proposal)
    refusal = ("", "", "") if closed else comment_rules.refusal(user, proposal.get_absolute_url())
    if not closed and not refusal[0]:
        form = form or CommentForm(user=user)
    pages = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    count, stances = _counts(proposal)
    return Section(proposal, page, pages, count, stances, form, closed, refusal, address)


def thread(request, comment, form=None):
    """One comment with all its answers, for its own page."""
    user = request.user
    row = dress(_dressed(Comment.objects.filter(pk=comment.pk), user).get(), user)
    paginator = Paginator(answers_of([row], user), ANSWERS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = [dress(answer, user) for answer in page.object_list]
    closed = comment_rules.closed(comment.proposal)
    refusal = ("", "", "") if closed else comment_rules.refusal(user, reverse("comment", args=[row.pk]))
    if not closed and not refusal[0]:
        form = form or AnswerForm(user=user)
    pages = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"comment": row, "page": page, "pages": pages, "form": form, "closed": closed, "refusal": refusal}


def place(comment, user):
    """The address at which somebody sees a comment just now: the proposal's page, a later page of its comments, or its thread."""
    if comment.parent_id:
        rows, size = answers_of([comment.parent], user), ANSWERS_PER_PAGE
        address = first = reverse("comment", args=[comment.parent_id])
    else:
        rows, size = threads(comment.proposal, user), PER_PAGE
        first, address = comment.proposal.get_absolute_url(), reverse("proposal_comments", args=[comment.proposal_id])
    keys = list(rows.values_list("pk", flat=True))
    page = keys.index(comment.pk) // size + 1 if comment.pk in keys else 1
    return f"{first if page == 1 else f'{address}?page={page}'}#comment-{comment.pk}"


def own(user):
    """Somebody's own comments, newest first, without the deleted ones."""
    return (
        Comment.objects.filter(author=user)
        .exclude(state=CommentState.DELETED)
        .select_related("proposal")
        .order_by("-pk")
    )


# --- moderation ---------------------------------------------------------------------------------------------------
WAITING, REPORTED, HIDDEN = "waiting", "reported", "hidden"
QUEUES = {WAITING: "검토 기다림", REPORTED: "신고됨", HIDDEN: "가린 것"}


def queue(name):
    """Comments of one moderation queue, oldest first (hidden ones newest first)."""
    rows = Comment.objects.select_related("proposal", "author", "office").prefetch_related("reports")
    if name == WAITING:
        return rows.filter(state=CommentState.WAITING).order_by("pk")
    if name == HIDDEN:
        return rows.filter(state=CommentState.HIDDEN).order_by("-pk")
    reported = Report.objects.filter(comment=OuterRef("pk"), decision=Report.Decision.OPEN)
    return rows.exclude(state=CommentState.DELETED).filter(Exists(reported)).order_by("pk")


def queue_counts():
    """[(name, words, how many)] of the queues."""
    return [(name, label, queue(name).count()) for name, label in QUEUES.items()]
