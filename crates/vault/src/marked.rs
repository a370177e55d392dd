//! Packs that are going to be deleted.
//!
//! The first phase of a [prune](crate::prune) moves packs within the index,
//! from `packs` to `packs_to_delete`. rustic does the same; restic ignores the
//! field, so it takes nothing in these packs for stored. Source: rustic's
//! `repofile/indexfile.rs`.

use crate::{format::Id, index::check_blobs, pack::PackedBlob};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A pack that is going to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedPack {
    /// Which.
    pub id: Id,
    /// Its blobs, in the order of their offsets; none when no index named the
    /// pack when it was marked.
    pub blobs: Vec<PackedBlob>,
    /// When it was marked; `None` when that cannot be told.
    pub time: Option<Timestamp>,
    /// Its length in bytes, when its blobs do not say it.
    pub size: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MarkedJson {
    id: Id,
    #[serde(
        serialize_with = "crate::index::write_blobs",
        deserialize_with = "crate::index::read_blobs"
    )]
    blobs: Vec<PackedBlob>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
}

impl MarkedPack {
    pub(crate) fn to_json(&self) -> MarkedJson {
        MarkedJson {
            id: self.id,
            blobs: self.blobs.clone(),
            time: self.time.map(|time| time.to_string()),
            size: self.size,
        }
    }

    pub(crate) fn of_json(mut json: MarkedJson) -> Result<Self, &'static str> {
        check_blobs(&mut json.blobs)?;
        Ok(Self {
            id: json.id,
            blobs: json.blobs,
            // A time that makes no sense is as good as none: the pack waits anew.
            time: json.time.and_then(|time| time.parse().ok()),
            size: json.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::index::IndexFile;

    #[test]
    fn reads_what_rustic_writes() {
        let id = "ab".repeat(32);
        let json = format!(
            r#"{{"packs":[{{"id":"{id}","time":"2026-03-01T13:00:00.5+01:00","blobs":[
                {{"id":"{id}","type":"tree","offset":0,"length":40,"uncompressed_length":50}},
                {{"id":"{id}","type":"data","offset":40,"length":40,"uncompressed_length":null}}]}}],
                "packs_to_delete":[
                {{"id":"{id}","blobs":[{{"id":"{id}","type":"data","offset":0,"length":40}}],
                  "time":"2026-03-01T13:00:00.5+01:00"}},
                {{"id":"{id}","blobs":[],"time":"soon","size":77}}]}}"#
        );
        let file = IndexFile::parse(json.as_bytes()).unwrap();
        assert_eq!((file.packs.len(), file.marked.len(), file.blob_count()), (1, 2, 3));
        let [first, second] = &file.marked[..] else { panic!("{:?}", file.marked) };
        assert_eq!(first.time, Some("2026-03-01T12:00:00.5Z".parse().unwrap()));
        assert_eq!((second.time, second.size), (None, Some(77)));
        assert_eq!(IndexFile::parse(&file.to_json().unwrap()).unwrap(), file);
    }

    #[test]
    fn null_marks_nothing() {
        let file = IndexFile::parse(br#"{"packs":[],"packs_to_delete":null}"#);
        assert_eq!(file, Ok(IndexFile::default()));
    }

    #[test]
    fn an_index_without_marks_is_written_as_restic_does() {
        assert_eq!(IndexFile::default().to_json().unwrap(), br#"{"packs":[]}"#);
    }
}
