//! How a file is compressed, and which ways a browser understands.

use http::{HeaderMap, header};

/// A compression of which the build of the client leaves files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

/// Smallest result first.
const ALL: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

impl Encoding {
    /// The encoding that a file's name tells, and the name without it.
    pub(super) fn of(path: &str) -> Option<(Self, &str)> {
        let (path, suffix) = path.rsplit_once('.')?;
        let encoding = match suffix {
            "br" => Self::Brotli,
            "gz" => Self::Gzip,
            _ => return None,
        };
        Some((encoding, path))
    }

    /// As in `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Those that `Accept-Encoding` allows, the one to prefer first.
    pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let mut accepted = ALL.map(|encoding| (weight(headers, encoding.name()), encoding));
        // Stable: where the browser doesn't mind, the order stays.
        accepted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        accepted
            .into_iter()
            .filter(|(weight, _)| *weight > 0.0)
            .map(|(_, encoding)| encoding)
    }
}

/// How much a coding is wanted, from 0 to 1 (RFC 9110, 12.5.3).
fn weight(headers: &HeaderMap, name: &str) -> f32 {
    let mut any = 0.0;
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    let values = values.filter_map(|value| value.to_str().ok());
    for item in values.flat_map(|value| value.split(',')) {
        let (coding, parameter) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = parameter
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse().ok())
            .unwrap_or(0.0);
        match coding.trim() {
            coding if coding.eq_ignore_ascii_case(name) => return weight,
            "*" => any = weight,
            _ => {}
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_wanted_encoding_is_chosen() {
        use Encoding::{Brotli, Gzip};
        for (header, expected) in [
            ("gzip, deflate, br, zstd", &[Brotli, Gzip][..]),
            ("gzip", &[Gzip]),
            ("GZIP;q=0.5", &[Gzip]),
            ("br;q=0.2, gzip ; q=0.8", &[Gzip, Brotli]),
            ("br;q=0, *", &[Gzip]),
            ("*;q=0, gzip", &[Gzip]),
            ("*", &[Brotli, Gzip]),
            ("identity", &[]),
            ("br;q=much", &[]),
            ("br;level=11", &[]),
            ("", &[]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(header));
            let accepted: Vec<_> = Encoding::accepted(&headers).collect();
            assert_eq!(accepted, expected, "{header}");
        }
        assert_eq!(Encoding::accepted(&HeaderMap::new()).count(), 0);
    }
}
