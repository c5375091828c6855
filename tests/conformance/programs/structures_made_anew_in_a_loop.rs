//! An array of structures in a loop, one of them chosen by a number and compared with; vectors that nobody reads.

pub const N: usize = 7;

pub const POINTS: &[&[f64]] = &[
    &[
        0.91364, 0.37494, 0.36693, 0.93028, 0.81569, 0.30445, 0.57335,
    ],
    &[0.31, 0.87, -0.4, 0.2, 0.1, 0.9, 0.3],
];

#[derive(Clone, Copy)]
pub struct Mixed {
    count: i32,
    numbers: [f64; 3],
    number: f64,
    flag: u8,
}

#[derive(Clone, Copy)]
pub struct Four {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = [x[1]; 3];
    let mut product: f64 = x.iter().position(|v| *v > 0.7).map_or(0.2, |i| x[i] * x[0]);
    for i in (1..=4).rev() {
        product *= u[0].cos();
        let made = [
            Mixed {
                count: 1,
                numbers: [u[i % u.len()], x[0], x[0]],
                number: product,
                flag: 0,
            },
            Mixed {
                count: 1,
                numbers: [x[0], product, product],
                number: x[0],
                flag: 0,
            },
        ];
        for j in 1..u.len() {
            u[j - 1] = 0.5 * x[0]
                - 0.2
                    * x[0]
                        .atan()
                        .max(made[((u[j - 1].abs() * 3.0) as usize) % made.len()].numbers[2]);
        }
    }
    let mut kept: Vec<Four> = Vec::new();
    for _ in 0..3 {
        kept.push(Four {
            a: x[0],
            b: product,
            c: x[0],
            d: x[0],
        });
    }
    let mut _unread: Vec<f64> = (0..4).map(|_| x[0]).collect();
    let mut n = 0;
    while n <= 4 {
        n += 1;
        let j = n % u.len();
        u[j] = (x[0] + 0.4 * x[0]).tanh();
        let mut _unread: Vec<f64> = vec![product; 4];
    }
    kept[0].b
}
