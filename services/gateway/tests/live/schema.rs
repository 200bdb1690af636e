//! The JSON Schema of all frames is generated from the code.

use std::path::Path;

use gateway::live::frames::{ClientFrame, ServerFrame};
use schemars::generate::SchemaSettings;
use serde_json::json;

#[test]
fn the_schema_of_the_frames_is_the_one_in_the_documentation() {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let client = generator.subschema_for::<ClientFrame>();
    let server = generator.subschema_for::<ServerFrame>();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Chappe: the frames of the WebSocket, v1",
        "anyOf": [client, server],
        "$defs": generator.take_definitions(true),
    });
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/frames.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let advice = "docs/api/frames.schema.json is not of this code: run this test with UPDATE=1";
    assert!(written == text, "{advice}");
}
