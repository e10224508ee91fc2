//! Link secrets and one-time codes: derived by KMS HMAC keys when needed, never stored. A repeated mail carries the same
//! link, and a stolen table gives no way in. A key each for links and codes, so that who checks codes cannot make links; one for
//! the copies that patients ask for, so that who makes those can make no institution's link; and one that finds mailboxes without
//! an index of addresses.

use crate::error::StoreError;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;
use data_encoding::HEXLOWER;
use medius_domain::code::OneTimeCode;
use medius_domain::id::{CaseId, InquiryId, LinkId, RightId, Subject};
use medius_domain::link::LinkSecret;
use medius_domain::person::Email;
use std::net::IpAddr;

async fn mac(client: &Client, key_id: &str, message: String) -> Result<Vec<u8>, StoreError> {
    let answer = client
        .generate_mac()
        .key_id(key_id)
        .mac_algorithm(MacAlgorithmSpec::HmacSha256)
        .message(Blob::new(message.into_bytes()))
        .send()
        .await
        .map_err(|e| StoreError::service("KMS", "GenerateMac", &e))?;
    let mac = answer.mac.map(Blob::into_inner).filter(|m| m.len() == 32);
    mac.ok_or(StoreError::Corrupt { place: "mac" })
}

/// The key that link secrets come from.
pub struct LinkMac {
    client: Client,
    key_id: String,
}

impl LinkMac {
    /// With the KMS HMAC key for links.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// The secret of a link's generation: always the same one.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn secret(&self, link: &LinkId, generation: u32) -> Result<LinkSecret, StoreError> {
        let message = format!("medius/link/v1|{link}|{generation}");
        Ok(LinkSecret::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }
}

/// The key that the secrets of copies come from.
pub struct ExportMac {
    client: Client,
    key_id: String,
}

impl ExportMac {
    /// With the KMS HMAC key for copies.
    pub const fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// The secret of the link to the copy that a request about rights led to: always the same one, and never that of a letter.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn secret(&self, right: &RightId) -> Result<LinkSecret, StoreError> {
        let message = format!("medius/export/v1|{right}");
        Ok(LinkSecret::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }
}

/// The key that one-time codes come from.
pub struct CodeMac {
    client: Client,
    key_id: String,
}

impl CodeMac {
    /// With the KMS HMAC key for codes.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// The n-th code of a link: always the same one.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn code(&self, link: &LinkId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/code/v1|{link}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }

    /// A subject as the ledger of destructions has it, in hex: the same for the same person, and for nobody without the key
    /// the way back.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn subject_hmac(&self, subject: &Subject) -> Result<String, StoreError> {
        let message = format!("medius/subject-hmac/v1|{subject}");
        Ok(HEXLOWER.encode(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The n-th code to a case's guardian: always the same one, and never that of a link.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn guardian_code(&self, case: &CaseId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/guardian-code/v1|{case}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The n-th code to fetch the copy that a request led to: always the same one, and never that of anything else.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn export_code(&self, right: &RightId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/export-code/v1|{right}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The n-th code of an inquiry: always the same one, and never that of anything else.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn inquiry_code(&self, inquiry: &InquiryId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/inquiry-code/v1|{inquiry}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The n-th code of a request about rights: always the same one, and never that of anything else.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn right_code(&self, right: &RightId, n: u32) -> Result<OneTimeCode, StoreError> {
        let message = format!("medius/right-code/v1|{right}|{n}");
        Ok(OneTimeCode::from_mac(&mac(&self.client, &self.key_id, message).await?))
    }
}

/// The key under which mailboxes and networks are found and counted: whoever has the tables and not the key learns no address,
/// and cannot try addresses either.
pub struct MailboxMac {
    client: Client,
    key_id: String,
}

impl MailboxMac {
    /// With the KMS HMAC key for mailboxes.
    pub fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// A mailbox as the index has it, in hex. Upper and lower case are one: people write their own address in both.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn mailbox(&self, email: &Email) -> Result<String, StoreError> {
        let message = format!("medius/mailbox/v1|{}", email.expose().to_lowercase());
        Ok(HEXLOWER.encode(&mac(&self.client, &self.key_id, message).await?))
    }

    /// The network that an address belongs to, in hex: what one household or one server usually has.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn network(&self, ip: IpAddr) -> Result<String, StoreError> {
        let message = format!("medius/network/v1|{}", HEXLOWER.encode(&network_of(ip)));
        Ok(HEXLOWER.encode(&mac(&self.client, &self.key_id, message).await?))
    }
}

/// The whole of an IPv4 address, the first 56 bits of an IPv6 one.
fn network_of(ip: IpAddr) -> Vec<u8> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets()[..7].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_network_is_one_v4_address_or_56_bits_of_v6() {
        let of = |ip: &str| network_of(ip.parse().unwrap());
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_eq!(of("2001:db8:1:200::1"), of("2001:db8:1:2ff:ffff::"));
        assert_ne!(of("2001:db8:1:200::1"), of("2001:db8:1:300::1"));
    }
}
