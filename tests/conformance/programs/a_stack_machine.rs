//! A machine that works off instructions on a stack.

pub const N: usize = 4;

#[derive(Clone, Copy)]
enum Do {
    Push(usize),
    Number(f64),
    Add,
    Mul,
    Sin,
    Copy,
    Swap,
}

fn run(program: &[Do], x: &[f64]) -> Option<f64> {
    let mut stack: Vec<f64> = Vec::with_capacity(8);
    for step in program {
        match *step {
            Do::Push(i) => stack.push(*x.get(i)?),
            Do::Number(v) => stack.push(v),
            Do::Add => {
                let top = stack.pop()?;
                *stack.last_mut()? += top;
            }
            Do::Mul => {
                let top = stack.pop()?;
                *stack.last_mut()? *= top;
            }
            Do::Sin => {
                let top = stack.last_mut()?;
                *top = top.sin();
            }
            Do::Copy => stack.push(*stack.last()?),
            Do::Swap => {
                let at = stack.len().checked_sub(2)?;
                stack[at..].reverse();
            }
        }
    }
    stack.pop()
}

pub fn f(x: &[f64]) -> f64 {
    use Do::*;
    let program = [
        Push(0),
        Push(1),
        Mul,
        Copy,
        Sin,
        Swap,
        Number(0.5),
        Mul,
        Add,
        Push(2),
        Swap,
        Push(3),
        Mul,
        Mul,
        Copy,
        Mul,
    ];
    run(&program, x).unwrap_or(0.0) + run(&[Push(9)], x).unwrap_or(x[1])
}
