from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "예산"

    def ready(self):
        from budgets import rules  # noqa: F401 - registers who may
