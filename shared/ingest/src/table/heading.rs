//! Headings of result sheets, prescriptions and health checks, as Korean hospitals print them.
//!
//! Most wrong values come from a wrong column: an older result, a code, a total. So those have headings of their own here,
//! to be known and left alone; a heading that is not in the list gives an unread column.

use super::date;
use crate::text::key;

/// What a column under a heading holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Role {
    Name,
    Code,
    Value,
    /// An older result: known, never read.
    Previous,
    Unit,
    Range,
    RangeLow,
    RangeHigh,
    /// Bands of the national screening beside the normal one: known, not the report's own range.
    OtherRange,
    Flag,
    Date,
    /// Reported, printed, received: not the day of the sample.
    OtherDate,
    Specimen,
    Dose,
    DailyDose,
    Times,
    Days,
    /// The total amount given out: known, never a dose.
    Total,
    Directions,
    /// Remarks, methods, serial numbers, groups: known, not read.
    Other,
    /// Says what the table is not about: prices, insurance.
    Foreign,
}

/// Headings by their key (see [`key`]).
const HEADINGS: &[(Role, &[&str])] = &[
    (
        Role::Name,
        &[
            "검사명",
            "검사항목",
            "항목",
            "검사종목",
            "검사명칭",
            "항목명",
            "검사항목명",
            "검사이름",
            "종목",
            "진단검사명",
            "검사",
            "세부항목",
            "검사명영문",
            "검사명한글",
            "test",
            "testname",
            "tests",
            "item",
            "items",
            "testitem",
            "testitems",
            "examination",
            "examinationitem",
            "analyte",
            "parameter",
            "investigation",
            "component",
            "약품명",
            "의약품명",
            "처방의약품의명칭",
            "처방의약품명칭",
            "처방의약품명",
            "의약품명칭",
            "처방의약품의명칭및코드",
            "약명",
            "약이름",
            "처방약품명",
            "처방명",
            "제품명",
            "약품명칭",
            "투약약물",
            "약물명",
            "medication",
            "medicine",
            "drug",
            "drugname",
            "medicationname",
            "medicinename",
            "prescription",
            "name",
            "product",
        ],
    ),
    (
        Role::Code,
        &[
            "코드",
            "검사코드",
            "처방코드",
            "edi",
            "edi코드",
            "보험코드",
            "약품코드",
            "의약품코드",
            "청구코드",
            "수가코드",
            "품목코드",
            "표준코드",
            "code",
            "testcode",
            "loinc",
            "loinccode",
            "drugcode",
            "itemcode",
        ],
    ),
    (
        Role::Value,
        &[
            "결과",
            "결과치",
            "검사결과",
            "측정값",
            "측정치",
            "결과값",
            "검사결과값",
            "검사결과치",
            "금회결과",
            "결과금회",
            "결과금번",
            "결과현재",
            "금회",
            "이번결과",
            "현재결과",
            "당회결과",
            "금번결과",
            "수치",
            "검사치",
            "검사수치",
            "result",
            "results",
            "value",
            "testresult",
            "resultvalue",
            "currentresult",
            "observedvalue",
            "measuredvalue",
            "결과수치",
            "결과result",
        ],
    ),
    (Role::Unit, &["단위", "결과단위", "검사단위", "unit", "units", "단위unit", "uom", "측정단위"]),
    (
        Role::Range,
        &[
            "참고치",
            "참고범위",
            "정상범위",
            "정상치",
            "참조범위",
            "참조치",
            "참고값",
            "참고구간",
            "기준치",
            "기준범위",
            "정상참고치",
            "정상값",
            "정상기준",
            "참조구간",
            "정상참고범위",
            "생물학적참고범위",
            "참고치정상",
            "정상",
            "정상a",
            "정상a정상",
            "reference",
            "referencerange",
            "refrange",
            "normalrange",
            "referenceinterval",
            "referencevalue",
            "referencevalues",
            "ref",
            "normal",
            "biologicalreferenceinterval",
            "normalvalue",
            "refinterval",
            "expectedvalues",
            "range",
            "refvalue",
        ],
    ),
    (
        Role::RangeLow,
        &["하한", "하한치", "참고하한", "정상하한", "low", "lowerlimit", "reflow", "referencelow", "최소", "min"],
    ),
    (
        Role::RangeHigh,
        &["상한", "상한치", "참고상한", "정상상한", "high", "upperlimit", "refhigh", "referencehigh", "최대", "max"],
    ),
    (
        Role::OtherRange,
        &[
            "정상b",
            "정상b경계",
            "경계",
            "질환의심",
            "의심",
            "질환의심일반",
            "유질환",
            "주의",
            "위험",
            "공황치",
            "패닉",
            "critical",
            "panic",
            "criticalrange",
            "목표",
            "목표치",
            "target",
        ],
    ),
    (
        Role::Flag,
        &[
            "판정",
            "hl",
            "상태",
            "이상",
            "이상여부",
            "결과판정",
            "플래그",
            "flag",
            "flags",
            "abnormal",
            "abnormalflag",
            "interpretation",
            "status",
            "평가",
            "판독",
            "hilo",
            "lh",
            "이상유무",
            "high/low",
        ],
    ),
    (
        Role::Date,
        &[
            "검사일",
            "검사일자",
            "검사일시",
            "채취일",
            "채취일자",
            "채취일시",
            "채혈일",
            "채혈일자",
            "채혈일시",
            "검체채취일",
            "검체채취일시",
            "검진일",
            "검진일자",
            "측정일",
            "시행일",
            "collectiondate",
            "collected",
            "date",
            "testdate",
            "datecollected",
            "specimendate",
            "날짜",
            "일자",
            "처방일",
            "처방일자",
            "교부일",
            "교부연월일",
            "교부연월일및번호",
            "처방연월일",
            "검진연월일",
            "검사연월일",
            "dateofcollection",
            "조제일",
            "조제일자",
            "collecteddate",
            "effectivedate",
            "prescribed",
            "prescriptiondate",
            "startdate",
        ],
    ),
    (
        Role::OtherDate,
        &[
            "보고일",
            "보고일자",
            "보고일시",
            "결과일",
            "결과일자",
            "결과보고일",
            "접수일",
            "접수일자",
            "접수일시",
            "출력일",
            "발행일",
            "입력일",
            "승인일",
            "처방종료일",
            "종료일",
            "reported",
            "reportdate",
            "received",
            "printed",
            "printdate",
            "datereported",
            "datereceived",
            "issued",
            "enddate",
            "개정일",
            "생년월일",
            "birthdate",
            "dob",
            "dateofbirth",
            "유효기간",
        ],
    ),
    (Role::Specimen, &["검체", "검체명", "검체종류", "specimen", "specimentype", "sample", "sampletype"]),
    (
        Role::Dose,
        &[
            "1회투약량",
            "1회투여량",
            "1회량",
            "1회용량",
            "회투약량",
            "1회복용량",
            "1회사용량",
            "일회투약량",
            "일회투여량",
            "1회",
            "dose",
            "singledose",
            "dosage",
            "doseeachtime",
            "doseperadministration",
            "1회분량",
        ],
    ),
    (
        Role::DailyDose,
        &["1일투약량", "1일투여량", "1일량", "1일용량", "일일투여량", "일투여량", "dailydose", "1일복용량"],
    ),
    (
        Role::Times,
        &[
            "1일투여횟수",
            "1일투약횟수",
            "1일횟수",
            "투여횟수",
            "투약횟수",
            "횟수",
            "일투여횟수",
            "일일투여횟수",
            "1일복용횟수",
            "복용횟수",
            "frequency",
            "timesperday",
            "timesaday",
            "freq",
            "일일횟수",
            "1일회수",
            "투여회수",
        ],
    ),
    (
        Role::Days,
        &[
            "총투약일수",
            "투약일수",
            "총투여일수",
            "투여일수",
            "일수",
            "총일수",
            "복용일수",
            "처방일수",
            "총투약일",
            "days",
            "duration",
            "daysofsupply",
            "dayssupply",
            "numberofdays",
        ],
    ),
    (
        Role::Total,
        &[
            "총투약량",
            "총투여량",
            "총량",
            "총수량",
            "수량",
            "총처방량",
            "quantity",
            "total",
            "totalquantity",
            "qty",
            "조제량",
        ],
    ),
    (
        Role::Directions,
        &[
            "용법",
            "용법용량",
            "복용법",
            "복용방법",
            "투약방법",
            "사용법",
            "용법및용량",
            "directions",
            "instructions",
            "sig",
            "howtotake",
            "조제시참고사항",
            "복약안내",
        ],
    ),
    (
        Role::Other,
        &[
            "비고",
            "remark",
            "remarks",
            "comment",
            "comments",
            "의견",
            "소견",
            "참고사항",
            "번호",
            "순번",
            "no",
            "seq",
            "연번",
            "구분",
            "분류",
            "검사구분",
            "목표질환",
            "대상질환",
            "카테고리",
            "category",
            "검사방법",
            "방법",
            "method",
            "제형",
            "급여구분",
            "급여",
            "보험",
            "검사실",
            "검사자",
            "확인자",
            "담당",
            "진료과",
            "의사",
            "기관",
            "laboratory",
            "lab",
            "장비",
            "panel",
            "group",
            "section",
            "type",
            "성분",
            "성분명",
            "ingredient",
            "약효",
            "효능",
            "모양",
            "제조사",
            "함량",
            "규격",
            "strength",
            "patientid",
            "patientname",
            "환자명",
            "성명",
            "이름",
            "환자번호",
            "등록번호",
            "차트번호",
            "성별",
            "나이",
            "sex",
            "gender",
            "age",
            "id",
            "주민등록번호",
            "주민번호",
        ],
    ),
    (
        Role::Foreign,
        &["금액", "단가", "비용", "본인부담금", "수납", "price", "amount", "cost", "charge", "공단부담금", "비급여"],
    ),
];

/// What words make a heading one of older results.
const OLDER: [&str; 12] =
    ["이전", "전회", "과거", "직전", "지난", "종전", "previous", "prior", "last", "baseline", "old", "history"];

/// A heading that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heading {
    /// A role.
    Is(Role),
    /// Results of one day, `YYYY-MM-DD`, which is the heading itself.
    Day(String),
}

/// Understands a heading; nothing if it is not in the list.
pub(crate) fn heading(text: &str) -> Option<Heading> {
    if let Some((day, rest)) = date::take(text) {
        let rest = key(&rest);
        let plain = rest.is_empty() || (by_key(&rest) == Some(Role::Value) && !is_older(&rest));
        return if plain {
            Some(Heading::Day(day))
        } else if is_older(&rest) {
            Some(Heading::Is(Role::Previous))
        } else {
            by_key(&rest).map(Heading::Is)
        };
    }
    let whole = key(text);
    if whole.is_empty() || whole.chars().count() > 40 {
        return None;
    }
    // Known as it is comes first: `과거` is in nobody's name for a unit, but `older` may be in one for a value.
    if is_older(&whole) && !matches!(by_key(&whole), Some(Role::Name | Role::Unit | Role::Range)) {
        return Some(Heading::Is(Role::Previous));
    }
    if let Some(role) = by_key(&whole) {
        return Some(Heading::Is(role));
    }
    // A heading in two languages: 검사명(Test), Result / 결과, 1회 투약량(정).
    let mut roles: Vec<Role> = Vec::new();
    let parts = text.split(['(', ')', '（', '）', '/', '[', ']', '\n']).map(key).filter(|part| !part.is_empty());
    let mut unknown = 0;
    for part in parts {
        match by_key(&part) {
            Some(role) => roles.push(role),
            None => unknown += 1,
        }
    }
    roles.dedup();
    match roles.as_slice() {
        // What a value's heading says in brackets may be everything: 결과(이전), Result (2).
        [Role::Value] if unknown > 0 => None,
        [role] if unknown <= 1 => Some(Heading::Is(*role)),
        _ => None,
    }
}

/// Whether a text in front of a date says that it is the day of the sample, the examination or the prescription.
pub(crate) fn is_day_label(text: &str) -> bool {
    const ANY: [&str; 6] = ["date", "날짜", "일자", "startdate", "prescribed", "collected"];
    let words: Vec<&str> = text.split_whitespace().collect();
    // The longest known one decides: `보고 일자` is not `일자`.
    for count in (1..=words.len().min(4)).rev() {
        let label = key(&words[words.len() - count..].concat());
        if let Some(role) = by_key(&label) {
            return role == Role::Date && (!ANY[..4].contains(&label.as_str()));
        }
    }
    false
}

/// An older result, and nothing else: two headings run together (`정상범위 이전결과`) are not one.
fn is_older(key: &str) -> bool {
    const REST: [&str; 22] = [
        "",
        "결과",
        "결과치",
        "결과값",
        "검사결과",
        "검사결과치",
        "검사",
        "수치",
        "값",
        "치",
        "일",
        "검사일",
        "result",
        "results",
        "value",
        "values",
        "test",
        "date",
        "visit",
        "검사치",
        "측정값",
        "s",
    ];
    OLDER
        .iter()
        .any(|word| key.split_once(word).is_some_and(|(front, back)| REST.contains(&format!("{front}{back}").as_str())))
}

fn by_key(key: &str) -> Option<Role> {
    HEADINGS.iter().find(|(_, keys)| keys.contains(&key)).map(|(role, _)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_heading_has_one_meaning() {
        let mut seen = BTreeMap::new();
        for (role, keys) in HEADINGS {
            for k in *keys {
                assert_eq!(seen.insert(k, role), None, "{k} twice");
            }
        }
    }

    #[test]
    fn older_results_codes_and_totals_are_known_and_not_read() {
        for older in [
            "이전결과",
            "직전 결과",
            "Previous",
            "Prior result",
            "결과(이전)",
            "과거검사결과",
            "이전결과 2025-11-01",
            "Last result",
        ] {
            assert_eq!(heading(older), Some(Heading::Is(Role::Previous)), "{older}");
        }
        assert_eq!(heading("총 투약량"), Some(Heading::Is(Role::Total)));
        assert_eq!(heading("총 투약일수"), Some(Heading::Is(Role::Days)));
        assert_eq!(heading("1일 투여량"), Some(Heading::Is(Role::DailyDose)));
        assert_eq!(heading("1회 투약량"), Some(Heading::Is(Role::Dose)));
        assert_eq!(heading("결과 2"), None);
        assert_eq!(heading("Result (2)"), None);
        assert_eq!(heading("보고일"), Some(Heading::Is(Role::OtherDate)));
    }

    #[test]
    fn spacing_brackets_and_two_languages_do_not_matter() {
        for (text, role) in [
            ("검 사 명", Role::Name),
            ("검사명(Test)", Role::Name),
            ("Reference Range", Role::Range),
            ("결과 / Result", Role::Value),
            ("정상(A)", Role::Range),
            ("정상(B)", Role::OtherRange),
            ("H/L", Role::Flag),
            ("１회 투약량", Role::Dose),
        ] {
            assert_eq!(heading(text), Some(Heading::Is(role)), "{text}");
        }
        assert_eq!(heading("2026-03-02"), Some(Heading::Day("2026-03-02".to_owned())));
        assert_eq!(heading("결과 2026.03.02"), Some(Heading::Day("2026-03-02".to_owned())));
        assert_eq!(heading("홍길동"), None);
    }
}
