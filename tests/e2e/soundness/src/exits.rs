//! Loops that are left in the middle.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_forward(returns_early_forward, Dual, Dual)]
#[autodiff_reverse(returns_early_reverse, Duplicated, Active)]
fn returns_early(x: &[f64]) -> f64 {
    let mut s = x[0];
    for (i, x) in x.iter().enumerate() {
        if i % 3 == 1 {
            s *= 1.1 * x;
            continue;
        }
        s += x * x * s;
        if s > 4.0 {
            return s * x;
        }
    }
    s.sin()
}

#[autodiff_reverse(continues_reverse, Duplicated, Active)]
fn continues(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        if u[i] < 0.5 {
            continue;
        }
        u[i + 1] *= u[i];
        if u[i + 1] > 1.2 {
            return u[i] * u[i + 1] * u[0];
        }
        u[i] += u[i + 1];
    }
    u.iter().product()
}

#[autodiff_forward(breaks_two_forward, Dual, Dual)]
#[autodiff_reverse(breaks_two_reverse, Duplicated, Active)]
fn breaks_two(x: &[f64]) -> f64 {
    let mut s = 1.0;
    'outer: for a in x {
        for b in x {
            s += 0.3 * a * b * s;
            if s > 3.0 {
                break 'outer;
            }
        }
        s *= a.cos();
    }
    s * s
}

#[autodiff_reverse(breaks_three_reverse, Duplicated, Active)]
fn breaks_three(x: &[f64]) -> f64 {
    let mut s = 1.0;
    'outer: for a in x {
        'middle: for b in x {
            for c in x {
                s += 0.05 * a * b * c * s;
                if s > 2.5 {
                    break 'outer;
                }
                if a * b < 0.3 * s * c {
                    continue 'middle;
                }
            }
            s += b.sin();
        }
        s *= 0.9 + 0.1 * a;
    }
    s * s
}

#[autodiff_reverse(continues_outer_reverse, Duplicated, Active)]
fn continues_outer(x: &[f64]) -> f64 {
    let mut s = 0.0;
    'outer: for (i, a) in x.iter().enumerate() {
        let mut part = *a;
        for b in &x[i..] {
            part *= 0.8 + b * b;
            if part > 1.5 {
                s += part;
                continue 'outer;
            }
        }
        s += a * part.sin();
    }
    s
}

#[autodiff_reverse(whiles_reverse, Duplicated, Active)]
fn whiles(x: &[f64]) -> f64 {
    let (mut lo, mut hi) = (x[0] - 2.0, x[1] + 3.0);
    let mut i = 0;
    while hi - lo > 0.5 {
        let middle = 0.4 * lo + 0.6 * hi;
        if i > 20 {
            return lo * hi;
        }
        if middle * x[i % x.len()] > 0.4 {
            hi = middle;
        } else if middle < -5.0 {
            break;
        } else {
            lo = middle * middle.cos().abs();
        }
        i += 1;
    }
    lo * hi * x[2]
}

#[autodiff_reverse(newton_reverse, Duplicated, Active)]
fn newton(x: &[f64]) -> f64 {
    let mut y = x[0];
    let mut n = 0;
    loop {
        let step = (y * y - x[1]) / (2.0 * y);
        y -= step;
        n += 1;
        if step.abs() < 1e-14 || n == 60 {
            break y * x[2];
        }
    }
}

#[autodiff_reverse(searches_reverse, Duplicated, Active)]
fn searches(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for a in x {
        let found = x.iter().position(|b| b * a > 0.5).unwrap_or(0);
        let largest = x
            .iter()
            .copied()
            .take_while(|b| *b < 0.95)
            .fold(0.1, f64::max);
        s += a * x[found] + largest * largest;
    }
    s
}

#[autodiff_reverse(returns_nested_reverse, Duplicated, Active)]
fn returns_nested(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() {
        for j in 0..u.len() {
            if j == i {
                continue;
            }
            u[i] += 0.2 * u[j] * u[i];
            if u[i] > 1.5 {
                return u.iter().map(|u| u * u).sum();
            }
        }
    }
    u[0]
}

#[inline(never)]
fn first_above(u: &mut [f64], limit: f64) -> f64 {
    for i in 0..u.len() - 1 {
        if u[i + 1] < 0.2 {
            continue;
        }
        u[i + 1] += u[i] * u[i + 1];
        if u[i + 1] > limit {
            return u[i + 1] * limit;
        }
    }
    u[0]
}

#[autodiff_reverse(called_reverse, Duplicated, Active)]
fn called(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut s = 0.0;
    for limit in x {
        s += first_above(&mut u, 1.0 + limit);
    }
    s + u[1] * u[2]
}

#[autodiff_reverse(states_reverse, Duplicated, Active)]
fn states(x: &[f64]) -> f64 {
    let (mut state, mut s, mut i) = (0, 1.0, 0);
    loop {
        let v = x[i % x.len()];
        state = match state {
            0 if v > 0.7 => 1,
            0 => {
                s += v;
                2
            }
            1 => {
                s *= v;
                if s > 8.0 {
                    return s.sqrt();
                }
                0
            }
            2 => {
                s *= 1.0 + v * v;
                3
            }
            _ if i > 11 => break,
            _ => 0,
        };
        i += 1;
    }
    s * x[0]
}

cases! {
    return_and_continue => both(returns_early, returns_early_reverse, returns_early_forward, &values(7)),
    return_that_does_not_come => reverse(returns_early, returns_early_reverse, &[0.1, 0.2, 0.3, 0.4]),
    return_and_continue_in_place => reverse(continues, continues_reverse, &values(7)),
    break_over_two_loops => both(breaks_two, breaks_two_reverse, breaks_two_forward, &values(5)),
    break_that_does_not_come => reverse(breaks_two, breaks_two_reverse, &[0.1, 0.2, 0.3]),
    break_over_three_loops => reverse(breaks_three, breaks_three_reverse, &values(4)),
    continue_of_the_outer_loop => reverse(continues_outer, continues_outer_reverse, &values(6)),
    while_with_several_exits => reverse(whiles, whiles_reverse, &values(3)),
    loop_that_gives_a_value => reverse(newton, newton_reverse, &values(3)),
    searches_by_iterators => reverse(searches, searches_reverse, &values(6)),
    return_from_two_loops => reverse(returns_nested, returns_nested_reverse, &values(6)),
    return_in_a_called_loop => reverse(called, called_reverse, &values(5)),
    a_state_machine => reverse(states, states_reverse, &values(5)),
}
