"""Tables and the picture of what was measured of gradients."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from kernels import KEEPING
from ratios import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradients import Measured

GOALS = {"c": 1.00, "worst c": 1.10, "primal": 2.4, "hand": 1.20, "worst memory": 1.2}


def tables(found: Sequence[Measured]) -> str:
    """Lay the kernels, the means and the crates out, for people."""
    header = ("kernel", "inputs", "gradient, ms", "over C", "over C that keeps memory", "over its function",
              "over hand", "function over C's", "memory, MiB", "memory over C")  # fmt: skip
    rows = [_row(one, version) for one in found for version in one.versions]
    return "\n\n".join(filter(None, (markdown(header, rows), _means(found), _crates(found))))


def _row(one: Measured, version: str) -> tuple[str, ...]:
    hand, memory = one.over_hand(version), one.memory(version)
    name = one.name if version == "plain" else f"{one.name}, {version}"
    return (
        f"{name}: {one.what}" if version == "plain" else name,
        str(one.inputs),
        f"{1000 * statistics.median(one.runs[f'{version} gradient']):.3g}",
        str(one.over_c(version)),
        str(one.over_c(version, KEEPING)),
        str(one.over_primal(version)),
        str(hand) if hand else "",
        str(one.function_over_c(version)),
        f"{one.peaks[version] / 1024:.1f}",
        f"{memory:.2f}" if memory else "",
    )


def means(found: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """Geometric means and the worst of each ratio: of all rows, and of the plain versions alone."""
    result = {}
    for title, only in (("all", None), ("plain", "plain")):
        rows = [(one, version) for one in found for version in one.versions if only in (None, version)]
        ratios = {
            "c": [one.over_c(version).middle for one, version in rows],
            "kept c": [one.over_c(version, KEEPING).middle for one, version in rows],
            "primal": [one.over_primal(version).middle for one, version in rows],
            "hand": [hand.middle for one, version in rows if (hand := one.over_hand(version))],
            "memory": [memory for one, version in rows if (memory := one.memory(version))],
            "c primal": [one.over_primal("c").middle for one in found],
        }
        result[title] = {name: math.exp(statistics.fmean(map(math.log, of))) for name, of in ratios.items()}
        result[title]["worst c"] = max(ratios["c"])
        result[title]["worst memory"] = max(ratios["memory"])
    return result


def _means(found: Sequence[Measured]) -> str:
    each = means(found)
    rows = {
        "c": "gradient over C",
        "worst c": "the worst",
        "kept c": "gradient over C that keeps memory",
        "primal": "gradient over its function",
        "c primal": "C's gradient over its function",
        "hand": "gradient over adjoint by hand",
        "memory": "memory over C",
        "worst memory": "the worst",
    }
    lines = [
        (name, f"{each['plain'][key]:.2f}", f"{each['all'][key]:.2f}", f"{GOALS[key]:.2f}" if key in GOALS else "")
        for key, name in rows.items()
    ]
    return markdown(("geometric means", "plain versions", "all rows", "goal"), lines)


def _crates(found: Sequence[Measured]) -> str:
    names = sorted({name for one in found for name in one.crates if name != "plain"})
    rows = [
        (one.name, str(one.inputs), *(str(one.crate_over_plain(name)) if name in one.crates else "" for name in names))
        for one in found
        if one.crates
    ]
    return markdown(("times slower than this project", "inputs", *names), rows) if rows else ""


def bars(found: Sequence[Measured]) -> str:
    """Draw the ratio to C as bars, one a row; the line is 1."""
    rows = [(one, version) for one in found for version in one.versions]
    most = max(one.over_c(version).high for one, version in rows)
    scale, high = 360 / most, 22
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{high * len(rows) + 30}" '
        'font-family="sans-serif" font-size="12">',
        '<text x="180" y="14">time of a gradient, C through the same Enzyme = 1</text>',
    ]
    for i, (one, version) in enumerate(rows):
        spread, y = one.over_c(version), 24 + high * i
        name = one.name if version == "plain" else f"{one.name}, {version}"
        colour = "#4a7" if spread.middle <= 1.1 else "#c74"
        parts += [
            f'<text x="172" y="{y + 13}" text-anchor="end">{name}</text>',
            f'<rect x="180" y="{y}" width="{spread.middle * scale:.1f}" height="16" fill="{colour}"/>',
            f'<path d="M{180 + spread.low * scale:.1f} {y + 8}H{180 + spread.high * scale:.1f}" stroke="#000"/>',
            f'<text x="{186 + spread.high * scale:.1f}" y="{y + 13}">{spread.middle:.2f}</text>',
        ]
    parts.append(f'<path d="M{180 + scale:.1f} 20V{24 + high * len(rows)}" stroke="#000" stroke-dasharray="3"/></svg>')
    return "\n".join(parts) + "\n"
