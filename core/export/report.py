"""A run as one HTML file: it opens from a disk, needs no network, and prints.

Figures come from the page's own templates. plotly.js goes in once, from the plotly package, whose Python side is not imported (it
would cost the web process 30 MB). The network diagram becomes plain SVG: it is not asked anything here, and scales with the page.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from core.export.tables import Row, best_row, frames_of, measures, number, rows_of, value_of
from core.figures import theme
from core.figures.template import Template, apply, numbers, text
from core.frame import End, Frame, Record
from core.glossary import plain
from core.i18n import _, language, say
from core.insight.doctor import diagnose, sentences
from core.specs.base import Score, Spec, versions

WIDE = 440  # pixels; a figure of the first row is as high as this, being alone in its row

# The page may load nothing, whatever is in it; plotly.js draws heatmaps as pictures of its own.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
STYLE = """
:root { color-scheme: light dark; --ink: #1a1f26; --muted: #5b6570; --paper: #fff; --line: #d9dee4; --mark: #eef5fb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9edf1; --muted: #9aa5b1; --paper: #0f1317; --line: #2e353d; --mark: #16222d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 16px 48px; max-width: 734px; color: var(--ink); background: var(--paper);
  font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 26px; line-height: 1.25; margin: 0; } h2 { font-size: 18px; margin: 32px 0 8px; }
.quiet { color: var(--muted); } a { color: inherit; }
.broken { border-left: 4px solid #d55e00; padding: 4px 12px; margin: 16px 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 6px; }
th { font-weight: 600; } tbody th { font-weight: 400; color: var(--muted); width: 45%; } tr { border-bottom: 1px solid var(--line); }
tr.changed { background: var(--mark); } tr.changed th, tr.changed td { color: var(--ink); font-weight: 600; }
td small { font-weight: 400; color: var(--muted); }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
figure { margin: 0; padding: 10px; background: #fff; color: #1a1f26; color-scheme: light; border: 1px solid var(--line);
  border-radius: 8px; break-inside: avoid; min-width: 0; }
figure.wide { grid-column: 1 / -1; } figcaption { font-weight: 600; font-size: 14px; margin-bottom: 4px; }
svg.network { display: block; width: 100%; height: auto; font-size: 11px; }
pre { padding: 12px; border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; font-size: 13px; line-height: 1.45; }
@media (max-width: 600px) { .figures { grid-template-columns: minmax(0, 1fr); } }
@media print { @page { margin: 12mm; } :root { --ink: #000; --paper: #fff; --muted: #444; --line: #ccc; --mark: #f0f0f0; }
  body { padding: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""
DRAW = """for (const { id, data, layout } of JSON.parse(document.getElementById('figures').textContent))
  Plotly.newPlot(id, data, layout, { responsive: true, displayModeBar: false })"""


def report(spec: Spec, records: Sequence[Record], templates: Sequence[Template], *, title: str, date: str, view: Spec | None = None,
           epoch: int | None = None, address: str = "", program: str = "", answers: bool = True) -> str:
    """Write the report of a run in the session's language, as one HTML document of about 5 MB, plotly.js being most of it.

    records: as `Runner.records` gives them, of a run that may have failed, been stopped or be under way; templates: the page's
    figures. epoch: the one to draw; the last if None. view: how the figures are drawn, told beside the settings. date: as it is
    to be read; address: of the page, for coming back; program: the text of the spec's program. All of it is escaped.
    answers: whether it says what is to be noticed and what would help, which a lesson may leave to the student.
    """
    frames = frames_of(records)
    rows = rows_of(frames)
    end = next((record.end() for record in reversed(records) if record.kind == "end"), None)
    used = next((record.header["versions"] for record in records if record.kind == "run"), None) or versions()
    wanted = epoch if epoch is not None else frames[-1].epoch if frames else 0
    frame = min(frames, key=lambda f: (abs(f.epoch - wanted), -f.step), default=None)
    link = f'<a href="{escape(address)}">{escape(address)}</a>' if re.match(r"https?://", address) else escape(address)
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="quiet">{escape(date)}{"<br>" if address else ""}{link}</p>',
             _ending(spec, end, frames, answers),
             _notes(spec, rows, frames, end) if answers else "", _numbers(spec, rows, end), _settings(spec, view)]
    drawn, scripts = _figures(templates, frame, rows)
    parts.insert(4, drawn)
    if program:
        parts.append(_section(_("The program"), f"<pre>{escape(program)}</pre>"))
    said = " · ".join(f"{name} {used_version}" for name, used_version in used.items())
    parts.append(_section(_("Versions"), f"<p>{escape(said)}</p>"))
    tongue = {"zh": "zh-Hans"}.get(language(), language())
    return (f'<!doctype html>\n<html lang="{tongue}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(filter(None, parts)) + f"\n{scripts}</body></html>\n")


def _section(heading: str, body: str) -> str:
    return f"<h2>{escape(heading)}</h2>\n{body}"


def _ending(spec: Spec, end: End | None, frames: Sequence[Frame], answers: bool) -> str:
    """A sentence on a run that did not end well, with the change that helps; nothing of one that did."""
    epoch = frames[-1].epoch if frames else 0
    if end is None:
        said = [_("The run has not ended yet; this is how it stood at epoch {epoch}.", epoch=epoch)]
    elif end.state == "failed":
        said = [say(end.error) if end.error else _("The training broke off at epoch {epoch}.", epoch=epoch)]
        said += [_("A change that helps: set “{label}” to {value}.", label=_(spec.control(name).label), value=value_of(spec, name, value))
                 for name, value in end.change.items() if answers]
    elif end.state == "cancelled":
        said = [_("The run was stopped before its end.")]
    else:
        return ""
    return f'<p class="broken">{escape(" ".join(said))}</p>'


def _notes(spec: Spec, rows: Sequence[Row], frames: Sequence[Frame], end: End | None) -> str:
    said = [*sentences(diagnose(spec, rows, frames, end)), *((note,) for note in end.notes)] if end else []
    notes = "".join(f"<li>{escape(plain(' '.join(map(say, note))))}</li>" for note in said)
    return _section(_("What to notice"), f"<ul>{notes}</ul>") if notes else ""


# ---- figures


def _figures(templates: Sequence[Template], frame: Frame | None, rows: Sequence[Row]) -> tuple[str, str]:
    """The section of figures, and the scripts that draw them."""
    if frame is None:
        said = _("The run ended before its first picture, so there are no figures.")
        return f"<p>{escape(said)}</p>", ""
    frame = replace(frame, arrays={name: np.nan_to_num(array) for name, array in frame.arrays.items()})  # weights that broke
    cards, plots = [], []
    known = [row for row in rows if (row["epoch"] or 0) <= frame.epoch]
    values = numbers(known, frame.epoch)
    for template in templates:
        if any(binding.kind == "sketch" for binding in template.bindings):  # what somebody draws is no part of the run
            continue
        if any(binding.kind == "images" and not {*binding.source} & {*frame.arrays} for binding in template.bindings):
            continue  # only the answer to a question has these pictures
        figure = apply(template, frame, rows)
        alt = escape(text(template.alt, values))
        if any(binding.kind == "network" for binding in template.bindings):
            body = _drawn(figure, template.bindings[0].options, alt)
        else:
            name, height = f"figure-{template.id}", max(template.height, WIDE if template.area == "main" else 230)
            square = ";max-width:500px;margin:auto" if template.area == "main" else ""  # a plane is about as wide as high
            body = f'<div id="{name}" role="img" aria-label="{alt}" style="height:{height}px{square}"></div>'
            plots.append({"id": name, **_harmless(_legible(figure))})
        cards.append(f'<figure{" class=wide" if template.area == "main" else ""}>'
                     f"<figcaption>{escape(text(template.title, values))}</figcaption>{body}</figure>")
    said = _("Figures at epoch {epoch}", epoch=frame.epoch)
    if not plots:
        return _section(said, f'<div class="figures">{"".join(cards)}</div>'), ""
    data = json.dumps(plots, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    scripts = (f'<script type="application/json" id="figures">{data}</script>\n<script>{_plotly_js()}</script>\n'
               f"<script>{DRAW}</script>\n")
    return _section(said, f'<div class="figures">{"".join(cards)}</div>'), scripts


def _plotly_js() -> str:
    found = importlib.util.find_spec("plotly")  # found, not imported
    assert found and found.origin
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_text("utf-8").replace("</script", "<\\/script")


def _legible(figure: dict[str, Any]) -> dict[str, Any]:
    """What the player says beside a figure or under the pointer, said in the figure: its title is a caption, its lines have a legend."""
    layout = figure["layout"]
    layout.pop("title", None)
    named = [trace for trace in figure["data"] if trace["type"] == "scatter" and trace.get("name")]
    for trace in named:  # hollow ones are the same classes on validation, as the axis says
        trace["showlegend"] = trace.get("marker", {}).get("color") != theme.LIGHT["hollow"]
    if named:
        layout.pop("annotations", None)  # which says the same in short
    margin = layout["margin"]
    layout |= {"showlegend": bool(named), "dragmode": False, "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
               "margin": {**margin, "r": 14, "t": 24 if named else margin["t"]},
               "paper_bgcolor": theme.LIGHT["background"], "plot_bgcolor": theme.LIGHT["background"]}
    return figure


def _harmless(value: Any) -> Any:
    """A copy of a figure in which only line breaks and the end of a hover text are markup: class names may be a stranger's."""
    if isinstance(value, str):
        return re.sub(r"<(?!br>|/?extra>)", "&lt;", value)
    if isinstance(value, dict):
        return {key: _harmless(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_harmless(v) for v in value]
    return value


def _drawn(figure: dict[str, Any], options: Mapping[str, Any], alt: str) -> str:
    """The network diagram as SVG; its coordinates are pixels of a nominal size, the vertical one upwards."""
    width, height, picture, layout = options["width"], options["height"], figure["data"][0], figure["layout"]
    lines = "".join(f'<path d="{shape["path"]}" stroke="{shape["line"]["color"]}" stroke-width="{shape["line"]["width"]}"/>'
                    for shape in layout["shapes"] if shape["path"] != "M0,0")
    z = np.array([[np.nan if v is None else v for v in row] for row in picture["z"]], float)
    stops = [round(stop * 255) for stop, _colour in picture["colorscale"]]
    ends = np.array([[int(colour[i:i + 2], 16) for i in (1, 3, 5)] for _stop, colour in picture["colorscale"]])
    pixels = np.stack([*(np.interp(np.nan_to_num(z), stops, ends[:, i]) for i in range(3)), np.isfinite(z) * 255], -1)
    wide, tall = z.shape[1] * picture["dx"], z.shape[0] * picture["dy"]
    words = ""
    for label in layout.get("annotations", ()):
        anchor = {"right": "end", "left": "start"}.get(label["xanchor"], "middle")
        rows = [escape(line) for line in label["text"].split("<br>")]
        up = 14 * (len(rows) - 1) + 3 if label["yanchor"] == "bottom" else -4
        spans = "".join(f'<tspan x="{label["x"]}" dy="{14 if i else 0}">{line}</tspan>' for i, line in enumerate(rows))
        words += f'<text x="{label["x"]}" y="{height - label["y"] - up:g}" text-anchor="{anchor}">{spans}</text>'
    return (f'<svg class="network" viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">'
            f'<g transform="translate(0 {height}) scale(1 -1)" fill="none" opacity="0.6">{lines}</g>'
            f'<image x="0" y="{height - tall:g}" width="{wide:g}" height="{tall:g}" preserveAspectRatio="none" '
            f'href="{_png(pixels[::-1])}"/><g fill="{theme.LIGHT["muted"]}">{words}</g></svg>')


def _png(pixels: np.ndarray) -> str:
    """Pixels (rows, columns, 4), 0 to 255, as an address that holds the picture itself."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels.round().astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


# ---- numbers and settings


def _numbers(spec: Spec, rows: Sequence[Row], end: End | None) -> str:
    """The last row of the metrics and, beside it, that of the network that the run has, where it is another, and that of the best epoch."""
    if not rows:
        return ""
    score: Score | None = getattr(spec, "score", None)
    last, best = rows[-1], best_row(rows, score)
    columns, heads = [last], [_("last epoch, {epoch}", epoch=int(last["epoch"] or 0))]
    if end is not None and end.epoch is not None:
        columns.append(end.own(rows)[-1])
        heads.append(_("its network, epoch {epoch}", epoch=end.epoch))
    if best:
        columns.append(best)
        heads.append(_("best epoch, {epoch}", epoch=int(best["epoch"] or 0)))
    lines = []
    for name, metrics in measures(last).items():
        cells = "".join(f"<td>{escape(' · '.join(number(row.get(m)) for m in metrics))}</td>" for row in columns)
        lines.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    table = (f"<table><thead><tr><th></th>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead>"
             f"<tbody>{''.join(lines)}</tbody></table>")
    judged = _("“Best” is judged by: {score}.", score=_(score.label)) if best and score else ""
    return _section(_("Numbers"), f'{table}<p class="quiet">{escape(judged)}</p>')


def _settings(spec: Spec, view: Spec | None) -> str:
    """Every field with its value; first those that differ from the default, then the others by group."""
    changed: list[tuple[str, str]] = []  # group and line
    usual: list[tuple[str, str]] = []
    owners = [spec] if view is None else [spec, view]
    for owner in owners:
        for name, info in type(owner).model_fields.items():
            control, value = owner.control(name), getattr(owner, name)
            differs = value != info.default
            default = _("default: {value}", value=value_of(owner, name, info.default))
            was = f" <small>({escape(default)})</small>" if differs else ""
            label = f"{_(control.group)} · {_(control.label)}"
            line = f"<th>{escape(label)}</th><td>{escape(value_of(owner, name, value))}{was}</td>"
            (changed if differs else usual).append((control.group, f"<tr{' class=changed' if differs else ''}>{line}</tr>"))
    groups = list(dict.fromkeys(owner.control(name).group for owner in owners for name in type(owner).model_fields))
    lines = [line for part in (changed, usual) for _group, line in sorted(part, key=lambda item: groups.index(item[0]))]
    said = _("What is marked differs from the default.") if changed else _("All settings are the defaults.")
    return _section(_("Settings"), f'<p class="quiet">{escape(said)}</p><table><tbody>{"".join(lines)}</tbody></table>')
