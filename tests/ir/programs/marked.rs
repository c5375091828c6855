//! Placeholders as the attributes write them, without the attributes. marked.O0.ll and marked.O3.ll are this file
//! through rustc 1.95,
//!     rustc --emit=llvm-ir --crate-type=lib -Cno-prepopulate-passes -Ccodegen-units=1 -Cpanic=abort
//!         -Cdebug-assertions=off -Copt-level=N
//! with the target, lifetimes, metadata and most attributes taken out, so that LLVM 15 reads them too.

#[repr(C)]
pub struct Request<F, const N: usize> {
    pub source: F,
    pub spec: &'static str,
    pub place: &'static str,
    pub origin: fn() -> &'static str,
    pub sizes: [usize; N],
    pub strides: [usize; N],
}

unsafe extern "C-unwind" {
    safe fn cargo_autodiff_was_not_run__build_with__cargo_autodiff(request: *const ());
}

fn norm_origin() -> &'static str {
    "(marked::norm, marked::dnorm::{{closure}})"
}

fn cube_origin() -> &'static str {
    "(marked::cube, marked::dcube::{{closure}})"
}

fn norm_source<F: Fn(&[f64]) -> f64>(primal: F, x: &[f64], out: &mut f64) {
    *out = primal(x)
}

#[inline(never)]
fn norm_target<F: Fn(&[f64]) -> f64>(_primal: F, x: &[f64], dx: &mut [f64], out: &mut f64, dout: &mut f64) {
    cargo_autodiff_was_not_run__build_with__cargo_autodiff(
        &const {
            Request {
                source: norm_source::<F> as fn(F, &[f64], &mut f64),
                spec: "mode=reverse,args=const,duplicated,duplicated",
                place: "src/lib.rs:3:1",
                origin: norm_origin,
                sizes: [size_of::<F>(), size_of::<&[f64]>(), size_of::<&mut f64>()],
                strides: [0; 3],
            }
        } as *const _ as *const (),
    );
    let _ = (x, dx, out, dout);
}

#[no_mangle]
pub fn dnorm(x: &[f64], dx: &mut [f64], mut seed: f64) -> f64 {
    let mut out = 0.0;
    norm_target(|x: &[f64]| x[0] * x.len() as f64, x, dx, &mut out, &mut seed);
    out
}

fn cube_source(x: f64, n: u32) -> f64 {
    x * x * x * n as f64
}

#[no_mangle]
#[inline(never)]
pub fn dcube(x: f64, dx: f64, n: u32) -> f64 {
    cargo_autodiff_was_not_run__build_with__cargo_autodiff(
        &const {
            Request {
                source: cube_source as fn(f64, u32) -> f64,
                spec: "mode=forward,width=1,ret=dualonly,args=dual,const",
                place: "src/lib.rs:40:5",
                origin: cube_origin,
                sizes: [8usize, 4],
                strides: [0; 2],
            }
        } as *const _ as *const (),
    );
    x + dx + n as f64
}
