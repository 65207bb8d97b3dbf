"""Pages of notices (공지사항): what runs first, then what comes, then the rest by day of publication."""

import re

from django.core.paginator import Paginator
from django.db.models import Case, DateField, F, IntegerField, Q, Value, When
from django.shortcuts import get_object_or_404, render
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from councils.models import Notice, NoticeKind
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock, periods
from geumcheon.lib.filters import FilterForm, pick, pick_row

PER_PAGE = 20
RUNNING, COMING, REST = 0, 1, 2
STATE_CHIPS = {"예정": "chip-blue", "진행 중": "chip-green", "끝남": ""}

# Signs an address may hold. Hangul ends one: `https://example.org에서` is an address and a particle.
_ADDRESS = re.compile(r"https?://[!#-&(-;=?-~]+")
_PARAGRAPHS = re.compile(r"\n\s*\n")


class NoticeFilter(FilterForm):
    """GET filters of the notices."""

    kind = pick("종류", NoticeKind.choices)
    dong = pick_row("동", Dong.objects.all())

    def apply(self, notices):
        """The notices that the valid filters leave; those of a dong include those of the whole district."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("kind"):
            notices = notices.filter(kind=wanted["kind"])
        if wanted.get("dong"):
            notices = for_dong(notices, wanted["dong"])
        return notices


def for_dong(notices, dong):
    """Notices for one dong and for the whole district."""
    return notices.filter(Q(dongs=dong) | Q(dongs__isnull=True))


def in_order(notices, day):
    """The notices with `rank` on `day`: running ones by their end, coming ones by their start, the rest newest first."""
    dated = Q(starts_on__isnull=False) | Q(ends_before__isnull=False)
    rank = Case(
        When(dated & periods.covering(day), then=Value(RUNNING)),
        When(starts_on__gt=day, then=Value(COMING)),
        default=Value(REST),
        output_field=IntegerField(),
    )
    turn = Case(
        When(rank=RUNNING, then=F("ends_before")), When(rank=COMING, then=F("starts_on")), output_field=DateField()
    )
    found = notices.annotate(rank=rank).annotate(turn=turn)
    return found.order_by("rank", F("turn").asc(nulls_last=True), "-published_on", "-pk")


def open_for(dong, day):
    """Visible notices for a dong or the whole district that run or will run, in order."""
    return in_order(for_dong(Notice.objects.visible(day), dong), day).filter(rank__lt=REST)


def dress(notice, day):
    """Give a notice what pages show of it on `day`: `state`, `chip`, `countdown` and `period`."""
    notice.state = notice.state_on(day)
    notice.chip = STATE_CHIPS.get(notice.state, "")
    notice.countdown = countdown(notice, day)
    notice.period = period_text(notice)
    return notice


def countdown(notice, day):
    """`D-5` days to the last day of what runs, `오늘까지` on it, `3일 뒤 시작` before; "" otherwise."""
    if notice.state_on(day) == "예정":
        return f"{(notice.starts_on - day).days}일 뒤 시작"
    if notice.state_on(day) != "진행 중" or notice.last_day is None:
        return ""
    left = (notice.last_day - day).days
    return f"D-{left}" if left else "오늘까지"


def period_text(notice):
    """The period as officials write it: `2021. 5. 17.(월) ~ 2021. 5. 28.(금)`, no line broken inside a day; "" without one."""
    first, last = (periods.day_text(day).replace(" ", "\u00a0") for day in (notice.starts_on, notice.last_day))
    if first == last:
        return first
    return f"{first} ~ {last}" if first and last else f"{first}부터" if first else f"{last}까지"


def paragraphs(text):
    """The text as safe HTML paragraphs: empty lines part them, http(s) addresses become links, everything else is text."""
    parts = [part.strip("\n") for part in _PARAGRAPHS.split(text.replace("\r\n", "\n")) if part.strip()]
    return [mark_safe("<br>".join(_linked(line) for line in part.split("\n"))) for part in parts]  # noqa: S308


def _linked(line):
    pieces, at = [], 0
    for found in _ADDRESS.finditer(line):
        url = found[0].rstrip(".,;:!?")
        if url.endswith(")") and "(" not in url:
            url = url.rstrip(").,;:!?")
        pieces += [
            escape(line[at : found.start()]),
            format_html('<a href="{}" rel="nofollow noopener">{}</a>', url, url),
        ]
        at = found.start() + len(url)
    return "".join([*pieces, escape(line[at:])])


def notices(request):
    """Every notice that may be read today, with filters."""
    today = clock.today()
    form = NoticeFilter(request.GET)
    found = in_order(form.apply(Notice.objects.visible(today)), today).prefetch_related("dongs")
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    for notice in page.object_list:
        dress(notice, today)
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "councils/notices.html", context)


def notice(request, pk):
    """One notice. What is not public yet is shown to those who may write it, marked as such."""
    today = clock.today()
    found = Notice.objects.prefetch_related("dongs")
    if not request.user.has_perm("councils.change_notice"):
        found = found.visible(today)
    notice = dress(get_object_or_404(found, pk=pk), today)
    context = {
        "notice": notice,
        "paragraphs": paragraphs(notice.text),
        "hidden": notice.published_on is None or notice.published_on > today,
        "outside": notice.link.startswith("https://"),
    }
    return render(request, "councils/notice.html", context)
