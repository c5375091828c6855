//! What a comparison with differences cannot say (tests/conformance has the rest): values that are not finite, panics,
//! scalars, a static that changes between calls.
//!
//! `cargo autodiff test` runs all cases. `cargo autodiff run --features program` does the same where a profile sets
//! panic = "abort", which cargo ignores in tests.

use autodiff::{autodiff_forward, autodiff_reverse};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[autodiff_reverse(quotient_reverse, Duplicated, Active)]
fn quotient(x: &[f64]) -> f64 {
    x[0] * x[1] / (x[0] - x[0]) + x[2]
}

#[autodiff_reverse(blow_up_reverse, Duplicated, Active)]
fn blow_up(x: &[f64]) -> f64 {
    let mut y = x[0];
    for _ in 0..12 {
        y = y * y + x[1];
    }
    y - y
}

#[autodiff_reverse(squared_reverse, Duplicated, Active)]
fn squared(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// What IEEE arithmetic says must arrive: derivative code must not assume that numbers are finite.
fn not_finite_stays() {
    let mut dx = [0.0; 3];
    let value = quotient_reverse(&[1.0, 2.0, 3.0], &mut dx, 1.0);
    assert_eq!(value, f64::INFINITY);
    assert!(dx[0].is_nan() || dx[0].is_infinite(), "{dx:?}");
    assert_eq!(dx[1..], [f64::INFINITY, 1.0]);

    let mut dx = [0.0; 2];
    assert!(blow_up_reverse(&[10.0, 1.0], &mut dx, 1.0).is_nan());
    assert!(dx.iter().all(|d| d.is_nan()), "{dx:?}");

    let mut dx = [0.0; 3];
    assert!(squared_reverse(&[f64::NAN, f64::INFINITY, 2.0], &mut dx, 1.0).is_nan());
    assert!(
        dx[0].is_nan() && dx[1] == f64::INFINITY && dx[2] == 4.0,
        "{dx:?}"
    );

    let mut dx = [0.0; 3];
    squared_reverse(&[1.0, 2.0, 3.0], &mut dx, f64::NAN);
    assert!(dx.iter().all(|d| d.is_nan()), "{dx:?}");
}

#[autodiff_reverse(closed_reverse, Active, Active, Active)]
fn closed(x: f64, y: f64) -> f64 {
    (x * y).sin() / (1.0 + x * x)
}

fn scalars_are_right() {
    let (x, y) = (0.7_f64, 1.3_f64);
    let (value, dx, dy) = closed_reverse(x, y, 2.0);
    let below = 1.0 + x * x;

    close(value, (x * y).sin() / below);
    close(
        dx,
        2.0 * (y * (x * y).cos() / below - 2.0 * x * (x * y).sin() / (below * below)),
    );
    close(dy, 2.0 * x * (x * y).cos() / below);
}

#[track_caller]
fn close(got: f64, wanted: f64) {
    assert!((got - wanted).abs() <= 1e-14, "{got} should be {wanted}");
}

unsafe extern "C" {
    fn erf(x: f64) -> f64;
    fn erfc(x: f64) -> f64;
    fn j0(x: f64) -> f64;
    fn j1(x: f64) -> f64;
    fn y0(x: f64) -> f64;
    fn y1(x: f64) -> f64;
    fn exp10(x: f64) -> f64;
    fn cbrt(x: f64) -> f64;
    fn log1p(x: f64) -> f64;
    fn expm1(x: f64) -> f64;
    fn asinh(x: f64) -> f64;
    fn acosh(x: f64) -> f64;
    fn atanh(x: f64) -> f64;
    fn sinh(x: f64) -> f64;
    fn cosh(x: f64) -> f64;
    fn tanh(x: f64) -> f64;
    fn tan(x: f64) -> f64;
    fn asin(x: f64) -> f64;
    fn acos(x: f64) -> f64;
    fn atan(x: f64) -> f64;
    fn exp2(x: f64) -> f64;
    fn log2(x: f64) -> f64;
    fn log10(x: f64) -> f64;
    fn sin(x: f64) -> f64;
    fn cos(x: f64) -> f64;
    fn exp(x: f64) -> f64;
    fn log(x: f64) -> f64;
    fn sqrt(x: f64) -> f64;
    fn hypot(x: f64, y: f64) -> f64;
    fn atan2(x: f64, y: f64) -> f64;
    fn fdim(x: f64, y: f64) -> f64;
    fn remainder(x: f64, y: f64) -> f64;
    fn fmod(x: f64, y: f64) -> f64;
    fn pow(x: f64, y: f64) -> f64;
    fn copysign(x: f64, y: f64) -> f64;
    fn fmax(x: f64, y: f64) -> f64;
    fn fmin(x: f64, y: f64) -> f64;
    fn fma(x: f64, y: f64, z: f64) -> f64;
    fn jn(n: i32, x: f64) -> f64;
    fn yn(n: i32, x: f64) -> f64;
    fn ldexp(x: f64, n: i32) -> f64;
}

const OF_C: usize = 41;

/// Each function of C's library that Enzyme knows, of a number of its own.
#[autodiff_reverse(of_c_reverse, Duplicated, Active)]
#[autodiff_forward(of_c_forward, Dual, Dual)]
fn of_c(x: &[f64; OF_C]) -> f64 {
    let mut last = 0;
    let mut next = || {
        last += 1;
        x[last - 1]
    };
    let mut value = 0.0;
    // SAFETY: functions of numbers, of the C library that std is linked with.
    unsafe {
        value += erf(next());
        value += erfc(next());
        value += j0(next());
        value += j1(next());
        value += y0(next());
        value += y1(next());
        value += exp10(next());
        value += cbrt(next());
        value += log1p(next());
        value += expm1(next());
        value += asinh(next());
        value += acosh(1.0 + next());
        value += atanh(next());
        value += sinh(next());
        value += cosh(next());
        value += tanh(next());
        value += tan(next());
        value += asin(next());
        value += acos(next());
        value += atan(next());
        value += exp2(next());
        value += log2(next());
        value += log10(next());
        value += sin(next());
        value += cos(next());
        value += exp(next());
        value += log(next());
        value += sqrt(next());
        let x = next();
        value += hypot(3.0 * x, 1.9 - x * x);
        let x = next();
        value += atan2(3.0 * x, 1.9 - x * x);
        let x = next();
        value += fdim(3.0 * x, 1.9 - x * x);
        let x = next();
        value += remainder(3.0 * x, 1.9 - x * x);
        let x = next();
        value += fmod(3.0 * x, 1.9 - x * x);
        let x = next();
        value += pow(3.0 * x, 1.9 - x * x);
        let x = next();
        value += copysign(3.0 * x, 1.9 - x * x);
        let x = next();
        value += fmax(3.0 * x, 1.9 - x * x);
        let x = next();
        value += fmin(3.0 * x, 1.9 - x * x);
        let x = next();
        value += fma(x, 1.5 - x, x);
        value += jn(2, next()) + yn(2, next()) + ldexp(next(), 2);
    }
    value
}

fn functions_of_c_have_derivatives() {
    let x: [f64; OF_C] = std::array::from_fn(|at| 0.4 + 0.01 * at as f64);
    let mut dx = [0.0; OF_C];
    of_c_reverse(&x, &mut dx, 1.0);
    for at in 0..OF_C {
        let mut unit = [0.0; OF_C];
        unit[at] = 1.0;
        let (_, tangent) = of_c_forward(&x, &unit);
        let value = |h: f64| of_c(&std::array::from_fn(|i| x[i] + h * unit[i]));
        let h = 1e-3;
        let difference =
            (value(-2.0 * h) - 8.0 * value(-h) + 8.0 * value(h) - value(2.0 * h)) / (12.0 * h);
        assert!(
            (dx[at] - difference).abs() < 1e-7 * (1.0 + difference.abs()),
            "{at}: {} {difference}",
            dx[at]
        );
        assert!(
            (dx[at] - tangent).abs() < 1e-12 * (1.0 + tangent.abs()),
            "{at}: {} {tangent}",
            dx[at]
        );
    }
}

static mut SCALE: f64 = 1.0;

#[autodiff_reverse(scales_reverse, Duplicated, Active)]
fn scales(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() * unsafe { SCALE }
}

fn static_is_read_at_each_call() {
    let mut dx = [0.0; 2];
    unsafe { SCALE = 3.0 };
    assert_eq!(scales_reverse(&[1.0, 2.0], &mut dx, 1.0), 15.0);
    unsafe { SCALE = -1.0 };
    assert_eq!(scales_reverse(&[1.0, 2.0], &mut dx, 1.0), -5.0);
    assert_eq!(dx, [4.0, 8.0]);
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

#[inline(never)]
fn counted(x: f64) -> f64 {
    let before = CALLS.fetch_add(1, Ordering::Relaxed);
    x * x * before as f64
}

#[autodiff_reverse(counts_reverse, Duplicated, Active)]
#[autodiff_forward(counts_forward, Dual, Dual)]
fn counts(x: &[f64]) -> f64 {
    x.iter().map(|x| counted(*x)).sum()
}

/// Derivatives count as often as the function does, and with the numbers that were there at the time.
fn counters_count_once() {
    CALLS.store(2, Ordering::Relaxed);
    let mut dx = [0.0; 3];
    assert_eq!(counts_reverse(&[1.0, 2.0, 3.0], &mut dx, 1.0), 50.0);
    assert_eq!(dx, [4.0, 12.0, 24.0]);
    assert_eq!(CALLS.load(Ordering::Relaxed), 5);

    let (value, tangent) = counts_forward(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.0]);
    assert_eq!((value, tangent), (5.0 + 24.0 + 63.0, 24.0));
    assert_eq!(CALLS.load(Ordering::Relaxed), 8);
}

#[autodiff_reverse(picked_reverse, Duplicated, Const, Active)]
fn picked(x: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += x[i] * x[i];
    }
    s
}

fn index_is_in_bounds() {
    let mut shadow = [0.0; 3];
    assert_eq!(picked_reverse(&[1.0, 2.0, 3.0], &mut shadow, 2, 1.0), 5.0);
    assert_eq!(shadow, [2.0, 4.0, 0.0]);
}

/// Must not return: not even a gradient may be read from behind a slice.
fn out_of_bounds() {
    let mut shadow = [0.0; 3];
    let value = picked_reverse(&[1.0, 2.0, 3.0], &mut shadow, std::hint::black_box(40), 1.0);
    println!("survived with {value} and {shadow:?}");
}

/// With panic = "abort" the whole process ends: whoever started it looks (tests/e2e/test_soundness.py).
fn bounds_are_checked() {
    #[cfg(panic = "unwind")]
    {
        let payload = std::panic::catch_unwind(out_of_bounds).unwrap_err();
        let message = payload.downcast::<String>().unwrap();
        assert_eq!(
            *message,
            "index out of bounds: the len is 3 but the index is 3"
        );
    }
}

#[autodiff_reverse(sorted_reverse, DuplicatedOnly, Active)]
#[autodiff_forward(sorted_forward, DualOnly, Dual)]
fn sorted(x: &mut [f64]) -> f64 {
    x.sort_by(f64::total_cmp);
    x[0] * x[0] + 10.0 * x[4]
}

/// That a caller needs no values does not mean that the function needs none.
fn scratch_is_written_where_it_is_read() {
    let given = [5.0, 3.0, 4.0, 1.0, 2.0];
    let (mut x, mut dx) = (given, [0.1, 0.2, 0.3, 0.4, 0.5]);
    // SAFETY: what is in `x` afterwards is not used.
    let value = unsafe { sorted_reverse(&mut x, &mut dx, 1.0) };
    assert_eq!(value, 51.0);
    assert_eq!(dx, [10.5, 0.3, 0.4, 2.1, 0.2]);

    let (mut x, mut dx) = (given, [0.1, 0.2, 0.3, 0.4, 0.5]);
    // SAFETY: the same.
    assert_eq!(unsafe { sorted_forward(&mut x, &mut dx) }, (51.0, 1.8));
    assert_eq!(dx, [0.4, 0.5, 0.2, 0.3, 0.1]);
}

struct Term<'a> {
    values: &'a [f64],
    factor: f64,
    at: usize,
}

#[autodiff_forward(terms_forward, 2, Dual, Const, DualOnly)]
fn terms(x: &[f64], n: usize) -> f64 {
    let mut terms = Vec::new();
    for at in 0..n {
        let factor = x[at % 2] * x[1];
        terms.push(Term {
            values: x,
            factor,
            at,
        });
    }
    terms
        .iter()
        .map(|term| term.factor * term.values[term.at % x.len()])
        .sum()
}

/// A vector of structures grows: Enzyme differentiates the copy as a function of its own.
fn lanes_go_through_copies() {
    let x: [f64; 2] = [1.5, -0.5];
    let [first, second] = terms_forward(&x, &[1.0, 0.0], &[0.0, 1.0], 7);

    // 4 x0² x1 + 3 x1³
    close(first, 8.0 * x[0] * x[1]);
    close(second, 4.0 * x[0] * x[0] + 9.0 * x[1] * x[1]);
}

enum Entry {
    Number(f64),
    Text(String),
    List(Vec<f64>),
    Count(usize),
}

#[inline(never)]
fn entry(v: f64, i: usize) -> Entry {
    match i % 4 {
        0 => Entry::Number(v * v),
        1 => Entry::Text("ab".repeat(i)),
        2 => Entry::List(vec![v; i]),
        _ => Entry::Count(2 * i + 1),
    }
}

fn read(entry: &Entry, v: f64) -> f64 {
    match entry {
        Entry::Number(n) => n * v,
        Entry::Text(text) => text.len() as f64 * v,
        Entry::List(list) => list.iter().sum::<f64>() * v,
        Entry::Count(n) => *n as f64 * v,
    }
}

#[autodiff_reverse(entries_reverse, 2, Const, Duplicated, Duplicated)]
#[autodiff_forward(entries_forward, 2, Const, Dual, Dual)]
fn entries(n: usize, x: &[f64], out: &mut [f64]) {
    let mut kept = [Entry::Count(1), Entry::Text(String::new())];
    for i in 0..n {
        let next = entry(x[i], i);
        out[i] = read(&kept[0], x[i]) + read(&next, x[0]);
        kept[1] = next;
        if i % 5 != 4 {
            kept.swap(0, 1);
        }
    }
}

/// A word is a number, a count or a pointer, and moves; each lane has a shadow of it.
fn lanes_of_words_are_apart() {
    let x = [1.5, 0.5, 2.0, -1.0, 0.25, 3.0];
    // what the entry before is read with, as a row of the Jacobian: out[i] by x
    let rows: [[f64; 6]; 6] = [
        [1.0 + 3.0 * x[0] * x[0], 0.0, 0.0, 0.0, 0.0, 0.0],
        [2.0 * x[0] * x[1] + 2.0, x[0] * x[0], 0.0, 0.0, 0.0, 0.0],
        [2.0 * x[2], 0.0, 2.0 + 2.0 * x[0], 0.0, 0.0, 0.0],
        [7.0, 0.0, 2.0 * x[3], 2.0 * x[2], 0.0, 0.0],
        [x[4] * x[4], 0.0, 0.0, 0.0, 7.0 + 2.0 * x[4] * x[0], 0.0],
        [10.0, 0.0, 0.0, 0.0, 0.0, 7.0],
    ];
    let seeds = [
        [1.0, -0.5, 0.25, 2.0, 0.0, 1.0],
        [0.0, 1.0, 1.0, -1.0, 3.0, 0.5],
    ];

    let (mut out, [mut first, mut second]) = ([0.0; 6], [[0.0; 6]; 2]);
    entries_forward(
        6,
        &x,
        &seeds[0],
        &seeds[1],
        &mut out,
        &mut first,
        &mut second,
    );
    for (tangent, seed) in [(first, seeds[0]), (second, seeds[1])] {
        for (row, tangent) in rows.iter().zip(tangent) {
            close(tangent, row.iter().zip(seed).map(|(a, b)| a * b).sum());
        }
    }

    let [mut dx, mut dy] = [[0.0; 6]; 2];
    let [mut first, mut second] = seeds;
    entries_reverse(6, &x, &mut dx, &mut dy, &mut out, &mut first, &mut second);
    for (adjoint, seed) in [(dx, seeds[0]), (dy, seeds[1])] {
        for (column, adjoint) in adjoint.into_iter().enumerate() {
            close(
                adjoint,
                rows.iter().zip(seed).map(|(row, b)| row[column] * b).sum(),
            );
        }
    }
}

#[inline(never)]
fn grow(made: &mut Vec<f64>, more: &[f64]) {
    made.extend_from_slice(more);
}

#[autodiff_reverse(anew_reverse, 2, Const, Duplicated)]
fn anew(n: usize, y: &mut [f64]) {
    for i in 0..n {
        let mut made = Vec::new();
        grow(&mut made, &y[..n]);
        grow(&mut made, &y[..n]);
        y[i] = made[i] * made[i + n] + made[0];
    }
}

/// Each iteration makes a vector, whose shadow in each lane the reverse pass has to find again.
fn lanes_find_their_vectors() {
    let (mut y, mut first, mut second) = ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]);
    anew_reverse(3, &mut y, &mut first, &mut second);

    // each is squared in turn, and gets the first, as it is then, added
    assert_eq!(y, [2.0, 6.0, 11.0]);
    assert_eq!(first, [18.0, 8.0, 18.0]);
    assert_eq!(second, [-1.5, 2.0, 0.0]);
}

static TABLE: [f64; 3] = [1.5, 2.0, 0.5];

struct Row<'a> {
    values: &'a [f64],
    factor: f64,
}

#[inline(never)]
fn keep<'a>(rows: &mut Vec<Row<'a>>, values: &'a [f64], factor: f64) {
    rows.push(Row { values, factor });
}

#[autodiff_forward(rows_forward, 2, Dual, Const, DualOnly)]
fn rows(x: &[f64], n: usize) -> f64 {
    let mut rows = Vec::new();
    for i in 0..n {
        let (values, factor) = if i % 2 == 0 {
            (&TABLE[..], x[0])
        } else {
            (x, x[1])
        };
        keep(&mut rows, values, factor);
    }
    rows.iter()
        .map(|row| row.factor * row.values.iter().sum::<f64>())
        .sum()
}

/// A table has no tangents, in any lane.
fn lanes_of_tables_are_zero() {
    let [first, second] = rows_forward(&[1.0, 2.0], &[1.0, 0.0], &[0.0, 1.0], 5);

    // 3 x0 (1.5 + 2 + 0.5) + 2 x1 (x0 + x1)
    assert_eq!((first, second), (16.0, 10.0));
}

static ROWS: [&[f64]; 2] = [&[0.5, 2.0], &[1.0]];

#[autodiff_reverse(collected_reverse, 2, Duplicated, Const, Duplicated)]
fn collected(x: &[f64], rows: &[Vec<f64>], sum: &mut f64) {
    let mut all: Vec<f64> = Vec::new();
    for row in rows {
        all.extend_from_slice(row);
        all.push(x[0]);
    }
    for row in &ROWS {
        all.extend_from_slice(row);
        all.push(x[1]);
    }
    for value in &mut all {
        *value *= *value;
    }
    *sum += all.iter().sum::<f64>();
}

/// What a `Const` parameter or a table leads to gets no adjoints, in any lane.
fn lanes_leave_constants_alone() {
    let x = [1.5, -0.5];
    let rows = vec![vec![1.0, 2.0], vec![3.0]];
    let (mut first, mut second, mut sum) = ([0.0; 2], [0.0; 2], 0.0);
    collected_reverse(
        &x,
        &mut first,
        &mut second,
        &rows,
        &mut sum,
        &mut 1.0,
        &mut -2.0,
    );

    assert_eq!(rows, [vec![1.0, 2.0], vec![3.0]]);
    assert_eq!(sum, 14.0 + 5.25 + 2.0 * (2.25 + 0.25));
    assert_eq!(first, [4.0 * x[0], 4.0 * x[1]]);
    assert_eq!(second, [-8.0 * x[0], -8.0 * x[1]]);
}

#[autodiff_reverse(both_reverse, Duplicated, Active)]
#[autodiff_forward(both_forward, Dual, Dual)]
fn both(x: &[f32]) -> [f32; 2] {
    [x[0] * x[1], x[1] * x[1]]
}

/// rustc returns the two as one integer.
fn packed_results_are_right() {
    let (x, mut shadow) = ([3.0, 0.5], [0.0; 2]);

    assert_eq!(both_reverse(&x, &mut shadow, [2.0, 4.0]), [1.5, 0.25]);
    assert_eq!(shadow, [1.0, 10.0]);
    assert_eq!(both_forward(&x, &[2.0, 4.0]), ([1.5, 0.25], [13.0, 4.0]));
}

#[autodiff_reverse(running_reverse, Duplicated, Const, Active)]
#[autodiff_forward(running_forward, 2, Dual, Const, DualOnly)]
fn running(x: &[f64], work: &mut [f64; 3]) -> f64 {
    for (square, x) in work.iter_mut().zip(x) {
        *square = x * x;
    }
    for i in 1..work.len() {
        work[i] *= work[i - 1];
    }
    work.iter().sum()
}

#[autodiff_reverse(either_reverse, 2, Duplicated, Const, Const, Duplicated)]
fn either(x: &[f64], fixed: &[f64], is_fixed: bool, sum: &mut f64) {
    let from = if is_fixed { fixed } else { x };
    for (a, b) in from.iter().zip(x) {
        *sum += a * a * b;
    }
}

#[autodiff_reverse(referred_reverse, Duplicated, Const, Active)]
#[autodiff_forward(referred_forward, Dual, Const, Dual)]
fn referred(x: &[f64], fixed: &[f64]) -> f64 {
    let mut rows = Vec::new();
    for (i, factor) in x.iter().enumerate() {
        let values = if i % 2 == 0 { fixed } else { x };
        keep(&mut rows, values, *factor);
    }
    rows.iter()
        .map(|row| row.factor * row.values.iter().sum::<f64>())
        .sum()
}

/// What does not count gets a shadow of zeros where it is written to, chosen instead of what counts, or kept beside it.
fn constants_are_mixed_with_what_counts() {
    let (x, mut shadow, mut work) = ([1.0, 2.0, 3.0], [0.0; 3], [0.5; 3]);
    assert_eq!(running_reverse(&x, &mut shadow, &mut work, 1.0), 41.0);
    assert_eq!(shadow, [82.0, 40.0, 24.0]);
    let lanes = running_forward(&x, &[1.0, 0.0, 0.0], &[0.0, 0.0, 1.0], &mut work);
    assert_eq!(lanes, [82.0, 24.0]);
    assert_eq!(work, [1.0, 4.0, 36.0]);

    for (is_fixed, wanted) in [(true, [9.0, 16.0]), (false, [3.0, 12.0])] {
        let (mut first, mut second, mut sum) = ([0.0; 2], [0.0; 2], 0.0);
        let (mut one, mut other) = (1.0, -2.0);
        either_reverse(
            &[1.0, 2.0],
            &mut first,
            &mut second,
            &[3.0, 4.0],
            is_fixed,
            &mut sum,
            &mut one,
            &mut other,
        );
        assert_eq!((first, second), (wanted, wanted.map(|d| -2.0 * d)));
    }

    let (x, fixed, mut shadow) = ([1.0, 2.0, 3.0], [5.0, 7.0], [0.0; 3]);
    // 12 (x0 + x2) + x1 (x0 + x1 + x2)
    assert_eq!(referred_reverse(&x, &mut shadow, &fixed, 1.0), 60.0);
    assert_eq!(shadow, [14.0, 8.0, 14.0]);
    assert_eq!(fixed, [5.0, 7.0]);
    assert_eq!(referred_forward(&x, &[0.0, 1.0, 0.0], &fixed), (60.0, 8.0));
}

struct RowTerm<'a> {
    row: &'a [f64],
    factor: f64,
    at: usize,
}

#[inline(never)]
fn add<'a>(terms: &mut Vec<RowTerm<'a>>, row: &'a [f64], factor: f64, at: usize) {
    terms.push(RowTerm { row, factor, at });
}

#[autodiff_reverse(terms_of_rows_reverse, Duplicated, Duplicated, Const, Active)]
fn terms_of_rows(x: &[f64], rows: &mut [Vec<f64>], n: usize) -> f64 {
    let mut terms = Vec::new();
    for i in 0..5 {
        if n % 3 == 2 {
            let at = rows[1].len() - 1 - (n * 5 + 1) % rows[1].len();
            add(&mut terms, &rows[1][..], rows[1][at], i);
        } else {
            let (row, factor, at) = (x, x[0], 3);
            terms.push(RowTerm { row, factor, at });
        }
    }
    let least = |term: &RowTerm| {
        term.row
            .iter()
            .map(|_| rows[0][1].min(rows[1][2]))
            .sum::<f64>()
    };
    terms
        .iter()
        .map(|term| term.factor * least(term) + term.row[term.at % term.row.len()])
        .sum()
}

/// The vector grows from four terms to eight, which are copied: numbers beside a slice and an index.
fn numbers_beside_slices_are_copied() {
    let (x, mut rows) = ([0.5, 0.25], [vec![0.5, 0.25], vec![0.75, 1.5, 2.0]]);
    let (mut dx, mut shadows) = ([0.0; 2], [vec![0.0; 2], vec![0.0; 3]]);
    let value = terms_of_rows_reverse(&x, &mut dx, &mut rows, &mut shadows, 2, 1.0);

    // 15 r10 r01 + 2 r10 + 2 r11 + r12
    assert_eq!(value, 9.3125);
    assert_eq!(shadows, [vec![0.0, 11.25], vec![5.75, 2.0, 1.0]]);
}

#[autodiff_reverse(pushed_reverse, Duplicated, Const, Active)]
#[autodiff_forward(pushed_forward, Dual, Const, Dual)]
fn pushed(x: &[f64], fixed: &[f64]) -> f64 {
    let mut terms = Vec::new();
    for i in 0..6 {
        if fixed[3] * 3.0 <= i as f64 {
            add(&mut terms, fixed, 0.5, i);
        } else {
            let (row, factor, at) = (x, x[1], i + i);
            terms.push(RowTerm { row, factor, at });
        }
    }
    let least = |term: &RowTerm| term.row.iter().map(|_| x[2].min(x[0])).sum::<f64>();
    terms
        .iter()
        .map(|term| term.factor * least(term) + term.row[term.at % term.row.len()])
        .sum()
}

/// A term of constants alone has no shadow when it is made, and its slice is kept where one is read.
fn constants_are_pushed_beside_what_counts() {
    let (x, fixed, mut shadow) = ([0.75, 0.5, 0.25], [0.5, 1.0, 1.5, 0.5], [0.0; 3]);
    // two terms of x: 6 x1 x2 + x0 + x2; four of what is fixed: 8 x2 + 0.5 + 1.5 + 1.5 + 0.5
    let value =
        6.0 * 0.5 * 0.25 + 0.75 + 0.25 + 8.0 * 0.25 + fixed[2] + fixed[3] + fixed[0] + fixed[1];
    assert_eq!(pushed_reverse(&x, &mut shadow, &fixed, 1.0), value);
    assert_eq!(shadow, [1.0, 1.5, 12.0]);
    assert_eq!(fixed, [0.5, 1.0, 1.5, 0.5]);
    assert_eq!(pushed_forward(&x, &[0.0, 0.0, 1.0], &fixed), (value, 12.0));
}

struct Work<'a> {
    numbers: &'a mut [f64],
    steps: usize,
}

#[inline(never)]
fn step(work: &mut Work) {
    work.steps += work.numbers.len() & 1;
}

#[autodiff_reverse(scaled_in_box_reverse, Duplicated, Duplicated, Active)]
fn scaled_in_box(numbers: &mut [f64], x: &[f64], scale: f64) {
    let mut sum = 0.0;
    for number in numbers.iter() {
        sum += number * number * scale;
    }
    let mut work = Box::new(Work { numbers, steps: 0 });
    step(&mut work);
    for i in 0..work.numbers.len() {
        work.numbers[i] = x[i] * sum;
    }
}

/// What was read through the parameter is overwritten through a pointer out of a box.
fn numbers_in_a_box_are_kept() {
    let (mut numbers, mut adjoints) = ([1.0, 2.0], [1.0, 1.0]);
    let (x, mut dx) = ([1.0, 2.0], [0.0; 2]);
    let of_scale = scaled_in_box_reverse(&mut numbers, &mut adjoints, &x, &mut dx, 1.0);
    assert_eq!((of_scale, adjoints, dx), (15.0, [6.0, 12.0], [5.0, 5.0]));
    assert_eq!(numbers, [5.0, 10.0]);
}

#[autodiff_reverse(labelled_reverse, Active, Const)]
fn labelled(x: f64) -> String {
    format!("x is {x}")
}

#[autodiff_reverse(chosen_reverse, Duplicated, Duplicated, Const)]
fn chosen(x: &[f64], sum: &mut f64) -> Vec<usize> {
    let mut which = Vec::new();
    for (i, x) in x.iter().enumerate() {
        if *x > 0.5 {
            which.push(i);
        }
    }
    *sum = which.iter().map(|i| x[*i] * x[*i]).sum();
    which
}

#[autodiff_reverse(shared_reverse, Duplicated, Active, Const)]
fn shared(x: &[f64], scale: f64) -> Rc<Vec<u32>> {
    Rc::new(x.iter().map(|x| (x * scale) as u32).collect())
}

#[autodiff_reverse(noted_reverse, Duplicated, Const, Const, Active)]
fn noted(x: &[f64], notes: &mut String, counts: &mut Option<Box<[usize; 2]>>) -> f64 {
    let sum: f64 = x.iter().map(|x| x * x).sum();
    notes.push_str(&format!("the sum is {sum}; "));
    *counts = Some(Box::new([x.len(), notes.len()]));
    sum
}

#[autodiff_reverse(checked_reverse, Duplicated, Duplicated, Const)]
fn checked(x: &[f64], sum: &mut f64) -> Result<(), String> {
    for (i, x) in x.iter().enumerate() {
        if *x < 0.0 {
            return Err(format!("element {i} is negative"));
        }
        *sum += x.sqrt();
    }
    Ok(())
}

#[autodiff_reverse(long_reverse, Active, Active)]
fn long(x: f64) -> f64 {
    x * x * format!("x is {x}").len() as f64
}

/// What a function allocates and gives to its caller is the caller's to free; so is a text that grows elsewhere.
fn what_goes_out_is_the_callers() {
    let (x, mut dx) = ([0.25, 0.5, 1.0], [0.0; 3]);
    let label = labelled_reverse(1.5).0;
    let which = chosen_reverse(&x, &mut dx, &mut 0.0, &mut 1.0);
    let whole = shared_reverse(&x, &mut dx, 8.0).0;
    let (mut notes, mut counts) = (String::from("so: "), Some(Box::new([7, 7])));
    noted_reverse(&x, &mut dx, &mut notes, &mut counts, 1.0);
    checked_reverse(&x, &mut dx, &mut 0.0, &mut 1.0).unwrap();
    let said = checked_reverse(&[1.0, -1.0], &mut [0.0; 2], &mut 0.0, &mut 1.0);
    let long = long_reverse(1.512345, 1.0);
    let others = vec![vec![0xff_u8; 24]; 64]; // takes the place of what was freed
    assert_eq!(
        (label.as_str(), which, others.len()),
        ("x is 1.5", vec![2], 64)
    );
    assert_eq!((*whole).clone(), [2, 4, 8]);
    assert_eq!(notes, "so: the sum is 1.3125; ");
    assert_eq!(counts, Some(Box::new([3, notes.len()])));
    assert_eq!(said, Err("element 1 is negative".into()));
    assert_eq!(dx, [1.5, 1.0 + 0.5 / 0.5_f64.sqrt(), 2.0 + 2.0 + 0.5]);
    close(long.1, 2.0 * 1.512345 * 13.0);
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("out-of-bounds") {
        out_of_bounds();
    }
    let cases = [
        not_finite_stays,
        scalars_are_right,
        functions_of_c_have_derivatives,
        static_is_read_at_each_call,
        counters_count_once,
        index_is_in_bounds,
        bounds_are_checked,
        scratch_is_written_where_it_is_read,
        lanes_go_through_copies,
        lanes_find_their_vectors,
        lanes_of_words_are_apart,
        lanes_of_tables_are_zero,
        lanes_leave_constants_alone,
        packed_results_are_right,
        constants_are_mixed_with_what_counts,
        numbers_beside_slices_are_copied,
        constants_are_pushed_beside_what_counts,
        numbers_in_a_box_are_kept,
        what_goes_out_is_the_callers,
    ];
    for case in cases {
        case();
    }
    println!("{} cases are right", cases.len());
}
