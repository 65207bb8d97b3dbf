"""Count a Pabulib file and print what a rule would choose."""

import json
from fractions import Fraction

from django.core.management.base import BaseCommand, CommandError

from voting.counting.errors import CountingError
from voting.counting.funding import equal_shares, greedy, plain
from voting.counting.pabulib import read_pb
from voting.counting.ranks import Step, count_picks, rank_lines

RULES = ("votes", "greedy", "equal-shares")
NAMES = {"votes": "득표순(예산을 넘으면 멈춤)", "greedy": "득표순(넘는 것은 건너뜀)", "equal-shares": "균등 몫"}


class Command(BaseCommand):
    help = (
        "Pabulib(.pb) 파일을 집계합니다. votes: 득표순으로 담다가 예산을 넘는 첫 사업에서 멈춤. greedy: 넘는 사업은 건너뜀. "
        "equal-shares: 균등 몫, 모두의 몫을 --step씩 올려 예산을 넘기 바로 앞의 묶음. 어떤 추첨에서나 뽑히는 것이 selected, 추첨에 달린 것이 tied입니다."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--rule", choices=RULES, required=True)
        parser.add_argument("--json", action="store_true", dest="as_json", help="JSON으로 출력")
        parser.add_argument("--step", default="1", help="균등 몫에서 한 사람의 몫을 올리는 걸음. 기본 1")
        parser.add_argument(
            "--utility",
            choices=["cardinality", "cost"],
            default="cardinality",
            help="균등 몫의 효용. 기본은 뽑힌 사업의 수",
        )
        parser.add_argument("--ties", choices=["cost"], help="동점이면 비용이 적은 쪽. 없으면 동점으로 남깁니다")

    def handle(self, *, file, rule, as_json, step, utility, ties, **options):
        try:
            told = tally(read_pb(file), rule, step=Fraction(step), utility=utility, cheaper_first=ties == "cost")
        except OSError as error:
            raise CommandError(f"{file}을(를) 읽을 수 없습니다: {error.strerror}") from None
        except CountingError as error:
            raise CommandError(f"{file}: {error}") from None
        except (ValueError, ZeroDivisionError):
            raise CommandError(f"걸음은 0보다 큰 수입니다: {step}") from None
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for line in told["results"]:
            mark = "선정" if line["id"] in told["selected"] else "동점" if line["id"] in told["tied"] else ""
            self.stdout.write(f"{line['rank']}위  {line['id']}  {line['votes']:,}표  {mark}".rstrip())
        self.stdout.write(f"{NAMES[rule]}: {len(told['selected'])}개, 비용 {told['cost']:,}")


def tally(pb, rule, *, step=1, utility="cardinality", cheaper_first=False):
    """{"results", "selected", "cost", "tied"} of a Pabulib. Raises CountingError."""
    costs, picks = pb.costs(), pb.picks()
    votes = count_picks(picks, costs)
    ladder = [Step("cost", costs, high_first=False)] if cheaper_first else []
    if rule == "equal-shares":
        outcome = equal_shares(picks, costs, pb.budget(), step, ladder, utility)
    else:
        outcome = {"votes": plain, "greedy": greedy}[rule](votes, costs, pb.budget(), ladder)
    return {
        "results": [
            {"id": line.option, "votes": line.votes, "rank": line.rank} for line in rank_lines(votes, len(picks))
        ],
        "selected": list(outcome.selected),
        "cost": outcome.cost if isinstance(outcome.cost, int) else float(outcome.cost),
        "tied": list(outcome.tied),
    }
