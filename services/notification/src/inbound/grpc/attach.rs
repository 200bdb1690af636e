//! One gateway's Attach stream.

use std::sync::Arc;
use std::time::Duration;

use proto::notification::attach_request::Message as Said;
use proto::notification::attach_response::Message as Answer;
use proto::notification::{AttachRequest, AttachResponse, BeatNoted, InterestNoted};
use runtime::grpc::status;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, Streaming};

use super::convert::{change, gateway, invalid, refusal, report};
use crate::application::{Attachment, Beaten, Registrations};
use crate::domain::LEASE;

/// A gateway that says nothing for as long as a lease lives is gone.
const SILENCE: Duration = LEASE;

/// A gateway that reads none of its answers for so long is gone.
const ANSWER_READ_WITHIN: Duration = LEASE;

/// Does what the gateway says, one after the other, so that its operations keep their order.
pub(super) struct Session {
    registrations: Arc<Registrations>,
    said: Streaming<AttachRequest>,
    answers: mpsc::Sender<Result<AttachResponse, Status>>,
}

impl Session {
    pub(super) fn new(
        registrations: Arc<Registrations>,
        said: Streaming<AttachRequest>,
        answers: mpsc::Sender<Result<AttachResponse, Status>>,
    ) -> Self {
        Self {
            registrations,
            said,
            answers,
        }
    }

    pub(super) async fn run(mut self, stopping: CancellationToken) {
        let ended = tokio::select! {
            ended = self.serve() => ended,
            () = stopping.cancelled() => {
                let detail = "this replica is stopping: attach to another one";
                Err(status(Code::Unavailable, "stopping", detail))
            }
        };
        if let Err(refused) = ended {
            tracing::debug!(reason = refused.message(), "an attach stream ends");
            // Nobody may be there to read it.
            let _ = self.answers.try_send(Err(refused));
        }
    }

    async fn serve(&mut self) -> Result<(), Status> {
        let Some(Said::Hello(hello)) = self.next().await? else {
            return Err(invalid("the first message is a hello"));
        };
        let gateway = gateway(&hello)?;
        let attached = self.registrations.register_gateway(gateway).await;
        let attachment = attached.map_err(|error| refusal(&error))?;
        while let Some(said) = self.next().await? {
            match said {
                Said::Hello(_) => return Err(invalid("there is one hello")),
                Said::Leave(_) => {
                    self.registrations.leave(attachment).await;
                    return Ok(());
                }
                said => {
                    let answer = self.answer(&attachment, said).await?;
                    self.send(answer).await?;
                }
            }
        }
        // Without a leave the lease stays: the gateway attaches to another replica.
        Ok(())
    }

    /// `None` when the gateway has closed the stream.
    async fn next(&mut self) -> Result<Option<Said>, Status> {
        loop {
            let next = tokio::select! {
                next = timeout(SILENCE, self.said.message()) => next,
                () = self.answers.closed() => return Ok(None),
            };
            let next = next.map_err(|_| {
                let detail = format!("nothing was said for {SILENCE:?}");
                status(Code::DeadlineExceeded, "silent", detail)
            })?;
            match next? {
                None => return Ok(None),
                Some(AttachRequest {
                    message: Some(said),
                }) => return Ok(Some(said)),
                // Of a later version.
                Some(AttachRequest { message: None }) => {}
            }
        }
    }

    async fn answer(&self, attachment: &Attachment, said: Said) -> Result<Answer, Status> {
        let registrations = &self.registrations;
        match said {
            Said::Interest(interest) => {
                let (operation, change) = (interest.operation, change(&interest)?);
                let noted = registrations
                    .change_interest(attachment, operation, change)
                    .await;
                noted.map_err(|error| refusal(&error))?;
                Ok(Answer::InterestNoted(InterestNoted { operation }))
            }
            Said::Beat(beat) => {
                let beaten = registrations.beat(attachment, report(&beat)).await;
                let beaten = beaten.map_err(|error| refusal(&error))?;
                Ok(Answer::BeatNoted(BeatNoted {
                    announce_again: beaten == Beaten::AnnounceAgain,
                }))
            }
            Said::Hello(_) | Said::Leave(_) => Err(invalid("out of place")),
        }
    }

    async fn send(&self, answer: Answer) -> Result<(), Status> {
        let answer = AttachResponse {
            message: Some(answer),
        };
        let sent = timeout(ANSWER_READ_WITHIN, self.answers.send(Ok(answer))).await;
        // A closed stream is found by the next read.
        let _ =
            sent.map_err(|_| status(Code::DeadlineExceeded, "silent", "the answers are not read"))?;
        Ok(())
    }
}
