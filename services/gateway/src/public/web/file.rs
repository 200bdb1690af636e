//! One file in all its forms.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use xxhash_rust::xxh3::xxh3_128;

use super::encoding::Encoding;
use crate::public::headers;

/// A name that changes with the content need not be asked about again.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// May be kept, and is asked about each time.
const ASK: HeaderValue = HeaderValue::from_static("no-cache");
/// Windows of other origins get no hold of this one.
const ISOLATED: HeaderValue = HeaderValue::from_static("same-origin");
/// What the client never asks a browser for, so that nothing in it can.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
);

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A file of the client.
pub(super) struct File {
    media_type: HeaderValue,
    caching: HeaderValue,
    plain: Representation,
    encoded: Vec<(Encoding, Representation)>,
}

/// A file's bytes in one encoding.
pub(super) struct Representation {
    bytes: Bytes,
    /// Strong, so it is another one for each encoding.
    etag: HeaderValue,
}

impl Representation {
    pub(super) fn new(data: Cow<'static, [u8]>) -> Self {
        let etag = format!("\"{:032x}\"", xxh3_128(&data));
        Self {
            bytes: match data {
                Cow::Borrowed(data) => Bytes::from_static(data),
                Cow::Owned(data) => data.into(),
            },
            etag: etag.try_into().expect("hexadecimal digits"),
        }
    }
}

impl File {
    /// `hashed`: the name has a hash of the content.
    pub(super) fn new(path: &str, hashed: bool, data: Cow<'static, [u8]>) -> Self {
        let media_type = mime_guess::from_path(path).first_or_octet_stream();
        let media_type = match media_type.type_() {
            mime_guess::mime::TEXT => format!("{media_type}; charset=utf-8"),
            _ => media_type.to_string(),
        };
        Self {
            media_type: media_type.try_into().expect("a media type"),
            caching: if hashed { FOREVER } else { ASK },
            plain: Representation::new(data),
            encoded: Vec::new(),
        }
    }

    /// Adds the same in an encoding.
    pub(super) fn encode(&mut self, encoding: Encoding, representation: Representation) {
        self.encoded.push((encoding, representation));
    }

    /// The answer to a GET with these headers. To a HEAD it is the same, and the body is not sent.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let (encoding, chosen) = self.choose(request);
        let mut response = if is_known(request, &chosen.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Body::from(chosen.bytes.clone()).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, self.media_type.clone());
            if let Some(encoding) = encoding {
                let name = HeaderValue::from_static(encoding.name());
                headers.insert(header::CONTENT_ENCODING, name);
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, chosen.etag.clone());
        headers.insert(header::CACHE_CONTROL, self.caching.clone());
        if !self.encoded.is_empty() {
            let name = HeaderValue::from_static("accept-encoding");
            headers.insert(header::VARY, name);
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, headers::CLIENT);
        headers.insert(OPENER_POLICY, ISOLATED);
        headers.insert(PERMISSIONS_POLICY, PERMISSIONS);
        response
    }

    fn choose(&self, request: &HeaderMap) -> (Option<Encoding>, &Representation) {
        Encoding::accepted(request)
            .find_map(|wanted| {
                let mut forms = self.encoded.iter();
                let (_, found) = forms.find(|(encoding, _)| *encoding == wanted)?;
                Some((Some(wanted), found))
            })
            .unwrap_or((None, &self.plain))
    }
}

/// Whether `If-None-Match` names this one (RFC 9110, 13.1.2).
fn is_known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).into_iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}
