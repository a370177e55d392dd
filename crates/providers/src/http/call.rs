//! Sending until there is an answer for good.

use super::{Answer, Http, Request, exchange::exchange, failure, outgoing::Going};
use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use storage::{Body, Error, ErrorKind, Pace, Result, Retry, retry::Tries};

/// What proves who this is, for requests that do not prove it themselves.
#[async_trait]
pub(crate) trait Authorization: fmt::Debug + Send + Sync {
    /// Adds the proof to a request.
    fn apply(&self, request: &Request, headers: &mut HeaderMap);

    /// The server has refused `refused`, the headers that were sent, with the
    /// headers `challenge`: makes a new proof, and says whether there is one. Of many
    /// requests that are refused at once only one gets here; the others are
    /// sent again with what it has brought.
    async fn renew(&self, refused: &HeaderMap, challenge: &HeaderMap) -> Result<bool>;

    /// Whether a proof has been renewed since `refused` was sent.
    fn is_newer_than(&self, refused: &HeaderMap) -> bool;
}

/// One operation of a store: one or more requests, and what is known of them
/// afterwards.
#[derive(Clone)]
pub(crate) struct Call {
    http: Http,
    operation: &'static str,
    pace: Option<Arc<Pace>>,
    marks: Arc<Marks>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Marks {
    /// A request may have been carried out although no answer said so.
    doubtful: AtomicBool,
    /// How far the last request with a body is.
    going: Going,
    /// The last failure.
    failure: Mutex<Option<Error>>,
}

impl Call {
    pub(super) fn new(http: Http, operation: &'static str) -> Self {
        Self { http, operation, pace: None, marks: Arc::default() }
    }

    /// The same, with bodies that go out as fast as `pace` lets them.
    pub(crate) fn with_pace(mut self, pace: Option<Arc<Pace>>) -> Self {
        self.pace = pace;
        self
    }

    /// A body as fast as it may go out.
    pub(crate) fn paced(&self, body: Body) -> Body {
        match &self.pace {
            None => body,
            Some(pace) => {
                let pace = Arc::clone(pace);
                let length = body.length();
                Body::replayable(length, move || pace(body.stream()))
            }
        }
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether an earlier request of this call may have been carried out
    /// without an answer.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.marks.doubtful.load(Ordering::Acquire)
    }

    /// Stops what is being sent before its last bytes go out, and everything
    /// with a body that would follow. Says whether that came in time: if not,
    /// all bytes of the last request have gone out, and only its answer says
    /// whether they are there.
    pub(crate) fn stop(&self) -> bool {
        self.marks.going.stop()
    }

    /// The last failure of this call; once.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.marks.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn remember(&self, error: Error) {
        *self.marks.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// What an answer that is no success means.
    pub(crate) fn refusal(&self, answer: &Answer) -> Error {
        failure::refusal(answer, self.operation, self.http.shared.context.clock.now())
    }

    /// Sends a request until it is answered for good. An answer that is no
    /// success, and would be the same the next time, is handed on.
    ///
    /// # Errors
    /// What kept it from being answered. Its advice is
    /// [`Retry::Exhausted`] after it was tried as often as is sensible.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer> {
        let shared = &self.http.shared;
        let mut tries = Tries::new(shared.policy, Arc::clone(&shared.context.random));
        let mut renewed = false;
        loop {
            shared.pacer.turn().await;
            if request.body.is_some() {
                self.marks.going.begin(self.operation)?;
            }
            let mut headers = request.headers.clone();
            if let Some(authorization) = &shared.authorization {
                authorization.apply(&request, &mut headers);
            }
            let going = &self.marks.going;
            let error = match exchange(shared, &request, &headers, self.operation, going).await {
                Ok(answer) if answer.status == StatusCode::UNAUTHORIZED && !renewed => {
                    renewed = true;
                    let challenge = answer.headers.clone();
                    let answer = self.handed_on(answer);
                    if self.renew(&headers, &challenge).await? {
                        continue;
                    }
                    return Ok(answer);
                }
                Ok(answer) if answer.status.as_u16() < 300 => return Ok(answer),
                // To go on with an upload is no refusal.
                Ok(answer) if matches!(answer.status.as_u16(), 304 | 308) => return Ok(answer),
                Ok(answer) if answer.status.as_u16() < 400 => return Ok(self.handed_on(answer)),
                Ok(answer) => {
                    let error = self.refusal(&answer);
                    if !failure::may_pass(&error) {
                        return Ok(self.handed_on(answer));
                    }
                    // Some servers do the work and then say this.
                    if answer.status.is_server_error() {
                        self.marks.doubtful.store(true, Ordering::Release);
                    }
                    error
                }
                Err(error) => {
                    if matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::TimedOut) {
                        self.marks.doubtful.store(true, Ordering::Release);
                    }
                    error
                }
            };
            let Some(wait) = tries.wait(error.retry()) else {
                let over = failure::may_pass(&error);
                return Err(if over { error.retry_advice(Retry::Exhausted) } else { error });
            };
            match error.retry() {
                // Everybody waits: each further request would be refused too.
                Retry::After(time) => {
                    shared.pacer.rest(time).await;
                    tokio::time::sleep(wait.saturating_sub(time)).await;
                }
                _ => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Remembers what an answer that is handed on means.
    fn handed_on(&self, answer: Answer) -> Answer {
        self.remember(self.refusal(&answer));
        answer
    }

    /// Renews what proves who this is; one at a time for all that were refused.
    async fn renew(&self, refused: &HeaderMap, challenge: &HeaderMap) -> Result<bool> {
        let shared = &self.http.shared;
        let Some(authorization) = &shared.authorization else { return Ok(false) };
        let _turn = shared.renewing.lock().await;
        Ok(authorization.is_newer_than(refused) || authorization.renew(refused, challenge).await?)
    }
}
