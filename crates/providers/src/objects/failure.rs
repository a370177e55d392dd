//! What a failure of OpenDAL's means.

use crate::http::Call;
use opendal::ErrorKind as Opendal;
use storage::{Error, ErrorKind};

/// The refusal or broken connection behind `error`, where there was one.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn failed(error: opendal::Error, call: &Call) -> Error {
    if let Some(failure) = call.failure() {
        return failure;
    }
    let kind = match error.kind() {
        Opendal::NotFound => ErrorKind::NotFound,
        Opendal::AlreadyExists | Opendal::ConditionNotMatch => ErrorKind::AlreadyExists,
        Opendal::PermissionDenied => ErrorKind::PermissionDenied,
        Opendal::RateLimited => ErrorKind::RateLimited,
        Opendal::Unsupported => ErrorKind::Unsupported,
        Opendal::RangeNotSatisfied => ErrorKind::Damaged,
        // What was answered makes no sense to it.
        _ => ErrorKind::NotThisService,
    };
    // Its words may hold the address of a request, which may hold what signs it.
    Error::new(kind, call.operation()).because(format!("{} ({kind:?})", error.kind()))
}
