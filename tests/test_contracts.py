"""What holds for the whole house: imports, migrations, templates, sizes, no inline script, no foreign address."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
OURS = ["geumcheon", "councils", "projects", "budgets", "forums", "voting", "tests", "benchmarks", "deploy"]
MAX_LINES = 400

PYTHON = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(
    path for folder in ["templates", *OURS] for path in (ROOT / folder).rglob("templates/**/*.html")
) + sorted((ROOT / "templates").rglob("*.html"))

FORBIDDEN_IN_TEMPLATES = {
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/(?:ld\+)?json)", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"\sstyle\s*=", re.I),
    "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "script or style from another host": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.I
    ),
}


def short(path):
    return str(path.relative_to(ROOT))


def test_models_have_their_migrations(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def lint_imports(folder):
    """Run the import contracts of pyproject.toml in a folder."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)


def test_imports_run_one_way():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_import_against_the_direction_is_seen(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for app in ("geumcheon", "councils", "projects", "budgets", "forums", "voting"):
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("data", "__pycache__"))
    (tmp_path / "councils" / "wrong.py").write_text("import projects.models\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "councils.wrong -> projects.models" in result.stdout


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_template_compiles(path):
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_template_brings_no_script_or_style_of_its_own(path):
    # Addresses built by a template tag are the portal's own; comments are not sent.
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
    found = [name for name, pattern in FORBIDDEN_IN_TEMPLATES.items() if pattern.search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("inline script", "<script>alert(1)</script>"),
        ("inline script", '<script type="module">x</script>'),
        ("style element", "<style>a{}</style>"),
        ("style attribute", '<p style="color:red">'),
        ("event attribute", '<p onclick="x()">'),
        ("javascript address", '<a href="javascript:x()">'),
        ("script or style from another host", '<script src="https://cdn.example/x.js"></script>'),
        ("script or style from another host", "<link rel=stylesheet href='//cdn.example/x.css'>"),
    ],
)
def test_forbidden_markup_is_seen(name, text):
    assert FORBIDDEN_IN_TEMPLATES[name].search(text)


def test_allowed_markup_passes():
    text = '<script src="{% static "x.js" %}" defer></script><a href="https://law.go.kr">법령</a><p class="style=x">'
    assert [name for name, pattern in FORBIDDEN_IN_TEMPLATES.items() if pattern.search(text)] == []


def test_python_files_stay_readable():
    long = {
        short(path): count
        for path in PYTHON
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    long.pop("voting/verifier.py", None)  # one file, so that anybody can take it along and run it alone
    assert long == {}


def test_every_test_folder_is_a_package():
    # Without it tests/councils hides the app of that name.
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [short(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_requirements_are_pinned_and_explained():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line.startswith(("#", "-r ")):
                continue
            assert re.fullmatch(r"[A-Za-z0-9_.\-]+(\[[a-z,]+\])?==\S+\s+# .+", line), f"{name}: {line}"
