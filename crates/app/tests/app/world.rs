//! A home, a disk and an installation, with a clock that stands until it is
//! moved.

use app::{
    Ambient, Application, Beginning, Cancel, KitAnswer, PathText, RunEntry, RunStatus, Session,
    Trigger,
    vault::{Passphrase, Vault},
};
use model::{clock::ManualClock, random::SeededRandom};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// Every world has words of its own.
static SEED: AtomicU64 = AtomicU64::new(20_261_125);

/// When the tests take place.
pub(crate) const NOW: &str = "2026-11-25T14:00:00Z";

pub(crate) struct World {
    folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    random: Arc<SeededRandom>,
}

impl World {
    /// An empty home and an empty disk.
    pub(crate) fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
            clock: Arc::new(ManualClock::new(NOW.parse().expect("a moment"))),
            random: Arc::new(SeededRandom::new(SEED.fetch_add(1, Ordering::Relaxed))),
        };
        for folder in ["home/documents", "disk"] {
            fs::create_dir_all(world.path(folder)).expect("folders");
        }
        world.write("home/documents/letter.txt", b"Dear me");
        world.write("home/documents/house/deed.pdf", b"%PDF-1.4");
        world
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("a path").join(path)
    }

    pub(crate) fn text(&self, path: &str) -> PathText {
        PathText::new(&self.path(path))
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn ambient(&self) -> Ambient {
        Ambient { clock: self.clock.clone(), random: self.random.clone() }
    }

    /// Writes a file of bytes that are nowhere else.
    pub(crate) fn write_random(&self, path: &str, length: usize) {
        let mut content = vec![0; length];
        model::Random::fill(&*self.random, &mut content);
        self.write(path, &content);
    }

    /// The files that hold what was backed up, with their lengths in bytes; the
    /// longest first.
    pub(crate) fn stored(&self) -> Vec<(PathBuf, u64)> {
        let folder = self.path("disk/Keepstead/vault/data");
        let all = contents(&folder).into_iter();
        let mut all: Vec<_> =
            all.map(|(name, bytes)| (folder.join(name), bytes.len() as u64)).collect();
        all.sort_by_key(|(_, length)| std::cmp::Reverse(*length));
        all
    }

    /// How many bytes they have together.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored().iter().map(|(_, length)| length).sum()
    }

    /// What lies at the destination, opened with the words of the kit.
    pub(crate) async fn vault(&self, words: &str) -> Vault {
        let passphrase = Passphrase::new(words.to_owned()).expect("words");
        let folder = self.path("disk/Keepstead/vault");
        let vault = Vault::open(&folder, &passphrase, self.ambient(), &Cancel::new()).await;
        vault.expect("it opens")
    }

    /// Moves the clock, in hours.
    pub(crate) fn pass(&self, hours: u64) {
        self.clock.advance(Duration::from_secs(hours * 3600));
    }

    /// The moment so many hours after the beginning, as it is handed out.
    pub(crate) fn clock_after(&self, hours: i64) -> String {
        let begun: jiff::Timestamp = NOW.parse().expect("a moment");
        (begun + jiff::SignedDuration::from_hours(hours)).to_string()
    }

    pub(crate) async fn session(&self) -> Session {
        Session::open(&self.data(), self.ambient()).await
    }

    /// What the last step of the welcome asks for.
    pub(crate) fn beginning(&self, words: &[String], questions: &[usize]) -> Beginning {
        let answer = |position: usize| KitAnswer { position, word: words[position].clone() };
        Beginning {
            name: "Documents".to_owned(),
            sources: vec![self.text("home/documents")],
            excludes: vec!["*.tmp".to_owned()],
            places: vec![self.text("disk/Keepstead")],
            remotes: Vec::new(),
            answers: questions.iter().map(|&position| answer(position)).collect(),
        }
    }

    /// A session that has begun, with its words; the first run waits.
    pub(crate) async fn begun(&self) -> (Session, Application, String) {
        let session = self.session().await;
        let kit = session.new_kit().await.expect("a kit");
        let beginning = self.beginning(&kit.words, &kit.questions);
        session.begin(&beginning).await.expect("it begins");
        let application = session.application().await.expect("it is open");
        (session, application, kit.words.join(" "))
    }

    /// The same, with its first backup made.
    pub(crate) async fn backed_up(&self) -> (Session, Application, String) {
        let (session, application, words) = self.begun().await;
        assert!(application.work_off().await.expect("it works"));
        (session, application, words)
    }
}

/// Backs everything up, and says how it went.
pub(crate) async fn back_up(application: &Application) -> RunEntry {
    let ids = application.queue_backups(&[], Trigger::Manual).await.expect("it is asked for");
    finish(application, &ids).await
}

/// Sees runs to their end; the first of them.
pub(crate) async fn finish(application: &Application, ids: &[String]) -> RunEntry {
    let runs = application.finish_runs(ids, &mut |_| {}, &Cancel::new()).await;
    runs.expect("they end").remove(0)
}

/// Every file below a folder with what is in it.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_owned();
                found.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn succeeded(run: &RunEntry) {
    assert_eq!((run.status, run.verified), (RunStatus::Success, true), "{run:?}");
}
