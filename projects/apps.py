from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "계획과 사업"

    def ready(self):
        from projects import rules  # noqa: F401 - registers who may
