from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "계획과 사업"

    def ready(self):
        from councils import slots
        from projects import fragments, rules  # noqa: F401 - rules registers who may

        slots.body_page.fill(fragments.body_projects)
