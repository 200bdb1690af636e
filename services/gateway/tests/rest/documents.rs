//! The API's documentation.

use serde_json::Value;

use crate::world::*;

const COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

#[test]
fn the_documents_copy_is_up_to_date() {
    let mut document = gateway::public::document().to_pretty_json().unwrap();
    document.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(COPY, &document).unwrap();
    }
    let copy = std::fs::read_to_string(COPY).unwrap_or_default();
    assert!(
        copy == document,
        "docs/api/openapi.json is old: run the tests of gateway with UPDATE=1"
    );
}

#[tokio::test]
async fn the_document_is_served_with_its_page_from_one_origin() {
    let world = World::start().await;
    let document = answer(world.request("GET", "/openapi.json")).await;
    assert_eq!(
        document.body["openapi"]
            .as_str()
            .map(|version| &version[..2]),
        Some("3.")
    );
    let page = world.request("GET", "/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    for resource in page.split("src=\"").chain(page.split("href=\"")).skip(1) {
        let resource = resource.split('"').next().unwrap();
        assert!(!resource.contains("//"), "{resource} is of another origin");
    }
    for script in ["swagger-ui-bundle.js", "swagger-initializer.js"] {
        let script = world
            .request("GET", &format!("/docs/{script}"))
            .send()
            .await
            .unwrap();
        assert_eq!(script.status(), 200);
    }
}

#[test]
fn every_call_tells_how_it_is_refused() {
    let document = serde_json::to_value(gateway::public::document()).unwrap();
    let mut calls = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(responses) = operation["responses"].as_object() else {
                continue;
            };
            calls += 1;
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
            assert!(responses.contains_key("429"), "{method} {path}");
            let signed_in = operation.get("security").is_none();
            assert!(
                !signed_in || responses.contains_key("401"),
                "{method} {path}"
            );
            for (status, response) in responses {
                let content = &response["content"];
                let refused = content.get("application/problem+json").is_some();
                assert_eq!(
                    refused,
                    status.as_str() >= "400",
                    "{method} {path} {status}"
                );
                let data = content.get("application/json").is_some();
                let expected = matches!(status.as_str(), "200" | "201");
                assert_eq!(data, expected, "{method} {path} {status}");
            }
        }
    }
    assert_eq!(calls, 26);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = serde_json::to_value(gateway::public::document()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50, "{}", found.len());
    for reference in found {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some(), "{reference}");
    }
}
