//! Where everything is kept: DynamoDB, S3, KMS and SES behind types of the domain. The only crate that knows tables and keys.
//!
//! A use case reads a [`Snapshot`] of the places that it needs in one round trip, decides, and commits one [`Change`]: the
//! conditional writes, the access-log entry, outgoing mail and the idempotency record stand or fall together.
//! Personal data is sealed before it leaves the function ([`DataKey`]), bound to its case, table, item and field.

mod aws;
mod case_records;
mod chains;
mod change;
mod commit;
mod contacts;
mod corrections;
mod database;
mod days;
mod destroy;
mod documents;
mod error;
mod explanations;
mod exports;
mod files;
mod forms;
mod handoff;
mod heads;
mod holds;
mod inquiries;
mod item;
mod keyring;
mod lease;
mod ledger;
mod lists;
mod mac;
mod mail;
mod mailboxes;
mod needed;
mod place;
mod quarantine;
mod records;
mod registry;
mod retime;
mod review;
mod rights;
mod seal;
mod signer;
mod snapshot;
mod staff_pool;
mod statutory;
mod story;
mod synthetic_pool;
mod tasks;
mod telling;
mod uploads;
mod web;
mod work_list;

pub use aws::Aws;
pub use case_records::SealedRecord;
pub use chains::{CaseVerdict, ChainNames, DayLog, Verdict};
pub use change::{Change, provider_item};
pub use commit::pause;
pub use contacts::Contacts;
pub use database::Database;
pub use days::DayVerdict;
pub use destroy::{Destroyer, STORES, Swept};
pub use documents::Documents;
pub use error::{Conflict, StoreError};
pub use explanations::ExplanationRecord;
pub use exports::Exports;
pub use files::{Files, OwnerKeys};
pub use handoff::Handoff;
pub use heads::LogHeads;
pub use inquiries::{InquiryKeys, SealedAnswerTo, SealedInquiry, Tally};
pub use keyring::{Keyring, WrappedKey};
pub use ledger::{Cursor, Doomed, Page};
pub use mac::{CodeMac, ExportMac, LinkMac, MailboxMac};
pub use mail::{MAIL_TAG, Message, Postbox, SendError};
pub use mailboxes::SealedCard;
pub use needed::{Needed, NeededAfter};
pub use place::{Place, Table, Tables};
pub use quarantine::{PutAddress, Quarantine};
pub use records::{
    DeliveryRecord, DeskNotice, DocumentRecord, GuardianCode, IdempotencyRecord, MailAbout, MailRecord, MailStatus,
    MessageRecord, Notice, ReferralRecord, SealedCase, SealedIntake, SessionRecord,
};
pub use rights::RightsQueue;
pub use seal::{Binding, DataKey, SealError};
pub use signer::{PublicKeys, Signer};
pub use snapshot::Snapshot;
pub use staff_pool::{Account, StaffPool};
pub use statutory::SealedStatutory;
pub use synthetic_pool::SyntheticPool;
pub use tasks::{Notes, newest_appointment, note_places};
pub use telling::Around;
pub use web::{Web, WebAnswer};
pub use work_list::{Waiting, WorkList};
