//! What fits a pointer is passed and returned as one integer, with the floats inside.

type F = f32;

pub const N: usize = 3;

#[derive(Clone, Copy)]
struct Flagged {
    value: F,
    is_set: bool,
    count: u8,
}

#[derive(Clone, Copy)]
struct Wrapped(Pair);

#[derive(Clone, Copy)]
struct Pair {
    a: F,
    b: F,
}

#[inline(never)]
fn made(v: F, before: F) -> Flagged {
    Flagged {
        value: v * before,
        is_set: v > 0.5,
        count: 7,
    }
}

#[inline(never)]
fn changed(flagged: Flagged, by: F) -> Flagged {
    Flagged {
        value: flagged.value * by + 0.1,
        is_set: !flagged.is_set,
        count: flagged.count + 1,
    }
}

#[inline(never)]
fn replaced(_: Flagged, v: F) -> Flagged {
    Flagged {
        value: v,
        is_set: true,
        count: 2,
    }
}

#[inline(never)]
fn powers(v: F) -> [F; 2] {
    [v * v, v.sin()]
}

#[inline(never)]
fn turned(pair: Wrapped, by: [F; 2]) -> Wrapped {
    Wrapped(Pair {
        a: pair.0.b * by[0],
        b: pair.0.a + by[1],
    })
}

pub fn f(x: &[F]) -> F {
    let flagged = changed(made(x[0], x[1]), x[2]);
    let constant = replaced(flagged, x[2] * 0.7);
    let pair = turned(Wrapped(Pair { a: x[0], b: x[1] }), powers(x[2])).0;
    let chosen = if flagged.is_set { pair.a } else { pair.b };
    flagged.value * flagged.count as F + constant.value + pair.a * pair.b + chosen
}
