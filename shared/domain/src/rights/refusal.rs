//! Why a request is turned down or put off. A refusal cannot be made without a ground that the law knows for that right; the
//! statute, the words and the way to object come with the ground, so none of them can be left out. The words are fixed:
//! free text would put health information into a record that is kept for three years.

use super::Right;
use super::table::Refused;
use crate::clock::kst_day;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Days to which access can be put off at the most.
const MOST_DAYS: u64 = 30;

/// A sentence in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

/// How to object, with every decision that somebody may object to (PIPA Art. 38(5)).
const HOW_TO_OBJECT: Text = Text {
    ko: "이 결정에 동의하지 않으시면 이 요청의 '이의 제기'에서 언제든지 이의를 제기하실 수 있으며, 처음 결정한 사람이 아닌 다른 담당자가 \
         다시 판단합니다. 개인정보 침해신고센터(국번 없이 118)에 상담하실 수도 있습니다.",
    en: "If you disagree, you can object at any time with \"Object\" at this request; another person than the one who \
         decided will decide about it. You can also turn to the privacy call centre (118 in Korea).",
};

/// A ground on which a request may be turned down, in whole or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A statute forbids or limits access.
    AccessBarredByStatute,
    /// It would endanger somebody's life or body, or wrong somebody's property or other interests.
    HarmToOthers,
    /// What is recorded was found to be right.
    FoundAccurate,
    /// Another statute names the data as to be collected and kept.
    KeptByStatute,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 4] =
        [Self::AccessBarredByStatute, Self::HarmToOthers, Self::FoundAccurate, Self::KeptByStatute];

    /// Whether the law knows it for a right. To stop processing is never turned down here.
    pub const fn fits(self, right: Right) -> bool {
        match self {
            Self::AccessBarredByStatute | Self::HarmToOthers => matches!(right, Right::Access),
            Self::FoundAccurate => matches!(right, Right::Correction),
            Self::KeptByStatute => matches!(right, Right::Deletion),
        }
    }

    /// The statute.
    pub const fn statute(self) -> &'static str {
        match self {
            Self::AccessBarredByStatute => "PIPA Art. 35(4)1",
            Self::HarmToOthers => "PIPA Art. 35(4)2",
            Self::FoundAccurate => "PIPA Art. 36(2)",
            Self::KeptByStatute => "PIPA Art. 36(1)",
        }
    }

    /// The reason in plain words.
    pub const fn text(self) -> Text {
        match self {
            Self::AccessBarredByStatute => Text {
                ko: "법률이 이 정보의 열람을 금지하거나 제한하고 있어 보여 드릴 수 없습니다.",
                en: "A statute forbids or limits access to this information, so we cannot show it to you.",
            },
            Self::HarmToOthers => Text {
                ko: "보여 드리면 다른 사람의 생명이나 신체를 해하거나 재산과 그 밖의 이익을 부당하게 침해할 우려가 있습니다.",
                en: "Showing it would put another person's life or body at risk, or unfairly harm their property or other \
                     interests.",
            },
            Self::FoundAccurate => Text {
                ko: "확인한 결과 기록된 내용이 사실과 같아 고칠 것이 없었습니다.",
                en: "We looked into it and found that what is recorded is right, so there was nothing to change.",
            },
            Self::KeptByStatute => Text {
                ko: "다른 법령이 이 정보를 수집하고 보관하도록 정하고 있어 그 기간이 끝날 때까지 지울 수 없습니다. 해당 정보는 따로 보관합니다.",
                en: "Another statute names this information as to be collected and kept, so it cannot be deleted before that \
                     period ends. It is kept apart from everything else.",
            },
        }
    }
}

/// That a request is turned down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    ground: Ground,
    at: DateTime<Utc>,
}

impl Refusal {
    /// A refusal on a ground that the law knows for the right.
    ///
    /// # Errors
    /// [`Refused::Ground`].
    pub const fn new(right: Right, ground: Ground, at: DateTime<Utc>) -> Result<Self, Refused> {
        if ground.fits(right) { Ok(Self { ground, at }) } else { Err(Refused::Ground) }
    }

    /// The ground, with which come statute and words.
    pub const fn ground(&self) -> Ground {
        self.ground
    }

    /// When.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// How to object.
    pub const fn how_to_object(&self) -> Text {
        HOW_TO_OBJECT
    }
}

/// Why access is put off (Art. 35(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeferralGround {
    /// There is more to put together than ten days allow.
    Extent,
    /// Somebody else must be heard first.
    ThirdParty,
    /// A failure of the system must be repaired first.
    SystemFailure,
}

impl DeferralGround {
    /// Every ground.
    pub const ALL: [Self; 3] = [Self::Extent, Self::ThirdParty, Self::SystemFailure];

    /// The reason in plain words.
    pub const fn text(self) -> Text {
        match self {
            Self::Extent => Text {
                ko: "자료의 양이 많아 10일 안에 모두 준비할 수 없습니다.",
                en: "There is more to put together than can be done within ten days.",
            },
            Self::ThirdParty => Text {
                ko: "다른 사람의 정보가 함께 들어 있어 먼저 그 사람의 의견을 들어야 합니다.",
                en: "It holds information about another person, who must be heard first.",
            },
            Self::SystemFailure => Text {
                ko: "시스템 장애를 먼저 고쳐야 합니다.",
                en: "A failure of the system must be repaired first.",
            },
        }
    }
}

/// That access is put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    ground: DeferralGround,
    until: NaiveDate,
    at: DateTime<Utc>,
}

impl Deferral {
    /// Access put off to a day from tomorrow on.
    ///
    /// # Errors
    /// [`Refused::OnlyAccess`] or [`Refused::DeferralDay`].
    pub fn new(right: Right, ground: DeferralGround, until: NaiveDate, now: DateTime<Utc>) -> Result<Self, Refused> {
        if right != Right::Access {
            return Err(Refused::OnlyAccess);
        }
        let today = kst_day(now);
        let last = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(today);
        if until <= today || until > last {
            return Err(Refused::DeferralDay);
        }
        Ok(Self { ground, until, at: now })
    }

    /// The ground.
    pub const fn ground(&self) -> DeferralGround {
        self.ground
    }

    /// The day (Asia/Seoul) to which it is put off.
    pub const fn until(&self) -> NaiveDate {
        self.until
    }

    /// The statute.
    pub const fn statute(&self) -> &'static str {
        "PIPA Art. 35(3)"
    }

    /// How to object.
    pub const fn how_to_object(&self) -> Text {
        HOW_TO_OBJECT
    }
}
