"""Square kernels as text, "1 0; 0 1": read, brought to another size, and those that have a name."""

from __future__ import annotations

from math import comb, isfinite

LARGEST = 7  # the side of a kernel
GREATEST = 1e6  # of a cell
FIXED = {"sobel_x": "-1 0 1; -2 0 2; -1 0 1", "sobel_y": "-1 -2 -1; 0 0 0; 1 2 1", "edge": "0 1 0; 1 -4 1; 0 1 0",
         "sharpen": "0 -1 0; -1 5 -1; 0 -1 0", "emboss": "-2 -1 0; -1 1 1; 0 1 2", "identity": "0 0 0; 0 1 0; 0 0 0"}


def side_of(text: str) -> int | None:
    """The side of a square kernel written as "1 0; 0 1", where it is one; None else. What is wrong with it is said when it is drawn."""
    rows = [len(line.replace(",", " ").split()) for line in text.strip("; \n").split(";")]
    return len(rows) if set(rows) == {len(rows)} and len(rows) <= LARGEST else None


def resized(text: str, size: int) -> str:
    """The cells of a square kernel within another size, around the same middle: cut, or with zeros around."""
    rows = [line.replace(",", " ").split() for line in text.strip("; \n").split(";")]
    shift = (size - len(rows)) // 2
    at = lambda i, j: rows[i][j] if 0 <= i < len(rows) and 0 <= j < len(rows) else "0"  # noqa: E731
    return "; ".join(" ".join(at(i - shift, j - shift) for j in range(size)) for i in range(size))


def written(kernel: str, size: int) -> str:
    """The cells of a kernel that is not one's own, as text. size: of the blur; the others are 3×3."""
    if kernel != "blur":
        return FIXED[kernel]
    row = " ".join([f"1/{size * size}" if size > 1 else "1"] * size)
    return "; ".join([row] * size)


def numbers(text: str) -> list[list[float]]:
    """The cells of a square kernel, rows of decimals and fractions. ValueError if it is none, or larger than 7 × 7."""
    if side_of(text) is None:
        raise ValueError(f"{text[:40]!r} is no square kernel of at most {LARGEST} × {LARGEST} cells")
    return [[_number(cell) for cell in line.replace(",", " ").split()] for line in text.strip("; \n").split(";")]


def _number(cell: str) -> float:
    above, line, below = cell.partition("/")
    number = float(above) / (float(below) or float("nan")) if line else float(above)
    if not isfinite(number) or abs(number) > GREATEST:
        raise ValueError(f"{cell!r} is no number that a cell can hold")
    return number


def plain(rows: list[list[float]]) -> str:
    """A kernel as text, in decimals."""
    return "; ".join(" ".join(f"{cell:.6g}" for cell in row) for row in rows)


def sobel(size: int) -> list[list[float]]:
    """Sobel's kernel for upright edges, of 3 × 3 or a larger odd size: smooth down the columns, a smoothed difference along the rows, both
    in binomial weights (Sobel and Feldman, A 3 × 3 isotropic gradient operator, 1968; larger ones as OpenCV makes them)."""
    smooth = [comb(size - 1, i) for i in range(size)]
    inner = [0, 0, *(comb(size - 3, i) for i in range(size - 2)), 0, 0]
    slope = [inner[i] - inner[i + 2] for i in range(size)]
    return [[float(a * b) for b in slope] for a in smooth]
