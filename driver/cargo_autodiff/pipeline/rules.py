"""Which rules run where, in order. The order is part of what a derivative is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import UsageError
from cargo_autodiff.ir import border
from cargo_autodiff.ir.rules import (
    address_guard,
    alias_scopes,
    alignment_checks,
    assembly,
    atomic_integers,
    cache_arenas,
    calls_in_place,
    carried_words,
    chains,
    complex_quotients,
    const_memory,
    conversions,
    float_bits,
    float_inductions,
    indirect_calls,
    kept_pointers,
    kept_results,
    known_functions,
    lanes,
    loads_apart,
    loop_results,
    lost_shadows,
    memmove,
    merged_activity,
    merged_pointers,
    mixed_returns,
    nounwind,
    one_edge,
    one_exit,
    overwrites,
    own_names,
    packed_floats,
    packed_stores,
    scratch,
    settle,
    shared_words,
    speculation,
    stack_caches,
    statics,
    struct_returns,
    tables,
    typed_floats,
    unset_counters,
    unset_values,
    untyped_copies,
    ways_back,
    wrap_flags,
    zero_shadows,
)
from cargo_autodiff.rust.rules import (
    allocators,
    black_box,
    catch_unwind,
    declared_types,
    hash_tables,
    inactive,
    kept_caches,
    raw_vec,
    thread_local,
    verifying,
    zero_tests,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

BEFORE_FIRST_ROUND = (
    verifying.RULE,
    catch_unwind.CHECK,
    black_box.RULE,
    thread_local.RULE,
    float_bits.RULE,
    hash_tables.RULE,
    declared_types.SPLIT,
    allocators.RULE,
    raw_vec.RULE,
    zero_tests.RULE,
    mixed_returns.RULE,
    packed_floats.RULE,
    nounwind.RULE,
    inactive.RULE,
    speculation.RULE,
    kept_caches.MARK,
    own_names.RULE,
)
AFTER_REQUESTS = (const_memory.MARK,)
AFTER_FIRST_ROUND = (ways_back.RULE,)
WITH_SHADOWS = (zero_shadows.RULE, kept_pointers.CARRIERS)
"""What goes before the next where a derivative was refused without."""
BEFORE_ENZYME = (
    scratch.RULE,
    speculation.AS_FUNCTIONS,
    allocators.ZEROED,
    assembly.CHECK,
    complex_quotients.CHECK,
    indirect_calls.CHECK_CONST,
    known_functions.RULE,
    struct_returns.RULE,
    one_edge.RULE,
    alignment_checks.RULE,
    memmove.RULE,
    packed_stores.RULE,
    declared_types.RULE,
    untyped_copies.RULE,
    statics.CHECK,
    atomic_integers.RULE,
    mixed_returns.IN_MEMORY,
    mixed_returns.CHECK,
    packed_floats.CHECK,
    indirect_calls.CHECK,
    typed_floats.RULE,
    const_memory.CHECK,
    conversions.RULE,
    one_exit.RULE,
    alias_scopes.RULE,
    merged_pointers.RULE,
    kept_pointers.RULE,
    address_guard.RULE,
    merged_activity.RULE,
    speculation.LOOSEN,
    chains.RULE,
    lanes.RULE,
    loop_results.RULE,
    loads_apart.RULE,
    tables.RULE,
    calls_in_place.RULE,
    kept_results.RULE,
    overwrites.RULE,
    unset_values.RULE,
)
AFTER_ENZYME = (
    settle.NO_LEFTOVERS,
    loop_results.SETTLE,
    calls_in_place.SETTLE,
    overwrites.SETTLE,
    unset_counters.CHECK,
    tables.SETTLE,
    lost_shadows.RULE,
    merged_activity.CHECK,
    kept_pointers.CHECK,
    lanes.CHECK,
    carried_words.SETTLE,
    shared_words.SETTLE,
    border.SETTLE,
    kept_results.SETTLE,
    speculation.SETTLE,
    settle.CONTENTS,
    settle.HIDE_SHADOWS,
    settle.INVARIANT_GROUPS,
    settle.SCOPES_OF_STORES,
    known_functions.SETTLE,
    address_guard.SETTLE,
    merged_pointers.SETTLE,
    atomic_integers.SETTLE,
    settle.KEEP_NAN,
    wrap_flags.RULE,
    settle.KEEP_PANICS,
    thread_local.SETTLE,
    hash_tables.SETTLE,
    stack_caches.RULE,
    cache_arenas.RULE,
    kept_caches.RULE,
    allocators.RESTORE,
)
BEFORE_VECTORISING = (float_inductions.RULE,)
AFTER_SECOND_ROUND = (settle.KEEP_ORDER,)
ALL = (
    *BEFORE_FIRST_ROUND,
    *AFTER_REQUESTS,
    *AFTER_FIRST_ROUND,
    *WITH_SHADOWS,
    *BEFORE_ENZYME,
    *AFTER_ENZYME,
    *BEFORE_VECTORISING,
    *AFTER_SECOND_ROUND,
)


def require_known(names: Sequence[str]) -> None:
    """Raise UsageError when one of the names is no rule's."""
    known = {rule.name for rule in ALL}
    unknown = sorted(set(names) - known)
    if unknown:
        raise UsageError(
            f"there is no rule `{unknown[0]}`",
            why=f"the rules are {', '.join(sorted(known))}",
            hint="correct AUTODIFF_WITHOUT_RULES",
        )
