"""Compare what a plan prints with what its rows give."""

import json

from django.core.management.base import BaseCommand, CommandError

from budgets.reconciliation import reconcile
from geumcheon.lib.exports import json_value
from geumcheon.lib.money import quantity
from projects.models import Plan

KEYS = ("kind", "key", "label", "where", "unit", "stated", "computed", "difference", "matches", "note", "source")


class Command(BaseCommand):
    help = "계획에 적힌 수와 행에서 계산한 수를 견줍니다."

    def add_arguments(self, parser):
        parser.add_argument("year", type=int)
        parser.add_argument("--json", action="store_true", help="모든 대조를 JSON 목록으로 냅니다.")
        parser.add_argument("--all", action="store_true", help="맞는 것도 보입니다.")

    def handle(self, *, year, **options):
        plan = Plan.objects.filter(year=year).first()
        if plan is None:
            raise CommandError(f"{year}년 계획이 없습니다.")
        findings = reconcile(plan)
        if options["json"]:
            rows = [{"plan_year": year, **{key: getattr(finding, key) for key in KEYS}} for finding in findings]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1, default=json_value))
            return
        for finding in findings:
            if options["all"] or finding.matches is False:
                self.stdout.write(_sentence(finding))
        wrong = sum(1 for finding in findings if finding.matches is False)
        unknown = sum(1 for finding in findings if finding.matches is None)
        self.stdout.write(
            f"대조 {len(findings)}건: 다름 {wrong}, 같음 {len(findings) - wrong - unknown}, 계산할 행 없음 {unknown}."
        )


def _sentence(finding):
    def show(value):
        if value is None:
            return "–"
        return value if isinstance(value, str) else f"{quantity(value)}{finding.unit}"

    mark = {True: "=", False: "≠", None: "?"}[finding.matches]
    parts = f"{finding.kind_label} | {finding.label} | {finding.where} | 적힌 {show(finding.stated)} {mark} 계산 {show(finding.computed)}"
    if finding.difference:
        parts += f" | 차이 {show(finding.difference)}"
    return parts + (f" | {finding.note}" if finding.note else "") + f" | {finding.source}"
