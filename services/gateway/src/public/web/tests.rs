use http::StatusCode;

use super::*;

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn web() -> Web {
    let files: [(&str, &[u8]); 7] = [
        ("index.html", b"the page"),
        ("index.html.br", b"page"),
        ("sw.js", b"worker"),
        ("app.webmanifest", b"{}"),
        ("assets/index-a1b2.js", b"the script"),
        ("assets/index-a1b2.js.br", b"br"),
        ("assets/index-a1b2.js.gz", b"gzip"),
    ];
    Web::of(files.map(|(path, data)| (path.into(), data.into())))
}

fn get(path: &str, headers: &[(&str, &str)]) -> Option<Response> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    web().answer(&request.body(axum::body::Body::empty()).unwrap())
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn names_with_a_hash_are_kept_for_ever_and_others_asked_about() {
    for (path, media_type, caching) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/app.webmanifest", "application/manifest+json", "no-cache"),
        (
            "/assets/index-a1b2.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let response = get(path, &[]).unwrap();
        assert_eq!(header(&response, "content-type"), media_type, "{path}");
        assert_eq!(header(&response, "cache-control"), caching, "{path}");
        assert_eq!(header(&response, "content-encoding"), "", "{path}");
    }
}

#[test]
fn each_encoding_has_a_validator_of_its_own() {
    let path = "/assets/index-a1b2.js";
    let mut etags = Vec::new();
    for (accepted, encoding) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")] {
        let accepted = ("accept-encoding", accepted);
        let response = get(path, &[accepted]).unwrap();
        assert_eq!(header(&response, "content-encoding"), encoding);
        assert_eq!(header(&response, "vary"), "accept-encoding");
        let etag = header(&response, "etag").to_owned();
        assert!(!etags.contains(&etag), "{etag}");

        let again = get(path, &[accepted, ("if-none-match", &etag)]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, "etag"), etag);
        assert_eq!(header(&again, "content-encoding"), "");
        etags.push(etag);
    }
    let of_another = get(path, &[("if-none-match", &etags[0])]).unwrap();
    assert_eq!(of_another.status(), StatusCode::OK);
    let list = format!("\"a\", W/{}", etags[2]);
    let one_of_several = get(path, &[("if-none-match", &list)]).unwrap();
    assert_eq!(one_of_several.status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn a_missing_encoding_is_passed_over() {
    let response = get("/", &[("accept-encoding", "gzip, br;q=0.1")]).unwrap();
    assert_eq!(header(&response, "content-encoding"), "br");
    let response = get("/sw.js", &[("accept-encoding", "gzip, br")]).unwrap();
    assert_eq!(header(&response, "content-encoding"), "");
    assert_eq!(header(&response, "vary"), "");
}

#[test]
fn the_clients_own_paths_are_the_page_for_who_wants_a_page() {
    for path in ["/rooms/x", "/rooms/x?at=3", "/apiary", "/a/../b", "/%2e%2e"] {
        let response = get(path, &[("accept", HTML)]).unwrap();
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert!(get(path, &[("accept", "*/*")]).is_none(), "{path}");
        assert!(get(path, &[]).is_none(), "{path}");
    }
    for path in [
        "/api",
        "/api/v1/nope",
        "/docs/nope",
        "/assets/old-0000.js",
        "/assets/../index.html",
        "/assets/index-a1b2.js.br/",
    ] {
        assert!(get(path, &[("accept", HTML)]).is_none(), "{path}");
    }
    let request = Request::post("/").body(axum::body::Body::empty());
    assert!(web().answer(&request.unwrap()).is_none());
}

#[test]
fn a_client_that_was_not_built_says_how_to_build_it() {
    let web = Web::of([]);
    let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = web.answer(&request).unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(std::str::from_utf8(UNBUILT).unwrap().contains("make web"));
}
