"""The matrix product, number by number: a column of B falls onto a row of A, pairs are multiplied and added up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from core.figures.board import Film, Picture, Scene, Track, figure
from core.figures.linear_algebra.parts import area, arrow, note, number, path, plane
from core.figures.template import Template
from core.figures.theme import colour, layout
from core.frame import Message
from core.i18n import N_, _
from core.maths import exact
from core.specs.examples import Preset, Trial
from core.specs.linear_algebra import LinearAlgebraSpec

GAP = 0.7  # between the matrices, in cells
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)


def read(spec: LinearAlgebraSpec) -> tuple[exact.Matrix, exact.Matrix]:
    """A and B, whose shapes need not fit. Trouble if either cannot be read."""
    return exact.read_matrix(spec.left, "A"), exact.read_matrix(spec.right, "B")


def text(value: Fraction) -> str:
    """An entry as it is shown: a short decimal, or else a fraction."""
    shown = f"{float(value):g}" if Fraction(f"{float(value):g}") == value else str(value)
    return shown.replace("-", "\u2212")


def bracketed(value: Fraction) -> str:
    """An entry within a sum of products."""
    return text(value) if value >= 0 else f"({text(value)})"


def draw(spec: LinearAlgebraSpec) -> Picture:
    left, right = read(spec)
    rounded = (*exact.rounded(spec.left, "A"), *exact.rounded(spec.right, "B"))
    if len(left[0]) != len(right):
        return refused(left, right, rounded)
    result = exact.multiply(left, right)
    numbers = {"product": np.array([[float(entry) for entry in row] for row in result])}
    picture, film = falling(left, right, result)
    return Picture((picture, beside(left, right, result)), film=film, notes=(*notes(left, right, result), *rounded), formulas=(
        ("", rf"{exact.pmatrix(left)} {exact.pmatrix(right)} = {exact.pmatrix(result)}"),), numbers=numbers)


def refused(left: exact.Matrix, right: exact.Matrix, rounded: tuple[Message, ...]) -> Picture:
    """Shapes that do not fit: the first row of A beside the first column of B, and who is left without a partner."""
    m, n, k, p = len(left), len(left[0]), len(right), len(right[0])
    column_at, row_at, common = n + GAP, k + GAP, min(n, k)
    alone = outline(common, 0, n - common, 1, "negative") if n > k else outline(column_at, row_at - common, 1, k - common, "negative")
    data = [outline(0, 0, common, 1, "layer0"), outline(column_at, row_at, 1, common, "layer1"), alone,
            words(*cells(left, 0, 0), "layer0"), words(*cells(right, column_at, row_at), "layer1"),
            words([column_at], [0.0], ["?"], "negative", 26)]
    shape = layout(xaxis={"visible": False, "range": [-0.9, column_at + p - 0.1]}, margin={"l": 4, "r": 4, "t": 4, "b": 4},
                   yaxis={"visible": False, "range": [-m + 0.1, row_at + 1.1], "scaleanchor": "x"},
                   shapes=frame(0, 0, m, n) + frame(column_at, row_at, k, p),
                   annotations=[note((n - 1) / 2, 0.75, f"A  {m}×{n}", "layer0"), note(column_at + (p - 1) / 2, row_at + 0.75,
                                                                                       f"B  {k}×{p}", "layer1")])
    picture = figure("product", data, shape, title=_("No product: {n} numbers meet {k}", n=n, k=k), height=400, span=7,
                     alt=_("A is {m}×{n} and B is {k}×{p}; a row of A and a column of B are not equally long.", m=m, n=n, k=k, p=p))
    said = Message(N_("A is {m}×{n} and B is {k}×{p}: the two sizes in the middle, {n} and {k}, must be the same. A row of A has {n} "
                      "numbers, a "
                      "column of B has {k}, and each needs a partner. Give B {n} rows, or A {k} columns."), {"m": m, "n": n, "k": k,
                                                                                                             "p": p})
    notes = (said, Message(N_("The other way round it works: BA is {k}×{n}."), {"k": k, "n": n})) if p == m else (said,)
    return Picture((picture, shapes(left, right, None)), notes=(*notes, *rounded), numbers={"inner": np.array([n, k])},
                   formulas=((_("Shapes"), rf"({m} \times {n}) \cdot ({k} \times {p}), \qquad {n} \neq {k}"),))


def cells(rows: exact.Matrix, x: float, y: float) -> tuple[list[float], list[float], list[str]]:
    """The places and texts of a matrix whose first entry stands at (x, y)."""
    places = [(x + j, y - i, text(entry)) for i, row in enumerate(rows) for j, entry in enumerate(row)]
    return [p[0] for p in places], [p[1] for p in places], [p[2] for p in places]


def words(x: list[float], y: list[float], shown: list[str], token: str, size: int = 17) -> dict[str, Any]:
    return {"type": "scatter", "mode": "text", "x": x, "y": y, "text": shown, "textfont": {"size": size, "color": colour(token)},
            "hoverinfo": "skip"}


def frame(x: float, y: float, rows: int, columns: int) -> list[dict[str, Any]]:
    """The two brackets around a matrix whose first entry stands at (x, y)."""
    top, bottom, shapes = y + 0.48, y - rows + 0.52, []
    for edge, inward in ((x - 0.52, 0.12), (x + columns - 0.48, -0.12)):
        for a, b in (((edge, top), (edge, bottom)), ((edge, top), (edge + inward, top)), ((edge, bottom), (edge + inward, bottom))):
            shapes.append({"type": "line", "x0": a[0], "y0": a[1], "x1": b[0], "y1": b[1], "line": {"color": colour("muted"), "width": 2}})
    return shapes


def outline(x: float, y: float, width: float, height: float, token: str) -> dict[str, Any]:
    """A filled box around cells whose first stands at (x, y)."""
    corners = np.array([[x - 0.46, y + 0.44], [x + width - 0.54, y + 0.44], [x + width - 0.54, y - height + 0.56],
                        [x - 0.46, y - height + 0.56]])
    return area(corners, token, opacity=0.22) | {"hoverinfo": "skip"}


def falling(left: exact.Matrix, right: exact.Matrix, result: exact.Matrix) -> tuple[Template, Film]:
    """A at the lower left, B above the place of the product. A column of B stands, then lies on a row of A."""
    m, n, p = len(left), len(right), len(right[0])
    column_at, row_at = n + GAP, n + GAP  # x of B and of the product; y of B above A and the product
    steps: list[tuple[int, int, int]] = [(i, j, phase) for i in range(m) for j in range(p) for phase in (0, 1, 2)][:-1]
    labels, done, written = [], [["?"] * p for _row in range(m)], []
    fall: dict[str, list[Any]] = {"x": [], "y": []}
    said, boxes_a, boxes_b = [], [], []
    for i, j, phase in steps:
        column = [row[j] for row in right]
        if phase == 0:
            labels.append(_("row {row} of A, column {column} of B", row=i + 1, column=j + 1))
            fall["x"].append([column_at + j] * n)
            fall["y"].append([row_at - k for k in range(n)])
            said.append([text(entry) for entry in column])
        else:
            pairs = [f"{bracketed(a) if k else text(a)}·{bracketed(b)}" for k, (a, b) in enumerate(zip(left[i], column, strict=True))]
            labels.append(" + ".join(pairs) + f" = {text(result[i][j])}")
            fall["x"].append([k + 0.02 for k in range(n)])
            fall["y"].append([-i - 0.3] * n)
            said.append(["×" + text(entry) if phase == 1 else "" for entry in column])  # unseen on the way to the next column
            done[i][j] = text(result[i][j])
        written.append([entry for row in done for entry in row])
        boxes_a.append(outline(0, -i, n, 1, "layer0"))
        boxes_b.append(outline(column_at + j, row_at, 1, n, "layer1"))
    last = len(steps) - 1
    data = [boxes_a[last], boxes_b[last], outline(column_at + p - 1, 1 - m, 1, 1, "layer2"),
            words(*cells(left, 0, 0), "layer0"), words(*cells(right, column_at, row_at), "layer1"),
            words(*cells(result, column_at, 0)[:2], written[last], "layer2"),
            words(fall["x"][last], fall["y"][last], said[last], "layer1", 13)]
    boxes_c = [outline(column_at + j, -i, 1, 1, "layer2") for i, j, _phase in steps]
    tracks = (*(Track("product", k, {"x": [b["x"] for b in boxes], "y": [b["y"] for b in boxes]}) for k,
                boxes in enumerate((boxes_a, boxes_b, boxes_c))),
              Track("product", 5, {"text": written}), Track("product", 6, {"text": said}), Track("product", 6, fall, smooth=True))
    wide = column_at + p
    shape = layout(xaxis={"visible": False, "range": [-0.9, wide - 0.1]}, margin={"l": 4, "r": 4, "t": 4, "b": 4},
                   yaxis={"visible": False, "range": [-m + 0.1, row_at + 1.1], "scaleanchor": "x"},
                   shapes=frame(0, 0, m, n) + frame(column_at, row_at, n, p) + frame(column_at, 0, m, p),
                   annotations=[note((n - 1) / 2, 0.75, f"A  {m}×{n}", "layer0"), note(column_at + (p - 1) / 2, row_at + 0.75,
                                                                                       f"B  {n}×{p}", "layer1"),
                                note(column_at + (p - 1) / 2, -m + 0.3, f"AB  {m}×{p}", "layer2")])
    title = _("({m}×{n}) times ({n}×{p}) is {m}×{p}: {count} multiplications", m=m, n=n, p=p, count=m * n * p)
    picture = figure("product", data, shape, title=title, height=400, span=7,
                     alt=_("A, B above and to the right, and where row and column meet their product: {product}.",
                           product="; ".join(" ".join(map(text, row)) for row in result)))
    return picture, Film(tuple(labels), tracks, start=-1, seconds=max(3.0, 0.9 * len(steps)))


def beside(left: exact.Matrix, right: exact.Matrix, result: exact.Matrix) -> Template:
    """For 2×2 matrices what they do to the unit square, one after the other; for others the shapes."""
    largest = max(abs(entry) for rows in (right, result) for row in rows for entry in row)
    if len(left) == len(right) == len(right[0]) == 2 and largest <= 8:
        return after(left, right, result)
    return shapes(left, right, (len(left), len(right[0])))


def shapes(left: exact.Matrix, right: exact.Matrix, result: tuple[int, int] | None) -> Template:
    """The matrices as boxes; without a result their inner sizes differ."""
    m, n, k, p = len(left), len(left[0]), len(right), len(right[0])
    boxes = [(0.0, m, n, "A", "layer0"), (n + 0.8, k, p, "B", "layer1")] + ([(n + p + 2.2, *result, "AB", "layer2")] if result else [])
    data = [area(np.array([[x, 0], [x + columns, 0], [x + columns, -rows], [x, -rows]]), token, opacity=0.3)
            for x, rows, columns, _name, token in boxes]
    middle = -max(m, k) / 2
    said = [note(x + columns / 2, -rows / 2, f"{name}<br>{rows}×{columns}", "text") for x, rows, columns, name, _token in boxes]
    said += [note(n + 0.4, middle, "·", "text")] + ([note(n + p + 1.5, middle, "=", "text")] if result else [])
    # along the two sizes that have to agree
    data += [path(np.array([[0, 0.25], [n, 0.25]]), "positive" if result else "negative", width=4),
             path(np.array([[n + 0.55, 0], [n + 0.55, -k]]), "positive" if result else "negative", width=4)]
    shape = layout(xaxis={"visible": False, "range": [-0.5, (n + 2 * p + 2.7) if result else n + p + 2.5]}, annotations=said,
                   margin={"l": 4, "r": 4, "t": 4, "b": 4},
                   yaxis={"visible": False, "range": [-max(m, k) - 0.8, 0.8], "scaleanchor": "x"})
    title = _("The inner sizes meet: {n} = {k}", n=n, k=k) if result else _("The inner sizes differ: {n} ≠ {k}", n=n, k=k)
    return figure("beside", data, shape, title=title, height=400, span=5,
                  alt=_("A as a box of {m}×{n}, B as one of {k}×{p}. A has to be as wide as B is high.", m=m, n=n, k=k, p=p))


def after(left: exact.Matrix, right: exact.Matrix, result: exact.Matrix) -> Template:
    first, both = (np.array([[float(e) for e in row] for row in rows]) for rows in (right, result))
    v = np.array([1.0, 0.0])
    far = float(max(2.0, np.abs(SQUARE @ both.T).max(), np.abs(SQUARE @ first.T).max())) * 1.12
    low = min(0.0, float((SQUARE @ both.T).min()), float((SQUARE @ first.T).min())) * 1.12 - 0.06 * far
    data = [area(SQUARE, "muted", opacity=0.35), area(SQUARE @ first.T, "layer1", opacity=0.3), area(SQUARE @ both.T, "layer2",
                                                                                                     opacity=0.3),
            arrow(first @ v, "Be₁", "layer1"), arrow(both @ v, "ABe₁", "layer2")]
    dets = exact.determinant(left), exact.determinant(right)
    return figure("beside", data, plane((low, far), (low, far), ticks=None), height=400, span=5,
                  title=_("First B, then A: areas × {right} × {left}", right=number(float(dets[1])), left=number(float(dets[0]))),
                  alt=_("The unit square, its image under B with area {right}, and under AB with area {both}.",
                        right=number(abs(float(dets[1]))), both=number(abs(float(dets[0] * dets[1])))))


def notes(left: exact.Matrix, right: exact.Matrix, result: exact.Matrix) -> tuple[Message, ...]:
    m, n, p = len(left), len(right), len(right[0])
    first = Message(N_("A’s rows and B’s columns hold one number each, so every number of AB is one product: {rows} × {columns} in all.")
                    if n == 1 else
                    N_("Every number of AB is a row of A times a column of B, pair by pair, added up: {rows} × {columns} numbers with {n} "
                       "multiplications each."), {"n": n, "rows": m, "columns": p})
    if m != p:
        return first, Message(N_("The other way round does not work: B is {n}×{p} and A is {m}×{n}, and {p} is not {m}."),
                              {"n": n, "p": p, "m": m})
    swapped = exact.multiply(right, left)
    if swapped == result:
        return first, Message(N_("BA is the same here. That is an exception: these two matrices commute."))
    if len(swapped) != len(result):
        return first, Message(N_("BA exists too, but is {n}×{n} instead of {m}×{m}."), {"n": n, "m": m})
    return first, Message(N_("The order matters: BA begins with {other} where AB begins with {one}."), {"other": text(swapped[0][0]),
                                                                                                        "one": text(result[0][0])}
                          ) if swapped[0][0] != result[0][0] else Message(N_("The order matters: BA is another matrix than AB."))


def program(spec: LinearAlgebraSpec) -> str:
    fit = len(read(spec)[0][0]) == len(read(spec)[1])
    left, right = ([[float(e) if e.denominator > 1 else int(e) for e in row] for row in rows] for rows in read(spec))
    head = ["import numpy as np", "", f"A = np.array({left})", f"B = np.array({right})", "inner = np.array([A.shape[1], B.shape[0]])  # "
            + _("these two must agree"), ""]
    if not fit:
        return "\n".join([*head, "try:", "    print(A @ B)", "except ValueError as error:", "    print(inner, error)"])
    return "\n".join([
        *head, "product = np.zeros((A.shape[0], B.shape[1]))", "for i in range(A.shape[0]):", "    for j in range(B.shape[1]):",
        "        for k in range(A.shape[1]):  # " + _("along the row of A, down the column of B"),
        "            product[i, j] += A[i, k] * B[k, j]", "", "print(product)", "print(np.allclose(product, A @ B))"])


SCENE = Scene(
    "product", N_("Product"),
    N_("Play it: a column of B falls onto a row of A, the pairs are multiplied and added up. Type other [[matrices|matrix]], of any shape "
       "up "
       "to 4×4."),
    ("left", "right"), draw, program,
    presets=(Preset(N_("The articles’ product"), {"scene": "product"}),
             Preset(N_("A layer: 3 samples, 2 inputs, 4 neurons"), {"scene": "product", "left": "1 2; 0 1; 3 -1",
                                                                    "right": "1 0 2 -1; 1 1 0 3"}),
             Preset(N_("A row times a column"), {"scene": "product", "left": "1 2 3", "right": "4; 5; 6"}),
             Preset(N_("A column times a row"), {"scene": "product", "left": "1; 2; 3", "right": "4 5 6"})),
    trials=(Trial(N_("Exchange A and B"), N_("Another result: with matrices the order matters."),
                  {"scene": "product", "left": "5 6; 7 8", "right": "1 2; 3 4"}),
            Trial(N_("Make the shapes disagree"), N_("A row of three numbers and a column of two: one number has no partner, and the "
                                                     "product does not "
                                                     "exist."), {"scene": "product", "left": "1 2 3; 4 5 6", "right": "1 2; 3 4"}),
            Trial(N_("Undo a matrix"), N_("B is the inverse of A: the product is the identity, which changes nothing."),
                  {"scene": "product", "left": "2 1; 1 1", "right": "1 -1; -1 2"})))
