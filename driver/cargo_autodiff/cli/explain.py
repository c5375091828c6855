"""`cargo autodiff explain [FUNCTION]`: for the last build, which derivatives were made, and why they were not found."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.cargo.workspace import Workspace, find_cargo
from cargo_autodiff.cli.cargo import TARGET
from cargo_autodiff.errors import DriverError, UsageError
from cargo_autodiff.ir.symbols import derivative, with_paths
from cargo_autodiff.settings import Settings
from cargo_autodiff.store.record import Asked, Record, records_folder
from cargo_autodiff.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Print each derivative of this directory's last builds, or those whose name holds FUNCTION."""
    parser = argparse.ArgumentParser(prog="cargo autodiff explain", description=__doc__)
    parser.add_argument("function", nargs="?", default="", help="a derivative, or a part of its name")
    parser.add_argument("--json", action="store_true", help="print one JSON array instead")
    options = parser.parse_args(argv)
    store = Store.open(Settings.read(environ))
    records = _records(store, environ) if store else []
    told = [(record, one) for record in records for one in record.asked if options.function in derivative(one.name)]
    if not told:
        which = f" of a derivative `{options.function}`" if options.function else ""
        raise UsageError(
            f"no build{which} in this directory is remembered",
            hint="build it first; with AUTODIFF_CACHE=off or read-only, and with --keep, nothing is remembered",
        )
    if options.json:
        print(json.dumps([_all_of(record, one) for record, one in told]))
    else:
        print("\n".join(_text(one) for _, one in told))
    return 0


def _records(store: Store, environ: Mapping[str, str]) -> list[Record]:
    """Read what was built into this workspace's target directory, or by `compile` here; the newest last."""
    places = [Path.cwd()]
    with suppress(DriverError):  # no cargo: `compile` needs none
        workspace = Workspace.ask(find_cargo(environ), [])
        places += [workspace.target / TARGET] if workspace else []
    files = [path for place in places for path in records_folder(store.folder, place).glob("*.json")]
    return sorted(filter(None, map(Record.read, files)), key=lambda record: record.time)


def _all_of(record: Record, one: Asked) -> dict[str, Any]:
    parts = {"closure": one.closure, **record.parts}
    return {"crate": record.crate, "derivative": derivative(one.name), "parts": parts, **vars(one)}


def _text(one: Asked) -> str:
    verdict = "found in the cache" if one.found else "made"
    place = f"  --> {one.place}\n" if one.place else ""
    reasons = "".join(f"  = note: {with_paths(reason)}\n" for reason in one.because)
    return f"{derivative(one.name)}: {verdict}\n{place}{reasons}".rstrip()
