"""Triggers that hold after freezing, and tables without a hidden row number on SQLite."""

from django.db import migrations

from voting.triggers import install, uninstall


class Migration(migrations.Migration):
    dependencies = [("voting", "0001_initial")]

    operations = [migrations.RunPython(install, uninstall)]
