//! A function that is compiled for wider vectors than those that call it.
use autodiff::autodiff_reverse;
use std::arch::x86_64::*;

#[inline(never)]
#[target_feature(enable = "avx")]
fn energy(y: &[f64; 8]) -> f64 {
    let mut terms = [0.0; 4];
    unsafe {
        let (a, b) = (_mm256_loadu_pd(y.as_ptr()), _mm256_loadu_pd(y.as_ptr().add(4)));
        let product = _mm256_mul_pd(a, b);
        _mm256_storeu_pd(terms.as_mut_ptr(), _mm256_mul_pd(product, product));
    }
    terms.iter().sum()
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut y = [0.0; 8];
    y.iter_mut().zip(x).for_each(|(y, x)| *y = x * x);
    let first = unsafe { energy(&y) };
    y.fill(0.25);
    first + unsafe { energy(&y) }
}

fn main() {
    println!("{:?}", df(&[1.0; 8], &mut [0.0; 8], 1.0));
}
