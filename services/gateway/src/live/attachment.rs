//! The gateway's place in the registry: one Attach stream to any notification replica.

use std::sync::Arc;
use std::time::Duration;

use proto::notification::attach_request::Message as Say;
use proto::notification::attach_response::Message as Heard;
use proto::notification::registry_service_client::RegistryServiceClient;
use proto::notification::{AttachRequest, Hello, Leave};
use runtime::health::Component;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::Shared;

const BEAT_EVERY: Duration = Duration::from_secs(3);
/// A registry that answers no beat for so long is given up for another replica.
const PATIENCE: Duration = Duration::from_secs(8);
/// Changes of this long travel in one operation.
const GATHER: Duration = Duration::from_millis(2);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Messages on their way to the registry.
const WINDOW: usize = 16;
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

/// Keeps the gateway registered.
pub(crate) struct Attachment {
    pub(crate) shared: Arc<Shared>,
    pub(crate) hello: Hello,
    pub(crate) component: Component,
    /// Told when the gateway has drained and its lease may end.
    pub(crate) leave: CancellationToken,
}

/// Why a stream ended.
enum End {
    Left,
    Lost(Status),
}

impl Attachment {
    /// Attaches until the lease was left.
    pub(crate) async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let end = self.attach().await;
            self.shared.hub.interests.detach();
            match end {
                End::Left => return,
                End::Lost(status) => {
                    let reason = status.message();
                    tracing::warn!(reason, "not attached to the registry; trying again");
                }
            }
            self.component.not_ready("not attached to the registry");
            if self.leave.is_cancelled() {
                return;
            }
            // A stream that lived says that the registry is well.
            if began.elapsed() > PATIENCE {
                pause = FIRST_PAUSE;
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = self.leave.cancelled() => return,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attach(&self) -> End {
        let (say, saying) = mpsc::channel(WINDOW);
        let hello = Say::Hello(self.hello.clone());
        // The channel is empty, so there is room.
        let _ = say.try_send(message(hello));
        let mut client = RegistryServiceClient::new(self.shared.notification.clone());
        let attached = client.attach(ReceiverStream::new(saying));
        let attached = tokio::select! {
            attached = timeout(PATIENCE, attached) => attached,
            () = self.leave.cancelled() => return End::Left,
        };
        let heard = match attached {
            Ok(Ok(response)) => response.into_inner(),
            Ok(Err(status)) => return End::Lost(status),
            Err(_) => return End::Lost(Status::unavailable("the registry does not answer")),
        };
        let announced = self.shared.hub.interests.announce_again();
        let stream = Stream {
            attachment: self,
            say,
            announced: Some(announced),
            answered: Instant::now(),
        };
        match stream.run(heard).await {
            Ok(()) => End::Left,
            Err(status) => End::Lost(status),
        }
    }
}

/// One stream while it lives.
struct Stream<'a> {
    attachment: &'a Attachment,
    say: mpsc::Sender<AttachRequest>,
    /// The last operation of an announcement of everything that is not noted yet.
    announced: Option<u64>,
    answered: Instant,
}

impl Stream<'_> {
    async fn run(
        mut self,
        mut heard: Streaming<proto::notification::AttachResponse>,
    ) -> Result<(), Status> {
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shared = &self.attachment.shared;
        let hub = &shared.hub;
        loop {
            tokio::select! {
                () = hub.interests.changed.notified() => {
                    sleep(GATHER).await;
                    while let Some(interest) = hub.interests.take() {
                        self.send(Say::Interest(interest)).await?;
                    }
                }
                answer = heard.message() => match answer?.and_then(|answer| answer.message) {
                    Some(answer) => self.hear(&answer),
                    None => return Err(Status::unavailable("the registry ended the stream")),
                },
                _ = beats.tick() => {
                    if self.answered.elapsed() > PATIENCE {
                        return Err(Status::unavailable("the registry answers no beats"));
                    }
                    let beat = hub.interests.beat(hub.connections(), shared.is_draining());
                    self.send(Say::Beat(beat)).await?;
                }
                () = self.attachment.leave.cancelled() => {
                    return self.leave(heard).await;
                }
            }
        }
    }

    fn hear(&mut self, answer: &Heard) {
        self.answered = Instant::now();
        let hub = &self.attachment.shared.hub;
        match answer {
            Heard::InterestNoted(noted) => {
                hub.interests.note(noted.operation);
                if self.announced.is_some_and(|last| noted.operation >= last) {
                    // What happened while the registration was not there may have gone elsewhere.
                    self.announced = None;
                    self.attachment.component.ready();
                    hub.reconcile_all();
                }
            }
            Heard::BeatNoted(noted) if noted.announce_again && self.announced.is_none() => {
                tracing::info!("the registry forgot this gateway; announcing all topics again");
                self.announced = Some(hub.interests.announce_again());
            }
            Heard::BeatNoted(_) => {}
        }
    }

    async fn leave(
        &self,
        mut heard: Streaming<proto::notification::AttachResponse>,
    ) -> Result<(), Status> {
        self.send(Say::Leave(Leave {})).await?;
        // The registry closes the stream when it has forgotten the gateway.
        let _ = timeout(LEAVE_WITHIN, async {
            while let Ok(Some(_)) = heard.message().await {}
        })
        .await;
        Ok(())
    }

    async fn send(&self, say: Say) -> Result<(), Status> {
        match timeout(PATIENCE, self.say.send(message(say))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Status::unavailable("the registry reads nothing")),
        }
    }
}

fn message(say: Say) -> AttachRequest {
    AttachRequest { message: Some(say) }
}
