//! The secret half of a link: what stands behind the `#` of its address.

use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The secret half of a link: 256 bits, 52 characters of lower-case base32. It prints as `[REDACTED]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct LinkSecret(SecretString);

impl LinkSecret {
    /// The secret of 32 bytes from the key service.
    pub fn from_mac(mac: &[u8]) -> Self {
        Self(BASE32_NOPAD.encode(mac).to_lowercase().into())
    }

    /// What somebody pasted or sent; whether it is any link's is found out by [`Self::matches`].
    pub fn typed(text: &str) -> Self {
        Self(text.to_owned().into())
    }

    /// The secret's text, for the mail only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the store keeps of it.
    pub fn sha256(&self) -> String {
        crate::chain::sha256_hex(self.expose().as_bytes())
    }

    /// Compares with a stored hash without telling by time where they differ.
    pub fn matches(&self, sha256: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.sha256().as_bytes(), sha256.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let secret = LinkSecret::from_mac(&[7; 32]);
        assert_eq!(secret.expose().len(), 52);
        assert!(!format!("{secret:?}").contains(secret.expose()));
        assert!(secret.matches(&secret.sha256()) && !secret.matches("00"));
    }
}
