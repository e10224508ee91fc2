//! What an institution takes along: the letter marked with whom it was made for, its data as they were issued, and a list of
//! the fingerprints of both. The letter that is kept is never altered.

use crate::link::Usable;
use crate::reader::File;
use medius_documents::copy::marked;
use medius_domain::chain::sha256_hex;
use medius_domain::link::Link;
use medius_domain::provider::Provider;
use medius_http::Problem;
use medius_store::ReferralRecord;

/// The line at the foot of each page. The same link gives the same line, so that the same copy can be taken again.
fn line(provider: &Provider, letter: &ReferralRecord, link: &Link) -> String {
    let Provider { name_ko, department_ko, name_en, department_en, .. } = provider;
    let (number, reference) = (&letter.document_number, link.reference());
    format!(
        "열람 기관 · Provided to: {name_ko} {department_ko} · {name_en}, {department_en} · {number} · {reference} · 외부 제공 금지 · Do not pass on"
    )
}

/// The letter as this institution gets it.
pub(crate) fn letter(pdf: &[u8], usable: &Usable) -> Result<Vec<u8>, Problem> {
    marked(pdf, &line(&usable.provider, &usable.referral, &usable.link)).map_err(Problem::internal)
}

/// The name of a file that is taken along: the number on paper, which says nothing of whose letter it is.
pub(crate) fn name(letter: &ReferralRecord, file: File) -> String {
    let ending = match file {
        File::Letter => "pdf",
        File::Bundle => "fhir.json",
    };
    format!("{}.{ending}", letter.document_number)
}

/// The fingerprints of what can be taken, in the form that `sha256sum -c` reads.
pub(crate) fn manifest(pdf: &[u8], letter: &ReferralRecord) -> String {
    let row = |sha256: &str, file| format!("{sha256}  {}\n", name(letter, file));
    row(&sha256_hex(pdf), File::Letter) + &row(&letter.bundle_sha256, File::Bundle)
}
