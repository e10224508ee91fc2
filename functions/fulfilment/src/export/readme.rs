//! What lies in the archive, in plain words. One file in each language, so that nobody has to look for theirs.

use chrono::{DateTime, Utc};
use medius_domain::clock::kst_minute;
use medius_domain::id::{CaseId, RightId};

/// The Korean one.
pub(crate) fn korean(case: &CaseId, right: &RightId, made_at: DateTime<Utc>) -> String {
    format!(
        "메디우스가 보관하고 있는 내 개인정보 사본\n\
         \n\
         만든 시각: {} (한국 시간)\n\
         신청 건: {case}\n\
         열람 요청: {right}\n\
         \n\
         들어 있는 것\n\
         - case.json: 신청 건의 상태와 날짜, 언제까지 보관하는지\n\
         - story.json: 작성하신 기본 정보와 건강 정보, 연락처\n\
         - processing.json: 무엇을 어떤 목적으로 언제까지 처리하는지\n\
         - consents.json: 동의하거나 거절하거나 철회하신 모든 기록\n\
         - consent-texts/: 그때 보신 동의서의 내용\n\
         - disclosures.json: 어느 의료기관에 언제 무엇을 제공했는지\n\
         - letters.json, letters/: 진료의뢰서(PDF)와 그 데이터(FHIR)\n\
         - explanations.json, explanations/: 검사·처방 기록의 설명(PDF)과 그 데이터\n\
         - records.json: 입력하시거나 파일에서 읽은 검사 결과와 복용 약, 그 원문과 쪽·행\n\
         - files.json, files/: 올리신 파일. 모두 합해 24 MiB까지 여기에 들어 있고, 더 큰 나머지는 files.json에 적힌 주소에서 \
          내려받으실 수 있습니다. 로그인할 수 없으면 이 열람 요청에서 메일로 코드를 다시 받아 7일 안에 내려받으십시오.\n\
         - messages.json: 직원과 주고받은 메시지\n\
         - access-log.ko.json, access-log.en.json: 누가 언제 무엇을 보거나 바꾸었는지\n\
         - requests.json: 지금까지의 권리 행사 요청과 그 결과\n\
         - inquiries.json: 문의와 답변\n\
         - statutory-records.json: 법령에 따라 따로 보존하는 불만·분쟁 처리 기록\n\
         - SHA256SUMS: 각 파일의 해시. 파일이 바뀌지 않았는지 확인할 수 있습니다(sha256sum -c SHA256SUMS).\n\
         \n\
         이 파일에는 건강에 관한 민감한 정보가 들어 있습니다. 내려받은 뒤에는 본인이 직접 보관하시게 되므로, 다른 사람과 함께 쓰는\n\
         컴퓨터에 두지 마십시오.\n\
         내용이 사실과 다르면 고쳐 달라고, 더 이상 보관하지 않기를 바라시면 지우거나 처리를 멈춰 달라고 요청하실 수 있습니다.\n",
        kst_minute(made_at)
    )
}

/// The English one.
pub(crate) fn english(case: &CaseId, right: &RightId, made_at: DateTime<Utc>) -> String {
    format!(
        "A copy of what Medius keeps about you\n\
         \n\
         Made: {} in Korea (UTC+9)\n\
         Case: {case}\n\
         Request: {right}\n\
         \n\
         What is in it\n\
         - case.json: where the case stands, its dates, and until when it is kept\n\
         - story.json: the basic and the health information that you gave, and how to reach you\n\
         - processing.json: what is processed, for what purpose, and for how long\n\
         - consents.json: everything that you agreed to, refused or took back\n\
         - consent-texts/: the texts that you saw then\n\
         - disclosures.json: which institution was given what, and when\n\
         - letters.json, letters/: the referral letters (PDF) and their data (FHIR)\n\
         - explanations.json, explanations/: your records explained (PDF) and the data of it\n\
         - records.json: results and medicines that you typed or that were read from files, with page and row\n\
         - files.json, files/: the files that you brought, up to 24 MiB of them; the others can be downloaded from the \
          addresses in files.json. If you cannot sign in, ask for another code at this request, within 7 days.\n\
         - messages.json: messages between you and our staff\n\
         - access-log.ko.json, access-log.en.json: who looked at or changed what, and when\n\
         - requests.json: your requests about your rights, and what became of them\n\
         - inquiries.json: what you asked, and what was answered\n\
         - statutory-records.json: what a law makes us keep apart of your complaints\n\
         - SHA256SUMS: the hash of each file; it shows that no file was changed (sha256sum -c SHA256SUMS)\n\
         \n\
         These files hold sensitive information about your health. Once downloaded they are in your own care: do not leave\n\
         them on a computer that others use.\n\
         If something is wrong you can ask us to correct it, and if you do not want us to keep it you can ask us to delete it\n\
         or to stop using it.\n",
        kst_minute(made_at)
    )
}
