from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "예산"

    def ready(self):
        from budgets import expenses, fragments, rules, tasks_exports  # noqa: F401 - rules registers who may, tasks_exports an export
        from councils import slots as council_slots
        from projects import slots as project_slots

        council_slots.meeting_expenses.fill(expenses.of_meetings)
        council_slots.log_sums.fill(fragments.log_sums)
        project_slots.project_amounts.fill(fragments.amounts)
        project_slots.project_page.fill(fragments.project_section)
        project_slots.project_print.fill(fragments.print_section)
