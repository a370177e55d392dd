//! What a backup leaves out.

use crate::error::{Error, Result};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::Path;

/// Patterns of paths that are left out. A folder that matches is left out with
/// all that is in it.
///
/// A pattern that begins with `/` is held against the whole path; any other
/// against the end of it, so that `*.tmp` and `node_modules` match at any
/// depth. `*` and `?` stop at `/`, `**` does not.
#[derive(Debug)]
pub struct Excludes {
    set: GlobSet,
}

impl Excludes {
    /// Compiles `patterns`.
    ///
    /// # Errors
    /// [`Error::Pattern`] for the first one that makes no sense.
    pub fn new(patterns: &[String]) -> Result<Self> {
        let mut builder = GlobSetBuilder::new();
        let error = |pattern: &str, reason: &globset::Error| Error::Pattern {
            pattern: pattern.to_owned(),
            reason: reason.kind().to_string(),
        };
        for pattern in patterns {
            let trimmed = match pattern.trim_end_matches('/') {
                "" => pattern.as_str(),
                trimmed => trimmed,
            };
            let anchored =
                if trimmed.starts_with('/') { trimmed.to_owned() } else { format!("**/{trimmed}") };
            let glob = GlobBuilder::new(&anchored)
                .literal_separator(true)
                .build()
                .map_err(|reason| error(pattern, &reason))?;
            builder.add(glob);
        }
        let set = builder.build().map_err(|reason| error("", &reason))?;
        Ok(Self { set })
    }

    /// Whether `path`, absolute, is left out.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        !self.set.is_empty() && self.set.is_match(path)
    }

    /// Which pattern leaves `path`, absolute, out: its place among those that
    /// were given, the first when several do.
    #[must_use]
    pub fn pattern_of(&self, path: &Path) -> Option<usize> {
        if self.set.is_empty() { None } else { self.set.matches(path).into_iter().min() }
    }

    /// Whether nothing is left out.
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_their_documentation_says() {
        let table = [
            ("*.tmp", "/a/b/c.tmp", true),
            ("*.tmp", "/a/b.tmp/c", false),
            ("node_modules", "/home/u/p/node_modules", true),
            ("node_modules/", "/home/u/p/node_modules", true),
            ("cache/*.bin", "/a/cache/x.bin", true),
            ("cache/*.bin", "/a/cache/y/x.bin", false),
            ("cache/**", "/a/cache/y/x.bin", true),
            ("/a/*.bin", "/a/x.bin", true),
            ("/a/*.bin", "/b/a/x.bin", false),
            ("[ab].txt", "/x/a.txt", true),
        ];
        for (pattern, path, expected) in table {
            let excludes = Excludes::new(&[pattern.to_owned()]).unwrap();
            assert_eq!(excludes.matches(Path::new(path)), expected, "{pattern} on {path}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let odd = std::ffi::OsStr::from_bytes(b"/a/\xff.tmp");
            assert!(Excludes::new(&["*.tmp".to_owned()]).unwrap().matches(Path::new(odd)));
        }
        assert!(Excludes::new(&["[".to_owned()]).is_err());
    }
}
