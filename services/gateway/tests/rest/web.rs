//! The web client as browsers fetch it, or the page that says how to build it: whichever this binary has.

use std::time::Duration;

use reqwest::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::*;

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn visit(world: &World, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = world.request("GET", path).header("accept", HTML);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// The addresses that the page loads.
async fn assets(world: &World) -> Vec<String> {
    let page = visit(world, "/", &[]).await.text().await.unwrap();
    page.split(['"', '\''])
        .filter(|part| part.starts_with("/assets/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_page_of_the_client_is_the_same_page() {
    let world = World::start().await;
    let page = visit(&world, "/", &[]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&page, "cache-control"), "no-cache");
    let etag = header(&page, "etag").to_owned();
    let page = page.text().await.unwrap();
    for path in ["/rooms/x", "/index.html", "/settings?a=b", "/files/a.js"] {
        let same = visit(&world, path, &[]).await;
        assert_eq!(
            (same.status().as_u16(), header(&same, "etag")),
            (200, etag.as_str()),
            "{path}"
        );
        assert_eq!(same.text().await.unwrap(), page, "{path}");
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn what_is_no_page_stays_a_problem() {
    let world = World::start().await;
    for path in [
        "/api",
        "/api/v1/nope",
        "/api/v1/rooms/",
        "/assets/nope.js",
        "/assets/",
    ] {
        let request = world.request("GET", path).header("accept", HTML);
        answer(request).await.assert_problem(404, "not_found");
    }
    for accept in ["*/*", "application/json", "image/*"] {
        let request = world.request("GET", "/rooms/x").header("accept", accept);
        answer(request).await.assert_problem(404, "not_found");
    }
    let sent = answer(world.request("POST", "/rooms/x").header("accept", HTML)).await;
    sent.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let world = World::start().await;
    for encodings in ["identity", "gzip", "gzip, deflate, br"] {
        let encodings = ("accept-encoding", encodings);
        let page = visit(&world, "/", &[encodings]).await;
        let etag = header(&page, "etag").to_owned();
        assert!(etag.starts_with('"'), "{etag}");

        let known = visit(&world, "/", &[encodings, ("if-none-match", &etag)]).await;
        assert_eq!(known.status(), 304);
        assert_eq!(header(&known, "etag"), etag);
        assert_eq!(header(&known, "cache-control"), "no-cache");
        assert_eq!(known.bytes().await.unwrap().len(), 0);

        let old = visit(&world, "/", &[encodings, ("if-none-match", "\"old\"")]).await;
        assert_eq!(old.status(), 200);
    }
}

#[tokio::test]
async fn a_head_tells_what_a_get_would() {
    let world = World::start().await;
    for path in ["/".to_owned(), "/rooms/x".to_owned()]
        .into_iter()
        .chain(assets(&world).await)
    {
        let got = visit(&world, &path, &[]).await;
        let request = world.request("HEAD", &path).header("accept", HTML);
        let told = request.send().await.unwrap();
        assert_eq!(told.status(), 200);
        for name in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(header(&told, name), header(&got, name), "{path} {name}");
        }
        assert_eq!(told.bytes().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn what_the_page_loads_is_compressed_and_kept_for_ever() {
    let world = World::start().await;
    for path in assets(&world).await {
        let mut sizes = Vec::new();
        for (accepted, encoding) in [("identity", ""), ("gzip", "gzip"), ("gzip, br", "br")] {
            let asset = visit(&world, &path, &[("accept-encoding", accepted)]).await;
            assert_eq!(asset.status(), 200, "{path}");
            assert_eq!(
                header(&asset, "cache-control"),
                "public, max-age=31536000, immutable"
            );
            let media_type = header(&asset, "content-type").to_owned();
            if media_type.starts_with("text/") {
                assert_eq!(header(&asset, "content-encoding"), encoding, "{path}");
                sizes.push(asset.bytes().await.unwrap().len());
            }
        }
        assert!(
            sizes.is_sorted_by(|larger, smaller| larger > smaller),
            "{path}: {sizes:?}"
        );
    }
}

#[tokio::test]
async fn nothing_inline_runs_in_the_client_and_nothing_from_elsewhere() {
    let world = World::start().await;
    let known = visit(&world, "/", &[]).await;
    let etag = header(&known, "etag").to_owned();
    for page in [
        visit(&world, "/", &[]).await,
        visit(&world, "/rooms/x", &[]).await,
        visit(&world, "/", &[("if-none-match", &etag)]).await,
    ] {
        let policy = header(&page, "content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(
                policy.split("; ").any(|own| own == rule),
                "{rule} in {policy}"
            );
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        assert_eq!(header(&page, "cross-origin-opener-policy"), "same-origin");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert!(header(&page, "permissions-policy").contains("camera=()"));
    }
    let page = visit(&world, "/", &[]).await.text().await.unwrap();
    assert!(!page.contains("<style"), "{page}");
    for script in page.split("<script").skip(1) {
        assert!(
            script.split('>').next().unwrap().contains("src="),
            "{script}"
        );
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_client() {
    let world = World::start().await;
    let page = visit(&world, "/", &[]).await.text().await.unwrap();
    // Clients tidy paths up before they send them; a socket doesn't.
    for path in [
        "/../Cargo.toml",
        "/assets/../../package.json",
        "/assets/..%2f..%2fpackage.json",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..\\..\\Cargo.toml",
        "//etc/passwd",
        "/assets//etc/passwd",
        "/assets/%00",
        "/index.html%00.js",
        "/.env",
    ] {
        let mut socket = TcpStream::connect(world.address).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: chappe.test\r\naccept: {HTML}\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(Duration::from_secs(5), socket.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let refused = head.starts_with("HTTP/1.1 404") || head.starts_with("HTTP/1.1 400");
        assert!(refused || body == page, "{path}: {answer}");
    }
}

#[tokio::test]
async fn many_people_behind_one_address_may_load_the_client_at_once() {
    let world = World::with(&["--address-rate=5"]).await;
    for _ in 0..100 {
        assert_eq!(visit(&world, "/", &[]).await.status(), 200);
    }
    let refused = futures::future::join_all((0..50).map(|_| visit(&world, "/api/v1/nope", &[])));
    let refused = refused.await;
    assert!(refused.iter().any(|answer| answer.status() == 429));
}
