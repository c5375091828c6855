"""`cargo autodiff cache stats|gc|clear|verify`: look at the cache of results, and tidy it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import UsageError
from cargo_autodiff.pipeline.workplace import sweep_workplaces
from cargo_autodiff.settings import Settings
from cargo_autodiff.store.record import read_log
from cargo_autodiff.store.store import Store
from cargo_autodiff.store.upkeep import clear, evict, sweep, usage, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

_REASONS = 5  # as many are shown to people


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Print what was found or done; `--json` as one object."""
    parser = argparse.ArgumentParser(prog="cargo autodiff cache", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="stats|gc|clear|verify")
    for verb, what in _VERBS.items():
        verbs.add_parser(verb, help=what).add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(argv)
    store = Store.open(Settings.read(environ))
    if store is None:
        raise UsageError(
            "there is no cache: it is off, or there is no home folder to put it in",
            hint="set AUTODIFF_CACHE=on, and AUTODIFF_CACHE_DIR to an absolute path",
        )
    facts = {"folder": str(store.folder.path), **_do(options.verb, store)}
    print(json.dumps(facts, indent=2) if options.json else _TEXTS[options.verb].format(**_readable(facts)))
    return 0


_VERBS = {
    "stats": "say how large it is, how often it helped, and why it did not",
    "gc": "remove what is left over, and the oldest results if it is too large",
    "clear": "remove everything",
    "verify": "read every entry and blob, and remove what is damaged",
}
_TEXTS = {
    "stats": "folder   {folder}\nresults  {entries} in {blobs} blobs, {size} of {limit}\n"
    "asked    {asked} times: {hits} found ({rate}), {misses} made\n{reasons}",
    "gc": "removed {left} left-over files and {evicted} of results; {size} of {limit} are in use",
    "clear": "removed {size} of results from {folder}",
    "verify": "{entries} entries and {blobs} blobs read; {damaged} damaged ones removed",
}


def _do(verb: str, store: Store) -> dict[str, Any]:
    folder = store.folder
    if verb == "stats":
        return {**_held(store), **_asked(store)}
    if verb == "gc":
        return {"left": sweep(folder) + sweep_workplaces(), "evicted": evict(folder, store.limit), **_held(store)}
    if verb == "clear":
        held = _held(store)
        clear(folder)
        return held
    verdict = verify(folder)
    return {"entries": verdict.entries, "blobs": verdict.blobs, "damaged": verdict.damaged}


def _held(store: Store) -> dict[str, Any]:
    held = usage(store.folder)
    return {"entries": held.entries, "blobs": held.blobs, "size": held.size, "limit": store.limit}


def _asked(store: Store) -> dict[str, Any]:
    """Sum up the log."""
    lines = list(read_log(store.folder))
    hits, misses = (sum(line.get(name, 0) for line in lines) for name in ("hits", "misses"))
    because = Counter(reason for line in lines for reason in line.get("because", ()))
    rate = hits / (hits + misses) if hits + misses else 0.0
    return {
        "asked": hits + misses,
        "hits": hits,
        "misses": misses,
        "rate": rate,
        "because": dict(because.most_common()),
    }


def _readable(facts: dict[str, Any]) -> dict[str, Any]:
    sizes: dict[str, Any] = {name: size_text(facts[name]) for name in ("size", "limit", "evicted") if name in facts}
    reasons = list(facts.get("because", {}).items())[:_REASONS]
    return {
        **facts,
        **sizes,
        "rate": f"{100 * facts.get('rate', 0.0):.0f} %",
        "damaged": len(facts.get("damaged", ())),
        "reasons": "\n".join(f"{count:>8}  {reason}" for reason, count in reasons),
    }


def size_text(size: int) -> str:
    """Write bytes for people, in the units of AUTODIFF_CACHE_SIZE."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
