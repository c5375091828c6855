//! The same numbers in Rust and in C.

/// Knuth's linear congruence.
pub struct Numbers {
    state: u64,
}

impl Numbers {
    pub fn new() -> Self {
        Self { state: 1 }
    }

    /// Uniform in [-1, 1).
    pub fn uniform(&mut self) -> f64 {
        self.state = self
            .state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// `n` numbers, uniform in [-scale, scale).
    pub fn take(&mut self, n: usize, scale: f64) -> Vec<f64> {
        (0..n).map(|_| scale * self.uniform()).collect()
    }
}
