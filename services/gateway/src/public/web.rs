//! The web client, from this binary: what `web/dist` had when it was compiled.

mod encoding;
mod file;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method, header};
use rust_embed::RustEmbed;

use encoding::Encoding;
use file::{File, Representation};

/// The page that is all of the client's pages.
const INDEX: &str = "index.html";
/// Instead of it, where the client was not built.
const UNBUILT: &[u8] = include_bytes!("web/unbuilt.html");
/// Where file names contain a hash of the content.
const HASHED: &str = "assets/";
/// The first segments of paths that are none of the client's pages.
const RESERVED: [&str; 4] = ["api", "assets", "docs", "openapi.json"];

/// Debug builds have the files inside too: what is tested is what is shipped.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Embedded;

/// The client's files by path, without the first slash.
#[derive(Clone)]
pub(super) struct Web(Arc<HashMap<Cow<'static, str>, File>>);

impl Web {
    /// The files of this binary.
    pub(super) fn embedded() -> Self {
        Self::of(
            Embedded::iter().filter_map(|path| Some((path.clone(), Embedded::get(&path)?.data))),
        )
    }

    /// Files of which those that end with an encoding's suffix are other forms of those that don't.
    fn of(files: impl IntoIterator<Item = (Cow<'static, str>, Cow<'static, [u8]>)>) -> Self {
        let (encoded, plain): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(path, _)| Encoding::of(path).is_some());
        let mut table: HashMap<_, _> = plain
            .into_iter()
            .map(|(path, data)| {
                let file = File::new(&path, path.starts_with(HASHED), data);
                (path, file)
            })
            .collect();
        for (path, data) in encoded {
            if let Some((encoding, path)) = Encoding::of(&path)
                && let Some(plain) = table.get_mut(path)
            {
                plain.encode(encoding, Representation::new(data));
            }
        }
        table
            .entry(INDEX.into())
            .or_insert_with(|| File::new(INDEX, false, UNBUILT.into()));
        Self(Arc::new(table))
    }

    /// The answer, where the request asks for a file or a page of the client. What is a page, only the
    /// client knows, and says so itself when there is none.
    pub(super) fn answer(&self, request: &Request) -> Option<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let path = request.uri().path().strip_prefix('/')?;
        let file = match self.0.get(path) {
            Some(file) => file,
            None if path.is_empty() || may_be_page(path) && wants_page(request.headers()) => {
                self.0.get(INDEX)?
            }
            None => return None,
        };
        Some(file.answer(request.headers()))
    }
}

fn may_be_page(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    !RESERVED.contains(&first)
}

/// Whether somebody goes there with a browser. Scripts, images and programs ask for something else.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests;
