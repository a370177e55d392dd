//! Numbers, times and paths as people read them.

use console::measure_text_width;
use std::{borrow::Cow, fmt::Write, time::Duration};

/// A number of bytes in binary units.
#[expect(clippy::cast_precision_loss, reason = "for people, to three digits")]
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // What would be rounded to 1024 belongs to the next unit.
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with a comma after every three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in at most two units.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0..10) => format!("{:.1} s", duration.as_secs_f64()),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// An RFC 3339 time on this machine's clock; as it is when it is none.
pub(crate) fn local_time(rfc3339: &str) -> String {
    rfc3339.parse::<jiff::Timestamp>().map_or_else(
        |_| rfc3339.to_owned(),
        |moment| {
            let zoned = moment.to_zoned(jiff::tz::TimeZone::system());
            zoned.strftime("%Y-%m-%d %H:%M:%S").to_string()
        },
    )
}

/// Text that cannot move the cursor or change colours, whatever the names of
/// files hold.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that turn the direction of text around.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// A path in at most `width` columns, cut at its start: the end says most.
pub(crate) fn shorten(path: &str, width: usize) -> Cow<'_, str> {
    if measure_text_width(path) <= width {
        return Cow::Borrowed(path);
    }
    let mut room = width.saturating_sub(1);
    let mut start = path.len();
    for (at, character) in path.char_indices().rev() {
        let columns = measure_text_width(character.encode_utf8(&mut [0; 4]));
        if columns > room {
            break;
        }
        room -= columns;
        start = at;
    }
    Cow::Owned(format!("…{}", &path[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let table = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (1536, "1.50 KiB"),
            (10_234, "9.99 KiB"),
            (10_240, "10.0 KiB"),
            (102_400, "100 KiB"),
            (1_048_063, "1023 KiB"),
            (1_048_575, "1.00 MiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(plural(1, "file", "files"), "1 file");
        assert_eq!(plural(0, "file", "files"), "0 files");
        assert_eq!(plural(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(plural(100, "file", "files"), "100 files");
    }

    #[test]
    fn durations_have_two_units() {
        let table = [
            (340, "0.3 s"),
            (59_000, "59 s"),
            (61_000, "1 min 1 s"),
            (3_600_000, "1 h 0 min"),
            (90_000_000, "25 h 0 min"),
        ];
        for (milliseconds, text) in table {
            assert_eq!(duration(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn paths_are_cut_at_their_start() {
        assert_eq!(shorten("/a/b", 4), "/a/b");
        assert_eq!(shorten("/home/u/file.txt", 9), "…file.txt");
        assert_eq!(shorten("/写真/写真", 6), "…/写真");
        assert_eq!(shorten("/写真/写真", 5), "…写真");
        assert_eq!(shorten("/abc", 0), "…");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(visible("plain, ümläut"), "plain, ümläut");
        assert_eq!(visible("a\u{1b}[2Jb\nc\u{202e}"), "a\\u{1b}[2Jb\\nc\\u{202e}");
    }
}
