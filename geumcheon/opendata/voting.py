"""Lists about votes: published rounds and their results. Never a ballot, and nothing before publishing."""

from django.utils.timezone import localtime

from geumcheon.lib.money import percent
from geumcheon.opendata.dataset import Dataset, columns, number
from projects.models import Plan
from voting.models import Contest, ContestResult, Option, OptionResult, Round, Tally, Turnout


def _rounds():
    return Round.objects.visible().with_results().order_by("opens_at", "slug")


def vote_rounds():
    """A round of totals knows no channels: null."""
    for round_ in _rounds().select_related("tally", "plan").prefetch_related("turnout"):
        channels = [f"{t.label} {t.voters}" for t in round_.turnout.all() if t.by == Turnout.By.CHANNEL]
        voters = round_.stated_voters if round_.from_totals else round_.tally.results["voters"]
        yield (
            round_.slug, round_.title, localtime(round_.opens_at), localtime(round_.closes_at), round_.get_state_display(), voters,
            "; ".join(channels) or None, round_.plan.year if round_.plan_id else None, round_.manifest_hash or None, round_.source or None,
        )  # fmt: skip


VOTE_ROUNDS = Dataset(
    name="vote_rounds",
    title="투표",
    description="결과를 게시한 투표마다 기간, 상태, 투표자 수를 적습니다. 합계만 남은 옛 투표는 방법별 수가 비어 있습니다.",
    columns=columns(
        ("slug", "주소 이름", "투표의 짧은 이름"),
        ("title", "제목", "투표의 이름"),
        ("opens_at", "여는 때", "이때부터"),
        ("closes_at", "닫는 때", "이때 전까지"),
        ("state", "상태", "게시한 투표만 있습니다"),
        ("voters", "투표자", "투표한 사람 수"),
        ("by_channel", "방법별 투표자", "온라인, 종이, 현장 도움. 5명이 안 되는 칸은 합칩니다. 자료가 없으면 빔"),
        ("plan_year", "계획 연도", "이 투표로 사업을 정한 계획"),
        ("manifest_hash", "확정 문서 해시", "규칙과 선택지를 확정한 문서의 SHA-256. 옛 투표는 빔"),
    ),
    rows=vote_rounds,
    tables=(Round, Turnout, Tally, Plan),
    listed=_rounds,
)


def _options():
    return Option.objects.filter(contest__round__in=_rounds()).order_by(
        "contest__round__opens_at", "contest__round__slug", "contest__order", "number"
    )


def vote_results():
    """Ranks and both percentages are computed from the votes (one decimal, half up)."""
    contests = Contest.objects.filter(round__in=_rounds()).select_related("round", "result")
    for contest in contests.order_by("round__opens_at", "round__slug", "order").prefetch_related("options__result"):
        options = sorted(contest.options.all(), key=lambda option: option.number)
        votes = [option.result.votes for option in options]
        for option in options:
            own = option.result.votes
            yield (
                contest.round.slug, contest.round.basis, contest.title, option.number, option.title, own,
                1 + sum(v > own for v in votes), votes.count(own) > 1, number(percent(own, contest.result.ballots)),
                number(percent(own, sum(votes))), option.cost_krw, contest.source or None,
            )  # fmt: skip


VOTE_RESULTS = Dataset(
    name="vote_results",
    title="투표 결과",
    description="게시한 투표의 선택지마다 득표와 순위, 두 가지 비율을 적습니다. basis가 totals인 투표는 합계만 남아 있습니다.",
    columns=columns(
        ("round_slug", "투표", "투표의 짧은 이름"),
        ("basis", "집계 바탕", "ballots(표에서 셈) 또는 totals(합계만 남음)"),
        ("contest", "투표용지", "투표용지의 이름"),
        ("option_number", "번호", "선택지의 번호"),
        ("option", "선택지", "선택지의 이름"),
        ("votes", "득표", "받은 표"),
        ("rank", "순위", "더 많이 받은 선택지 수에 1을 더한 값"),
        ("tied", "공동", "같은 득표가 또 있으면 예"),
        ("percent_of_voters", "투표자 비율(%)", "투표한 사람 가운데 고른 사람, 소수 첫째 자리"),
        ("percent_of_choices", "득표 비율(%)", "모든 득표 가운데, 소수 첫째 자리"),
        ("cost_krw", "사업비(원)", "투표할 때 적힌 사업비"),
    ),
    rows=vote_results,
    tables=(OptionResult, ContestResult, Option, Contest, Round),
    listed=_options,
)
