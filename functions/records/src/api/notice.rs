//! What the patient is told about what was not read, in words.

use medius_http::Language;
use medius_ingest::Notice;
use serde::Serialize;
use utoipa::ToSchema;

/// Something about what was not read.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Code and figures.
    #[schema(value_type = Object)]
    #[serde(flatten)]
    pub notice: Notice,
    /// In words, in the language of `Accept-Language`.
    pub text: &'static str,
}

impl NoticeView {
    /// In a language.
    pub fn new(notice: &Notice, language: Language) -> Self {
        let (ko, en) = match notice {
            Notice::ResidentNumber => (
                "파일에 주민등록번호가 있습니다. 읽은 값에는 옮기지 않았습니다.",
                "The file has a resident registration number. It is in none of the values.",
            ),
            Notice::RowsLeftOut { .. } => (
                "확실하지 않은 행은 읽지 않았습니다. 필요하면 직접 입력해 주십시오.",
                "Rows that were not clear were left out. Please type them if you need them.",
            ),
            Notice::NoTable { .. } => (
                "항목 이름(검사명, 결과 등)이 위에 적힌 표가 없는 쪽은 읽지 않았습니다. 앞쪽에서 이어지는 쪽도 마찬가지입니다. 필요한 값은 직접 입력해 주십시오.",
                "A page without a table that has its headings above it (test, result and so on) was not read; neither is a page that \
                 goes on from the one before. Please type the values that you need.",
            ),
            Notice::PictureOnly { .. } => {
                ("글자 없이 그림만 있는 쪽은 읽지 않았습니다.", "A page that is only a picture was not read.")
            }
            Notice::HiddenText { .. } => {
                ("눈에 보이지 않는 글자는 읽지 않았습니다.", "Text that cannot be seen was not read.")
            }
            Notice::SeveralDates => (
                "검사일이 여러 개 있어 날짜를 정하지 않았습니다. 각 값의 날짜를 적어 주십시오.",
                "The file names several days, so no day was set. Please give the day of each value.",
            ),
            Notice::EntriesLeftOut { .. } => (
                "지원하지 않거나 취소된 항목은 읽지 않았습니다.",
                "Entries of other kinds, or that were withdrawn, were not read.",
            ),
        };
        let text = match language {
            Language::Ko => ko,
            Language::En => en,
        };
        Self { notice: notice.clone(), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_said_in_the_reader_s_language() {
        let all = [
            Notice::ResidentNumber,
            Notice::RowsLeftOut { page: 1, rows: 2 },
            Notice::NoTable { page: 2 },
            Notice::PictureOnly { page: 3 },
            Notice::HiddenText { page: 1 },
            Notice::SeveralDates,
            Notice::EntriesLeftOut { entries: 1 },
        ];
        for notice in &all {
            let (ko, en) = (NoticeView::new(notice, Language::Ko).text, NoticeView::new(notice, Language::En).text);
            assert!(ko.chars().any(|c| ('가'..='힣').contains(&c)) && en.is_ascii(), "{ko} {en}");
        }
        // A page that goes on without a heading is the usual reason: it is named, with what helps.
        let text = NoticeView::new(&all[2], Language::En).text;
        assert!(text.contains("goes on from the one before") && text.contains("type the values"), "{text}");
    }
}
