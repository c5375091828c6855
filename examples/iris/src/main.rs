//! Five times fits the network to 120 of Fisher's irises and names the other 30, so that every flower is named
//! by a network that has not seen it.
#![forbid(unsafe_code)]

use iris::data::{self, Chance, Flower, NAMES, SPECIES};
use std::process::ExitCode;

const FOLDS: usize = 5;
const EPOCHS: usize = 200;
const TOLD_EPOCHS: usize = 20;
/// The least part of the flowers that has to be named rightly.
const REQUIRED: f64 = 0.96;

type Confusion = [[usize; SPECIES]; SPECIES];

fn main() -> ExitCode {
    match data::read() {
        Ok(flowers) => examine(flowers),
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn examine(flowers: Vec<Flower>) -> ExitCode {
    let mut chance = Chance(1936);
    let mut confusion = Confusion::default();
    let mut losses = Vec::new();
    for fold in data::folds(flowers, FOLDS, &mut chance) {
        let trained = iris::train(&fold.learn, EPOCHS, &mut chance);
        count(&mut confusion, &trained.weights, &fold.held_out);
        losses.push(trained.losses);
    }
    print_losses(&losses);
    let accuracy = print_confusion(&confusion);
    if accuracy >= REQUIRED {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn count(confusion: &mut Confusion, weights: &[f64], flowers: &[Flower]) {
    for flower in flowers {
        let named = iris::classify(weights, &flower.measurements);
        confusion[flower.species][named] += 1;
    }
}

fn print_losses(losses: &[Vec<f64>]) {
    println!("epoch  loss in each of {FOLDS} trainings");
    for epoch in (0..=EPOCHS).step_by(TOLD_EPOCHS) {
        let row: Vec<String> = losses
            .iter()
            .map(|loss| format!("{:.6}", loss[epoch]))
            .collect();
        println!("{epoch:5}  {}", row.join("  "));
    }
}

/// Returns the part of the flowers that was named rightly.
fn print_confusion(confusion: &Confusion) -> f64 {
    println!("\nspecies, and what unseen flowers of it were taken for");
    println!("{:12}{:>12}{:>12}{:>12}", "", NAMES[0], NAMES[1], NAMES[2]);
    for (name, row) in NAMES.iter().zip(confusion) {
        println!("{name:12}{:12}{:12}{:12}", row[0], row[1], row[2]);
    }
    let right: usize = (0..SPECIES)
        .map(|species| confusion[species][species])
        .sum();
    let all: usize = confusion.iter().flatten().sum();
    let accuracy = right as f64 / all as f64;
    println!("\naccuracy {accuracy:.3} ({right} of {all}), required {REQUIRED:.3}");
    accuracy
}
