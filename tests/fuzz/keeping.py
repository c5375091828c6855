"""Statements that keep references, states or structures from one iteration to a later one."""

from __future__ import annotations

from fuzz.options import going_over

# holes as in options.py
_LOOPS = (
    "use std::cell::Cell;\nlet c: Vec<Box<Cell<F>>> = {u}.iter().map(|&v| Box::new(Cell::new(v))).collect();\n"
    "let mut s: [&Cell<F>; 3] = [&c[0]; 3];\n"
    "for (k, &v) in {u}.iter().enumerate() {{ let p = s[k % 3]; t = 0.5 * t + 0.3 * c[k % 2].get();\n"
    "if ? {{ p.set((t + $).sin()); }} s[(k + 2) % 3] = &c[k]; }}\nt += 0.1 * c.iter().map(|c| c.get()).sum::<F>();",
    "use std::cell::Cell;\nlet a = Box::new(Cell::new({u}[0])); let b = Box::new(Cell::new(0.5 as F));\n"
    "let s: [Cell<&Cell<F>>; 2] = [Cell::new(&b), Cell::new(&a)];\n"
    "for (k, &v) in {u}.iter().enumerate() {{ let p = s[k % 2].get(); t = (0.5 * t + a.get() * a.get()).sin();\n"
    "p.set(($).sin()); if ? {{ s[(k + 1) % 2].set(&a); }} else {{ s[k % 2].set(&b); }} }}",
    "fn rest(a: &[F], b: &[F]) -> Vec<F> {{ let mut r = a.to_vec(); while r.len() >= b.len() {{ "
    "let q = r[r.len() - 1]; for (i, c) in b.iter().enumerate() {{ r[i] = 0.7 * r[i] - 0.2 * q * c; }} r.pop(); }} r "
    "}}\n"
    "let (mut p, mut q) = ({u}.to_vec(), {u}[1..].to_vec());\n"
    "while q.len() > 1 {{ let v = q[0]; let r = rest(&p, &q); p = q; q = r; t = 0.5 * t + 0.1 * ($); }}\n"
    "t += p.iter().map(|&v| v * v).sum::<F>() + q.iter().sum::<F>();",
    "#[derive(Clone, Copy)] enum S {{ A(F), B(i64), C }}\nlet mut s = S::C;\n"
    "for (i, &v) in {u}.iter().enumerate() {{ s = match s {{ S::C => S::A(v), "
    "S::A(z) => {{ t = 0.5 * t + 0.2 * (~); if ? {{ S::B(-(i as i64)) }} else {{ S::A($) }} }} "
    "S::B(k) => {{ t += 0.1 * k as F * v; if ? {{ S::A({u}[0]) }} else {{ S::C }} }} }}; }}\n"
    "if let S::A(z) = s {{ t += z; }}",
    '#[repr(C)] #[derive(Clone, Copy)] struct P {{ a: [F; 5], n: usize }}\n#[inline(never)] extern "C" fn g(mut p: P, '
    "k: usize) -> F {{ for i in 0..5 {{ p.a[(i + k) % 5] *= p.a[i] + 0.1 * p.n as F; }} "
    "0.2 * p.a.iter().sum::<F>() }}\n"
    "let mut p = P {{ a: [0.3; 5], n: 2 }};\n"
    "for (k, &v) in {u}.iter().enumerate() {{ p.a[k % 5] = ($).sin(); if ? {{ t = (t + g(p, k)).sin(); }} p.n = k; }}\n"
    "t += p.a[0];",
)


PRODUCTIONS = ((going_over(_LOOPS), 12),)
