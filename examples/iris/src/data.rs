//! Fisher's measurements, and the little chance that the example needs.

/// Measurements of one flower.
pub const MEASUREMENTS: usize = 4;
/// Number of species.
pub const SPECIES: usize = 3;
/// Their names.
pub const NAMES: [&str; SPECIES] = ["setosa", "versicolor", "virginica"];

const CSV: &str = include_str!("../data/iris.csv");

/// One flower.
#[derive(Clone, Debug, PartialEq)]
pub struct Flower {
    /// Length and width of the sepal, length and width of the petal.
    pub measurements: [f64; MEASUREMENTS],
    /// Place in [`NAMES`].
    pub species: usize,
}

/// All 150 flowers in centimetres, or what is wrong with the file.
pub fn read() -> Result<Vec<Flower>, String> {
    let lines = CSV.lines().enumerate().skip(1);
    lines
        .map(|(i, line)| parse(line).ok_or(format!("iris.csv, line {}: `{line}`", i + 1)))
        .collect()
}

fn parse(line: &str) -> Option<Flower> {
    let fields: Vec<&str> = line.split(',').collect();
    let (species, measurements) = fields.split_last()?;
    let measurements: Option<Vec<f64>> = measurements.iter().map(|m| m.parse().ok()).collect();
    let species = species.parse().ok().filter(|species| *species < SPECIES)?;
    Some(Flower {
        measurements: measurements?.try_into().ok()?,
        species,
    })
}

/// Flowers to learn from, and flowers to be examined in.
pub struct Fold {
    pub learn: Vec<Flower>,
    pub held_out: Vec<Flower>,
}

/// Shuffles the flowers and holds out one part after the other, so that each flower is held out once.
pub fn folds(mut flowers: Vec<Flower>, parts: usize, chance: &mut Chance) -> Vec<Fold> {
    for i in (1..flowers.len()).rev() {
        flowers.swap(i, chance.below(i + 1));
    }
    let size = flowers.len() / parts;
    let mut folds = Vec::new();
    for _ in 0..parts {
        flowers.rotate_left(size);
        let (learn, held_out) = flowers.split_at(flowers.len() - size);
        folds.push(scaled(learn, held_out));
    }
    folds
}

/// Every measurement from its mean, in units of its spread, both as the first part shows them.
fn scaled(learn: &[Flower], held_out: &[Flower]) -> Fold {
    let mut fold = Fold {
        learn: learn.to_vec(),
        held_out: held_out.to_vec(),
    };
    for m in 0..MEASUREMENTS {
        let seen = learn.iter().map(|flower| flower.measurements[m]);
        let mean = seen.clone().sum::<f64>() / learn.len() as f64;
        let variance = seen.map(|x| (x - mean).powi(2)).sum::<f64>() / learn.len() as f64;
        for flower in fold.learn.iter_mut().chain(&mut fold.held_out) {
            flower.measurements[m] = (flower.measurements[m] - mean) / variance.sqrt();
        }
    }
    fold
}

/// SplitMix64: the same numbers on every machine.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }

    /// A number from 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_fifty_flowers_of_each_species() {
        let flowers = read().unwrap();

        for species in 0..SPECIES {
            let of_species = flowers.iter().filter(|flower| flower.species == species);
            assert_eq!(of_species.count(), 50);
        }
    }

    #[test]
    fn two_flowers_are_as_in_the_paper_and_not_as_in_the_uci_repository() {
        let flowers = read().unwrap();

        assert_eq!(flowers[34].measurements, [4.9, 3.1, 1.5, 0.2]);
        assert_eq!(flowers[37].measurements, [4.9, 3.6, 1.4, 0.1]);
    }

    #[test]
    fn each_flower_is_held_out_once() {
        let folds = folds(read().unwrap(), 5, &mut Chance(1));

        for species in 0..SPECIES {
            let held_out = folds.iter().flat_map(|fold| &fold.held_out);
            assert_eq!(
                held_out.filter(|flower| flower.species == species).count(),
                50
            );
        }
        for fold in folds {
            let mean: f64 = fold.learn.iter().map(|flower| flower.measurements[2]).sum();
            assert_eq!((fold.learn.len(), fold.held_out.len()), (120, 30));
            assert!(mean.abs() < 1e-9);
        }
    }
}
