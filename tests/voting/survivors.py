"""A round in a database that will be crashed, in processes of its own; each prints JSON.

`python -m tests.voting.survivors make` opens a real round, `… count SLUG SHARE SHARE` closes it, opens every ballot and tells what is there.
"""

import json
import sys


def make():
    """An open, sealed round over the projects of a made-up plan: its slug, refs of its papers and shares of its key."""
    from projects.models import Plan, PlanStatus, Project, ProjectGroup
    from tests.voting.booth import make_round

    plan = Plan.objects.create(year=2021, title="계획", status=PlanStatus.PUBLISHED)
    group = ProjectGroup.objects.create(plan=plan, name="구분", order=1)
    for number in range(1, 11):
        Project.objects.create(plan=plan, group=group, number=number, name=f"사업 {number}", summary="골목을 고칩니다.")
    round_ = make_round()
    refs = {contest.order: contest.ref for contest in round_.contests.all()}
    return {"slug": round_.slug, "papers": refs, "shares": round_.shares}


def count(slug, *shares):
    """Participations, and the leaves of each paper; the tally stops on a ballot that does not open."""
    from voting import actions, tally
    from voting.models import Participation, Round, UrnBallot

    round_ = Round.objects.get(slug=slug)
    tally.tally(round=actions.close_round(round=round_, early=True), shares=shares)
    leaves = {
        contest.order: sorted(UrnBallot.objects.filter(contest=contest).values_list("leaf", flat=True))
        for contest in round_.contests.all()
    }
    return {"voters": Participation.objects.filter(round=round_).count(), "leaves": leaves}


def main(what, *arguments):
    import django

    django.setup()
    print(json.dumps({"make": make, "count": count}[what](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
