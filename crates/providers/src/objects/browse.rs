//! What there is before a folder is chosen.

use super::{failure::failed, through};
use crate::{Choice, http::Http};
use futures_util::stream::StreamExt;
use opendal::Operator;
use storage::{Cancel, Error, ErrorKind, Result, unless_cancelled};

/// So many folders are shown.
const SHOWN: usize = 1000;

/// Sees that the folder can be listed: that the address, the sign-in and the
/// bucket are right, in one request.
pub(super) async fn reach(operator: &Operator, http: &Http, cancel: &Cancel) -> Result<()> {
    let call = http.call("open");
    let operator = through(operator, &call);
    let list = async {
        let mut lister = operator.lister_with("").recursive(true).limit(1).await?;
        lister.next().await.transpose()
    };
    match unless_cancelled(cancel, "open", list).await? {
        Ok(_) => Ok(()),
        Err(error) => match failed(error, &call) {
            // Nothing is missing in a bucket but the bucket.
            error if error.kind() == ErrorKind::NotFound => {
                Err(Error::new(ErrorKind::PlaceMissing, "open"))
            }
            error => Err(error),
        },
    }
}

/// The folders right below `below`.
pub(super) async fn folders(
    operator: &Operator,
    http: &Http,
    below: &str,
    cancel: &Cancel,
) -> Result<Vec<Choice>> {
    let call = http.call("list");
    let operator = through(operator, &call);
    let below = below.trim_matches('/');
    let folder = if below.is_empty() { String::new() } else { format!("{below}/") };
    let list = async {
        let mut lister = operator.lister_with(&folder).await?;
        let mut found = Vec::new();
        while let Some(entry) = lister.next().await.transpose()? {
            let path = entry.path().trim_end_matches('/');
            if entry.metadata().is_dir() && path != below && !path.is_empty() {
                let label = path.rsplit('/').next().unwrap_or(path).to_owned();
                found.push(Choice { value: path.to_owned(), label });
            }
            if found.len() >= SHOWN {
                break;
            }
        }
        Ok(found)
    };
    unless_cancelled(cancel, "list", list).await?.map_err(|error| failed(error, &call))
}
