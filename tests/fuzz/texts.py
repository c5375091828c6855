"""Statements whose errors are texts, and such that overwrite numbers by what does not count."""

from __future__ import annotations

from fuzz.options import going_over

_G = (
    "fn g(v: F, i: usize) -> Result<F, String> {{ "
    'if i % 3 == 2 {{ Err(format!("number {{i:4}}")) }} else {{ Ok((v * 0.7).sin()) }} }}\n'
)
# holes as in options.py
_LOOPS = (
    _G + 'let mut last: Result<F, String> = Err("none".to_string());\n'
    "for (i, &v) in {u}.iter().enumerate() {{ let next = g($, i).and_then(|z| g(~, i + 1));\n"
    "t = 0.5 * t + match (&last, &next) {{ (Ok(a), Ok(b)) => a * b, (Ok(a), Err(e)) => a * e.len() as F * 0.05, "
    "(Err(e), Ok(b)) => b * 0.1 * e.len() as F, _ => 0.3 * v }};\nif ? {{ last = next; }} }}\n"
    "t += last.unwrap_or(0.2);",
    _G + "let all: Vec<Result<F, String>> = {u}.iter().enumerate().map(|(i, &v)| g($, i)).collect();\n"
    "t += all.iter().map(|r| match r {{ Ok(z) => z * z, Err(e) => 0.1 * e.len() as F }}).sum::<F>();\n"
    "let v = t; let whole: Result<Vec<F>, String> = all.into_iter().take(2).collect();\n"
    "if ? {{ t = 0.5 * t + whole.unwrap().iter().sum::<F>(); }}",
    "enum W {{ N(F), T(String), B(Box<F>) }}\n"
    "fn h(v: F, i: usize) -> Result<F, W> {{ match i % 4 {{ 1 => Err(W::N(v * v)), "
    '2 => Err(W::T("x".repeat(i))), 3 => Err(W::B(Box::new(v.sin()))), _ => Ok(v.cos()) }} }}\n'
    "fn all(u: &[F], k: usize) -> Result<F, W> {{ let mut s = 0.3; "
    "for (i, &v) in u.iter().enumerate() {{ match h(v + 0.1 * s, i * k) {{ Ok(q) => s += q, "
    "Err(e) => return Err(e) }} }} Ok(s) }}\n"
    "for (i, &v) in {u}.iter().enumerate() {{ t = 0.5 * t + 0.2 * match all(&{u}, i) {{ Ok(z) => z, "
    "Err(W::N(z)) => ~, Err(W::T(w)) => w.len() as F * v, Err(W::B(b)) => *b * v }}; if ? {{ t = (t + $).sin(); }} }}",
    "let mut a: Vec<F> = {u}.to_vec(); let mut b: Vec<F> = {u}.iter().map(|&v| ($).sin()).collect();\n"
    "{{ let mut r: Vec<&mut Vec<F>> = vec![&mut a, &mut b]; for k in 0..4usize {{ let v = r[k % 2][1];\n"
    "r[(k + 1) % 2][0] = k as F * 0.2; if ? {{ r.swap(0, 1); }} if k == 1 {{ r[0].fill(0.2); r[1][1] = $; }}\n"
    "if k == 2 {{ r[1][..2].copy_from_slice(&[0.7, 0.1]); }} }} }}\n"
    "t += a.iter().zip(&b).map(|(p, q)| p * q).sum::<F>();",
)


_SLOTS = (
    "enum D {{ N(F), T(String), P(Box<F>), C(usize) }}\n"
    "fn r(e: &D, v: F) -> F {{ match e {{ D::N(a) => a * a * v, D::T(s) => s.len() as F * 0.1 * v, "
    "D::P(p) => **p * v, D::C(k) => *k as F * 0.1 * v }} }}\n"
    'let v = t; let mut k = vec![D::N($), D::T("q".to_string()), D::N(v)];\n'
    "for (i, &v) in {u}.iter().enumerate() {{ t = 0.5 * t + 0.2 * r(&k[i % 3], v); let z = t;\n"
    'k[i % 3] = match i % 4 {{ 0 => D::T("ab".repeat(i)), 1 => D::P(Box::new(~)), 2 => D::N($), _ => D::C(i * 3) }};\n'
    "if ? {{ k.swap(0, 2); }} t += 0.1 * r(&k[(i + 1) % 3], v); }}\n"
    "let v = t; t = v.sin() + 0.1 * k.iter().map(|e| r(e, $)).sum::<F>();",
    "#[derive(Clone, Copy)] enum R<'a> {{ N(F), R(&'a F), S(&'a [F]) }}\n"
    "fn q(e: &R, v: F) -> F {{ match e {{ R::N(a) => a * a * v, R::R(p) => **p * v, R::S(s) => s[0] * s[1] * v }} }}\n"
    "let mut k = [R::N(t), R::N(0.3), R::N(0.5)];\n"
    "for (i, v) in {u}.iter().enumerate() {{ let p = v; let v = *v; t = 0.5 * t + 0.2 * q(&k[i % 3], v);\n"
    "k[i % 3] = if ? {{ R::R(p) }} else if ? {{ R::S(&{u}[..2]) }} else {{ R::N($) }};\n"
    "if ? {{ k.rotate_left(1); }} t += 0.1 * q(&k[(i + 1) % 3], v); }}",
)


PRODUCTIONS = ((going_over(_LOOPS), 12),)
SLOTS = ((going_over(_SLOTS), 12),)
"""Statements that overwrite the variants of enums by others, in place."""
