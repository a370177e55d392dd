//! Files whose content is odd: sizes around the chunker's limits, and holes.

use std::{io, os::unix::fs::FileExt};

use crate::{content, folder::Folder};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Sizes at which something changes: the chunker cuts between 512 KiB and
/// 8 MiB.
pub(super) fn sizes(folder: &Folder, seed: u64) -> io::Result<()> {
    let sizes = [
        1,
        63,
        64,
        65,
        4 * KIB,
        511 * KIB,
        512 * KIB - 1,
        512 * KIB,
        512 * KIB + 1,
        513 * KIB,
        8 * MIB - 1,
        8 * MIB,
        8 * MIB + 1,
        20 * MIB,
    ];
    folder.file(b"0", b"")?;
    for size in sizes {
        let bytes = content::random(seed ^ size as u64, size);
        folder.file(format!("random {size}").as_bytes(), &bytes)?;
    }
    folder.file(b"text", &content::text(seed, 3 * MIB))?;
    folder.file(b"mixed", &content::mixed(seed, 7 * MIB))?;
    folder.file(b"copy of text", &content::text(seed, 3 * MIB))?;
    for size in [512 * KIB - 1, 512 * KIB, 512 * KIB + 1, 8 * MIB, 10 * MIB] {
        folder.file(format!("zeros {size}").as_bytes(), &vec![0; size])?;
    }
    folder.file(b"ones", &vec![0xff; 9 * MIB])
}

/// Files with data in the places their names say, and holes everywhere else.
/// The last has `size` bytes, the others have at most 16 MiB.
pub(super) fn sparse(folder: &Folder, size: u64, seed: u64) -> io::Result<()> {
    let island = content::random(seed ^ 0x5eed, 70_001);
    let small = size.min(16 << 20);
    let end = |size: u64| size - island.len() as u64;
    let files: [(&str, u64, &[u64]); 6] = [
        ("all hole", small, &[]),
        ("hole at the start", small, &[end(small)]),
        ("hole at the end", small, &[0]),
        ("holes at start and end", small, &[small / 2 + 12_345]),
        ("hole in the middle", small, &[0, end(small)]),
        ("holes between", size, &[0, size / 3, end(size)]),
    ];
    for (name, size, islands) in files {
        let file = folder.create(name.as_bytes())?;
        for &at in islands {
            file.write_all_at(&island, at)?;
        }
        file.set_len(size)?;
    }
    Ok(())
}
