"""Programs of safe Rust, and verdicts on their derivatives: what the conformance suite and the fuzzer share."""
