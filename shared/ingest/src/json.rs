//! JSON as it is written: numbers keep their digits (`7.40`), a name given twice is an error, nesting has a bound. Whoever
//! takes FHIR from outside reads it with this.

use crate::Refused;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// The number as written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object: its members in their order, each name once.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, value)| value),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// A member of a member, and so on.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, name| value.get(name))
    }

    /// A string's text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// A number as written.
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Number(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// An array's items; none for what is no array.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_) => &[],
        }
    }

    /// All texts, at any depth.
    pub fn texts<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Text(text) => found.push(text),
            Self::Number(text) => found.push(text),
            Self::List(items) => items.iter().for_each(|i| i.texts(found)),
            Self::Object(members) => members.iter().for_each(|(_, value)| value.texts(found)),
            Self::Null | Self::Bool(_) => {}
        }
    }
}

/// Reads one JSON value and nothing behind it; `depth` is how many levels of arrays and objects it may have.
///
/// # Errors
/// [`Refused::TooDeep`], [`Refused::Truncated`] or [`Refused::Damaged`].
pub fn parse(text: &str, depth: usize) -> Result<Json, Refused> {
    let mut parser = Parser { bytes: text.as_bytes(), text, at: 0 };
    let value = parser.value(depth)?;
    parser.blanks();
    if parser.at < parser.bytes.len() { Err(Refused::Damaged) } else { Ok(value) }
}

struct Parser<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// What comes next; the end of the file here means that the rest is missing.
    fn peek(&self) -> Result<u8, Refused> {
        self.bytes.get(self.at).copied().ok_or(Refused::Truncated)
    }

    fn take(&mut self, byte: u8) -> Result<(), Refused> {
        if self.peek()? == byte {
            self.at += 1;
            Ok(())
        } else {
            Err(Refused::Damaged)
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Refused> {
        for byte in word.bytes() {
            self.take(byte)?;
        }
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Json, Refused> {
        self.blanks();
        match self.peek()? {
            b'{' => self.object(depth.checked_sub(1).ok_or(Refused::TooDeep)?),
            b'[' => self.list(depth.checked_sub(1).ok_or(Refused::TooDeep)?),
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            b'-' | b'0'..=b'9' => self.numeral(),
            _ => Err(Refused::Damaged),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Refused> {
        self.take(b'{')?;
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(Json::Object(members));
        }
        loop {
            self.blanks();
            let name = self.string()?;
            // Which of two values is meant, nobody can tell.
            if !names.insert(name.clone()) {
                return Err(Refused::Damaged);
            }
            self.blanks();
            self.take(b':')?;
            let value = self.value(depth)?;
            members.push((name, value));
            self.blanks();
            if self.peek()? == b',' {
                self.at += 1;
            } else {
                self.take(b'}')?;
                return Ok(Json::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, Refused> {
        self.take(b'[')?;
        let mut items = Vec::new();
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blanks();
            if self.peek()? == b',' {
                self.at += 1;
            } else {
                self.take(b']')?;
                return Ok(Json::List(items));
            }
        }
    }

    /// RFC 8259, 6: no leading zeros, digits on both sides of the point.
    fn numeral(&mut self) -> Result<Json, Refused> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let whole = self.digits()?;
        if whole > 1 && self.bytes[self.at - whole] == b'0' {
            return Err(Refused::Damaged);
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.text.get(start..self.at).map(|n| Json::Number(n.to_owned())).ok_or(Refused::Damaged)
    }

    fn digits(&mut self) -> Result<usize, Refused> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.peek().err().unwrap_or(Refused::Damaged)) } else { Ok(self.at - start) }
    }

    fn string(&mut self) -> Result<String, Refused> {
        self.take(b'"')?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at).ok_or(Refused::Damaged)?);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return Err(Refused::Damaged),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                if (0xd800..0xdc00).contains(&first) {
                    self.take(b'\\')?;
                    self.take(b'u')?;
                    let second = self.unit()?;
                    return char::decode_utf16([first, second]).next().and_then(Result::ok).ok_or(Refused::Damaged);
                }
                char::from_u32(first.into()).ok_or(Refused::Damaged)?
            }
            _ => return Err(Refused::Damaged),
        })
    }

    fn unit(&mut self) -> Result<u16, Refused> {
        let end = self.at + 4;
        let digits = self.text.get(self.at..end).ok_or(if end > self.bytes.len() {
            Refused::Truncated
        } else {
            Refused::Damaged
        })?;
        self.at = end;
        if digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            u16::from_str_radix(digits, 16).map_err(|_| Refused::Damaged)
        } else {
            Err(Refused::Damaged)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_stay_and_doubles_are_refused() {
        assert_eq!(parse("{\"a\": 7.40}", 4).unwrap().get("a"), Some(&Json::Number("7.40".to_owned())));
        assert_eq!(parse("{\"a\": 1, \"a\": 2}", 4), Err(Refused::Damaged));
        assert_eq!(parse("[[[[1]]]]", 3), Err(Refused::TooDeep));
        assert_eq!(parse(&"[".repeat(1_000_000), 32), Err(Refused::TooDeep));
        assert_eq!(parse("{\"a\": [1, 2", 4), Err(Refused::Truncated));
        assert_eq!(parse("[01]", 4), Err(Refused::Damaged));
        assert_eq!(parse("[1] x", 4), Err(Refused::Damaged));
        assert_eq!(parse(r#""\ud55c\uae00 \ud83d\ude00""#, 1).unwrap().text(), Some("한글 😀"));
        assert_eq!(parse(r#""\ud83d""#, 1), Err(Refused::Damaged));
    }

    proptest! {
        #[test]
        fn agrees_with_serde(text in r#"[\[\]{}":,0-9a-z.eE+\\ -]{0,40}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            if let Ok(ours) = parse(&text, 32) {
                let theirs = theirs.as_ref().map(ToString::to_string);
                prop_assert!(theirs.is_ok() || matches!(&ours, Json::Number(n) if n.contains(['e', 'E'])) || text.contains(['e', 'E']), "{text}");
            } else if let Ok(value) = theirs {
                // Only what is refused on purpose: a name given twice.
                prop_assert!(value.to_string().len() + 2 < text.len(), "{text}");
            }
        }
    }
}
