"""Take away: the run's numbers, arrays, model, film, program and report, as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from core.export import animation, clouds, gallery, report, tables
from core.export.program import program
from core.i18n import N_, _, language
from core.runs.runner import get_runner
from core.ui.address import link
from core.ui.language import speaking
from core.ui.tools import Bench
from core.ui.tools.history import zone

# Whatever goes wrong in a file that is made when its button is pressed, Streamlit says so in one English sentence of its own.
REFUSED = "stDownloadButtonError"
MODELS = {"generator": N_("Generator (.keras)"), "discriminator": N_("Discriminator (.keras)")}  # of runs that end with several
FAILED = """<style>
  .st-key-%(place)s [data-testid="%(refused)s"] { font-size: 0; }
  .st-key-%(place)s [data-testid="%(refused)s"]::after { content: "%(said)s"; font-size: 0.875rem; }
</style>"""


def draw(bench: Bench) -> None:
    runner, spec, view, key = get_runner(), bench.spec, bench.state.view, bench.run
    end = runner.result(key)
    if end is None:
        bench.later(_("The files are made once the run has ended."))
        return
    st.caption(_("Everything is made from the run on screen when you press. A figure alone, as a picture or a table: the dots in its "
                 "corner."))
    templates, title, address = bench.figures(), bench.title, link({**spec.to_query(), **view.to_query(), "lang": language()})
    plane = next((t for t in templates if any(b.kind == "heatmap" for b in t.bindings)), None)
    frames = [record for record in runner.records(key) if record.kind == "frame"]
    filmed = plane is not None and any(plane.bindings[0].source[0] in frame.arrays for frame in frames)
    made = next((t.bindings[0] for t in templates if t.id == "fakes"), None)  # pictures that a run has made
    arena = next((t for t in templates if any(b.kind == "duel" for b in t.bindings)), None)  # points that it has made
    answers = bench.state.lesson is None or bench.state.lesson.answers
    now = datetime.now(zone()).strftime("%Y-%m-%d %H:%M")

    def write_report() -> bytes:
        text = program(spec)
        return report.report(spec, runner.records(key), templates, title=title, date=now, view=view, address=address, program=text,
                             answers=answers).encode()

    def film() -> bytes:
        assert plane is not None
        return animation.gif(tables.frames_of(runner.records(key)), plane, runner.rows(key), spec.score)

    def pictures() -> bytes:
        if arena is not None:
            return clouds.png(tables.frames_of(runner.records(key))[-1], arena, runner.rows(key), spec.score)
        assert made is not None
        return gallery.png(frames[-1].arrays[made.source[0]], made.options["columns"])

    def moving() -> bytes:
        if arena is not None:
            return clouds.gif(tables.frames_of(runner.records(key)), arena, runner.rows(key), spec.score)
        assert made is not None
        return gallery.gif(tables.frames_of(runner.records(key)), made.source[0], runner.rows(key), spec.score,
                           columns=made.options["columns"])

    def model(**which: str) -> bytes:
        return runner.ask(key, "model", arguments=which)["file"].tobytes()

    makers: dict[str, tuple[str, str, str, Callable[[], bytes]]] = {
        "html": (_("Report (HTML)"), "summarize", "text/html", write_report),
        "csv": (_("Metrics (CSV)"), "table", "text/csv", lambda: tables.metrics_csv(runner.rows(key)).encode()),
        "npz": (_("Arrays (NPZ)"), "data_array", "application/octet-stream",
                lambda: tables.arrays_npz(tables.frames_of(runner.records(key)))),
        "keras": (_("Model (.keras)"), "hub", "application/octet-stream", model),
        **{f"{which}.keras": (_(MODELS[which]), "hub", "application/octet-stream", partial(model, of=which))
           for which in getattr(spec, "models", ())},
        "png": (_("Fakes (PNG)") if arena is None else _("Real and fake (PNG)"), "image", "image/png", pictures),
        "gif": (_("Film (GIF)"), "movie", "image/gif", film if filmed else moving),
    }
    st.html(FAILED % {"place": f"{bench.state.name}-take", "refused": REFUSED,
                      "said": _("The file could not be made just now. Press again in a few seconds.").replace('"', '\\"')})
    pictured = bool(frames) and (made or arena) is not None
    left_out = {"keras": not frames or hasattr(spec, "models"), "png": not pictured, "gif": not filmed and not pictured,
                **{f"{which}.keras": not frames for which in MODELS}}
    with st.container(horizontal=True, key=bench.key("take")):
        for ending, (label, icon, mime, make) in makers.items():
            if not left_out.get(ending):
                st.download_button(label, speaking(make), f"{bench.state.name}.{ending}", mime, key=bench.key(f"take:{ending}"),
                                   icon=f":material/{icon}:", on_click="ignore")
    if not frames:
        st.caption(_("The run ended before its first picture, so there are no figures."))
    else:
        st.caption(_("Of a network of more than 4,096 weights a .keras file has each to about three digits, as the figures have; the "
                     "program trains them whole. From the fourth digit on their losses may differ."))
