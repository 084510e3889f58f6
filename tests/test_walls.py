"""The walls of the house: who may import what, and how large a module grows."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = [p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "app.py", ROOT / "dashboard.py"]
STREAMLIT_FLOORS = ("core/ui/", "pages/", "app.py", "dashboard.py")
WORKER_FLOORS = ("core/labs/", "core/models/", "core/training/")
FLOORS = ["core/frame.py", "core/i18n.py", "core/settings.py", "core/glossary.py", "core/samples", "core/specs", "core/maths", "core/data",
          "core/insight", "core/models", "core/training", "core/labs", "core/runs", "core/figures", "core/export",
          "core/ui", "pages"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def uses(path: Path, package: str) -> bool:
    return any(i == package or i.startswith(f"{package}.") for i in imports(path))


def offenders(wrong: Callable[[Path], object]) -> dict[str, object]:
    """The modules with which something is wrong, and what: one test for all of them, since a thousand tests cost half a minute."""
    return {name(path): found for path in CODE if (found := wrong(path))}


def test_only_the_upper_floors_import_streamlit():
    assert offenders(lambda path: not name(path).startswith(STREAMLIT_FLOORS) and uses(path, "streamlit")) == {}


def test_only_what_runs_in_workers_imports_tensorflow():
    def wrong(path: Path) -> list[str]:
        within_worker = name(path).startswith(WORKER_FLOORS) or name(path) == "core/runs/work.py"
        engine = ["tensorflow", "keras", "core.labs", "core.models", "core.training"]
        return [] if within_worker else [package for package in engine if uses(path, package)]

    assert offenders(wrong) == {}


def test_the_web_process_never_loads_tensorflow():
    """Everything that the server and its pages import, in a fresh process."""
    script = ("import sys\n"
              "import app, core.runs.runner, core.runs.routes, core.ui.lab, core.ui.controls, core.figures.feedforward, core.data.csv\n"
              "import core.ui.study\n"
              "from core.figures import studies\n"
              "[studies.study(name) for name in studies.names()]\n"
              "bad = [m for m in ('tensorflow', 'keras', 'sklearn', 'sympy', 'distributed', 'scipy') if m in sys.modules]\n"
              "sys.exit(', '.join(bad) or 0)")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_imports_point_down_only():
    def wrong(path: Path) -> list[str]:
        floor = next((i for i, f in enumerate(FLOORS) if name(path) == f or name(path).startswith(f + "/")), None)
        if floor is None:
            return []  # app.py and dashboard.py stand above all
        above = [f.removesuffix(".py").replace("/", ".") for f in FLOORS[floor + 1:]]
        if FLOORS[floor] == "core/runs":  # a pool loads the worker's side by name
            above = [f for f in above if f != "core.training"]
        return [f for f in above if uses(path, f)]

    assert offenders(wrong) == {}


def test_a_module_stays_below_300_lines():
    assert offenders(lambda path: (lines := len(path.read_text("utf-8").splitlines())) > 300 and lines) == {}


def test_every_relative_link_of_a_document_leads_somewhere():
    for document in ("README.md", "CONTRIBUTING.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text("utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []
