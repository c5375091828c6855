"""Small programs over the whole of safe Rust, judged in every profile (docs/conformance.md)."""
