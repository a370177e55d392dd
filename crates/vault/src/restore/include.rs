//! What of a snapshot is restored.

use crate::error::{Error, Result};
use globset::{Candidate, Glob, GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Something that is restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Include {
    /// A path within the snapshot, or a glob for such; see [`RestoreOptions::include`].
    ///
    /// [`RestoreOptions::include`]: super::RestoreOptions::include
    Pattern(String),
    /// This path and no other, whatever its name is made of.
    Path(PathBuf),
}

impl From<String> for Include {
    fn from(pattern: String) -> Self {
        Self::Pattern(pattern)
    }
}

impl From<&str> for Include {
    fn from(pattern: &str) -> Self {
        Self::Pattern(pattern.to_owned())
    }
}

/// Paths and globs within a snapshot. A folder that matches is restored with
/// all that is in it. No pattern at all means everything.
///
/// A pattern that begins with `/` is held against the whole path; any other
/// against the end of it, so that `*.txt` and `letters` match at any depth. `*`
/// and `?` stop at `/`, `**` does not. A path that is meant literally matches
/// even when it holds characters that mean something in a glob.
#[derive(Debug)]
pub(super) struct Includes {
    patterns: Vec<Pattern>,
    /// Exact paths, and whether they were met. There may be many.
    paths: HashMap<Vec<u8>, AtomicBool>,
    /// How many of them were not met yet.
    missing: AtomicUsize,
    /// The folders that lead to them.
    ways: HashSet<Vec<u8>>,
}

#[derive(Debug)]
struct Pattern {
    /// As given.
    text: String,
    /// Without a slash at its end.
    path: Vec<u8>,
    /// `None` when it is a path only.
    glob: Option<GlobMatcher>,
    /// The components, when it begins at the root.
    components: Option<Vec<Component>>,
    matched: AtomicBool,
}

/// One component of a pattern that begins at the root.
#[derive(Debug)]
enum Component {
    /// A name, or a glob for one.
    Name(Vec<u8>, Option<GlobMatcher>),
    /// Anything at any depth.
    Anything,
}

fn compile(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

impl Pattern {
    fn new(text: &str) -> Result<Self> {
        let trimmed = text.trim_end_matches('/');
        let rooted = text.starts_with('/');
        let anchored = if rooted { trimmed.to_owned() } else { format!("**/{trimmed}") };
        let glob = match compile(&anchored) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(_) if rooted => None,
            Err(error) => {
                return Err(Error::Pattern {
                    pattern: text.to_owned(),
                    reason: error.kind().to_string(),
                });
            }
        };
        if trimmed.is_empty() && !rooted {
            let reason = "it is empty".to_owned();
            return Err(Error::Pattern { pattern: text.to_owned(), reason });
        }
        let components = rooted.then(|| trimmed.split('/').skip(1).map(Component::new).collect());
        let path = trimmed.as_bytes().to_vec();
        let text = text.to_owned();
        Ok(Self { text, path, glob, components, matched: AtomicBool::new(false) })
    }

    fn matches(&self, path: &[u8]) -> bool {
        let matches = self.path == path
            || self
                .glob
                .as_ref()
                .is_some_and(|glob| glob.is_match_candidate(&Candidate::from_bytes(path)));
        if matches {
            self.matched.store(true, Ordering::Relaxed);
        }
        matches
    }

    fn may_match_below(&self, folder: &[u8]) -> bool {
        let Some(components) = &self.components else { return true };
        let mut components = components.iter();
        for name in folder.split(|byte| *byte == b'/').skip(1) {
            match components.next() {
                Some(Component::Anything) => return true,
                Some(Component::Name(literal, glob)) => {
                    let matches = literal == name
                        || glob.as_ref().is_some_and(|glob| {
                            glob.is_match_candidate(&Candidate::from_bytes(name))
                        });
                    if !matches {
                        return false;
                    }
                }
                None => return false,
            }
        }
        true
    }
}

impl Component {
    fn new(text: &str) -> Self {
        // `**`, and what may hold a slash although it was cut at one.
        if text.contains("**") || text.contains(['{', '}', '[', ']', '\\']) {
            return Self::Anything;
        }
        let glob = if text.contains(['*', '?']) { compile(text).ok() } else { None };
        Self::Name(text.as_bytes().to_vec(), glob.map(|glob| glob.compile_matcher()))
    }
}

impl Includes {
    /// Compiles `patterns`.
    ///
    /// # Errors
    /// [`Error::Pattern`] for the first one that makes no sense.
    pub(super) fn new(includes: &[Include]) -> Result<Self> {
        let (mut patterns, mut paths, mut ways) = (Vec::new(), HashMap::new(), HashSet::new());
        for include in includes {
            match include {
                Include::Pattern(text) => patterns.push(Pattern::new(text)?),
                Include::Path(path) => {
                    let path = path.as_os_str().as_encoded_bytes();
                    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
                    let path = path.get(..end).unwrap_or_default();
                    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
                    ways.extend(slashes.map(|(at, _)| path.get(..at).unwrap_or_default().to_vec()));
                    paths.insert(path.to_vec(), AtomicBool::new(false));
                }
            }
        }
        Ok(Self { missing: AtomicUsize::new(paths.len()), patterns, paths, ways })
    }

    /// Whether everything is restored.
    pub(super) fn is_everything(&self) -> bool {
        self.patterns.is_empty() && self.paths.is_empty()
    }

    /// Whether `path` matches; the root is the empty path. Every pattern is
    /// tried, so that each one knows whether it has matched anything.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let is_named = match self.paths.get(path) {
            Some(met) => {
                if !met.swap(true, Ordering::Relaxed) {
                    self.missing.fetch_sub(1, Ordering::Relaxed);
                }
                true
            }
            None => self.is_everything(),
        };
        self.patterns.iter().fold(is_named, |any, pattern| pattern.matches(path) || any)
    }

    /// Whether something below `folder` may match.
    pub(super) fn may_match_below(&self, folder: &[u8]) -> bool {
        self.is_everything()
            || self.ways.contains(folder)
            || self.patterns.iter().any(|pattern| pattern.may_match_below(folder))
    }

    /// Whether everything that was asked for has been met.
    pub(super) fn is_complete(&self) -> bool {
        self.missing.load(Ordering::Relaxed) == 0
            && self.patterns.iter().all(|pattern| pattern.matched.load(Ordering::Relaxed))
    }

    /// Something that was asked for and has not been met yet.
    pub(super) fn unmatched(&self) -> Option<String> {
        let unmatched = |pattern: &&Pattern| !pattern.matched.load(Ordering::Relaxed);
        let pattern = self.patterns.iter().find(unmatched).map(|pattern| pattern.text.clone());
        let unmet = self.paths.iter().filter(|(_, met)| !met.load(Ordering::Relaxed));
        // The first by name, so that the same is said each time.
        pattern.or_else(|| {
            unmet.map(|(path, _)| path).min().map(|path| String::from_utf8_lossy(path).into_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn includes(patterns: &[&str]) -> Result<Includes> {
        Includes::new(&patterns.iter().map(|&text| text.into()).collect::<Vec<_>>())
    }

    #[test]
    fn patterns_mean_what_their_documentation_says() {
        let table: [(&str, &[u8], bool); 16] = [
            ("*.txt", b"/a/b/c.txt", true),
            ("*.txt", b"/a/b.txt/c", false),
            ("letters/", b"/home/u/letters", true),
            ("letters/*.odt", b"/u/letters/x.odt", true),
            ("letters/*.odt", b"/u/letters/y/x.odt", false),
            ("letters/**", b"/u/letters/y/x.odt", true),
            ("/a/*.txt", b"/a/x.txt", true),
            ("/a/*.txt", b"/b/a/x.txt", false),
            ("/home/u", b"/home/u", true),
            ("/home/u/", b"/home/u", true),
            ("/home/u", b"/home/ux", false),
            ("/", b"", true),
            ("/a/[b].txt", b"/a/[b].txt", true),
            ("/a/[b].txt", b"/a/b.txt", true),
            ("/a/[", b"/a/[", true),
            ("*.txt", b"/a/caf\xe9.txt", true),
        ];
        for (pattern, path, expected) in table {
            let matches = includes(&[pattern]).unwrap().matches(path);
            assert_eq!(matches, expected, "{pattern} on {}", String::from_utf8_lossy(path));
        }
        assert!(includes(&["["]).is_err());
        assert!(includes(&[""]).is_err());
        assert!(includes(&[]).unwrap().matches(b"/anything"));
    }

    #[test]
    fn folders_that_cannot_hold_a_match_are_not_entered() {
        let table: [(&str, &[u8], bool); 13] = [
            ("/home/u/docs", b"", true),
            ("/home/u/docs", b"/home", true),
            ("/home/u/docs", b"/home/u", true),
            ("/home/u/docs", b"/home/v", false),
            ("/home/u/docs", b"/home/u/docs/x", false),
            ("/home/*/docs", b"/home/v", true),
            ("/home/*/docs", b"/home/v/music", false),
            ("/home/**/x", b"/home/a/b/c", true),
            ("/home/{a/b,c}/x", b"/home/a/b", true),
            ("/home/[a/b", b"/home/[a", true),
            ("/home/[a/b", b"/etc", false),
            ("*.txt", b"/anything/at/all", true),
            ("/", b"/home", false),
        ];
        for (pattern, folder, expected) in table {
            let may = includes(&[pattern]).unwrap().may_match_below(folder);
            assert_eq!(may, expected, "{pattern} below {}", String::from_utf8_lossy(folder));
        }
    }

    #[test]
    fn a_pattern_that_matches_nothing_is_known() {
        let includes = includes(&["/a", "/a/b", "*.txt"]).unwrap();
        assert!(includes.matches(b"/a") && includes.matches(b"/a/b"));
        assert_eq!(includes.unmatched().as_deref(), Some("*.txt"));
        includes.matches(b"/a/b/c.txt");
        assert_eq!(includes.unmatched(), None);
    }

    #[test]
    fn a_path_means_itself_and_nothing_else() {
        let paths = ["/a/[bc].txt", "/a/*/x/", "/d"];
        let paths: Vec<_> = paths.iter().map(|path| Include::Path(path.into())).collect();
        let includes = Includes::new(&paths).unwrap();
        let matches = |path: &str| includes.matches(path.as_bytes());
        assert!(matches("/a/[bc].txt") && !includes.is_complete());
        for other in ["/a/b.txt", "/a/c.txt", "/a/y/x", "/a", "", "/x/d", "/d/e"] {
            assert!(!matches(other), "{other}");
        }
        for (folder, may) in [
            ("", true),
            ("/a", true),
            ("/a/*", true),
            ("/a/y", false),
            ("/d", false),
            ("/e", false),
        ] {
            assert_eq!(includes.may_match_below(folder.as_bytes()), may, "{folder}");
        }
        assert_eq!(includes.unmatched().as_deref(), Some("/a/*/x"));
        assert!(matches("/a/*/x") && !includes.is_complete());
        assert!(matches("/d") && matches("/d") && includes.is_complete());
        assert_eq!(includes.unmatched(), None);
        assert!(!includes.is_everything());
    }
}
