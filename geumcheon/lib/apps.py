from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "geumcheon.lib"
    label = "lib"
