"""Look at everything a derivative needs, one finding a requirement."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff import __version__
from cargo_autodiff.errors import DriverError
from cargo_autodiff.toolchain.builds import PATIENCE
from cargo_autodiff.toolchain.locate import (
    advice_for_host,
    advice_for_tools,
    check_agrees,
    choose_profile,
    find_binaries,
    find_host,
    locate,
    locate_rustc,
    why_distrusted,
)
from cargo_autodiff.toolchain.probe import probe
from cargo_autodiff.toolchain.profile import read_profiles
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cargo_autodiff.settings import Settings
    from cargo_autodiff.toolchain.locate import Rustc, Toolchain
    from cargo_autodiff.toolchain.profile import Profile

WRAPPERS = ("RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER")


class State(Enum):
    """How a requirement is met."""

    OK = "ok"
    MISSING = "missing"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One requirement: what was found, or what to do."""

    name: str
    state: State
    says: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All findings, and the versions for a bug report."""

    profile: str
    findings: tuple[Finding, ...]
    versions: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Say whether nothing that is needed is missing."""
        return all(finding.state is not State.MISSING for finding in self.findings)


def examine(settings: Settings, environ: Mapping[str, str], timeout: float) -> Report:
    """Look at every requirement of the profile in use; raises UsageError only, for a setting that makes no sense."""
    rustc, rustc_finding = look_at_rustc(environ)
    profile = choose_profile(read_profiles(), settings, rustc)
    toolchain, tool_findings = look_at_tools(profile, settings, rustc, timeout)
    findings = (
        look_at_python(),
        look_at_program("cargo", settings, "install Rust"),
        rustc_finding,
        *tool_findings,
        look_at_program("cc", settings, "install a C compiler (Debian: gcc); Rust links with it"),
        look_at_folder(settings.tools_folder()),
        look_at_wrappers(environ),
    )
    return Report(profile=profile.name, findings=findings, versions=versions_of(rustc, toolchain))


def look_at_python() -> Finding:
    """Name the interpreter that runs us; an older one would not have come this far."""
    return Finding(name="python", state=State.OK, says=f"{platform.python_version()} ({sys.executable})")


def look_at_program(name: str, settings: Settings, advice: str) -> Finding:
    """Check that a program is on the PATH and starts."""
    found = shutil.which(name, path=settings.search)
    if found is None:
        return Finding(name=name, state=State.MISSING, says="not found on the PATH", hint=advice)
    try:
        says = Tool(name=name, path=Path(found).absolute()).command("--version").run(timeout=PATIENCE)
    except DriverError as error:
        return Finding(name=name, state=State.MISSING, says=error.problem, hint=advice)
    return Finding(name=name, state=State.OK, says=f"{says.partition(chr(10))[0]} ({found})")


def look_at_rustc(environ: Mapping[str, str]) -> tuple[Rustc | None, Finding]:
    """Check rustc, and which LLVM it is of."""
    try:
        rustc = locate_rustc(None, environ)
    except DriverError as error:
        return None, missing("rustc", error)
    says = f"{rustc.release}, LLVM {rustc.llvm}, for {rustc.host} ({rustc.tool.path})"
    return rustc, Finding(name="rustc", state=State.OK, says=says)


def missing(name: str, error: DriverError) -> Finding:
    """Make a finding of a failure."""
    says = f"{error.problem} ({error.why})" if error.why else error.problem
    return Finding(name=name, state=State.MISSING, says=says, hint=error.hint)


def look_at_tools(
    profile: Profile, settings: Settings, rustc: Rustc | None, timeout: float
) -> tuple[Toolchain | None, list[Finding]]:
    """Check opt, llc, libLLVM and the host one by one, then that they agree and work."""
    findings = find_parts(profile, settings, rustc)
    try:
        toolchain = locate(profile, settings, rustc)
    except DriverError as error:
        if all(finding.state is State.OK for finding in findings):
            findings.append(missing("tool set", error))
        return None, findings
    findings.append(attempt("agreement", lambda: agreement(rustc, toolchain)))
    findings.append(attempt("probe", lambda: probed(toolchain, timeout)))
    return toolchain, findings


def find_parts(profile: Profile, settings: Settings, rustc: Rustc | None) -> list[Finding]:
    """Look for each part of a tool set."""
    advice = advice_for_tools(profile)
    lacks: list[str] = []
    binaries = find_binaries(profile, settings, rustc, lacks)
    findings = []
    for name in ("opt", "llc", "libLLVM"):
        if binaries is None:
            says = f"none of LLVM {profile.llvm}{''.join(f'; {reason}' for reason in lacks[1:])}"
            findings.append(Finding(name=name, state=State.MISSING, says=says, hint=advice))
        else:
            path = binaries.build.libllvm if name == "libLLVM" else binaries.folder / name
            findings.append(Finding(name=name, state=State.OK, says=f"LLVM {binaries.build.llvm} ({path})"))
    lacks = []
    host = find_host(profile, settings.tools_folder(), binaries, lacks)
    if host is not None:
        says = f"{host.name} ({host.files[0]})"
        findings.append(Finding(name="Enzyme host", state=State.OK, says=says))
    elif lacks:
        advice = advice_for_host(profile)
        findings.append(
            Finding(name="Enzyme host", state=State.MISSING, says=f"not found: {'; '.join(lacks)}", hint=advice)
        )
    return findings


def attempt(name: str, check: Callable[[], str]) -> Finding:
    """Make a finding of a check that raises."""
    try:
        return Finding(name=name, state=State.OK, says=check())
    except DriverError as error:
        return missing(name, error)


def agreement(rustc: Rustc | None, toolchain: Toolchain) -> str:
    """Prove that rustc's IR is for this tool set."""
    if rustc is None:
        return f"opt, llc and libLLVM are of LLVM {toolchain.llvm}"
    check_agrees(rustc, toolchain)
    return f"rustc of LLVM {rustc.llvm}; opt, llc and libLLVM {toolchain.llvm}; host for LLVM {toolchain.profile.llvm}"


def probed(toolchain: Toolchain, timeout: float) -> str:
    """Run the host."""
    probe(toolchain.host, timeout)
    return f"{toolchain.host.name} differentiated a three-line module"


def look_at_folder(tools: Path) -> Finding:
    """Check that tool sets can be kept, by us alone."""
    name = "tools folder"
    if not tools.exists():
        return Finding(name=name, state=State.OK, says=f"{tools} (`cargo autodiff setup` makes it)")
    distrust = why_distrusted(tools)
    if distrust:
        return Finding(
            name=name,
            state=State.MISSING,
            says=f"{tools} {distrust}",
            hint=f"chmod 700 {tools}, or set AUTODIFF_TOOLS_DIR",
        )
    if not os.access(tools, os.W_OK):
        return Finding(
            name=name,
            state=State.WARNING,
            says=f"{tools} cannot be written",
            hint="`setup` needs another AUTODIFF_TOOLS_DIR",
        )
    free = shutil.disk_usage(tools).free
    return Finding(name=name, state=State.OK, says=f"{tools} ({free / 1e9:.1f} GB free)")


def look_at_wrappers(environ: Mapping[str, str]) -> Finding:
    """Check that nobody else stands between cargo and rustc."""
    name = "conflicts"
    taken = [f"{wrapper}={environ[wrapper]}" for wrapper in WRAPPERS if environ.get(wrapper)]
    if not taken:
        return Finding(name=name, state=State.OK, says="none")
    hint = "`cargo autodiff` takes that place itself; unset it if a build misbehaves"
    return Finding(name=name, state=State.WARNING, says=f"{', '.join(taken)} is set", hint=hint)


def versions_of(rustc: Rustc | None, toolchain: Toolchain | None) -> dict[str, str]:
    """Collect what a bug report must say."""
    versions = {"cargo-autodiff": __version__, "python": platform.python_version(), "system": platform.platform()}
    if rustc is not None:
        versions |= {"rustc": rustc.release, "rustc-llvm": str(rustc.llvm)}
    if toolchain is not None:
        versions |= {"llvm": str(toolchain.llvm), "enzyme": toolchain.host.name}
        versions |= {wheel.project: wheel.version for wheel in toolchain.profile.wheels}
    return versions
