//! Without the driver there is no derivative, and the linker's message says what to do.

use std::path::Path;
use std::process::Command;

#[test]
fn plain_cargo_build_names_the_driver() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/undriven/Cargo.toml");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(concat!(env!("CARGO_TARGET_TMPDIR"), "/undriven"))
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo starts");
    let messages = String::from_utf8_lossy(&built.stderr);

    assert!(!built.status.success());
    assert!(
        messages.contains("cargo_autodiff_was_not_run__build_with__cargo_autodiff"),
        "{messages}"
    );
}
