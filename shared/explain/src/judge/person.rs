//! Which cited range holds for a person.

use super::Reason;
use crate::input::{Pregnancy, Sex};
use crate::schema::{Ages, ForPregnant, ForSex, Range, Screening};

/// Ages at which a pregnancy that nobody asked about is taken as possible.
const CAN_BE_PREGNANT: std::ops::RangeInclusive<u16> = 11..=55;

/// The person at the time of a result.
#[derive(Clone, Copy)]
pub(super) struct About {
    pub(super) sex: Option<Sex>,
    pub(super) age: Option<u16>,
    pub(super) pregnancy: Pregnancy,
}

/// Whether limits hold for the person.
enum Holds {
    Yes,
    No,
    Unknown(Reason),
}

impl About {
    /// The ranges that hold: several only where the trimester is not known.
    pub(super) fn ranges<'a>(&self, ranges: &'a [Range]) -> Result<Vec<&'a Range>, Reason> {
        let mut found = Vec::new();
        for range in ranges {
            match self.range(range) {
                Holds::Yes => found.push(range),
                Holds::No => {}
                Holds::Unknown(reason) => return Err(reason),
            }
        }
        if found.is_empty() { Err(Reason::NoReference) } else { Ok(found) }
    }

    fn range(&self, range: &Range) -> Holds {
        let trimester = match (self.pregnancy, range.trimester.as_slice()) {
            (Pregnancy::Yes { trimester: Some(own) }, list) if !list.is_empty() => list.contains(&own),
            (Pregnancy::Yes { .. } | Pregnancy::No | Pregnancy::Unknown, _) => true,
        };
        if trimester {
            self.all([self.sex(range.sex), self.age(range.age), self.pregnant(range.pregnant)])
        } else {
            Holds::No
        }
    }

    /// The bands that hold; none as soon as something is not known.
    pub(super) fn screening<'a>(&self, all: &'a [Screening]) -> Option<&'a Screening> {
        all.iter()
            .find(|s| matches!(self.all([self.sex(s.sex), self.age(s.age), self.pregnant(s.pregnant)]), Holds::Yes))
    }

    /// Whether a critical limit holds: yes, unless the age is known to be another.
    pub(super) fn may_be(&self, ages: Ages) -> bool {
        !matches!(self.age(ages), Holds::No)
    }

    /// A `no` decides before something unknown does.
    fn all(&self, parts: [Holds; 3]) -> Holds {
        let mut unknown = None;
        for part in parts {
            match part {
                Holds::No => return Holds::No,
                Holds::Unknown(reason) => unknown = unknown.or(Some(reason)),
                Holds::Yes => {}
            }
        }
        unknown.map_or(Holds::Yes, Holds::Unknown)
    }

    const fn sex(&self, of: ForSex) -> Holds {
        match (of, self.sex) {
            (ForSex::Any, _) | (ForSex::Female, Some(Sex::Female)) | (ForSex::Male, Some(Sex::Male)) => Holds::Yes,
            (ForSex::Female, Some(Sex::Male)) | (ForSex::Male, Some(Sex::Female)) => Holds::No,
            (ForSex::Female | ForSex::Male, None) => Holds::Unknown(Reason::SexUnknown),
        }
    }

    fn age(&self, of: Ages) -> Holds {
        match self.age {
            _ if of == Ages::default() => Holds::Yes,
            None => Holds::Unknown(Reason::AgeUnknown),
            Some(age) if of.from.is_none_or(|from| age >= from) && of.below.is_none_or(|below| age < below) => {
                Holds::Yes
            }
            Some(_) => Holds::No,
        }
    }

    fn pregnant(&self, of: ForPregnant) -> Holds {
        let possible = self.sex != Some(Sex::Male) && self.age.is_none_or(|age| CAN_BE_PREGNANT.contains(&age));
        let pregnant = match self.pregnancy {
            Pregnancy::Yes { .. } => Some(true),
            Pregnancy::No => Some(false),
            Pregnancy::Unknown => {
                if possible {
                    None
                } else {
                    Some(false)
                }
            }
        };
        match (of, pregnant) {
            (ForPregnant::Any, _) | (ForPregnant::No, Some(false)) | (ForPregnant::Yes, Some(true)) => Holds::Yes,
            (ForPregnant::No, Some(true)) | (ForPregnant::Yes, Some(false)) => Holds::No,
            (ForPregnant::No | ForPregnant::Yes, None) => Holds::Unknown(Reason::PregnancyUnknown),
        }
    }
}
