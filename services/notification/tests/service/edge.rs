//! A gateway's inner side that notes what it is sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::Stream;
use notification::domain::{Gateway, Incarnation};
use parking_lot::Mutex;
use proto::gateway::edge_service_server::{EdgeService, EdgeServiceServer};
use proto::gateway::{
    DeliverRequest, DeliverResponse, Delivery, DrainRequest, DrainResponse, delivery::Event,
};
use runtime::grpc::Network;
use runtime::{Health, Shutdown};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

/// A gateway that can be slow.
#[derive(Clone)]
pub(crate) struct FakeGateway {
    pub(crate) gateway: Gateway,
    shared: Arc<Shared>,
    shutdown: Shutdown,
}

struct Shared {
    received: Mutex<Vec<Delivery>>,
    acknowledging: watch::Sender<bool>,
    opened: AtomicUsize,
    ended: AtomicUsize,
}

impl FakeGateway {
    /// Listens, but tells nobody.
    pub(crate) async fn start(network: &Network, name: &str, epoch: u64) -> Self {
        let listener = network.listen("127.0.0.1:0").await.unwrap();
        let gateway = Gateway {
            incarnation: Incarnation {
                id: name.parse().unwrap(),
                epoch: epoch.into(),
            },
            address: listener.address().parse().unwrap(),
        };
        let fake = Self {
            gateway,
            shared: Arc::new(Shared {
                received: Mutex::default(),
                acknowledging: watch::Sender::new(true),
                opened: AtomicUsize::default(),
                ended: AtomicUsize::default(),
            }),
            shutdown: Shutdown::new(std::time::Duration::ZERO),
        };
        let routes = Routes::new(EdgeServiceServer::new(fake.clone()));
        let serve = runtime::grpc::serve(listener, routes, Health::new(), fake.shutdown.clone());
        tokio::spawn(serve);
        fake
    }

    /// From now on it acknowledges nothing, or everything again.
    pub(crate) fn acknowledge(&self, acknowledging: bool) {
        self.shared.acknowledging.send_replace(acknowledging);
    }

    /// The `seq` of the room events it was sent, in order and with repetitions.
    pub(crate) fn sequences(&self) -> Vec<i64> {
        let received = self.shared.received.lock();
        let sequences = received
            .iter()
            .filter_map(|delivery| match &delivery.event {
                Some(Event::Room(event)) => Some(event.seq),
                _ => None,
            });
        sequences.collect()
    }

    pub(crate) fn received(&self) -> Vec<Delivery> {
        self.shared.received.lock().clone()
    }

    /// How many delivery streams were opened and have ended.
    pub(crate) fn streams(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (count(&self.shared.opened), count(&self.shared.ended))
    }

    /// Nobody listens any more.
    pub(crate) fn stop(&self) {
        self.shutdown.force();
    }
}

#[tonic::async_trait]
impl EdgeService for FakeGateway {
    type DeliverStream = Pin<Box<dyn Stream<Item = Result<DeliverResponse, Status>> + Send>>;

    async fn deliver(
        &self,
        request: Request<Streaming<DeliverRequest>>,
    ) -> Result<Response<Self::DeliverStream>, Status> {
        let shared = self.shared.clone();
        shared.opened.fetch_add(1, Ordering::SeqCst);
        let (answers, responses) = mpsc::channel(1);
        tokio::spawn(async move {
            let closed = answers.clone();
            tokio::select! {
                () = shared.note(request.into_inner(), answers) => {}
                () = closed.closed() => {}
            }
            shared.ended.fetch_add(1, Ordering::SeqCst);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(responses))))
    }

    async fn drain(&self, _: Request<DrainRequest>) -> Result<Response<DrainResponse>, Status> {
        Err(Status::unimplemented("not used"))
    }
}

impl Shared {
    async fn note(
        &self,
        mut requests: Streaming<DeliverRequest>,
        answers: mpsc::Sender<Result<DeliverResponse, Status>>,
    ) {
        let mut acknowledging = self.acknowledging.subscribe();
        while let Ok(Some(request)) = requests.message().await {
            self.received.lock().extend(request.deliveries);
            acknowledging.wait_for(|on| *on).await.unwrap();
            let batch = request.batch;
            if answers.send(Ok(DeliverResponse { batch })).await.is_err() {
                return;
            }
        }
    }
}
