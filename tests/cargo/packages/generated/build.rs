use std::{env, fs, path::Path};

fn main() {
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(
        Path::new(&out).join("factor.rs"),
        "const FACTOR: f64 = 3.0;\n",
    )
    .expect("cargo made the folder");
    println!("cargo:rerun-if-changed=build.rs");
}
