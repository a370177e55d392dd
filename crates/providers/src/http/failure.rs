//! What a refusal or a broken connection means.

use super::{Answer, tls::Shown};
use http::{StatusCode, header};
use jiff::{Timestamp, fmt::rfc2822};
use std::{error::Error as StdError, time::Duration};
use storage::{Error, ErrorKind, Retry};

/// Signatures are good for a quarter of an hour everywhere.
const SKEW: Duration = Duration::from_secs(14 * 60);

const PROXY_REFUSES: &str = "the proxy does not take this user and password";

/// What an answer other than success means. `now` is the time here.
pub(crate) fn refusal(answer: &Answer, operation: &'static str, now: Timestamp) -> Error {
    let status = answer.status;
    let code = code_of(answer.refusal());
    let said = match &code {
        Some(code) => format!("{} {code}", status.as_u16()),
        None => format!("{}", status.as_u16()),
    };
    let (kind, retry) = meaning(status, code.as_deref());
    let in_words = answer
        .header(&header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("text/plain"));
    // Many servers say no more than "forbidden".
    let kind = match kind {
        // As of who speaks plain HTTP where TLS is spoken.
        ErrorKind::Other if status == StatusCode::BAD_REQUEST && code.is_none() && in_words => {
            ErrorKind::NotThisService
        }
        ErrorKind::BadCredentials | ErrorKind::PermissionDenied
            if skew(answer, now).is_some_and(|skew| skew > SKEW) =>
        {
            ErrorKind::WrongClock
        }
        kind => kind,
    };
    let error = Error::new(kind, operation).because(match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => PROXY_REFUSES.to_owned(),
        _ => format!("the server answered {said}"),
    });
    let error = match (kind, element(answer.refusal(), "Region")) {
        (ErrorKind::WrongRegion, Some(region)) => error.showing(region),
        _ => error,
    };
    match retry {
        Some(Retry::Soon) => match retry_after(answer, now) {
            Some(time) => error.retry_advice(Retry::After(time)),
            None => error.retry_advice(Retry::Soon),
        },
        Some(retry) => error.retry_advice(retry),
        None => error,
    }
}

/// The kind of a refusal, and the advice where it is not the usual one.
fn meaning(status: StatusCode, code: Option<&str>) -> (ErrorKind, Option<Retry>) {
    use ErrorKind as Kind;
    let soon = Some(Retry::Soon);
    match code {
        Some(
            "SlowDown"
            | "TooManyRequests"
            | "ServerBusy"
            | "rateLimitExceeded"
            | "userRateLimitExceeded",
        ) => return (Kind::RateLimited, soon),
        Some("RequestTimeout" | "InternalError" | "OperationTimedOut") => {
            return (Kind::Unreachable, soon);
        }
        Some("OperationAborted" | "ConditionalRequestConflict") => return (Kind::Other, soon),
        Some("RequestTimeTooSkewed" | "RequestExpired") => return (Kind::WrongClock, None),
        Some(
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "AuthenticationFailed"
            | "InvalidAuthenticationInfo"
            | "AuthFailure"
            | "invalid_grant"
            | "invalid_client",
        ) => return (Kind::BadCredentials, None),
        Some("ExpiredToken" | "InvalidToken" | "TokenRefreshRequired") => {
            return (Kind::AuthExpired, None);
        }
        Some("NoSuchBucket" | "ContainerNotFound" | "InvalidBucketName") => {
            return (Kind::PlaceMissing, None);
        }
        Some(
            "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "IllegalLocationConstraintException",
        ) => return (Kind::WrongRegion, None),
        Some(
            "QuotaExceeded"
            | "InsufficientCapacity"
            | "storageQuotaExceeded"
            | "AccountQuotaExceeded"
            | "XMinioStorageFull",
        ) => return (Kind::OutOfSpace, None),
        Some("EntityTooLarge" | "RequestBodyTooLarge") => return (Kind::TooLarge, None),
        Some("BlobAlreadyExists" | "PreconditionFailed") => return (Kind::AlreadyExists, None),
        _ => {}
    }
    match status.as_u16() {
        300..=399 => (Kind::NotThisService, None),
        401 => (Kind::BadCredentials, None),
        403 => (Kind::PermissionDenied, None),
        404 | 410 => (Kind::NotFound, None),
        405 | 501 => (Kind::Unsupported, None),
        // Of the proxy in between.
        407 => (Kind::Unreachable, Some(Retry::Never)),
        412 => (Kind::AlreadyExists, None),
        413 => (Kind::TooLarge, None),
        416 => (Kind::Damaged, Some(Retry::Never)),
        429 | 509 => (Kind::RateLimited, soon),
        408 | 425 | 499 | 500 | 502 | 503 | 504 | 520..=524 => (Kind::Unreachable, soon),
        423 => (Kind::Other, soon),
        507 => (Kind::OutOfSpace, None),
        _ => (Kind::Other, None),
    }
}

/// The code in the body of a refusal: `<Code>` of S3, Azure and Google's XML,
/// `"reason"` of Google's JSON, `"error"` of who gives tokens (RFC 6749, 5.2).
fn code_of(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let named = |name: &str| {
        let (_, rest) = text.split_once(name)?;
        word(
            rest.trim_start()
                .strip_prefix(':')?
                .trim_start()
                .strip_prefix('"')?
                .split('"')
                .next()?,
        )
    };
    element(body, "Code").or_else(|| named("\"reason\"")).or_else(|| named("\"error\""))
}

/// What stands in the first element of that name.
fn element(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    word(inner)
}

/// A word, and not whatever a server puts there.
fn word(text: &str) -> Option<String> {
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (!text.is_empty() && text.len() <= 64 && text.chars().all(sound)).then(|| text.to_owned())
}

/// How long the server asks to wait: seconds, or a moment.
fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.header(&header::RETRY_AFTER)?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Duration::try_from(moment(text)?.duration_since(now)).ok(),
    }
}

/// How far the clock here is from the server's.
fn skew(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let there = moment(answer.header(&header::DATE)?)?;
    Some(now.duration_since(there).unsigned_abs())
}

fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// What kept a request from being answered.
pub(super) fn connection(error: reqwest::Error, operation: &'static str, shown: &Shown) -> Error {
    // An address may hold what signs it.
    let error = error.without_url();
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return certificate(tls, operation, shown);
        }
        if let Some(own) = inner.downcast_ref::<Error>() {
            // The body of the request broke, not its way.
            return Error::new(own.kind(), operation)
                .retry_advice(own.retry())
                .because(own.to_string());
        }
        // rustls hides in errors of the system's, one in another, which do not
        // call it their source.
        cause = match inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()) {
            Some(hidden) => Some(hidden),
            None => inner.source(),
        };
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    let error = Error::new(ErrorKind::Unreachable, operation);
    // What a tunnel is refused with is told in words only.
    match text.contains("proxy authorization required") {
        true => error.because(PROXY_REFUSES).retry_advice(Retry::Never),
        false => error.because(text),
    }
}

fn certificate(error: &rustls::Error, operation: &'static str, shown: &Shown) -> Error {
    let failed = |kind| Error::new(kind, operation).because(error.clone());
    match (error, shown.get()) {
        (rustls::Error::InvalidCertificate(_), Some(shown)) => {
            failed(ErrorKind::Untrusted).showing(shown)
        }
        (rustls::Error::InvalidCertificate(_), None) => failed(ErrorKind::Untrusted),
        // Plain HTTP, or something else again, on a port for TLS.
        (rustls::Error::InvalidMessage(_), _) => failed(ErrorKind::NotThisService),
        _ => failed(ErrorKind::Unreachable),
    }
}

/// Whether another try can help, as an answer says.
pub(super) fn may_pass(error: &Error) -> bool {
    matches!(error.retry(), Retry::Soon | Retry::After(_))
}

/// The machine an address names.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Incoming;
    use http::HeaderMap;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let status = StatusCode::from_u16(status).unwrap();
        let bytes = Incoming::Whole(body.to_owned().into());
        Answer { status, headers, length: None, bytes }
    }

    /// Ten o'clock.
    fn now() -> Timestamp {
        "2026-07-01T10:00:00Z".parse().unwrap()
    }

    fn meant(status: u16, headers: &[(&'static str, &str)], body: &str) -> (ErrorKind, Retry) {
        let error = refusal(&answer(status, headers, body), "put", now());
        (error.kind(), error.retry())
    }

    #[test]
    fn a_refusal_by_one_whose_clock_is_another_is_one_of_the_clock() {
        for (date, expected) in [
            ("Wed, 01 Jul 2026 10:13:00 GMT", ErrorKind::PermissionDenied),
            ("Wed, 01 Jul 2026 09:47:00 GMT", ErrorKind::PermissionDenied),
            ("Wed, 01 Jul 2026 11:00:00 GMT", ErrorKind::WrongClock),
            ("Wed, 01 Jul 2026 09:00:00 GMT", ErrorKind::WrongClock),
            ("yesterday", ErrorKind::PermissionDenied),
        ] {
            assert_eq!(meant(403, &[("date", date)], ""), (expected, Retry::Never), "{date}");
            // What is forbidden for another reason, or not at all, stays what it is.
            assert_eq!(meant(404, &[("date", date)], "").0, ErrorKind::NotFound);
        }
    }

    #[test]
    fn who_asks_for_time_gets_it() {
        let after = |text: &str| meant(429, &[("retry-after", text)], "").1;
        assert_eq!(after("7"), Retry::After(Duration::from_secs(7)));
        let minute = Retry::After(Duration::from_secs(60));
        assert_eq!(after("Wed, 01 Jul 2026 10:01:00 GMT"), minute);
        for nothing in ["Wed, 01 Jul 2026 09:59:00 GMT", "soon", "-1", ""] {
            assert_eq!(after(nothing), Retry::Soon, "{nothing:?}");
        }
    }

    #[test]
    fn services_say_the_same_in_different_words() {
        let xml = |code| format!("<Error><Code>{code}</Code><Message>x</Message></Error>");
        let json = |reason| format!(r#"{{"error": {{"errors": [{{"reason": "{reason}"}}]}}}}"#);
        for (status, body, kind, retry) in [
            (503, xml("SlowDown"), ErrorKind::RateLimited, Retry::Soon),
            (403, json("rateLimitExceeded"), ErrorKind::RateLimited, Retry::Soon),
            (500, xml("OperationTimedOut"), ErrorKind::Unreachable, Retry::Soon),
            (403, xml("RequestTimeTooSkewed"), ErrorKind::WrongClock, Retry::Never),
            (403, xml("SignatureDoesNotMatch"), ErrorKind::BadCredentials, Retry::Never),
            (403, xml("AuthenticationFailed"), ErrorKind::BadCredentials, Retry::Never),
            (400, xml("ExpiredToken"), ErrorKind::AuthExpired, Retry::Never),
            (404, xml("NoSuchBucket"), ErrorKind::PlaceMissing, Retry::Never),
            (404, xml("ContainerNotFound"), ErrorKind::PlaceMissing, Retry::Never),
            (404, xml("NoSuchKey"), ErrorKind::NotFound, Retry::Never),
            (409, xml("OperationAborted"), ErrorKind::Other, Retry::Soon),
            (409, xml("BlobAlreadyExists"), ErrorKind::AlreadyExists, Retry::Never),
            (403, json("storageQuotaExceeded"), ErrorKind::OutOfSpace, Retry::Never),
            (507, String::new(), ErrorKind::OutOfSpace, Retry::Never),
            (413, String::new(), ErrorKind::TooLarge, Retry::Never),
            (400, xml("EntityTooLarge"), ErrorKind::TooLarge, Retry::Never),
            (407, String::new(), ErrorKind::Unreachable, Retry::Never),
        ] {
            assert_eq!(meant(status, &[], &body), (kind, retry), "{status} {body}");
        }
    }

    #[test]
    fn what_a_server_puts_into_its_words_goes_nowhere() {
        for body in [
            "<Error><Code>AKSECRET/secret+secret</Code></Error>",
            "<Error><Code>two words</Code></Error>",
            r#"{"reason": "https://host/?sig=secret"}"#,
        ] {
            let error = refusal(&answer(403, &[], body), "put", now());
            let cause = StdError::source(&error).unwrap().to_string();
            assert_eq!(cause, "the server answered 403");
        }
    }
}
