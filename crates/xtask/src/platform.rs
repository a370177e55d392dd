//! What differs between operating systems: the packages, the display and file metadata.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::process::Command;

/// Debian packages with which the window is built and opened.
pub(crate) const WINDOW: &[&str] = &["build-essential", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// Debian packages with which the tests judge what Keepstead writes and shows.
pub(crate) const JUDGES: &[&str] = &[
    "binutils",
    "chromium",
    "dbus",
    "debian-archive-keyring",
    "gnome-keyring",
    "libayatana-appindicator3-1",
    "libsecret-tools",
    "openbox",
    "poppler-utils",
    "procps",
    "python3-dbus",
    "python3-gi",
    "restic",
    "webkit2gtk-driver",
    "wmctrl",
    "x11-utils",
    "xauth",
    "xdotool",
    "xvfb",
    "zbar-tools",
];

/// Debian packages with the servers that the tests start, and what talks to them.
pub(crate) const SERVERS: &[&str] = &[
    "apache2-bin",
    "curl",
    "libnginx-mod-http-dav-ext",
    "nginx",
    "openssh-client",
    "openssh-server",
    "openssl",
    "procps",
    "python3-venv",
    "rclone",
    "samba",
    "smbclient",
];

/// The services that some of these packages bring, which nobody asked for.
pub(crate) const SERVICES: &[(&str, &[&str])] = &[
    ("nginx", &["nginx"]),
    ("openssh-server", &["ssh"]),
    ("samba", &["nmbd", "samba-ad-dc", "smbd"]),
];

/// Debian packages with which the benchmarks measure, and fetch restic.
pub(crate) const MEASURES: &[&str] = &["debian-archive-keyring", "time"];

/// Whether there is a driver for this system's web view.
pub(crate) const DRIVES_WINDOW: bool = cfg!(target_os = "linux");

/// Whether a window can be opened here.
pub(crate) fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// What a person has to install by hand where this program cannot do it.
pub(crate) fn by_hand() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        Some("The window needs Apple's command line tools: xcode-select --install")
    } else if cfg!(target_os = "windows") {
        Some(
            "The window needs the build tools and WebView2:\n  \
             winget install --exact --id Microsoft.VisualStudio.2022.BuildTools --override \
             \"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"\n  \
             winget install --exact --id Microsoft.EdgeWebView2Runtime",
        )
    } else {
        None
    }
}

/// npm, which is a script on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Permission bits, or whether the file is read-only where there are none.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt;
    metadata.mode() & 0o7777
}

/// Permission bits, or whether the file is read-only where there are none.
#[cfg(not(unix))]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    if metadata.permissions().readonly() { 0o444 } else { 0o644 }
}

/// The file's identity, when several names share it.
#[cfg(unix)]
pub(crate) fn shared_identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    (metadata.is_file() && metadata.nlink() > 1).then(|| (metadata.dev(), metadata.ino()))
}

/// The file's identity, when several names share it.
#[cfg(not(unix))]
pub(crate) fn shared_identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Sets permission bits where there are some.
#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// Sets permission bits where there are some.
#[cfg(not(unix))]
pub(crate) fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Makes a symbolic link where everyone may.
#[cfg(unix)]
pub(crate) fn symlink(target: &str, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Makes a symbolic link where everyone may.
#[cfg(not(unix))]
pub(crate) fn symlink(_: &str, _: &Path) -> io::Result<()> {
    Ok(())
}

/// File names that break careless programs, as far as this system can hold them.
pub(crate) fn odd_names() -> Vec<std::ffi::OsString> {
    let mut names: Vec<std::ffi::OsString> =
        ["two words", "-dash first", "caf\u{e9}", "cafe\u{301} apart", "\u{1f3e0} home", ".hidden"]
            .map(Into::into)
            .to_vec();
    names.push("long ".repeat(40).trim_end().into());
    #[cfg(unix)]
    names.extend(
        ["a\nnew line", "back\\slash", "quote's \"twice\"", "star * and ?", "ends in space "]
            .map(Into::into),
    );
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStringExt;
        names.push(std::ffi::OsString::from_vec(b"not \xff\xfe UTF-8".to_vec()));
    }
    names
}
