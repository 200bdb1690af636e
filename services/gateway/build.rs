//! Has cargo compile the gateway anew when the built web client changes, also where it is new or gone:
//! what is embedded file by file is watched by itself, new files are not.

use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // For a folder that is not there, cargo would run this each time. Where it can't be made, so be it.
    let _ = std::fs::create_dir_all(&folder);
    println!("cargo::rerun-if-changed={}", folder.display());
}
