from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = "투표"

    def ready(self):
        from budgets import reconciliation
        from voting import findings, rules, system_checks  # noqa: F401 - the last two register themselves

        reconciliation.more_findings.fill(findings.of_plan)
