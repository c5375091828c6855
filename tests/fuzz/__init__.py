"""Random well-defined functions of Rust, and what their derivatives are worth (docs/fuzzing.md)."""
