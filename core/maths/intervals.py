"""How sure one may be of a share that was counted."""

from __future__ import annotations

from math import sqrt

NORMAL_95 = 1.959963984540054  # 95 % of a normal distribution lie within so many standard deviations


def wilson(right: float, n: float, z: float = NORMAL_95) -> tuple[float, float]:
    """The Wilson score interval of a share, `right` of `n` independent trials: (least, greatest), within 0 … 1; (0, 1) for none.

    E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, 1927. Unlike p ± z √(p (1 − p) / n) it holds near
    0 and 1 too, where accuracies lie. Neither need be whole (trials that depend on each other count for less). ValueError unless
    0 ≤ right ≤ n.
    """
    if not 0 <= right <= n:
        raise ValueError(f"{right} right of {n}")
    if not n:
        return 0.0, 1.0
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(middle - half, 0.0) if right else 0.0, min(middle + half, 1.0) if right < n else 1.0
