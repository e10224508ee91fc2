//! The tables, and their names in a stage.

use crate::error::StoreError;
use std::collections::HashMap;

/// A table. Several, because permissions, TTL, streams, backups and keys are set per table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Cases with their intake, letters and deliveries.
    Cases,
    /// Consent events and the state that follows from them.
    Consents,
    /// Secure links with their sessions and codes.
    Links,
    /// Wrapped data keys.
    Keys,
    /// Who read what.
    AccessLog,
    /// Mail to be sent.
    Outbox,
    /// Answers to repeated requests, and how often somebody did something of late.
    Idempotency,
    /// Institutions, and proposed changes of them.
    Directory,
    /// Staff and reviews.
    Registry,
    /// Destructions and their certificates.
    Ledger,
    /// Requests about the patients' rights, kept for three years.
    Rights,
    /// Inquiries.
    Inquiries,
    /// Files that people bring: where each stands, nothing that is in it.
    Uploads,
    /// What a statute keeps after everything else of a person is destroyed.
    Statutory,
}

impl Table {
    /// The name that seals are bound to; never changes, whatever the table is called in a stage.
    pub(crate) const fn purpose(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Consents => "consents",
            Self::Links => "links",
            Self::Keys => "keys",
            Self::AccessLog => "access_log",
            Self::Outbox => "outbox",
            Self::Idempotency => "idempotency",
            Self::Directory => "directory",
            Self::Registry => "registry",
            Self::Ledger => "ledger",
            Self::Rights => "rights",
            Self::Inquiries => "inquiries",
            Self::Uploads => "uploads",
            Self::Statutory => "statutory",
        }
    }

    const fn variable(self) -> &'static str {
        match self {
            Self::Cases => "TABLE_CASES",
            Self::Consents => "TABLE_CONSENTS",
            Self::Links => "TABLE_LINKS",
            Self::Keys => "TABLE_KEYS",
            Self::AccessLog => "TABLE_ACCESS_LOG",
            Self::Outbox => "TABLE_OUTBOX",
            Self::Idempotency => "TABLE_IDEMPOTENCY",
            Self::Directory => "TABLE_DIRECTORY",
            Self::Registry => "TABLE_REGISTRY",
            Self::Ledger => "TABLE_LEDGER",
            Self::Rights => "TABLE_RIGHTS",
            Self::Inquiries => "TABLE_INQUIRIES",
            Self::Uploads => "TABLE_UPLOADS",
            Self::Statutory => "TABLE_STATUTORY",
        }
    }

    /// Every table.
    pub const ALL: [Self; 14] = [
        Self::Cases,
        Self::Consents,
        Self::Links,
        Self::Keys,
        Self::AccessLog,
        Self::Outbox,
        Self::Idempotency,
        Self::Directory,
        Self::Registry,
        Self::Ledger,
        Self::Rights,
        Self::Inquiries,
        Self::Uploads,
        Self::Statutory,
    ];
}

/// The tables' names in this stage; a function is given only those that it uses.
#[derive(Debug, Clone)]
pub struct Tables(HashMap<Table, String>);

impl Tables {
    /// From the function's environment.
    pub fn from_env() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// From any source of variables.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self(Table::ALL.into_iter().filter_map(|t| Some((t, variable(t.variable())?))).collect())
    }

    /// A table's name.
    ///
    /// # Errors
    /// [`StoreError::Configuration`] when the function was not given the table.
    pub fn name(&self, table: Table) -> Result<&str, StoreError> {
        self.0.get(&table).map(String::as_str).ok_or(StoreError::Configuration(table.variable()))
    }
}
