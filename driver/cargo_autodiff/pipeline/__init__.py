"""From the bitcode of a crate to objects with derivatives: steps as data, planned first, then run."""
