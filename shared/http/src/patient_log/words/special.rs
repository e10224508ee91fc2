//! What is said in words of its own, because verb and noun put together would say it badly.

use medius_domain::access::Action;
use medius_domain::policy::Thing;

/// Thing, action, how the reference ends, and the words, done and tried, in English and Korean.
pub(super) type Special = (Thing, Action, &'static str, [&'static str; 4]);

/// The first that fits is taken.
pub(super) const SPECIAL: [Special; 32] = [
    (
        Thing::Export,
        Action::LinkOpen,
        "/statement",
        [
            "asked for a code to fetch what you said of its record",
            "fetch what you said of its record",
            "해당 기관의 기록에 대한 정정 의견을 받을 코드를 요청했습니다",
            "해당 기관의 기록에 대한 정정 의견을 받으려",
        ],
    ),
    (
        Thing::Export,
        Action::Download,
        "/statement",
        [
            "fetched what you said of its record",
            "fetch what you said of its record",
            "해당 기관의 기록에 대한 정정 의견을 내려받았습니다",
            "해당 기관의 기록에 대한 정정 의견을 내려받으려",
        ],
    ),
    (
        Thing::Export,
        Action::LinkOpen,
        "",
        [
            "asked for a code to fetch the copy of everything that is kept",
            "fetch the copy of everything that is kept",
            "보관 중인 정보의 사본을 받을 코드를 요청했습니다",
            "보관 중인 정보의 사본을 받으려",
        ],
    ),
    (
        Thing::Referral,
        Action::Create,
        "/review",
        [
            "asked for a clinician's review of the referral letter",
            "ask for a clinician's review of the referral letter",
            "의료인에게 진료의뢰서 검토를 요청했습니다",
            "의료인에게 진료의뢰서 검토를 요청하려",
        ],
    ),
    (
        Thing::Referral,
        Action::View,
        "/review",
        [
            "read the referral letter to review it",
            "read the referral letter to review it",
            "진료의뢰서를 검토하기 위해 열람했습니다",
            "진료의뢰서를 검토하기 위해 열람하려",
        ],
    ),
    (
        Thing::Referral,
        Action::Update,
        "/signature",
        [
            "reviewed and signed the referral letter",
            "review and sign the referral letter",
            "진료의뢰서를 검토하고 서명했습니다",
            "진료의뢰서를 검토하고 서명하려",
        ],
    ),
    (
        Thing::Task,
        Action::Update,
        "/confirm_cancel",
        [
            "confirmed that the referral is cancelled",
            "confirm that the referral is cancelled",
            "진료의뢰 취소를 확정했습니다",
            "진료의뢰 취소를 확정하려",
        ],
    ),
    (
        Thing::Task,
        Action::Update,
        "/see_to",
        [
            "looked after a referral that did not go on",
            "look after a referral that did not go on",
            "진행되지 않는 진료의뢰를 챙겼습니다",
            "진행되지 않는 진료의뢰를 챙기려",
        ],
    ),
    (Thing::Case, Action::Create, "", ["opened the case", "open the case", "신청을 시작했습니다", "신청을 시작하려"]),
    (
        Thing::Consent,
        Action::View,
        "/serving",
        ["read a consent text", "read a consent text", "동의서 내용을 열람했습니다", "동의서 내용을 열람하려"],
    ),
    (
        Thing::Consent,
        Action::GrantChange,
        "/withdrawal",
        ["took a consent back", "take a consent back", "동의를 철회했습니다", "동의를 철회하려"],
    ),
    (
        Thing::Consent,
        Action::GrantChange,
        "",
        ["decided about a consent", "decide about a consent", "동의 여부를 정했습니다", "동의 여부를 정하려"],
    ),
    (
        Thing::Consent,
        Action::Download,
        "",
        [
            "downloaded a consent receipt",
            "download a consent receipt",
            "동의 확인서를 내려받았습니다",
            "동의 확인서를 내려받으려",
        ],
    ),
    (
        Thing::Guardian,
        Action::GrantChange,
        "/code",
        [
            "asked for a code to the guardian's mailbox",
            "ask for a code to the guardian's mailbox",
            "법정대리인 확인 코드를 요청했습니다",
            "법정대리인 확인 코드를 요청하려",
        ],
    ),
    (
        Thing::Guardian,
        Action::GrantChange,
        "",
        [
            "confirmed the guardian with a code",
            "confirm the guardian with a code",
            "코드로 법정대리인을 확인했습니다",
            "코드로 법정대리인을 확인하려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Create,
        "/access-code",
        [
            "made an access code for the letter",
            "make an access code for the letter",
            "진료의뢰서 접근 코드를 만들었습니다",
            "진료의뢰서 접근 코드를 만들려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Create,
        "",
        [
            "asked for the letter to be sent",
            "have the letter sent",
            "진료의뢰서 발송을 요청했습니다",
            "진료의뢰서 발송을 요청하려",
        ],
    ),
    (
        Thing::Delivery,
        Action::GrantChange,
        "",
        [
            "ended the link to the letter",
            "end the link to the letter",
            "진료의뢰서 링크를 종료했습니다",
            "진료의뢰서 링크를 종료하려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Update,
        "/access-code",
        [
            "made an access code for the letter",
            "make an access code for the letter",
            "진료의뢰서 접근 코드를 만들었습니다",
            "진료의뢰서 접근 코드를 만들려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Update,
        "/reissue",
        [
            "sent the institution a new link to the letter",
            "send the institution a new link to the letter",
            "의료기관에 진료의뢰서의 새 링크를 보냈습니다",
            "의료기관에 진료의뢰서의 새 링크를 보내려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Update,
        "/mail",
        [
            "noted what became of the mail with the link",
            "note what became of the mail with the link",
            "링크 메일의 전달 결과를 기록했습니다",
            "링크 메일의 전달 결과를 기록하려",
        ],
    ),
    (
        Thing::Delivery,
        Action::Update,
        "",
        [
            "confirmed receipt of the letter",
            "confirm receipt of the letter",
            "진료의뢰서 수령을 확인했습니다",
            "진료의뢰서 수령을 확인하려",
        ],
    ),
    (
        Thing::Link,
        Action::LinkOpen,
        "/code",
        [
            "asked for a one-time code to open the letter",
            "ask for a one-time code to open the letter",
            "진료의뢰서를 열기 위한 일회용 코드를 요청했습니다",
            "진료의뢰서를 열기 위한 일회용 코드를 요청하려",
        ],
    ),
    (
        Thing::Link,
        Action::LinkOpen,
        "",
        [
            "opened the secure link to the letter",
            "open the secure link to the letter",
            "진료의뢰서 보안 링크를 열었습니다",
            "진료의뢰서 보안 링크를 열려",
        ],
    ),
    (
        Thing::Link,
        Action::Update,
        "",
        [
            "closed the secure link to the letter",
            "close the secure link to the letter",
            "진료의뢰서 보안 링크를 닫았습니다",
            "진료의뢰서 보안 링크를 닫으려",
        ],
    ),
    (
        Thing::Message,
        Action::Create,
        "",
        ["wrote a message", "write a message", "메시지를 보냈습니다", "메시지를 보내려"],
    ),
    (
        Thing::AccessLog,
        Action::View,
        "/verification",
        [
            "checked that the access log is unchanged",
            "check that the access log is unchanged",
            "접근 기록이 변경되지 않았는지 확인했습니다",
            "접근 기록이 변경되지 않았는지 확인하려",
        ],
    ),
    (
        Thing::AccessLog,
        Action::Export,
        "",
        [
            "took along a copy of the access log",
            "take along a copy of the access log",
            "접근 기록 사본을 내려받았습니다",
            "접근 기록 사본을 내려받으려",
        ],
    ),
    (
        Thing::Upload,
        Action::Create,
        "",
        ["announced a file", "announce a file", "파일 업로드를 시작했습니다", "파일 업로드를 시작하려"],
    ),
    (
        Thing::Upload,
        Action::Update,
        "/removed",
        [
            "removed the last copy of a deleted file",
            "remove the last copy of a deleted file",
            "삭제한 파일의 마지막 사본을 지웠습니다",
            "삭제한 파일의 마지막 사본을 지우려",
        ],
    ),
    (
        Thing::Upload,
        Action::Update,
        "",
        ["checked a file", "check a file", "파일의 안전을 확인했습니다", "파일의 안전을 확인하려"],
    ),
    (
        Thing::Record,
        Action::Create,
        "",
        [
            "took results and medicines from a file or a form",
            "take results and medicines from a file or a form",
            "파일이나 양식에서 검사 결과와 복용 약을 옮겼습니다",
            "파일이나 양식에서 검사 결과와 복용 약을 옮기려",
        ],
    ),
];
