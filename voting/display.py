"""What pages of the vote show of a round: its words, its times, its state. Nothing here counts a ballot."""

from datetime import timedelta

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone

from geumcheon.lib import clock, periods
from voting.models import Contest, Option, Round, RoundState

CHIPS = {
    RoundState.DRAFT: "",
    RoundState.FROZEN: "chip-blue",
    RoundState.OPEN: "chip-green",
    RoundState.CLOSED: "chip-yellow",
    RoundState.TALLIED: "chip-yellow",
    RoundState.PUBLISHED: "",
    RoundState.VOID: "chip-red",
}
WORDS = {
    RoundState.DRAFT: "준비 중",
    RoundState.FROZEN: "예정",
    RoundState.OPEN: "투표 중",
    RoundState.CLOSED: "마감 · 개표 준비",
    RoundState.TALLIED: "개표 마침 · 게시 준비",
    RoundState.PUBLISHED: "결과 게시",
    RoundState.VOID: "무효",
}


def rounds(user):
    """The rounds somebody may see, newest first, with papers and options."""
    return with_papers(Round.objects.visible_to(user))


def with_papers(found):
    """The rounds with papers and options at hand: three queries however many there are."""
    return _with(found, Option.objects.select_related("project__plan"))


def with_ballots(found):
    """As `with_papers`, for what a voter has in hand: options without the projects behind them."""
    return _with(found, Option.objects.all())


def _with(found, options):
    contests = Contest.objects.order_by("order").prefetch_related(Prefetch("options", options.order_by("number")))
    return found.prefetch_related(Prefetch("contests", contests))


def round_or_404(user, slug, papers=with_papers):
    """The round with its papers and options at hand."""
    found = papers(Round.objects.visible_to(user)).filter(slug=slug).first()
    if found is None:
        raise Http404("투표가 없습니다.")
    return found


def moment(when):
    """`2026. 5. 17.(일) 09:00`, midnight as the end of the day before: `2026. 5. 23.(토) 24:00`; "" for None."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    if (local.hour, local.minute) == (0, 0):
        return f"{periods.day_text(local.date() - timedelta(days=1))} 24:00"
    return f"{periods.day_text(local.date())} {local:%H:%M}"


def start_moment(when):
    """As `moment`, but midnight is the beginning of its own day."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    return f"{periods.day_text(local.date())} {local:%H:%M}"


def period(round):
    """`2020. 8. 31.(월) 09:00 ~ 2020. 9. 6.(일) 24:00`; the days alone where a document states no hours."""
    if round.opens_at is None or round.closes_at is None:
        return ""
    first, last = timezone.localtime(round.opens_at), timezone.localtime(round.closes_at)
    if round.from_totals:
        return f"{periods.day_text(first.date())} ~ {periods.day_text((last - timedelta(seconds=1)).date())}"
    return f"{start_moment(round.opens_at)} ~ {moment(round.closes_at)}"


def left(round):
    """How long an open round still runs: `D-3`, `오늘 18:00까지`; when a frozen one begins: `3일 뒤 시작`; else ""."""
    if round.opens_at is None or round.closes_at is None:
        return ""
    today = clock.today()
    if round.is_open:
        end = timezone.localtime(round.closes_at - timedelta(seconds=1))
        days = (end.date() - today).days
        text = timezone.localtime(round.closes_at)
        return f"D-{days}" if days else f"오늘 {text:%H:%M}까지".replace("00:00", "24:00")
    if round.state in (RoundState.FROZEN, RoundState.OPEN) and clock.now() < round.opens_at:
        days = (timezone.localtime(round.opens_at).date() - today).days
        return f"{days}일 뒤 시작" if days else "오늘 시작"
    return ""


def dress(round):
    """Give a round what pages show of it: `word`, `chip`, `period`, `left`, `papers_label`."""
    round.word, round.chip = WORDS[round.state], CHIPS[round.state]
    if round.state == RoundState.OPEN and not round.is_open:
        over = round.closes_at is not None and clock.now() >= round.closes_at
        round.word, round.chip = ("마감 · 개표 준비", "chip-yellow") if over else ("예정", "chip-blue")
    round.period, round.left = period(round), left(round)
    round.papers_label = papers_label(round)
    return round


def papers_label(round):
    """`투표지 2장: 8개 가운데 3개, 10개 가운데 3개`."""
    told = [f"{len(contest.options.all())}개 가운데 {contest.picks_label}" for contest in round.contests.all()]
    return f"투표지 {len(told)}장: {', '.join(told)}" if told else "투표지 준비 중"


def running():
    """The public rounds open at this moment, the one that ends first on top."""
    found = with_papers(Round.objects.visible()).filter(state=RoundState.OPEN).order_by("closes_at")
    return [dress(round) for round in found if round.is_open]
