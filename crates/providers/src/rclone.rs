//! How restic reaches what it does not know itself: through rclone.

/// The repository in the folder of these `parts`, by rclone's back end `kind`
/// with what was `said`, as restic takes it
/// (<https://rclone.org/docs/#connection-strings>). A secret is none of it.
pub(crate) fn rclone(kind: &str, said: &[(&str, &str)], parts: &[&str]) -> String {
    let said = said.iter().filter(|(_, value)| !value.is_empty());
    let said: String =
        said.map(|(key, value)| format!(",{key}=\"{}\"", value.replace('"', "\"\""))).collect();
    let parts: Vec<_> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    format!("rclone::{kind}{said}:{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::rclone;

    #[test]
    fn what_was_said_is_quoted() {
        let said = [("url", "https://nas:5006/a,b"), ("user", "m\"e"), ("domain", "")];
        assert_eq!(
            rclone("webdav", &said, &["", "Back ups", "vault"]),
            r#"rclone::webdav,url="https://nas:5006/a,b",user="m""e":Back ups/vault"#
        );
    }
}
