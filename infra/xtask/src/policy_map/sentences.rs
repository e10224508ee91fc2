//! The policy's sentences: what ends with a full stop or a colon, and what stands behind a bullet.

/// Every sentence of the policy, in its order. Titles promise nothing and are left out: a line without a bullet and without
/// an end.
pub(super) fn of(policy: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for line in policy.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(item) = line.strip_prefix('•') {
            sentences.push(item.trim().to_owned());
        } else if line.ends_with(['.', ':']) {
            let mut rest = line;
            while let Some((sentence, after)) = rest.split_once(". ") {
                sentences.push(format!("{sentence}."));
                rest = after;
            }
            sentences.push(rest.to_owned());
        }
    }
    sentences
}
