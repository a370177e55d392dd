//! What a proxy does to the requests that come through it.

/// An answer that the server did not give.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Reply {
    /// One without headers and without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// 429 with the seconds after which to come back.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        Self::status(429).header("Retry-After", &seconds.to_string())
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }
}

/// What goes wrong. Bytes are those of bodies; where no HTTP is spoken, those
/// of the whole connection.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answered without the server.
    Answer(Reply),
    /// The server does the work, and its answer is replaced by this one.
    AnswerAfter(Reply),
    /// The server does the work, and instead of its answer the connection ends.
    Lost,
    /// The connection ends after so many bytes to the server.
    CutRequest(u64),
    /// The connection ends after so many bytes of the answer.
    CutAnswer(u64),
    /// Nothing moves any more after so many bytes to the server.
    StallRequest(u64),
    /// Nothing moves any more after so many bytes of the answer.
    StallAnswer(u64),
    /// Bodies of more bytes are answered with 413, after this many or 1 MiB of
    /// them were taken, and the connection ends.
    TooLarge(u64),
    /// 307 to the same path at this address: `http://host:port`.
    Redirect(String),
    /// 201 to a body that nobody keeps, 200 to everything else.
    Swallow,
    /// A page for people, with 200.
    Html,
}

/// Which of the requests that a rule is about.
#[derive(Clone, Debug)]
pub enum When {
    /// All of them.
    Always,
    /// The n-th only, counted from 1.
    Nth(u64),
    /// The first n.
    First(u64),
    /// The n-th, the 2n-th and so on.
    Every(u64),
    /// One of so many by chance, the same ones for the same seed.
    OneOf {
        /// Of how many one is meant.
        many: u64,
        /// Decides which.
        seed: u64,
    },
    /// The first with this method and path: the second try is passed on.
    Once,
}

/// A fault, and the requests that it befalls.
#[derive(Clone, Debug)]
pub struct Rule {
    when: When,
    fault: Fault,
    method: Option<String>,
    path: Option<String>,
    matched: u64,
    befallen: Vec<(String, String)>,
}

impl Rule {
    /// For all methods and paths. Where no HTTP is spoken a connection counts
    /// as a request, whose method is `TCP`; a tunnel's is `CONNECT`.
    #[must_use]
    pub fn new(when: When, fault: Fault) -> Self {
        Self { when, fault, method: None, path: None, matched: 0, befallen: Vec::new() }
    }

    /// For this method only.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only where path and query, as sent, contain this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.path = Some(part.to_owned());
        self
    }

    fn befalls(&mut self, method: &str, path: &str) -> bool {
        if self.method.as_ref().is_some_and(|wanted| wanted != method)
            || self.path.as_ref().is_some_and(|part| !path.contains(part.as_str()))
        {
            return false;
        }
        self.matched += 1;
        match self.when {
            When::Always => true,
            When::Nth(n) => self.matched == n,
            When::First(n) => self.matched <= n,
            When::Every(n) => self.matched.is_multiple_of(n),
            When::OneOf { many, seed } => mixed(seed ^ mixed(self.matched)).is_multiple_of(many),
            When::Once => {
                let known = self.befallen.iter().any(|(m, p)| m == method && p == path);
                if !known {
                    self.befallen.push((method.to_owned(), path.to_owned()));
                }
                !known
            }
        }
    }
}

/// The finisher of SplitMix64: near numbers become far ones.
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The rules of a proxy; the first that fits decides. Empty, it passes on.
#[derive(Clone, Debug, Default)]
pub struct Script {
    rules: Vec<Rule>,
    pub(super) pace: Option<u64>,
}

impl Script {
    /// Passes everything on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a rule for all methods and paths.
    #[must_use]
    pub fn on(self, when: When, fault: Fault) -> Self {
        self.rule(Rule::new(when, fault))
    }

    /// With a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// With so many bytes a second each way of each connection.
    #[must_use]
    pub fn pace(mut self, bytes: u64) -> Self {
        self.pace = Some(bytes.max(1));
        self
    }

    pub(super) fn decide(&mut self, method: &str, path: &str) -> Option<Fault> {
        self.rules
            .iter_mut()
            .find_map(|rule| rule.befalls(method, path).then(|| rule.fault.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn befallen(when: When) -> Vec<u32> {
        let mut script = Script::new().on(when, Fault::Html);
        (1..=30).filter(|_| script.decide("GET", "/").is_some()).collect()
    }

    #[test]
    fn rules_count_what_fits_them() {
        assert_eq!(befallen(When::Every(10)), [10, 20, 30]);
        assert_eq!(befallen(When::First(2)), [1, 2]);
        assert_eq!(befallen(When::Nth(3)), [3]);
        assert_eq!(befallen(When::Once), [1]);
        let chance = befallen(When::OneOf { many: 3, seed: 7 });
        assert!((5..16).contains(&chance.len()), "{chance:?}");
        assert_eq!(chance, befallen(When::OneOf { many: 3, seed: 7 }));
        assert_ne!(chance, befallen(When::OneOf { many: 3, seed: 8 }));
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let mut script = Script::new()
            .rule(Rule::new(When::Always, Fault::Lost).method("PUT").path("/a"))
            .on(When::Always, Fault::Html);
        assert!(matches!(script.decide("PUT", "/a/b"), Some(Fault::Lost)));
        assert!(matches!(script.decide("PUT", "/b"), Some(Fault::Html)));
        assert!(matches!(script.decide("GET", "/a"), Some(Fault::Html)));
    }
}
