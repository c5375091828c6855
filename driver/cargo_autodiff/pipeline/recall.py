"""What was made before: the keys of derivatives and objects, and their way out of the store and into it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import FileError
from cargo_autodiff.named import Frozen, each
from cargo_autodiff.rust.rlib import outside
from cargo_autodiff.store.entry import sha256
from cargo_autodiff.store.key import Key
from cargo_autodiff.store.record import Asked, Record, write_record
from cargo_autodiff.store.store import Store
from cargo_autodiff.store.upkeep import keep_within
from cargo_autodiff.toolchain.digests import digests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cargo_autodiff.pipeline.plan import Plan
    from cargo_autodiff.settings import Settings
    from cargo_autodiff.toolchain.locate import Toolchain

_PACKAGE = Path(__file__).parents[1]
_MAKING = ("ir", "rust", "pipeline")  # the driver's own folders that decide what a derivative is
_RESULT = "result"


class Recall(Frozen):
    """The store, as one crate's run asks it."""

    store: Store
    toolchain: Toolchain
    tools: Mapping[Path, str]
    """Digest by file."""
    std: str
    code: str
    asked: list[Asked] = each(factory=list)
    """What was looked up so far."""
    common: dict[str, str] = each(factory=dict)
    """The parts that the keys of all derivatives share."""

    @classmethod
    def open(cls, settings: Settings, toolchain: Toolchain, std: Path | None) -> Recall | None:
        """Open the user's store; none when it is off, or every stage is to be kept. Raises FileError."""
        store = Store.open(settings) if settings.keep is None else None
        if store is None:
            return None
        libraries = sorted(std.glob("*.rlib")) if std is not None else []
        own = own_files()
        found = digests([*toolchain.files, *libraries, *own], settings.tools_folder())
        told = "".join(f"{path.name} {found[path]}\n" for path in libraries)
        return cls(
            store=store,
            toolchain=toolchain,
            tools={path: found[path] for path in toolchain.files},
            std=sha256(told.encode()),
            code=code_digest({path: found[path] for path in own}),
        )

    @property
    def of_bodies(self) -> dict[str, str]:
        """Say to the child process where the store is, and what decides the bodies of std."""
        writes = "yes" if self.store.writes else "no"
        library = self.tools[self.toolchain.libllvm]
        parts = {"std": self.std, "driver": self.code, "tool libLLVM": library}
        return {"folder": str(self.store.folder.path), "writes": writes, **parts}

    def derivative(self, plan: Plan, closure: str) -> Key:
        """Say what decides a derivative; `closure` is the digest of all it reaches."""
        return Key(what="derivative", parts={"closure": closure, **self.of_derivatives(plan)})

    def of_derivatives(self, plan: Plan) -> dict[str, str]:
        """Say what all derivatives have in common: one plan, in every folder."""
        if not self.common:
            self.common.update({"std": self.std, **self._common(plan)})
        return self.common

    def object(self, plan: Plan, given: Sequence[Path]) -> Key:
        """Say what decides an object: the part of the host that it is made from, and the derivatives in it."""
        content = "".join(sha256(path.read_bytes()) for path in given)
        return Key(what="object", parts={"module": sha256(content.encode()), **self._common(plan, *given)})

    def whole(self, plan: Plan, module: Path, base: Path) -> Key:
        """Say what decides a module's objects, derivatives included, when nothing is known of it but its bytes.

        `plan` is all that is done for them, in files that begin with `base`. What derivatives reach in libraries is
        left to `bring_whole`.
        """
        parts = {"module": sha256(module.read_bytes()), "std": self.std, **self._common(plan, module, base)}
        return Key(what="whole", parts=parts)

    def bring_whole(
        self, key: Key, place: Callable[[int], Path], libraries: Sequence[Path]
    ) -> tuple[list[Path], list[Asked]] | None:
        """Put a module's objects, by number, into their places, if they were made before; give its derivatives, too.

        Only if they reach the same in the libraries as then. Raises FileError.
        """
        found = self.store.find(key)
        if found is None or outside(found.facts["outside"], libraries) != found.facts["outside"]:
            return None
        places = [place(number) for number in range(len(found.blobs))]
        for number, path in enumerate(places):
            _put(path, found.blobs[str(number)])
        asked = [Asked(**one, found=True) for one in found.facts["derivatives"]]
        self.asked.extend(asked)
        return places, asked

    def keep_whole(self, key: Key, objects: Sequence[Path], asked: Sequence[Asked], outside: Mapping[str, str]) -> None:
        """Store objects by the bytes of the module that they are of: a short way, of which no failure is told."""
        told = [{"name": one.name, "place": one.place, "closure": one.closure, "reaches": one.reaches} for one in asked]
        blobs = {str(number): path.read_bytes() for number, path in enumerate(objects)}
        problem = self.store.problem
        self.store.put(key, blobs, {"derivatives": told, "outside": outside})
        self.store.problem = problem

    def _common(self, plan: Plan, *given: Path) -> dict[str, str]:
        """Write the plan's commands as they are in every folder: all options of all tools are in it."""
        made = plan[-1].makes
        stages = json.dumps([[stage.name, *stage.action.words] for stage in plan])
        for number, path in enumerate([*given, made]):
            stages = stages.replace(str(path), f"given {number}")
        for path in self.toolchain.files:
            stages = stages.replace(str(path), path.name)
        stages = stages.replace(f"{made.parent}/{made.name.partition('.')[0]}.", "")
        tools = {f"tool {path.name}": digest for path, digest in self.tools.items()}
        return {"stages": stages, "driver": self.code, **tools}

    def bring(self, key: Key, place: Path, *, anywhere: bool = True) -> Mapping[str, Any] | None:
        """Put a result into its place, if there is one; give what was said of it. Raises FileError."""
        found = self.store.find(key, anywhere=anywhere)
        if found is None:
            return None
        _put(place, found.blobs[_RESULT])
        return found.facts

    def keep(self, key: Key, place: Path, facts: Mapping[str, Any]) -> None:
        """Store a result."""
        self.store.put(key, {_RESULT: place.read_bytes()}, facts)

    def close(self, here: Path, crate: str) -> None:
        """Remember what was asked for a crate built into, or in, a directory; keep the store within its size."""
        self.store.close()
        if not self.store.writes:
            return
        if self.asked:
            record = Record(crate=crate, time=time.time(), parts=self.common, asked=tuple(self.asked))
            write_record(self.store.folder, here, record)
        if self.store.grown:
            keep_within(self.store.folder, self.store.limit, self.store.grown)


def _put(place: Path, data: bytes) -> None:
    try:
        place.write_bytes(data)
    except OSError as error:
        raise FileError(
            f"a stage cannot be written: {error.strerror}", where=str(place), hint="make room, or set TMPDIR"
        ) from None


def own_files() -> list[Path]:
    """Name the driver's own files that decide what a derivative is: every revision of a rule or a stage."""
    found = sorted(path for folder in _MAKING for path in (_PACKAGE / folder).rglob("*.*"))
    return [path for path in found if path.suffix in (".py", ".ll")]


def code_digest(own: Mapping[Path, str]) -> str:
    """Digest them, of which each one's digest is known."""
    told = "".join(f"{path.relative_to(_PACKAGE)} {digest}\n" for path, digest in own.items())
    return sha256(told.encode())
