//! The rules of the code that no compiler checks: which layer may name which, and how files are called.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const SERVICES: [&str; 5] = ["gateway", "chat", "notification", "bot", "operator"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file under these folders, with its text.
fn sources(folders: &[&str]) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<_> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.insert(path.clone(), std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Whether one of these names is the beginning of a path (`name::…`) anywhere outside of comments.
fn names(text: &str, name: &str) -> bool {
    let path = format!("{name}::");
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| {
            line.match_indices(&path).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|before| {
                    before.is_alphanumeric() || before == '_' || before == ':'
                })
            })
        })
}

fn refuse(layer: &str, forbidden: &[&str]) {
    let mut offences = Vec::new();
    for service in SERVICES {
        let folder = format!("services/{service}/src/{layer}");
        let mut files = BTreeMap::new();
        if root().join(&folder).is_dir() {
            files.extend(sources(&[&folder]));
        }
        let file = root().join(format!("{folder}.rs"));
        if let Ok(text) = std::fs::read_to_string(&file) {
            files.insert(file, text);
        }
        for (file, text) in files {
            for name in forbidden.iter().filter(|name| names(&text, name)) {
                offences.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_domain_knows_neither_transport_nor_storage() {
    refuse(
        "domain",
        &[
            "proto",
            "tonic",
            "prost",
            "sqlx",
            "redis",
            "rdkafka",
            "bus",
            "sqlite",
            "axum",
            "reqwest",
            "tokio",
            "crate::application",
            "crate::inbound",
            "crate::outbound",
        ],
    );
}

#[test]
fn the_application_knows_ports_and_no_adapters() {
    refuse(
        "application",
        &[
            "proto",
            "tonic",
            "prost",
            "sqlx",
            "redis",
            "rdkafka",
            "sqlite",
            "axum",
            "crate::inbound",
            "crate::outbound",
        ],
    );
}

#[test]
fn what_comes_in_and_what_goes_out_do_not_know_one_another() {
    refuse("inbound", &["crate::outbound"]);
    refuse("outbound", &["crate::inbound"]);
}

#[test]
fn services_do_not_depend_on_one_another() {
    for service in SERVICES {
        assert_depends_on_none(&format!("services/{service}"), &SERVICES);
    }
}

#[test]
fn the_shared_crates_know_no_service() {
    for shared in ["proto", "crates/bus", "crates/runtime", "crates/sqlite"] {
        assert_depends_on_none(shared, &[&SERVICES[..], &["chappe"]].concat());
    }
}

fn assert_depends_on_none(folder: &str, forbidden: &[&str]) {
    let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    for name in forbidden {
        let found = manifest.lines().any(|line| {
            line.starts_with(&format!("{name}.")) || line.starts_with(&format!("{name} "))
        });
        assert!(!found, "{folder} depends on {name}");
    }
}

#[test]
fn files_are_called_by_what_they_are_about() {
    for (file, _) in sources(&["proto/src", "crates", "services", "tests"]) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["mod", "utils", "util", "common", "helpers", "misc"].contains(&name.as_str()),
            "{} says nothing",
            file.display()
        );
    }
}
