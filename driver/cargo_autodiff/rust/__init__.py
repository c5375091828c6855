"""What we know of Rust: the marker, std's functions and bodies, and the rules that only Rust needs."""
