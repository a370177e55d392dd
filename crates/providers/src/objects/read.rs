//! Reading objects.

use super::{ObjectStore, failure::failed, path};
use crate::http::Call;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use opendal::BytesRange;
use storage::{
    ByteRange, ByteStream, Cancel, Error, ErrorKind, Key, Result, Retry, unless_cancelled,
};

/// No object is longer; OpenDAL and some servers miscalculate past it.
const LARGEST: u64 = i64::MAX as u64;

impl ObjectStore {
    /// Opens an object for reading. The answer has begun when this returns.
    pub(super) async fn open(
        &self,
        key: &Key,
        range: ByteRange,
        cancel: &Cancel,
    ) -> Result<ByteStream> {
        let missing = || Error::new(ErrorKind::NotFound, "get").at(key.as_str());
        if let ByteRange::Exact { offset, length } = range
            && offset.checked_add(length).is_none_or(|end| end > LARGEST)
        {
            let error = Error::new(ErrorKind::Damaged, "get").at(key.as_str());
            return Err(error.retry_advice(Retry::Never));
        }
        let (wanted, expected) = match range {
            ByteRange::Whole => (BytesRange::new(0, None), None),
            ByteRange::Exact { offset, length } if length > 0 => {
                (BytesRange::new(offset, Some(length)), Some(length))
            }
            ByteRange::Last(last) if last > 0 && self.traits.suffixes => {
                // More than there can be is refused by some.
                (BytesRange::suffix(last.min(LARGEST)), None)
            }
            ByteRange::Last(last) if last > 0 => {
                let all = self.find(key, cancel).await?.ok_or_else(missing)?;
                let length = last.min(all);
                if length == 0 {
                    return Ok(nothing());
                }
                (BytesRange::new(all - length, Some(length)), Some(length))
            }
            ByteRange::Exact { .. } | ByteRange::Last(_) => {
                self.find(key, cancel).await?.ok_or_else(missing)?;
                return Ok(nothing());
            }
        };
        let call = self.http.call("get");
        let operator = self.with(&call);
        let begin = async {
            let reader = operator.reader(path(key, "get")?).await;
            let reader = reader.map_err(|error| failed(error, &call))?;
            let bytes = reader.into_bytes_stream(wanted).await;
            let mut bytes = bytes.map_err(|error| failed(error, &call))?;
            // The request goes out when the first piece is asked for.
            let first = bytes.next().await;
            Ok((first, bytes))
        };
        let cut_off = |error: std::io::Error, call: &Call| {
            call.failure().unwrap_or_else(|| {
                Error::new(ErrorKind::Unreachable, "get").because(error.kind().to_string())
            })
        };
        let begun = unless_cancelled(cancel, "get", begin).await?;
        let (first, rest) = begun.map_err(|error: Error| error.at(key.as_str()))?;
        let first = match first {
            None => None,
            Some(Ok(piece)) => Some(piece),
            Some(Err(error)) => {
                let error = opendal_error(&error).map_or_else(
                    || cut_off(error, &call),
                    |kind| failed(opendal::Error::new(kind, ""), &call),
                );
                let error = error.at(key.as_str());
                // The last bytes of nothing are nothing; what services say of
                // that differs.
                let of_nothing = matches!(range, ByteRange::Last(_))
                    && !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unreachable)
                    && self.find(key, cancel).await? == Some(0);
                return if of_nothing { Ok(nothing()) } else { Err(error) };
            }
        };
        let pieces = stream::iter(first.map(Ok)).chain(rest);
        let (cancel, name) = (cancel.clone(), key.as_str().to_owned());
        let state = (pieces.boxed(), 0_u64);
        Ok(stream::unfold(Some(state), move |state| {
            let (cancel, call, name) = (cancel.clone(), call.clone(), name.clone());
            async move {
                let (mut pieces, seen) = state?;
                match unless_cancelled(&cancel, "get", pieces.next()).await {
                    Err(error) => Some((Err(error), None)),
                    Ok(Some(Err(error))) => Some((Err(cut_off(error, &call).at(name)), None)),
                    Ok(Some(Ok(piece))) => {
                        let seen = seen + piece.len() as u64;
                        Some((Ok(piece), Some((pieces, seen))))
                    }
                    Ok(None) => match expected {
                        // Asked for, and not there: it will not be there the
                        // next time either.
                        Some(expected) if seen != expected => {
                            let error = Error::new(ErrorKind::Damaged, "get").at(name);
                            Some((Err(error.retry_advice(Retry::Never)), None))
                        }
                        _ => None,
                    },
                }
            }
        })
        .boxed())
    }
}

/// The kind of OpenDAL's failure in an error of a stream.
fn opendal_error(error: &std::io::Error) -> Option<opendal::ErrorKind> {
    Some(error.get_ref()?.downcast_ref::<opendal::Error>()?.kind())
}

fn nothing() -> ByteStream {
    stream::iter([Ok(Bytes::new())]).boxed()
}
