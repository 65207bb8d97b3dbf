from django.apps import AppConfig


class GeumcheonConfig(AppConfig):
    name = "geumcheon"
    verbose_name = "포털"

    def ready(self):
        from geumcheon.opendata import bundle  # noqa: F401 - registers an export
        from geumcheon.search import refresh  # noqa: F401 - fills a slot
