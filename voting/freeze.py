"""Before freezing: what is missing. At freezing: the manifest, everything that may not change any more, and its hash."""

from datetime import timedelta

from django.utils.timezone import localdate

from geumcheon.lib import clock
from voting import checks, keys, paper
from voting.counting import checkpoints, codes
from voting.counting.manifest import check_manifest
from voting.models import CommitteeScore, FundingRule, Level, TieStep

HOLDERS = 3


def missing(round_):
    """Sentences that name what still has to be done before the round can be frozen; [] when it is ready."""
    contests = list(round_.contests.prefetch_related("options").order_by("order"))
    found = _period(round_) + _people(round_)
    if not contests:
        found.append("투표용지가 없습니다.")
    if round_.has_paper and (reason := paper.cannot_meet(round_)):
        found.append(reason)
    for contest in contests:
        found += _paper(round_, contest)
    if not round_.tie_ladder:
        found.append("동점일 때 순서를 정해 주세요.")
    if round_.committee_weight or TieStep.SCORE in round_.tie_ladder:
        scored = CommitteeScore.objects.filter(option__contest__round=round_).count()
        if scored < sum(len(contest.options.all()) for contest in contests):
            found.append("심사 점수가 없는 선택지가 있습니다.")
    return found + _keys(round_)


def _period(round_):
    if not (round_.opens_at and round_.closes_at):
        return ["투표 기간을 적어 주세요."]
    found = [] if round_.closes_at > clock.now() else ["닫는 때가 이미 지났습니다."]
    if round_.objection_until is None:
        found.append("이의 신청 마지막 날을 적어 주세요.")
    elif round_.objection_until <= localdate(round_.closes_at - timedelta(microseconds=1)):
        found.append("이의 신청 마지막 날은 투표가 끝난 날보다 뒤여야 합니다.")
    return found


def _people(round_):
    found = [] if round_.bases else ["투표할 수 있는 사람을 골라 주세요."]
    if not round_.is_rehearsal and (reason := checks.cannot(round_.level)):
        found.append(reason)
    if not round_.is_rehearsal and round_.level == Level.ROLL and not round_.roll.exists():
        found.append("명부를 올려 주세요.")
    return found


def _paper(round_, contest):
    options, found = list(contest.options.all()), []
    if contest.max_picks > len(options):
        found.append(f"‘{contest.title}’은(는) {contest.max_picks}개를 고르는데 선택지가 {len(options)}개입니다.")
    unlinked = [option for option in options if not (option.project_id or option.proposal_id)]
    if unlinked and not round_.is_rehearsal:
        found.append(f"‘{contest.title}’에 사업이나 제안과 이어지지 않은 선택지가 {len(unlinked)}개 있습니다.")
    if round_.funding_rule == FundingRule.SEATS:
        if not contest.seats or contest.seats > len(options):
            found.append(f"‘{contest.title}’에서 뽑는 수를 선택지 수 안에서 적어 주세요.")
    elif not contest.budget_krw:
        found.append(f"‘{contest.title}’의 예산을 적어 주세요.")
    if (round_.funding_rule != FundingRule.SEATS or TieStep.COST in round_.tie_ladder) and any(
        not option.cost_krw for option in options
    ):
        found.append(f"‘{contest.title}’에 사업비가 없는 선택지가 있습니다.")
    if TieStep.EARLIER in round_.tie_ladder and any(not option.decided_on for option in options):
        found.append(f"‘{contest.title}’에 분과에서 정한 날이 없는 선택지가 있습니다.")
    return found


def _keys(round_):
    if not round_.sealed:
        return []
    if not round_.public_key:
        return ["열쇠를 만들어 주세요(round_keys 명령)."]
    return [
        f"{holder.office}의 열쇠 조각을 아직 확인하지 않았습니다."
        for holder in round_.key_holders.all()
        if holder.proved_at is None
    ] + ([] if round_.key_holders.count() == HOLDERS else [f"열쇠 보관자는 {HOLDERS}명이어야 합니다."])


def make_manifest(round_):
    """Everything that may not change any more (voting.counting.manifest's form, with our own keys beside). Makes the round's secrets."""
    keys.make_secrets(round_)
    manifest = {
        "version": codes.VERSION,
        "round": round_.slug,
        "title": round_.title,
        "rehearsal": round_.is_rehearsal,
        "opens_at": round_.opens_at.isoformat(),
        "closes_at": round_.closes_at.isoformat(),
        "level": round_.level,
        "bases": list(round_.bases),
        "birth_years": [round_.min_birth_year, round_.max_birth_year],
        "channels_meet": round_.channels_meet,
        "has_paper": round_.has_paper,
        "objection_until": round_.objection_until.isoformat() if round_.objection_until else None,
        "mix": {"every_minutes": round_.mix_every_minutes, "min_voters": round_.mix_min_voters},
        "signing_key": checkpoints.verify_key(keys.signing_seed(round_)).hex(),
        "public_key": round_.public_key if round_.sealed else None,
        "key_holders": [holder.office for holder in round_.key_holders.all()],
        "tie_ladder": list(round_.tie_ladder),
        "weights": {"votes": round_.vote_weight, "scores": round_.committee_weight}
        if round_.committee_weight
        else None,
        "equal_shares_step": round_.share_step_krw,
        "contests": [_contest(round_, contest) for contest in round_.contests.order_by("order")],
    }
    check_manifest(manifest)
    return manifest


def changed_papers(round_):
    """Titles of the papers whose rows no longer say what was frozen. Which project an option leads to is no part of what is voted on."""
    frozen = {told["id"]: _voted_on(told) for told in round_.read_manifest()["contests"]}
    now = {told["id"]: _voted_on(told) for told in (_contest(round_, c) for c in round_.contests.order_by("order"))}
    return [
        (frozen.get(ref) or now[ref])["title"] for ref in sorted({*frozen, *now}) if frozen.get(ref) != now.get(ref)
    ]


def _voted_on(contest):
    return contest | {"options": [option | {"project": None} for option in contest["options"]]}


def _contest(round_, contest):
    contest.round = round_
    rule = None if round_.funding_rule == FundingRule.SEATS else round_.funding_rule
    options = contest.options.select_related("committee", "project__plan").order_by("number")
    return {
        "id": contest.ref,
        "title": contest.title,
        "min_picks": contest.min_picks,
        "max_picks": contest.max_picks,
        "budget": contest.budget_krw,
        "seats": contest.seats if rule is None else None,
        "funding_rule": rule,
        "options": [_option(option) for option in options],
    }


def _option(option):
    committee = getattr(option, "committee", None)
    return {
        "number": option.number,
        "title": option.title,
        "description": option.description,
        "cost": option.cost_krw,
        "score": committee.score if committee else None,
        "decided_on": option.decided_on.isoformat() if option.decided_on else None,
        "project": f"{option.project.plan.year}-{option.project.number}" if option.project_id else None,
    }
