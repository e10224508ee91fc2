//! The scanner of the local stage, which has no GuardDuty: it knows the test file that every scanner knows (EICAR), so that
//! the way of a harmful file can be gone. It is no protection, and no other stage uses it.

/// The test file's 68 characters in two halves, so that this source is not taken for the file.
const EICAR: [&str; 2] = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// Whether the test file stands anywhere in the bytes.
pub fn is_harmful(bytes: &[u8]) -> bool {
    let signature = EICAR.concat();
    bytes.windows(signature.len()).any(|window| window == signature.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_file_is_found_wherever_it_stands() {
        let signature = EICAR.concat();
        assert_eq!(signature.len(), 68);
        assert!(is_harmful(format!("%PDF-1.7 {signature} %%EOF").as_bytes()));
        assert!(!is_harmful(&signature.as_bytes()[1..]));
    }
}
