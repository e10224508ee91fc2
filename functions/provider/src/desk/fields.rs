//! The forms of the desk as data: which fields an answer has, how they are called, and what of them was typed or refused. The
//! template draws them, so that every form looks and speaks alike.

use super::form::{Entered, field_of};
use super::words::{Two, two, why};
use medius_domain::field::FieldError;

/// Characters of a text at most, as the fields say; the parser decides.
const MOST_CHARACTERS: u32 = 2000;

/// How a field is filled in.
pub(crate) enum Kind {
    /// Several lines.
    Text,
    /// One line of a type that browsers know (`text`, `date`, `time`), at most so many characters.
    Line(&'static str, u32),
    /// An amount of money.
    Amount,
    /// One of several, all seen.
    Choice(Vec<Choice>),
    /// One of several, from a list.
    List(Vec<Choice>),
    /// Files that were brought and are kept.
    Files(Vec<Choice>),
}

/// One of several.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) ko: String,
    pub(crate) en: String,
    pub(crate) chosen: bool,
}

impl Choice {
    fn fixed(value: &str, name: Two) -> Self {
        Self { value: value.to_owned(), ko: name.ko.to_owned(), en: name.en.to_owned(), chosen: false }
    }
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: Two,
    pub(crate) hint: Option<Two>,
    pub(crate) needed: bool,
    pub(crate) kind: Kind,
    pub(crate) value: String,
    pub(crate) wrong: Option<Two>,
}

impl Field {
    fn new(name: &'static str, label: Two, kind: Kind) -> Self {
        Self { name, label, hint: None, needed: true, kind, value: String::new(), wrong: None }
    }

    fn text(label: Two) -> Self {
        Self::new("text", label, Kind::Text)
    }

    fn optional(self) -> Self {
        Self { needed: false, ..self }
    }

    fn hint(self, hint: Two) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// Characters at most.
    pub(crate) fn most(&self) -> u32 {
        match &self.kind {
            Kind::Line(_, most) => *most,
            Kind::Amount => 15,
            Kind::Text | Kind::Choice(_) | Kind::List(_) | Kind::Files(_) => MOST_CHARACTERS,
        }
    }
}

/// A form.
pub(crate) struct Form {
    /// The action that it takes, as in JSON.
    pub(crate) action: &'static str,
    pub(crate) title: Two,
    pub(crate) lead: Option<Two>,
    pub(crate) submit: Two,
    /// What most institutions do next.
    pub(crate) main: bool,
    pub(crate) fields: Vec<Field>,
    /// Whether it is seen open, because something in it was refused.
    pub(crate) open: bool,
    /// What is wrong with none of its fields in particular.
    pub(crate) wrong: Vec<Two>,
}

impl Form {
    /// Whether it is a button and nothing else.
    pub(crate) fn bare(&self) -> bool {
        self.fields.is_empty()
    }

    /// Shows what was typed and what was refused.
    pub(crate) fn refused(&mut self, entered: &Entered, errors: &[FieldError]) {
        self.open = true;
        for field in &mut self.fields {
            field.value = entered.text(field.name).unwrap_or_default().to_owned();
            match &mut field.kind {
                Kind::Choice(choices) | Kind::List(choices) | Kind::Files(choices) => {
                    for choice in choices {
                        choice.chosen = entered.ticked(field.name, &choice.value);
                    }
                }
                Kind::Text | Kind::Line(..) | Kind::Amount => {}
            }
        }
        for error in errors {
            let name = field_of(&error.pointer);
            match self.fields.iter_mut().find(|field| field.name == name) {
                Some(field) => field.wrong = Some(why(error.code)),
                None => self.wrong.push(why(error.code)),
            }
        }
    }
}

/// What the forms offer beside fixed words.
pub(crate) struct Offered {
    /// Files that were brought and are kept.
    pub(crate) files: Vec<Choice>,
    /// Institutions that a patient could be sent on to.
    pub(crate) institutions: Vec<Choice>,
    /// Whether an outcome was returned already.
    pub(crate) told: bool,
}

/// The form of an action; none for what an institution does not do by a form.
pub(crate) fn form(action: &'static str, offered: &Offered) -> Option<Form> {
    let (title, submit, main) = super::words::button(action)?;
    let optional_text = || Field::text(two("덧붙일 말 (선택)", "Remark (optional)")).optional();
    let (lead, fields) = match action {
        "acknowledge" | "attended" | "confirm_appointment" | "confirm_cancel" => (None, vec![]),
        "accept" => (
            Some(two(
                "진료를 맡겠다는 뜻입니다. 예약 시간은 다음 단계에서 제안합니다. 환자에게 바로 알려집니다.",
                "You will see this patient. You propose the appointment in the next step. The patient is told at once.",
            )),
            vec![optional_text()],
        ),
        "decline" => (
            Some(two(
                "사유 하나를 골라 주십시오. 환자에게 알려집니다.",
                "Please choose one reason. The patient is told.",
            )),
            vec![reasons(super::words::DECLINE), explanation()],
        ),
        "ask_more" => (
            Some(two(
                "환자가 답하고 기록을 보태면 새 의뢰서와 새 링크가 갑니다. 이 링크는 그때 끝납니다.",
                "The patient answers and adds records; you then get a new letter with a new link, and this link ends.",
            )),
            vec![
                Field {
                    label: two("무엇에 관한 자료입니까?", "What is it about?"), ..reasons(super::words::QUESTION)
                },
                Field::text(two("무엇이 더 필요하십니까?", "What do you need?")),
            ],
        ),
        "redirect" => (
            Some(two(
                "환자가 새 기관에 동의해야 자료가 전달됩니다.",
                "Nothing goes to another institution before the patient consents to it.",
            )),
            redirect(offered),
        ),
        "schedule" | "reschedule" => {
            (Some(two("시각은 한국 시각(KST, UTC+9)입니다.", "Times are Korean time (KST, UTC+9).")), appointment())
        }
        "no_show" => (None, vec![reasons(super::words::NO_SHOW), explanation()]),
        "request_cancel" => (
            Some(two("환자가 확인하면 취소됩니다.", "It is cancelled when the patient confirms.")),
            vec![reasons(super::words::CANCEL), optional_text()],
        ),
        "refuse_cancel" => (None, vec![reasons(super::words::KEEP), explanation()]),
        "interim_outcome" | "final_outcome" => (
            Some(if offered.told {
                two(
                    "이미 회송한 소견이 있습니다. 지금 보내는 소견은 그것을 바꾸지 않고 더해지며, 환자는 모두 봅니다. 주민등록번호는 적지 마십시오.",
                    "You have returned an outcome already. This one is added to it and does not replace it: the patient sees each of them. Please write no resident registration number.",
                )
            } else {
                two(
                    "환자가 받아 보관할 회송 소견입니다. 주민등록번호는 적지 마십시오.",
                    "A note that the patient receives and keeps. Please write no resident registration number.",
                )
            }),
            vec![
                Field::text(two("소견과 권고", "Findings and recommendations")),
                Field::new("files", two("함께 보낼 파일", "Files that go along"), Kind::Files(offered.files.clone()))
                    .optional()
                    .hint(two("파일은 아래에서 먼저 올려 주십시오.", "Please bring files first, further below.")),
            ],
        ),
        "estimate" => (
            Some(two(
                "예상일 뿐이며 확정 금액이 아니라고 환자에게 표시됩니다.",
                "It is shown to the patient as an estimate, not as a price.",
            )),
            estimate(),
        ),
        _ => return None,
    };
    Some(Form { action, title, lead, submit, main, fields, open: false, wrong: vec![] })
}

fn reasons(codes: &[(&'static str, Two)]) -> Field {
    let choices = codes.iter().map(|(code, name)| Choice::fixed(code, *name)).collect();
    Field::new("code", two("사유", "Reason"), Kind::Choice(choices))
}

/// Words beside a coded reason.
fn explanation() -> Field {
    Field::text(two("설명", "Explanation"))
        .optional()
        .hint(two("‘기타’를 고르면 꼭 적어 주십시오.", "Needed when you choose “other”."))
}

fn redirect(offered: &Offered) -> Vec<Field> {
    let nobody =
        Choice { value: String::new(), ko: "아래에 적음".into(), en: "Named below".into(), chosen: false };
    let places = std::iter::once(nobody).chain(offered.institutions.iter().cloned()).collect();
    vec![
        reasons(super::words::REDIRECT),
        Field::new("to", two("기관", "Institution"), Kind::List(places)).optional(),
        Field::text(two("설명", "Explanation")).optional(),
    ]
}

fn appointment() -> Vec<Field> {
    let lengths = ["15", "30", "45", "60", "90", "120", "180", "240"].into_iter().map(|minutes| Choice {
        value: minutes.to_owned(),
        ko: format!("{minutes}분"),
        en: format!("{minutes} minutes"),
        chosen: minutes == "30",
    });
    vec![
        Field::new("date", two("날짜", "Day"), Kind::Line("date", 10)),
        Field::new("time", two("시각 (KST)", "Time (KST)"), Kind::Line("time", 5)),
        Field::new("minutes", two("걸리는 시간", "Length"), Kind::List(lengths.collect())),
        Field::new("place", two("장소", "Place"), Kind::Line("text", 200))
            .hint(two("건물, 층, 접수처", "Building, floor, desk")),
        Field::new("prepare", two("준비할 것 (선택)", "How to prepare (optional)"), Kind::Text).optional(),
    ]
}

fn estimate() -> Vec<Field> {
    let currencies = [("KRW", two("원 (KRW)", "KRW")), ("USD", two("미국 달러 (USD)", "USD"))];
    let currencies = currencies.into_iter().map(|(code, name)| Choice::fixed(code, name)).collect();
    vec![
        Field::new("treatment", two("예상되는 진료", "Expected treatment"), Kind::Text),
        Field::new("low", two("최저 금액", "Lowest amount"), Kind::Amount),
        Field::new("high", two("최고 금액", "Highest amount"), Kind::Amount),
        Field::new("currency", two("통화", "Currency"), Kind::List(currencies)),
        Field::new("included", two("포함된 것 (선택)", "What is included (optional)"), Kind::Text).optional(),
    ]
}
