//! Who the patient is: the least that a referral letter needs (policy clause P2), each item with its rule.

use crate::clock::years_between;
use crate::field::Invalid;
use crate::personal_text;
use crate::text::{Lines, check};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

personal_text!(
    /// A person's name as they write it; one line, at most 120 characters.
    PersonName,
    120,
    Lines::One
);

/// An email address of one mailbox (RFC 5321 sizes: 64 before the `@`, 254 in all), ASCII, without quoting or comments.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Checks an address; the domain part is lowered.
    ///
    /// # Errors
    /// [`Invalid::Format`] and the rules of every text.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        // Before any trimming: a line break is how a header is smuggled into a mail.
        if raw.chars().any(char::is_control) {
            return Err(Invalid::ControlCharacter);
        }
        let text = check(raw, 254, Lines::One)?;
        let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Format)?;
        let local_ok = (1..=64).contains(&local.len())
            && local.split('.').all(|atom| {
                !atom.is_empty()
                    && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
            });
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if local_ok && domain_ok {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(Invalid::Format)
        }
    }

    /// The address itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A telephone number in international form (E.164): `+`, then 7 to 15 digits; blanks, dots, hyphens and brackets between
/// them are kept for the reader.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Checks a number.
    ///
    /// # Errors
    /// [`Invalid::Format`] when it is not of the international form.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim();
        let rest = text.strip_prefix('+').ok_or(Invalid::Format)?;
        let digits = rest.bytes().filter(u8::is_ascii_digit).count();
        let clean = rest.bytes().all(|b| b.is_ascii_digit() || b" .-()".contains(&b));
        if clean
            && (7..=15).contains(&digits)
            && text.len() <= 32
            && rest.starts_with(|c: char| ('1'..='9').contains(&c))
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Format)
        }
    }

    /// The number itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A full birth date, 1900 or later. Whether it lies in the future is asked with the clock in hand, see [`BirthDate::age`].
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate(NaiveDate);

impl BirthDate {
    /// Checks an ISO 8601 date.
    ///
    /// # Errors
    /// [`Invalid::Format`], [`Invalid::ImpossibleDate`], [`Invalid::OutOfRange`] before 1900.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let date = iso_date(raw)?;
        if date < NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default() {
            return Err(Invalid::OutOfRange);
        }
        Ok(Self(date))
    }

    /// Full years on a day in Asia/Seoul.
    ///
    /// # Errors
    /// [`Invalid::FutureDate`] when the day lies before the birth.
    pub fn age(self, on: NaiveDate) -> Result<i32, Invalid> {
        if self.0 > on { Err(Invalid::FutureDate) } else { Ok(years_between(self.0, on)) }
    }

    /// The date itself.
    pub fn expose(self) -> NaiveDate {
        self.0
    }
}

/// Parses `YYYY-MM-DD`, telling a wrong form from a date that does not exist.
///
/// # Errors
/// [`Invalid::Format`] or [`Invalid::ImpossibleDate`].
pub fn iso_date(raw: &str) -> Result<NaiveDate, Invalid> {
    let shape = raw.len() == 10
        && raw.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(Invalid::Format);
    }
    NaiveDate::parse_from_str(raw, "%Y-%m-%d").map_err(|_| Invalid::ImpossibleDate)
}

/// Administrative gender, the codes of FHIR R4 (`administrative-gender`).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of the two.
    Other,
    /// Not told.
    Unknown,
}

/// A country of residence: ISO 3166-1 alpha-2, in the list that the standard assigns.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

/// ISO 3166-1 alpha-2, officially assigned (249 codes).
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl Country {
    /// Checks a code.
    ///
    /// # Errors
    /// [`Invalid::UnknownValue`] for anything that the standard does not assign.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw.len() == 2 && COUNTRIES.split(' ').any(|c| c == raw) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Invalid::UnknownValue)
        }
    }

    /// The code.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A language that the patient speaks: ISO 639-1, lower case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// ISO 639-1 codes in use among the patients that the service expects; more are one word here.
const LANGUAGES: &str = "ar az be bn bg cs da de el en es et fa fi fr he hi hr hu hy id it ja ka kk km ko ky lo lt lv mn ms my ne nl no pl pt ro ru si sk sl sq sr sv sw ta te tg th tk tl tr uk ur uz vi zh";

impl Language {
    /// Checks a code.
    ///
    /// # Errors
    /// [`Invalid::UnknownValue`] for a code that is not listed.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw.len() == 2 && LANGUAGES.split(' ').any(|l| l == raw) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Invalid::UnknownValue)
        }
    }

    /// The code.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

macro_rules! string_field {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(s: String) -> Result<Self, Invalid> {
                Self::parse(&s)
            }
        }
        impl From<$name> for String {
            fn from(v: $name) -> String {
                v.0.to_string()
            }
        }
    )+};
}
string_field!(Email, Phone, BirthDate, Country, Language);

macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }
    )+};
}
redacted!(Email, Phone, BirthDate, Sex, Country, Language);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_email_with_a_line_break_never_becomes_a_header() {
        assert_eq!(Email::parse("a@b.example\r\nBcc: x@y.example"), Err(Invalid::ControlCharacter));
        assert_eq!(Email::parse("a@b.example\n"), Err(Invalid::ControlCharacter));
        for bad in [
            "a",
            "a@",
            "@b.example",
            "a@b",
            "a b@c.example",
            "a@-b.example",
            "a..b@c.example",
            "\"a\"@b.example",
            "a@b.example, c@d.example",
        ] {
            assert_eq!(Email::parse(bad), Err(Invalid::Format), "{bad}");
        }
        assert_eq!(Email::parse("Lan+x@Example.ORG").unwrap().expose(), "Lan+x@example.org");
    }

    #[test]
    fn dates_exist_and_lie_in_the_past() {
        assert_eq!(BirthDate::parse("1978-02-30"), Err(Invalid::ImpossibleDate));
        assert_eq!(BirthDate::parse("1978-2-3"), Err(Invalid::Format));
        assert_eq!(BirthDate::parse("1899-12-31"), Err(Invalid::OutOfRange));
        let today = iso_date("2026-11-22").unwrap();
        assert_eq!(BirthDate::parse("2026-11-23").unwrap().age(today), Err(Invalid::FutureDate));
        assert_eq!(BirthDate::parse("2012-11-23").unwrap().age(today), Ok(13));
    }

    #[test]
    fn nothing_about_a_person_prints() {
        let all = format!(
            "{:?} {:?} {:?} {:?}",
            PersonName::parse("Lan").unwrap(),
            Email::parse("lan@example.org").unwrap(),
            Phone::parse("+84 24 5550 0142").unwrap(),
            BirthDate::parse("1978-04-03").unwrap()
        );
        assert_eq!(all, "[redacted] [redacted] [redacted] [redacted]");
    }

    #[test]
    fn a_phone_number_is_international() {
        assert!(Phone::parse("+82-2-555-0100").is_ok());
        for bad in ["0245550142", "+", "+0 12345678", "+84 24 5550 0142 ext 5", "+1234567890123456", "+84\n2455501"] {
            assert_eq!(Phone::parse(bad), Err(Invalid::Format), "{bad}");
        }
    }

    #[test]
    fn all_assigned_countries_are_listed() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(Country::parse("VN").is_ok());
        assert_eq!(Country::parse("XX"), Err(Invalid::UnknownValue));
    }
}
