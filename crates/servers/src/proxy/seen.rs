//! What came through a proxy.

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Its method; `TCP` for a connection on which no HTTP is spoken.
    pub method: String,
    /// Path and query, or what a forward proxy was asked for.
    pub path: String,
    /// All headers, in their order.
    pub headers: Vec<(String, String)>,
    /// Bytes of its body that came from the client.
    pub sent: u64,
    /// Bytes of the answer's body that went to the client.
    pub received: u64,
    /// The status that the client got.
    pub status: Option<u16>,
    /// Whether a rule of the script befell it.
    pub befallen: bool,
}

impl Request {
    /// The value of a header, in whatever case its name was written.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// All requests, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Each of them.
    pub requests: Vec<Request>,
}

impl Seen {
    /// How many had this method, and a path that contains `part`.
    #[must_use]
    pub fn count(&self, method: &str, part: &str) -> usize {
        let fits = |seen: &&Request| seen.method == method && seen.path.contains(part);
        self.requests.iter().filter(fits).count()
    }

    /// How many were befallen by a rule.
    #[must_use]
    pub fn befallen(&self) -> usize {
        self.requests.iter().filter(|seen| seen.befallen).count()
    }

    /// Bytes of all bodies that clients sent.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.requests.iter().map(|seen| seen.sent).sum()
    }

    /// Bytes of all bodies that clients got.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.requests.iter().map(|seen| seen.received).sum()
    }

    /// Whether any request had this header.
    #[must_use]
    pub fn any_header(&self, name: &str) -> bool {
        self.requests.iter().any(|seen| seen.header(name).is_some())
    }
}
