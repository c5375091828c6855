"""Find the programs of a tool set, and prove that they are of one LLVM. No process is started on a second call."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DriverError, ToolsetError, UsageError
from cargo_autodiff.named import Frozen
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.builds import PATIENCE, Build, build_of, remembered
from cargo_autodiff.toolchain.hosts.catalyst import CatalystHost, loader_path
from cargo_autodiff.toolchain.hosts.plugin import PluginHost
from cargo_autodiff.toolchain.profile import (
    HostKind,
    LlvmVersion,
    Profile,
    Profiles,
    Role,
    own_profile,
    read_profiles,
)
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cargo_autodiff.toolchain.hosts import EnzymeHost

NEEDED = ("opt", "llc", "llvm-ar")
DEBIAN = Path("/usr/lib")  # holds llvm-N/bin
MANIFEST = "manifest.json"  # written last: a folder that has one is whole


class Rustc(Frozen):
    """The compiler, and what it is made of."""

    tool: Tool
    release: str
    host: str
    llvm: LlvmVersion
    sysroot: Path


class Toolchain(Frozen):
    """Tools of one LLVM: opt and llc are of the same release, libLLVM is theirs or rustc's, the host for its major."""

    profile: Profile
    llvm: LlvmVersion
    opt: Tool
    llc: Tool
    ar: Tool
    libllvm: Path
    host: EnzymeHost

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that make a derivative what it is."""
        return (self.opt.path, self.llc.path, self.libllvm, *self.host.files)


class Binaries(Frozen):
    """A folder with opt, llc and llvm-ar, and the LLVM they are of."""

    folder: Path
    build: Build

    def tool(self, name: str) -> Tool:
        """Name one of them."""
        return Tool(name=name, path=self.folder / name)


def locate(profile: Profile, settings: Settings, rustc: Rustc | None = None) -> Toolchain:
    """Find a profile's programs: the system's if they agree with it, else the unpacked ones.

    With `rustc`, its sysroot is searched too. Raises ToolsetError that lists everything that is missing.
    """
    tools = settings.tools_folder()
    missing: list[str] = []
    distrust = why_distrusted(tools)
    if distrust:
        raise ToolsetError(
            f"the tools folder {tools} {distrust}", hint="repair it, or set AUTODIFF_TOOLS_DIR to another"
        )
    binaries = find_binaries(profile, settings, rustc, missing)
    host = find_host(profile, tools, binaries, missing)
    if binaries is None or host is None:
        advice = [advice_for_tools(profile)] if binaries is None else []
        advice += [advice_for_host(profile)] if host is None else []
        raise ToolsetError(
            f"the tool set {profile.name} is not complete: {missing[0]}",
            why="; ".join(missing[1:]),
            hint="; ".join(dict.fromkeys(advice)),
        )
    return Toolchain(
        profile=profile,
        llvm=binaries.build.llvm,
        opt=binaries.tool("opt"),
        llc=binaries.tool("llc"),
        ar=binaries.tool("llvm-ar"),
        libllvm=own_libllvm(rustc, profile.llvm) or binaries.build.libllvm,
        host=host,
    )


def own_libllvm(rustc: Rustc | None, major: int) -> Path | None:
    """Find the libLLVM that rustc itself uses, if it is of a major: what it makes is what rustc makes, and rustup's,
    optimised with profiles, is twice as fast as others.
    """
    if rustc is None or rustc.llvm.major != major:
        return None
    name = re.compile(rf"libLLVM\.so\.{major}\.\d+-rust-.*")
    libraries = (path for path in sorted((rustc.sysroot / "lib").glob("libLLVM.so.*")) if name.fullmatch(path.name))
    return next(libraries, None)


def advice_for_tools(profile: Profile) -> str:
    """Say how to get a profile's opt, llc and libLLVM."""
    if profile.wheel(Role.TOOLS, os.uname().machine) is not None:
        return f"run `cargo autodiff setup --profile {profile.name}`"
    return f"install LLVM {profile.llvm} with its libLLVM (Debian: {' '.join(profile.packages)})"


def advice_for_host(profile: Profile) -> str:
    """Say how to get a profile's Enzyme host."""
    if profile.wheel(Role.HOST, os.uname().machine) is not None:
        return f"run `cargo autodiff setup --profile {profile.name}`"
    return f"name your own LLVMEnzyme-{profile.llvm}.so with AUTODIFF_PLUGIN or --plugin"


def why_distrusted(folder: Path) -> str:
    """Say why code from a folder must not be run: somebody else could have put it there."""
    try:
        status = folder.stat()
    except OSError:
        return ""  # nothing there: nothing to run
    if status.st_uid not in (os.geteuid(), 0):
        return "belongs to another user"
    if status.st_mode & 0o002:
        return "can be written by everybody"
    return ""


def find_binaries(profile: Profile, settings: Settings, rustc: Rustc | None, missing: list[str]) -> Binaries | None:
    """Take the first folder whose opt and llc are of the profile's LLVM; else say in `missing` what was wrong."""
    tools = settings.tools_folder()
    rejected: list[str] = []
    for folder in binary_folders(profile, settings, rustc):
        found = try_folder(folder, profile, tools, rejected)
        if found is not None:
            return found
    found = unpacked_binaries(profile, tools)
    if found is None:
        missing.append(f"opt, llc and libLLVM of LLVM {profile.llvm}")
        missing.extend(rejected)
    return found


def binary_folders(profile: Profile, settings: Settings, rustc: Rustc | None) -> Iterator[Path]:
    """List where tools of an LLVM may be: Debian's folder, the PATH, rustup's llvm-tools."""
    yield DEBIAN / f"llvm-{profile.llvm}" / "bin"
    versioned = shutil.which(f"opt-{profile.llvm}", path=settings.search)
    if versioned is not None:
        yield Path(versioned).resolve().parent
    if rustc is not None:
        yield rustc.sysroot / "lib" / "rustlib" / rustc.host / "bin"


def try_folder(folder: Path, profile: Profile, tools: Path, rejected: list[str]) -> Binaries | None:
    """Prove that a folder's tools are whole, of one release, and of the profile's LLVM."""
    present = [name for name in NEEDED if (folder / name).exists()]
    if "opt" not in present:
        return None
    absent = sorted(set(NEEDED) - set(present))
    if absent:
        rejected.append(f"{folder} lacks {', '.join(absent)}")
        return None
    try:
        opt, llc = build_of(folder / "opt", tools), build_of(folder / "llc", tools)
    except DriverError as error:
        rejected.append(error.problem)
        return None
    if opt.llvm.major != profile.llvm:
        rejected.append(f"{folder}/opt is of LLVM {opt.llvm}")
    elif opt != llc:
        rejected.append(f"{folder}: opt is of LLVM {opt.llvm} ({opt.libllvm}), llc of {llc.llvm} ({llc.libllvm})")
    else:
        return Binaries(folder=folder, build=opt)
    return None


def unpacked_binaries(profile: Profile, tools: Path) -> Binaries | None:
    """Find what `setup` has unpacked; its manifest holds what setup measured."""
    wheel = profile.wheel(Role.TOOLS, os.uname().machine)
    manifest = read_manifest(tools / wheel.folder) if wheel is not None else None
    if wheel is None or manifest is None:
        return None
    folder = tools / wheel.folder
    build = Build(llvm=LlvmVersion.parse(manifest["llvm"]), libllvm=folder / manifest["libllvm"])
    return Binaries(folder=folder / "bin", build=build)


def read_manifest(folder: Path) -> dict[str, str] | None:
    """Read the manifest of an unpacked wheel; none, if it was not unpacked to its end."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def find_host(profile: Profile, tools: Path, binaries: Binaries | None, missing: list[str]) -> EnzymeHost | None:
    """Find what runs Enzyme."""
    match profile.host:
        case HostKind.CATALYST:
            return find_catalyst(profile, tools, missing)
        case HostKind.PLUGIN:
            return find_plugin(profile, tools, binaries, missing)


def find_catalyst(profile: Profile, tools: Path, missing: list[str]) -> CatalystHost | None:
    """Find the unpacked catalyst and the loader that setup made for it."""
    wheel = profile.wheel(Role.HOST, os.uname().machine)
    if wheel is None:
        missing.append(f"an Enzyme host: none is known for {os.uname().machine}")
        return None
    loader = loader_path(tools)
    absent = [
        what
        for what, there in (
            ("the Enzyme host (catalyst)", read_manifest(tools / wheel.folder) is not None),
            ("the loader that makes catalyst run Enzyme alone", loader.exists()),
        )
        if not there
    ]
    missing.extend(absent)
    if absent:
        return None
    return CatalystHost(catalyst=Tool(name="catalyst", path=tools / wheel.folder / "bin" / "catalyst"), loader=loader)


def find_plugin(profile: Profile, tools: Path, binaries: Binaries | None, missing: list[str]) -> PluginHost | None:
    """Find the plugin, the user's own or the unpacked one, and prove that it is for opt's LLVM before it is loaded."""
    plugin = profile.plugin or unpacked_plugin(profile, tools)
    if plugin is None:
        missing.append(f"an Enzyme plugin for LLVM {profile.llvm}")
        return None
    wrong = why_unfit(plugin, profile.llvm, tools)
    if wrong:
        missing.append(f"a usable Enzyme plugin: {plugin} {wrong}")
        return None
    if binaries is None:
        return None
    aliases = alias_folder(profile.alias, binaries.build.libllvm, tools, missing) if profile.alias else None
    if profile.alias and aliases is None:
        return None
    return PluginHost(opt=binaries.tool("opt"), llvm=profile.llvm, plugin=plugin, aliases=aliases)


def unpacked_plugin(profile: Profile, tools: Path) -> Path | None:
    """Find the plugin that `setup` has unpacked."""
    wheel = profile.wheel(Role.HOST, os.uname().machine)
    if wheel is None or read_manifest(tools / wheel.folder) is None:
        return None
    return tools / wheel.folder / wheel.members[0].to


def why_unfit(plugin: Path, major: int, tools: Path) -> str:
    """Say why a plugin cannot be loaded into an opt of LLVM `major`; a wrong one would crash or hang there."""
    if not plugin.is_file():
        return "does not exist"
    distrust = why_distrusted(plugin)
    if distrust:
        return distrust
    built = plugin_major(plugin, tools)
    if built is not None and built != major:
        return f"was built for LLVM {built}, not {major}"
    return ""


def plugin_major(plugin: Path, tools: Path) -> int | None:
    """Read from a plugin's file which libLLVM it asks the loader for; none, if it does not say."""
    (major,) = remembered(plugin, tools, lambda: [asked_library(plugin)])
    return int(major) if major else None


def asked_library(plugin: Path) -> str:
    """Find the soname of a libLLVM (libLLVM-15.so.1, libLLVM.so.22.1-rust-…) in a plugin's string table."""
    found = re.search(rb"\0libLLVM(?:\.so\.|-)(\d+)[\w.-]*\0", plugin.read_bytes())
    return found[1].decode() if found else ""


def alias_folder(alias: str, libllvm: Path, tools: Path, missing: list[str]) -> Path | None:
    """Give opt's own libLLVM the name a plugin asks for, so that LLVM is loaded once."""
    folder = tools / "aliases" / libllvm.name
    link = folder / alias
    try:
        if not link.is_symlink() or link.readlink() != libllvm:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = folder / f".{alias}.{os.getpid()}"
            unfinished.symlink_to(libllvm)
            unfinished.replace(link)
    except OSError as error:
        missing.append(f"the name {alias} for {libllvm}: {link}: {error.strerror}")
        return None
    return folder


def locate_rustc(path: Path | None, environ: Mapping[str, str]) -> Rustc:
    """Find rustc (`path`, $RUSTC, or the PATH's) and what it is made of; a known one is only asked for its sysroot."""
    named = str(path or environ.get("RUSTC") or "rustc")
    settings = Settings.read(environ)
    found = shutil.which(named, path=settings.search)
    if found is None:
        raise ToolsetError(f"there is no rustc: `{named}` was not found", hint="install Rust, or set RUSTC to its path")
    tool = Tool(name="rustc", path=Path(found).absolute())
    sysroot = find_sysroot(tool)
    real = sysroot / "bin" / "rustc"
    if is_proxy(tool.path) and real.exists():
        tool = Tool(name="rustc", path=real)  # saves rustup's own start in every call
    if real.exists():
        release, host, llvm = remembered(real, settings.tools_folder(), lambda: ask_rustc(tool))
    else:
        release, host, llvm = ask_rustc(tool)
    return Rustc(tool=tool, release=release, host=host, llvm=LlvmVersion.parse(llvm), sysroot=sysroot)


def find_sysroot(tool: Tool) -> Path:
    """Say where the compiler's libraries are: two folders up, or, for rustup's proxy and for scripts, as it says."""
    above = tool.path.parent.parent
    if (above / "lib" / "rustlib").is_dir():
        return above
    return Path(tool.command("--print", "sysroot").run(timeout=PATIENCE).strip())


def is_proxy(path: Path) -> bool:
    """Tell rustup's stand-in, which answers for another compiler in every folder."""
    rustup = path.with_name("rustup")
    return rustup.exists() and rustup.samefile(path)


def ask_rustc(tool: Tool) -> list[str]:
    """Ask for release, host and LLVM."""
    lines = tool.command("-vV").run(timeout=PATIENCE).splitlines()
    says = dict(line.split(": ", 1) for line in lines if ": " in line)
    wanted = ("release", "host", "LLVM version")
    if any(name not in says for name in wanted):
        raise ToolsetError(f"{tool.path} does not say its LLVM version", hint="a rustc with the LLVM backend is needed")
    return [says[name] for name in wanted]


def check_agrees(rustc: Rustc, toolchain: Toolchain) -> None:
    """Refuse a rustc whose IR the tool set cannot read."""
    profile = toolchain.profile
    if rustc.llvm.major not in profile.accepts:
        accepted = " or ".join(map(str, sorted(profile.accepts)))
        raise ToolsetError(
            f"rustc {rustc.release} is of LLVM {rustc.llvm}, but the tool set {profile.name} takes LLVM {accepted}",
            where=str(rustc.tool.path),
            hint="choose another rustc, or another tool set with AUTODIFF_PROFILE (docs/toolsets.md)",
        )


def locate_clang(profile: Profile, settings: Settings) -> Tool:
    """Find a clang whose IR the profile's opt reads: its own major, or an older one with opaque pointers (15 on)."""
    for major in range(profile.llvm, 14, -1):
        found = shutil.which(f"clang-{major}", path=settings.search)
        if found is not None:
            return Tool(name=f"clang-{major}", path=Path(found).absolute())
    found = shutil.which("clang", path=settings.search)
    if found is not None:
        clang = Tool(name="clang", path=Path(found).absolute())
        if 15 <= LlvmVersion.parse(clang.command("--version").run(timeout=PATIENCE)).major <= profile.llvm:
            return clang
    raise ToolsetError(
        f"there is no clang of LLVM 15 to {profile.llvm}", hint=f"install it (Debian: clang-{profile.llvm})"
    )


def choose_profile(profiles: Profiles, settings: Settings, rustc: Rustc | None = None) -> Profile:
    """Take the profile that was named; else the one that fits the plugin that was named, or rustc; else the default."""
    plugin = settings.plugin
    if settings.profile is not None:
        profile = profiles.named(settings.profile)
        if plugin is None and profile.host is HostKind.PLUGIN and not profile.wheels and rustc is not None:
            plugin = sysroot_plugin(rustc, profile.llvm)
        return profile.with_plugin(plugin) if plugin is not None else profile
    major = plugin_name_major(plugin) if plugin is not None else None
    if major is None and rustc is not None:
        major = rustc.llvm.major
    fitting = next((profile for profile in profiles.table.values() if major in profile.accepts), None)
    if plugin is not None:
        if major is None:
            raise UsageError(f"which LLVM is {plugin} for?", hint="name a profile too (AUTODIFF_PROFILE=llvmN)")
        base = fitting if fitting is not None and fitting.llvm == major else own_profile(major)
        return base.with_plugin(plugin)
    if fitting is None and rustc is not None and major is not None:
        plugin = sysroot_plugin(rustc, major)
        if plugin is not None:
            return own_profile(major).with_plugin(plugin)
    return fitting or profiles.named(profiles.default)


def toolchain_for(rustc: Rustc, settings: Settings) -> Toolchain:
    """Find the tool set that goes with a rustc. Raises ToolsetError when one is missing, or they do not agree."""
    toolchain = locate(choose_profile(read_profiles(), settings, rustc), settings, rustc)
    check_agrees(rustc, toolchain)
    return toolchain


def rustc_if_any(environ: Mapping[str, str]) -> Rustc | None:
    """Find rustc where it is not what is compiled with: its sysroot may hold the tools."""
    try:
        return locate_rustc(None, environ)
    except DriverError:
        return None


def plugin_name_major(plugin: Path) -> int | None:
    """Read the LLVM major from a plugin's name, LLVMEnzyme-N.so or libEnzyme-N.so."""
    found = re.search(r"Enzyme-(\d+)", plugin.name)
    return int(found[1]) if found else None


def sysroot_plugin(rustc: Rustc, major: int) -> Path | None:
    """Find the plugin that rustup's `enzyme` component puts into a sysroot."""
    for folder in (rustc.sysroot / "lib", rustc.sysroot / "lib" / "rustlib" / rustc.host / "lib"):
        for name in (f"libEnzyme-{major}.so", f"LLVMEnzyme-{major}.so"):
            if (folder / name).is_file():
                return folder / name
    return None
