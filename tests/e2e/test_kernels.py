"""The kernels of the benchmarks at a small size: values; gradients from Rust, C, adjoints by hand, and differences."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from driving import DRIVER, REPOSITORY

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

sys.path.insert(0, str(REPOSITORY / "benchmarks"))
import kernels

KERNELS = kernels.read_kernels()


@pytest.fixture(scope="module")
def built(llvm22: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> kernels.Built:
    """All kernels, built."""
    if shutil.which("clang-15") is None:
        pytest.skip("clang-15 is not installed (Debian: clang-15)")
    paths = os.pathsep.join(filter(None, [str(DRIVER), os.environ.get("PYTHONPATH")]))
    return kernels.Built.within(tmp_path_factory.mktemp("kernels"), KERNELS, {**os.environ, "PYTHONPATH": paths})


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_all_sources_of_a_gradient_agree(kernel: kernels.Kernel, built: kernels.Built) -> None:
    kernels.check(kernel, kernel.test, built)


def test_a_wrong_value_is_noticed(built: kernels.Built) -> None:
    wrong = kernels.Size(size=KERNELS[0].test.size, value=KERNELS[0].test.value + 1)

    with pytest.raises(kernels.WrongGradientError, match="the value of brusselator, plain, of size 8"):
        kernels.check(KERNELS[0], wrong, built)
