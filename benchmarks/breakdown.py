"""Where the time of a build goes: its stages, as `cargo autodiff build --timings` tells them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.report.page import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

Stages = dict[str, float]
"""Seconds of each stage in all; stages of different derivatives run side by side."""

_TOLD = Path("target", "autodiff", "cargo-timings", "autodiff-timing.json")
_NAMES, _WIDTH, _ROW, _TOP = 215, 350, 26, 30  # pixels
_COLUMNS = 4


def stages_of(package: Path) -> Stages:
    """Read what the last build with `--timings` in a package told."""
    found: Stages = {}
    for crate in json.loads((package / _TOLD).read_text())["crates"]:
        for stages in (crate["stages"], *(derivative["stages"] for derivative in crate["derivatives"])):
            for stage in stages:
                found[stage["stage"]] = found.get(stage["stage"], 0.0) + stage["seconds"]
    return found


def picture(found: Mapping[str, Stages]) -> str:
    """Draw one bar a build, all as long: each stage's part of the time, and the sum beside it."""
    names = [name for name in COLOURS if any(name in stages for stages in found.values())]
    legend = _TOP + _ROW * len(found) + 8
    height = legend + 20 * -(-len(names) // _COLUMNS)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<text x="{_NAMES}" y="16">a build from nothing, by stages; the sum of their times</text>',
    ]
    for row, (title, stages) in enumerate(found.items()):
        y, x, sum_ = _TOP + _ROW * row, float(_NAMES), sum(stages.values())
        parts.append(f'<text x="{_NAMES - 8}" y="{y + 14}" text-anchor="end">{title}</text>')
        for name in names:
            width = _WIDTH * stages.get(name, 0.0) / sum_
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" fill="{COLOURS[name]}"/>')
            x += width
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 14}">{sum_:.3g} s</text>')
    for number, name in enumerate(names):
        x, y = _NAMES + number % _COLUMNS * 104, legend + 20 * (number // _COLUMNS)
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 18}" y="{y + 11}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])
