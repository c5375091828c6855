"""Hash tables: what they share is inlined where it is known what they hold, and hashing is not looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.inactive_calls import looked_into
from cargo_autodiff.rust.rules import hash_tables
from ir.reading import callees, function

if TYPE_CHECKING:
    from ir.reading import Ir

GROW = "_RNvMsa_NtC9hashbrown3rawNtB5_13RawTableInner15rehash_in_place"
INNER = f"{GROW}0B5_"
HASH = "_ZN4core4hash11BuildHasher8hash_one17h0123456789abcdefE"
TEXT = f"""
define internal void @{GROW}(ptr %table) noinline cold {{
  call void @llvm.memcpy.p0.p0.i64(ptr %table, ptr %table, i64 8, i1 false)
  ret void
}}
define internal void @{INNER}() noinline {{
  ret void
}}
define internal i64 @{HASH}(ptr %key) {{
  ret i64 0
}}
define void @f(ptr %table) {{
  call void @{GROW}(ptr %table)
  call void @{INNER}()
  %hash = call i64 @{HASH}(ptr %table)
  ret void
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


def test_what_all_tables_share_is_inlined_at_once_and_nothing_else(ir: Ir) -> None:
    got = ir.apply(hash_tables.RULE, TEXT)

    assert callees(got, "f") == ["llvm.memcpy.p0.p0.i64", INNER, HASH]


def test_hashing_stays_a_call_until_enzyme_has_run(ir: Ir) -> None:
    got = ir.apply(hash_tables.RULE, TEXT)

    hashing = function(got, HASH)
    assert hashing.has("noinline")
    assert hashing.string_attribute("enzyme_inactive") is not None
    hash_tables.SETTLE.apply(got)
    assert not hashing.has("noinline")


def test_what_only_hashing_does_is_not_looked_into(ir: Ir) -> None:
    text = """
define void @f(ptr %key) {
  call void @hash(ptr %key)
  ret void
}
define internal void @hash(ptr %key) "enzyme_inactive" {
  call void @write(ptr %key)
  ret void
}
define internal void @write(ptr %key) {
  ret void
}
"""
    assert [each.name for each in looked_into(ir.parse(text))] == ["f"]
