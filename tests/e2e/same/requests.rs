//! Requests written by hand, for compilers too old for the attributes; prints `name index derivative difference` lines.

macro_rules! derivative {
    ($target:ident($($name:ident: $type:ty),*) $(-> $result:ty)?, of $source:path as $pointer:ty, $spec:literal, $sizes:expr) => {
        #[inline(never)]
        #[allow(unused_variables)]
        fn $target($($name: $type),*) $(-> $result)? {
            fn origin() -> &'static str {
                concat!("(requests::", stringify!($source), ", requests::", stringify!($target), "::{{closure}})")
            }
            static REQUEST: Request<$pointer, { $sizes.len() }> =
                Request {
                    source: $source,
                    spec: $spec,
                    place: concat!("requests.rs:", line!()),
                    origin,
                    sizes: $sizes,
                    strides: [0; $sizes.len()],
                };
            unsafe { cargo_autodiff_was_not_run__build_with__cargo_autodiff(&REQUEST as *const _ as *const ()) }
            Default::default()
        }
    };
}

#[repr(C)]
pub struct Request<F, const N: usize> {
    pub source: F,
    pub spec: &'static str,
    pub place: &'static str,
    pub origin: fn() -> &'static str,
    pub sizes: [usize; N],
    pub strides: [usize; N],
}

unsafe impl<F, const N: usize> Sync for Request<F, N> {}

extern "C" {
    fn cargo_autodiff_was_not_run__build_with__cargo_autodiff(request: *const ());
}

fn polynomial(x: f64, y: f64) -> f64 {
    x * x * x + 3.0 * x * y * y - 2.0 * y
}
derivative!(dpolynomial(x: f64, y: f64) -> (f64, f64), of polynomial as fn(f64, f64) -> f64,
    "mode=reverse,ret=activeonly,args=active,active", [8, 8]);

fn sines(x: &[f64], out: &mut f64) {
    *out = x.iter().enumerate().map(|(i, x)| (x * (i + 1) as f64).sin()).sum();
}
derivative!(dsines(x: &[f64], dx: &mut [f64], out: &mut f64, dout: &mut f64), of sines as fn(&[f64], &mut f64),
    "mode=reverse,ret=const,args=duplicated,duplicated", [16, 8]);
derivative!(bsines(x: &[f64], bx: &[f64], out: &mut f64, bout: &mut f64), of sines as fn(&[f64], &mut f64),
    "mode=forward,ret=const,args=dual,dual", [16, 8]);

fn dot(x: &[f64], y: &[f64], out: &mut f64) {
    *out = x.iter().zip(y).map(|(x, y)| x * y).sum();
}
derivative!(ddot(x: &[f64], dx: &mut [f64], y: &[f64], out: &mut f64, dout: &mut f64),
    of dot as fn(&[f64], &[f64], &mut f64), "mode=reverse,ret=const,args=duplicated,const,duplicated", [16, 16, 8]);

fn sweep(u: &mut [f64], nu: &f64, out: &mut f64) {
    for i in 0..u.len() - 1 {
        u[i] += *nu * u[i + 1];
    }
    *out = u.iter().map(|u| u * u).sum();
}
derivative!(dsweep(u: &mut [f64], du: &mut [f64], nu: &f64, dnu: &mut f64, out: &mut f64, dout: &mut f64),
    of sweep as fn(&mut [f64], &f64, &mut f64), "mode=reverse,ret=const,args=duplicated,duplicated,duplicated", [16, 8, 8]);

fn rosenbrock(x: &[f64; 4], out: &mut f64) {
    *out = 0.0;
    for i in 0..3 {
        *out += 100.0 * (x[i + 1] - x[i] * x[i]).powi(2) + (1.0 - x[i]).powi(2);
    }
}
derivative!(drosenbrock(x: &[f64; 4], dx: &mut [f64; 4], out: &mut f64, dout: &mut f64),
    of rosenbrock as fn(&[f64; 4], &mut f64), "mode=reverse,ret=const,args=duplicated,duplicated", [8, 8]);

fn quotient(x: f64) -> f64 {
    x.exp() / (1.0 + x * x)
}
derivative!(bquotient(x: f64, bx: f64) -> (f64, f64), of quotient as fn(f64) -> f64,
    "mode=forward,ret=dual,args=dual", [8]);

fn single(x: f32) -> f32 {
    x * x * x - x.sqrt()
}
derivative!(dsingle(x: f32) -> f32, of single as fn(f32) -> f32, "mode=reverse,ret=activeonly,args=active", [4]);

fn branch(x: f64) -> f64 {
    if x > 0.0 {
        x * x
    } else {
        x.sin()
    }
}
derivative!(dbranch(x: f64) -> f64, of branch as fn(f64) -> f64, "mode=reverse,ret=activeonly,args=active", [8]);

fn product(x: &[f64; 3], out: &mut f64) {
    *out = x[0] * x[1] * x[2].cos();
}
derivative!(bproduct(x: &[f64; 3], b0: &[f64; 3], b1: &[f64; 3], out: &mut f64, bout0: &mut f64, bout1: &mut f64),
    of product as fn(&[f64; 3], &mut f64), "mode=forward,width=2,ret=const,args=dual,dual", [8, 8]);

/// Five points: the error is of the fourth order in the step.
fn slope(f: impl Fn(f64) -> f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

fn say(name: &str, index: usize, derivative: f64, difference: f64) {
    println!("{} {} {:?} {:?}", name, index, derivative, difference);
}

fn value<X: ?Sized>(f: fn(&X, &mut f64), x: &X) -> f64 {
    let mut out = 0.0;
    f(x, &mut out);
    out
}

fn moved(x: &[f64], index: usize, step: f64) -> Vec<f64> {
    let mut x = x.to_vec();
    x[index] += step;
    x
}

fn array<const N: usize>(x: &[f64], index: usize, step: f64) -> [f64; N] {
    let mut all = [0.0; N];
    all.copy_from_slice(&moved(x, index, step));
    all
}

const X: [f64; 5] = [0.3, -1.2, 0.7, 2.1, -0.4];
const Y: [f64; 5] = [1.5, 0.2, -0.8, 0.9, 3.0];

fn scalars() {
    let (dx, dy) = dpolynomial(1.3, -0.7);
    say("polynomial", 0, dx, slope(|h| polynomial(1.3 + h, -0.7)));
    say("polynomial", 1, dy, slope(|h| polynomial(1.3, -0.7 + h)));
    let (value, tangent) = bquotient(0.4, 1.5);
    say("quotient", 0, value, quotient(0.4));
    say("quotient", 1, tangent, 1.5 * slope(|h| quotient(0.4 + h)));
    let wide = |x: f64| x * x * x - x.sqrt(); // differences of f32 are too coarse
    say("single", 0, dsingle(1.7) as f64, slope(|h| wide(1.7f32 as f64 + h)));
    for (i, &x) in [0.8, -0.8].iter().enumerate() {
        say("branch", i, dbranch(x), slope(|h| branch(x + h)));
    }
}

fn slices() {
    let (mut dx, mut out, mut dout) = ([0.0; 5], 0.0, 1.0);
    dsines(&X, &mut dx, &mut out, &mut dout);
    for i in 0..5 {
        say("sines", i, dx[i], slope(|h| value(sines, &moved(&X, i, h))));
    }
    let mut bout = 0.0;
    bsines(&X, &Y, &mut out, &mut bout);
    let along = |h: f64| X.iter().zip(&Y).map(|(x, y)| x + h * y).collect::<Vec<_>>();
    say("sines forward", 0, bout, slope(|h| value(sines, &along(h))));
    let (mut dx, mut out, mut dout) = ([0.0; 5], 0.0, 1.0);
    ddot(&X, &mut dx, &Y, &mut out, &mut dout);
    let at = |x: &[f64]| {
        let mut out = 0.0;
        dot(x, &Y, &mut out);
        out
    };
    for i in 0..5 {
        say("dot", i, dx[i], slope(|h| at(&moved(&X, i, h))));
    }
}

fn in_place() {
    let at = |mut u: Vec<f64>, nu: f64| {
        let mut out = 0.0;
        sweep(&mut u, &nu, &mut out);
        out
    };
    let (mut u, mut du, mut dnu, mut out, mut dout) = (X, [0.0; 5], 0.0, 0.0, 1.0);
    dsweep(&mut u, &mut du, &0.6, &mut dnu, &mut out, &mut dout);
    for i in 0..5 {
        say("sweep", i, du[i], slope(|h| at(moved(&X, i, h), 0.6)));
    }
    say("sweep", 5, dnu, slope(|h| at(X.to_vec(), 0.6 + h)));
}

fn arrays() {
    let point = [-1.2, 1.0, 0.5, 0.8];
    let (mut dx, mut out, mut dout) = ([0.0; 4], 0.0, 1.0);
    drosenbrock(&point, &mut dx, &mut out, &mut dout);
    for i in 0..4 {
        say("rosenbrock", i, dx[i], slope(|h| value(rosenbrock, &array(&point, i, h))));
    }
    let (point, mut bout) = ([1.1, -0.6, 0.9], [0.0, 0.0]);
    let [bout0, bout1] = &mut bout;
    bproduct(&point, &[1.0, 0.0, 0.0], &[0.0, 0.0, 1.0], &mut out, bout0, bout1);
    say("width two", 0, bout[0], slope(|h| value(product, &array(&point, 0, h))));
    say("width two", 1, bout[1], slope(|h| value(product, &array(&point, 2, h))));
}

fn main() {
    scalars();
    slices();
    in_place();
    arrays();
}
