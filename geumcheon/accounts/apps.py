from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "geumcheon.accounts"
    label = "accounts"
    verbose_name = "사용자와 부서"

    def ready(self):
        from geumcheon.accounts import rules  # noqa: F401 - registers who may
