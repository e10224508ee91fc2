//! The access log as its patient reads it, wherever they do: in plain words, with institutions by their name and staff by
//! their role. Network addresses and who exactly of the staff it was stay with the auditors.

mod view;
mod words;

pub use view::{Actions, ExportEntry, ExportHead, LogExport, LogItem, LogItems, LogParams, LogWho, WhoKind};

use medius_domain::id::ProviderId;
use medius_domain::provider::Provider;
use std::collections::HashMap;

/// The institutions that a log speaks of, by their ids.
pub type Institutions = HashMap<ProviderId, Provider>;
