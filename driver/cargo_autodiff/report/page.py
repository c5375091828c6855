"""A build's times as a page: a bar for each crate and each derivative that was made, stages one after the other."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COLOURS = {
    "rustc": "#8da0cb",
    "gather": "#b3b3b3",
    "isolate": "#999999",
    "request": "#1b9e77",
    "first round": "#66c2a5",
    "shape": "#e5c494",
    "differentiate": "#fc8d62",
    "settle": "#ffd92f",
    "second round": "#a6d854",
    "divide": "#808080",
    "cut": "#a0a0a0",
    "build": "#e78ac3",
}
"""Of the stages, in their order."""
_OTHER = "#cccccc"
_WIDTH, _NAMES, _ROW, _TOP = 900, 260, 18, 24  # pixels

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Derivatives of a build</title>
<style>
body {{ font: 14px sans-serif; margin: 2em }}
text {{ font: 12px sans-serif }}
.crate {{ font-weight: bold }}
table {{ border-collapse: collapse }}
td, th {{ padding: 2px 1em 2px 0; text-align: left }}
td.number {{ text-align: right }}
.stage {{ display: inline-block; width: 1em; height: 1em; margin: 0 .4em 0 1em; vertical-align: middle }}
</style>
<h1>Derivatives of a build</h1>
<p>{summary}</p>
<p>{legend}</p>
{picture}
<table>
<tr><th>derivative<th>place<th>seconds
{table}
</table>
</html>
"""


def page(told: Mapping[str, Any]) -> str:
    """Write the page of a build, as `timings` tells it."""
    crates = told["crates"]
    derivatives = [(crate, each) for crate in crates for each in crate["derivatives"]]
    found = sum(each["found"] for _, each in derivatives)
    summary = f"{len(crates)} crates, {len(derivatives)} derivatives: {found} found, {len(derivatives) - found} made."
    used = {stage["stage"] for stages in _all_stages(crates) for stage in stages}
    legend = "".join(
        f'<span class="stage" style="background:{_colour(name)}"></span>{escape(name)}'
        for name in COLOURS
        if name in used
    )
    made = sorted((each for _, each in derivatives if not each["found"]), key=_seconds, reverse=True)
    rows = "\n".join(
        f'<tr><td>{escape(each["name"])}<td>{escape(each["place"])}<td class="number">{_seconds(each):.3f}'
        for each in made
    )
    return _PAGE.format(summary=summary, legend=legend, picture=_picture(crates), table=rows)


def _all_stages(crates: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for crate in crates:
        yield crate["stages"]
        for each in crate["derivatives"]:
            yield each["stages"]


def _seconds(derivative: Mapping[str, Any]) -> float:
    return float(sum(stage["seconds"] for stage in derivative["stages"]))


def _picture(crates: list[dict[str, Any]]) -> str:
    """Draw a row for each crate and, below it, each of its derivatives that was made."""
    start = min(crate["began"] for crate in crates)
    end = max(crate["began"] + crate["seconds"] for crate in crates)
    scale = (_WIDTH - _NAMES) / max(end - start, 1e-3)
    rows: list[tuple[str, str, list[dict[str, Any]]]] = []
    for crate in crates:
        reused = sum(each["found"] for each in crate["derivatives"])
        name = f"{crate['crate']} ({reused} reused)" if reused else crate["crate"]
        rows.append(("crate", name, crate["stages"]))
        rows += [("", each["name"], each["stages"]) for each in crate["derivatives"] if not each["found"]]
    height = _TOP + _ROW * len(rows)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}">',
        *_axis(end - start, height),
    ]
    for number, (kind, name, stages) in enumerate(rows):
        top = _TOP + _ROW * number
        drawn.append(f'<text class="{kind}" x="0" y="{top + 13}">{escape(name[-40:])}</text>')
        for stage in stages:
            left, width = _NAMES + scale * (stage["began"] - start), max(scale * stage["seconds"], 0.5)
            drawn.append(
                f'<rect x="{left:.1f}" y="{top + 2}" width="{width:.1f}" height="{_ROW - 4}"'
                f' fill="{_colour(stage["stage"])}"><title>{escape(name)}: {escape(stage["stage"])},'
                f" {stage['seconds']:.3f} s</title></rect>"
            )
    return "\n".join([*drawn, "</svg>"])


def _axis(seconds: float, height: int) -> Iterator[str]:
    """Draw a line every tenth of the time, with its second."""
    for tenth in range(11):
        x = _NAMES + (_WIDTH - _NAMES) * tenth / 10
        yield f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{height}" stroke="#eeeeee"/>'
        if tenth % 2 == 0 and tenth < 10:
            yield f'<text x="{x:.1f}" y="12">{seconds * tenth / 10:.2f} s</text>'


def _colour(stage: str) -> str:
    return COLOURS.get(stage, _OTHER)
