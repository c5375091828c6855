//! A number's sign is changed in the bytes that it lies in.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut negative = x.to_vec();
    // SAFETY: the bytes of `negative`, which nothing else refers to; any bits are a number.
    let bytes = unsafe {
        std::slice::from_raw_parts_mut(negative.as_mut_ptr().cast::<u8>(), 8 * x.len())
    };
    for i in 0..x.len() {
        bytes[8 * i + 7] ^= 0x80;
    }
    negative.iter().zip(x).map(|(n, v)| n * v.sin()).sum()
}

fn main() {
    println!("{}", df(&[1.5, 2.5, 3.5], &mut [0.0; 3], 1.0));
}
