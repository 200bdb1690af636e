//! The definitions that the chart ships are those of the code.

use std::{fs, path::Path};

#[test]
fn the_charts_definitions_are_those_of_the_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../charts/operator/crds");
    for (name, contents) in operator::definitions::files().expect("definitions become YAML") {
        let path = folder.join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(&folder).expect("a writable folder");
            fs::write(&path, &contents).expect("a writable file");
        }
        let shipped = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            shipped == contents,
            "{} is stale: run UPDATE=1 cargo test -p operator",
            path.display()
        );
    }
}
