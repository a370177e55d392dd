//! Content-defined chunking with exactly the cut points of restic.
