//! Tasks in a vector that hold a number until they are done, and a count from then on.

pub const N: usize = 4;

#[derive(Clone, Copy)]
enum Task {
    Open(f64),
    Done(u64),
}

pub fn f(x: &[f64]) -> f64 {
    let mut tasks: Vec<Task> = x.iter().map(|x| Task::Open(x * 1.5)).collect();
    let mut sum = 0.0;
    for (i, task) in tasks.iter_mut().enumerate() {
        if let Task::Open(number) = task {
            sum += *number * *number * *number;
        }
        *task = Task::Done(i as u64 + 7);
    }
    let mut count = 0;
    for task in &tasks {
        if let Task::Done(done) = task {
            count += done;
        }
    }
    sum * count as f64
}
