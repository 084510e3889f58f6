"""A page opened under AppTest, within the frame that every session runs, and a runner that remembers what pages asked it for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core import i18n
from core.runs import runner as runners
from core.ui.pages import headers

ROOT = Path(__file__).resolve().parent.parent


def opener(folder: Path, timeout: float = 60) -> Callable[..., AppTest]:
    """A function that opens a page by its name and the values in its address. A script beside no folder "pages" starts it: AppTest would
    take ours for old-style pages."""
    frame = folder / "frame.py"
    frame.write_text(f"import runpy\nrunpy.run_path({str(ROOT / 'dashboard.py')!r})\n")
    pages = {header.name: header for header in headers()}

    def go(name: str, language: str = "en", **query: str) -> AppTest:
        if language in i18n.LANGUAGES:
            i18n.use(language)  # AppTest writes a widget's options out in the test's own thread
        app = AppTest.from_file(str(frame), default_timeout=timeout)
        app.query_params["lang"] = language
        if pages[name].section:
            app.run()
            app.switch_page(str(pages[name].path))
        for key, value in query.items():
            app.query_params[key] = value
        return app.run()

    return go


def remembering(monkeypatch: Any, runner: Any, **values: Any) -> dict[str, Any]:
    """Make a runner the one that pages ask, with these attributes instead of its own. Returns the specs of the runs that
    they open, by key."""
    specs: dict[str, Any] = {}
    opened, group = runner.open, runner.open_group

    def open_run(spec: Any, **more: Any) -> str:
        specs[spec.key] = spec
        return opened(spec, **more)

    def open_group(those: Any, **more: Any) -> list[str]:
        specs.update({spec.key: spec for spec in those})
        return group(those, **more)

    for name, value in {"open": open_run, "open_group": open_group, **values}.items():
        monkeypatch.setattr(runner, name, value)
    monkeypatch.setattr(runners, "_runner", runner)
    return specs
