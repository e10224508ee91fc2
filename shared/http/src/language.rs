//! The language of titles and texts, by `Accept-Language` (RFC 9110 section 12.5.4): Korean or English.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use std::convert::Infallible;

/// A language that the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Korean.
    Ko,
    /// English, also where nothing we speak is asked for.
    #[default]
    En,
}

impl Language {
    /// The language that a request prefers.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::default());
        for value in headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|v| v.to_str().ok()) {
            for range in value.split(',') {
                let mut parts = range.split(';');
                let tag = parts.next().unwrap_or_default().trim();
                let primary = tag.split('-').next().unwrap_or_default();
                let language = if primary.eq_ignore_ascii_case("ko") {
                    Self::Ko
                } else if primary.eq_ignore_ascii_case("en") || primary == "*" {
                    Self::En
                } else {
                    continue;
                };
                let weight = parts.find_map(|p| p.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
                // Of equal weights the first one counts.
                if weight > best.0 {
                    best = (weight, language);
                }
            }
        }
        best.1
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

/// A weight in thousandths; what is not a weight counts as none.
fn thousandths(q: &str) -> u16 {
    match q.trim().parse::<f32>() {
        // Bounded by the guard, so the cast keeps the value.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000 fits")]
        Ok(q) if (0.0..=1.0).contains(&q) => (q * 1000.0) as u16,
        Ok(_) | Err(_) => 0,
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_heaviest_language_that_we_speak_wins() {
        for (header, expected) in [
            ("", Language::En),
            ("ko", Language::Ko),
            ("ko-KR,ko;q=0.9,en-US;q=0.8", Language::Ko),
            ("en-US,en;q=0.9,ko;q=0.8", Language::En),
            ("ja, ko;q=0.3, en;q=0.2", Language::Ko),
            ("fr, de;q=0.9", Language::En),
            ("ko;q=0, en;q=0.1", Language::En),
            ("ko;q=0", Language::En),
            ("KO", Language::Ko),
            ("*;q=0.5, ko;q=0.6", Language::Ko),
            ("ko;q=7, en;q=0.1", Language::En),
            ("ko;q=NaN", Language::En),
            (";;;,q=,ko;q=q", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, header.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{header}");
        }
    }
}
