"""Rules that only Rust's IR needs, one file each; on other IR they change nothing."""
