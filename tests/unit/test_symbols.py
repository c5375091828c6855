"""What symbols are called in messages."""

from __future__ import annotations

import pytest

from cargo_autodiff.ir.request import parse_request
from cargo_autodiff.ir.symbols import derivative, path_of, with_paths


@pytest.mark.parametrize(
    ("symbol", "path"),
    [
        ("_ZN3ex24dfun6target17h8ee133c59d32d38aE", "ex2::dfun"),
        ("_ZN7grammar7forward8gradient6target17h7fd04a0d5546a34aE", "grammar::forward::gradient"),
        ("main", "main"),
        ("_RNvNvCs6xxl1lAjzDf_1a5dpoly6target", "_RNvNvCs6xxl1lAjzDf_1a5dpoly6target"),
    ],
)
def test_a_derivative_is_named_as_the_user_wrote_it(symbol: str, path: str) -> None:
    assert derivative(symbol) == path


@pytest.mark.parametrize(
    ("symbol", "path"),
    [
        ("_ZN4core3ptr15swap$LT$f64$GT$17h2d03d5dd5bb8a3a1E", "core::ptr::swap<f64>"),
        (
            "_ZN42_$LT$main..Line$u20$as$u20$main..Shape$GT$4area17h0123456789abcdefE",
            "<main::Line as main::Shape>::area",
        ),
        ("_ZN4main1f28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "main::f::{{closure}}"),
    ],
)
def test_signs_in_a_symbol_are_written_as_such(symbol: str, path: str) -> None:
    assert path_of(symbol) == path


def test_only_what_a_text_quotes_is_a_symbol() -> None:
    assert with_paths("`_ZN1a1bE` and _ZN1a1cE") == "`a::b` and _ZN1a1cE"


@pytest.mark.parametrize(
    ("source", "target", "label"),
    [
        ("_ZN1a2df6sourceE", "_ZN1a2df6targetE", "reverse derivative `a::df`"),
        ("f", "df", "reverse derivative `df` of `f`"),
    ],
)
def test_a_request_is_named_by_what_the_user_wrote(source: str, target: str, label: str) -> None:
    request = parse_request(f"source={source},target={target},mode=reverse,ret=active,args=active")

    assert request.label == label
