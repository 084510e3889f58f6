"""The walls of the house: who may import what, and how large a module grows."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = [p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "app.py", ROOT / "dashboard.py"]
STREAMLIT_FLOORS = ("core/ui/", "pages/", "app.py", "dashboard.py")
WORKER_FLOORS = ("core/labs/", "core/models/", "core/training/")
# What reads a formula knows of no spec, and specs hold what is typed: these stand together below core/specs.
FORMULAS = "|".join(f"core/maths/{part}" for part in ("activations", "writing", "tree", "bounds", "expressions", "entries"))
FLOORS = ["core/frame", "core/i18n", "core/settings", "core/glossary", "core/samples", FORMULAS, "core/specs", "core/maths", "core/data",
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


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_the_upper_floors_import_streamlit(path):
    assert name(path).startswith(STREAMLIT_FLOORS) or not uses(path, "streamlit")


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_what_runs_in_workers_imports_tensorflow(path):
    engine = ["tensorflow", "keras", "core.labs", "core.models", "core.training"]
    within_worker = name(path).startswith(WORKER_FLOORS) or name(path) == "core/runs/work.py"
    assert within_worker or not [package for package in engine if uses(path, package)]


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


def floor(module: str) -> int | None:
    """Of a module, or of something in it, by its path without a suffix; None: it stands above all, or is not ours."""
    return next((i for i, f in enumerate(FLOORS) if re.match(rf"({f})(/|$)", module)), None)


@pytest.mark.parametrize("path", CODE, ids=name)
def test_imports_point_down_only(path):
    here = floor(name(path).removesuffix(".py"))
    if here is None:
        return  # app.py and dashboard.py stand above all
    free = ["core/training"] if FLOORS[here] == "core/runs" else []  # a pool loads the worker's side by name
    used = [module.replace(".", "/") for module in imports(path)]
    assert not [module for module in used if (floor(module) or 0) > here and FLOORS[floor(module)] not in free]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_stays_below_300_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_every_relative_link_of_a_document_leads_somewhere():
    for document in ("README.md", "CONTRIBUTING.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text("utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []
