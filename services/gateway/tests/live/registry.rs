//! A registry that keeps one gateway's topics, and can be told to forget or to be slow.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use proto::notification::attach_request::Message as Said;
use proto::notification::attach_response::Message as Answer;
use proto::notification::registry_service_server::RegistryService;
use proto::notification::*;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

/// Clones share everything.
#[derive(Clone)]
pub struct Registry {
    state: Arc<Mutex<State>>,
    /// Operations wait for a permit each, once the test has taken the free ones.
    pub operations: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    topics: BTreeSet<String>,
    hellos: usize,
    beat: Beat,
    left: bool,
    forgot: bool,
    redeemed: HashSet<String>,
    loses_answer: bool,
    streams: Vec<mpsc::Sender<Result<AttachResponse, Status>>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            operations: Arc::new(Semaphore::new(100_000)),
        }
    }
}

impl Registry {
    pub fn has(&self, topic: &str) -> bool {
        self.state.lock().unwrap().topics.contains(topic)
    }

    pub fn hellos(&self) -> usize {
        self.state.lock().unwrap().hellos
    }

    /// As the last beat told.
    pub fn is_draining(&self) -> bool {
        self.state.lock().unwrap().beat.draining
    }

    pub fn was_left(&self) -> bool {
        self.state.lock().unwrap().left
    }

    /// Loses everything, as an empty Redis does; the next beat tells.
    pub fn forget(&self) {
        let mut state = self.state.lock().unwrap();
        state.topics.clear();
        state.forgot = true;
    }

    /// Cuts all streams.
    pub fn cut(&self) {
        for stream in self.state.lock().unwrap().streams.drain(..) {
            let _ = stream.try_send(Err(Status::unavailable("cut")));
        }
    }

    /// The next ticket is redeemed, and nobody is told.
    pub fn loses_answer(&self) {
        self.state.lock().unwrap().loses_answer = true;
    }

    async fn hear(&self, said: Said) -> Option<Answer> {
        if matches!(said, Said::Interest(_)) {
            self.operations.acquire().await.unwrap().forget();
        }
        let mut state = self.state.lock().unwrap();
        match said {
            Said::Hello(_) => {
                state.hellos += 1;
                None
            }
            Said::Interest(interest) => {
                if interest.reset {
                    state.topics.clear();
                    state.forgot = false;
                }
                for topic in &interest.remove {
                    state.topics.remove(topic);
                }
                state.topics.extend(interest.add);
                let operation = interest.operation;
                Some(Answer::InterestNoted(InterestNoted { operation }))
            }
            Said::Beat(beat) => {
                state.beat = beat;
                let differs = beat.topics != state.topics.len() as u64;
                Some(Answer::BeatNoted(BeatNoted {
                    announce_again: state.forgot || differs,
                }))
            }
            Said::Leave(_) => {
                state.left = true;
                None
            }
        }
    }
}

#[tonic::async_trait]
impl RegistryService for Registry {
    type AttachStream = ReceiverStream<Result<AttachResponse, Status>>;

    async fn attach(
        &self,
        request: Request<Streaming<AttachRequest>>,
    ) -> Result<Response<Self::AttachStream>, Status> {
        let (answers, answering) = mpsc::channel(64);
        self.state.lock().unwrap().streams.push(answers.clone());
        let registry = self.clone();
        let mut said = request.into_inner();
        tokio::spawn(async move {
            while let Ok(Some(AttachRequest {
                message: Some(said),
            })) = said.message().await
            {
                let leaves = matches!(said, Said::Leave(_));
                if let Some(answer) = registry.hear(said).await {
                    let message = Some(answer);
                    let _ = answers.send(Ok(AttachResponse { message })).await;
                }
                if leaves {
                    registry.state.lock().unwrap().streams.clear();
                    return;
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(answering)))
    }

    async fn redeem_ticket(
        &self,
        request: Request<RedeemTicketRequest>,
    ) -> Result<Response<RedeemTicketResponse>, Status> {
        let ticket = request.into_inner().ticket_id;
        let mut state = self.state.lock().unwrap();
        let first_use = state.redeemed.insert(ticket);
        if std::mem::take(&mut state.loses_answer) {
            return Err(Status::unavailable("the connection broke"));
        }
        Ok(Response::new(RedeemTicketResponse { first_use }))
    }

    async fn list_gateways(
        &self,
        _: Request<ListGatewaysRequest>,
    ) -> Result<Response<ListGatewaysResponse>, Status> {
        Err(Status::unimplemented("not used"))
    }
}
