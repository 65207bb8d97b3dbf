from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "협치회의"

    def ready(self):
        from councils import imports, rules  # noqa: F401 - an import; who may
