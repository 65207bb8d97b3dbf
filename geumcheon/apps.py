from django.apps import AppConfig


class GeumcheonConfig(AppConfig):
    name = "geumcheon"
    verbose_name = "포털"
