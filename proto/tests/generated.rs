//! The checked-in generated code is what the `.proto` files say.

use std::{fs, path::Path};

const FILES: [&str; 6] = [
    "chappe/bot/v1/bot.proto",
    "chappe/event/v1/event.proto",
    "chappe/chat/v1/chat.proto",
    "chappe/gateway/v1/gateway.proto",
    "chappe/notification/v1/notification.proto",
    "chappe/telegram/v1/telegram.proto",
];

#[test]
fn the_generated_code_matches_the_proto_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fresh = tempfile::tempdir().expect("a temporary folder");
    let descriptors = protox::compile(FILES, [root]).expect("valid .proto files");
    tonic_prost_build::configure()
        .out_dir(fresh.path())
        .file_descriptor_set_path(fresh.path().join("descriptors.bin"))
        .compile_fds(descriptors.clone())
        .expect("generated code");
    fs::write(
        fresh.path().join("descriptors.bin"),
        prost::Message::encode_to_vec(&descriptors),
    )
    .expect("written descriptors");

    let checked_in = root.join("src/generated");
    for entry in fs::read_dir(fresh.path()).expect("a readable folder") {
        let name = entry.expect("an entry").file_name();
        if Path::new(&name) == Path::new("google.protobuf.rs") {
            continue;
        }
        let (new, old) = (fresh.path().join(&name), checked_in.join(&name));
        if std::env::var_os("UPDATE").is_some() {
            fs::copy(&new, &old).expect("a writable folder");
        }
        assert_eq!(
            fs::read(&new).ok(),
            fs::read(&old).ok(),
            "{} is stale: run UPDATE=1 cargo test -p proto",
            name.display()
        );
    }
}
