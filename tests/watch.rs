//! Waiting for what happens to files, instead of sleeping and hoping.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags},
    io::Errno,
};

/// Something that happened below a watched folder.
#[derive(Clone, Debug)]
pub struct Event {
    /// The file or folder it happened to.
    pub path: PathBuf,
    /// What happened.
    pub what: ReadFlags,
}

/// A folder under watch, with all folders in it, those made later included.
#[derive(Debug)]
pub struct Watch {
    inotify: OwnedFd,
    flags: WatchFlags,
    folders: HashMap<i32, PathBuf>,
    waiting: VecDeque<Event>,
}

impl Watch {
    /// Watches for files that appear at `root` or below: made there, or moved
    /// there when complete.
    #[must_use]
    pub fn new_files(root: &Path) -> Self {
        Self::new(root, WatchFlags::CREATE | WatchFlags::MOVED_TO)
    }

    /// Watches for content that is read at `root` or below.
    #[must_use]
    pub fn reads(root: &Path) -> Self {
        Self::new(root, WatchFlags::ACCESS)
    }

    /// Starts to watch for `flags`.
    ///
    /// # Panics
    /// When the kernel has no watches left.
    #[must_use]
    pub fn new(root: &Path, flags: WatchFlags) -> Self {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC);
        let mut watch = Self {
            inotify: inotify.expect("a free inotify instance"),
            flags,
            folders: HashMap::new(),
            waiting: VecDeque::new(),
        };
        watch.add(root);
        watch.waiting.clear();
        watch
    }

    fn add(&mut self, folder: &Path) {
        let added = inotify::add_watch(&self.inotify, folder, self.flags | WatchFlags::ONLYDIR);
        match added {
            Ok(number) => self.folders.insert(number, folder.to_path_buf()),
            // Gone again already.
            Err(Errno::NOENT | Errno::NOTDIR) => return,
            Err(error) => panic!("cannot watch {}: {error}", folder.display()),
        };
        // What was made before the watch stood.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                self.add(&entry.path());
            }
            if self.flags.contains(WatchFlags::CREATE) {
                self.waiting.push_back(Event { path: entry.path(), what: ReadFlags::CREATE });
            }
        }
    }

    /// What has happened up to now.
    #[must_use]
    pub fn seen(&mut self) -> Vec<Event> {
        self.collect();
        self.waiting.drain(..).collect()
    }

    /// Waits for the next event, at most for `limit`.
    ///
    /// # Panics
    /// When the kernel refuses to wait.
    pub fn next_within(&mut self, limit: Duration) -> Option<Event> {
        let end = Instant::now() + limit;
        loop {
            self.collect();
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            // Not every event the kernel tells of is one of ours, so that
            // waiting once is not enough.
            let left = end.checked_duration_since(Instant::now())?;
            let left = Timespec::try_from(left).expect("a short time");
            let mut ready = [PollFd::new(&self.inotify, PollFlags::IN)];
            match poll(&mut ready, Some(&left)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => panic!("cannot wait for files: {error}"),
            }
        }
    }

    /// Waits until something happens to a path that `wanted` accepts.
    ///
    /// # Panics
    /// When nothing of the kind happens for a minute.
    #[track_caller]
    pub fn wait_for(&mut self, wanted: impl Fn(&Path) -> bool) -> PathBuf {
        loop {
            let event = self.next_within(Duration::from_mins(1));
            let event = event.unwrap_or_else(|| panic!("nothing happened for a minute"));
            if wanted(&event.path) {
                return event.path;
            }
        }
    }

    fn collect(&mut self) {
        let mut buffer = [MaybeUninit::uninit(); 16 << 10];
        let mut found = Vec::new();
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) => {
                    let name = event.file_name().map(|name| name.to_bytes().to_vec());
                    found.push((event.wd(), event.events(), name));
                }
                Err(Errno::WOULDBLOCK) => break,
                Err(Errno::INTR) => {}
                Err(error) => panic!("cannot read events: {error}"),
            }
        }
        for (number, what, name) in found {
            assert!(!what.contains(ReadFlags::QUEUE_OVERFLOW), "events were lost");
            let (Some(folder), Some(name)) = (self.folders.get(&number), name) else { continue };
            let path = folder.join(std::ffi::OsStr::from_bytes(&name));
            let new_folder = what.contains(ReadFlags::ISDIR)
                && what.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
            self.waiting.push_back(Event { path: path.clone(), what });
            if new_folder {
                self.add(&path);
            }
        }
    }
}
