//! The way to one gateway: a stream that is dialled again as long as the gateway is there.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::Hold;
use crate::application::Metrics;
use crate::application::ports::{Batch, Delivery, DeliveryFailed, DeliveryStream, Dial, Registry};
use crate::domain::{Address, Incarnation};

/// An answer to a dial is waited for so long.
const DIAL_WITHIN: Duration = Duration::from_secs(1);

/// Pauses between dials grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// What one gateway is to get at once.
pub(in crate::application) struct Job {
    pub(super) deliveries: Vec<Delivery>,
    pub(super) handed_over: Instant,
    /// When it is given up.
    pub(super) deadline: Instant,
    pub(super) _hold: Hold,
}

/// The sending end. Dropping it gives up whatever is under way.
pub(super) struct Link {
    /// Bounded by the router, which hands over no more while too much is under way.
    jobs: mpsc::UnboundedSender<Job>,
    shared: Arc<Shared>,
    _worker: AbortOnDropHandle<()>,
}

struct Shared {
    address: Address,
    connected: AtomicBool,
    owner: Mutex<Owner>,
}

struct Owner {
    /// Unknown for an address that only the configured name led to.
    incarnation: Option<Incarnation>,
    wanted: Instant,
}

impl Link {
    pub(super) fn open(
        address: Address,
        dial: Arc<dyn Dial>,
        registry: Arc<dyn Registry>,
        metrics: Metrics,
    ) -> Self {
        let (sender, jobs) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            address,
            connected: AtomicBool::new(false),
            owner: Mutex::new(Owner {
                incarnation: None,
                wanted: Instant::now(),
            }),
        });
        let worker = Worker {
            shared: shared.clone(),
            dial,
            registry,
            metrics,
            jobs,
            waiting: VecDeque::new(),
            missed: false,
        };
        Self {
            jobs: sender,
            shared,
            _worker: AbortOnDropHandle::new(tokio::spawn(worker.run())),
        }
    }

    pub(super) fn send(&self, job: Job) {
        // The worker ends only with this link.
        let _ = self.jobs.send(job);
    }

    pub(super) fn is_connected(&self) -> bool {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// Notes that the gateway is present, and which life of it is.
    pub(super) fn want(&self, incarnation: Option<&Incarnation>) {
        let mut owner = self.shared.owner.lock();
        owner.wanted = Instant::now();
        if incarnation.is_some() && owner.incarnation.as_ref() != incarnation {
            owner.incarnation = incarnation.cloned();
        }
    }

    /// When the gateway was last present.
    pub(super) fn wanted(&self) -> Instant {
        self.shared.owner.lock().wanted
    }
}

struct Worker {
    shared: Arc<Shared>,
    dial: Arc<dyn Dial>,
    registry: Arc<dyn Registry>,
    metrics: Metrics,
    jobs: mpsc::UnboundedReceiver<Job>,
    /// Handed over and not acknowledged, oldest first.
    waiting: VecDeque<Job>,
    /// Something was given up, and the registry does not know yet.
    missed: bool,
}

/// Why a stream is no longer used.
enum Ended {
    /// The link is closed.
    Closed,
    /// It broke, or was cut: after so many acknowledgements.
    Lost { reason: String, acknowledged: u64 },
}

impl Worker {
    async fn run(mut self) {
        // `None`: the link is closed.
        while self.keep_dialling().await.is_some() {}
    }

    async fn keep_dialling(&mut self) -> Option<()> {
        let mut pause = PAUSES.0;
        loop {
            self.tell_missed().await?;
            let reason = match self.dial_once().await? {
                Err(failed) => failed.0,
                Ok(stream) => {
                    self.tell_missed().await?;
                    self.shared.connected.store(true, Ordering::Relaxed);
                    let ended = self.pump(stream).await;
                    self.shared.connected.store(false, Ordering::Relaxed);
                    match ended {
                        Ended::Closed => return None,
                        Ended::Lost {
                            reason,
                            acknowledged,
                        } => {
                            if acknowledged > 0 {
                                pause = PAUSES.0;
                            }
                            reason
                        }
                    }
                }
            };
            tracing::debug!(gateway = %self.shared.address, reason, "dialling the gateway again");
            self.meanwhile(sleep(pause)).await?;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn dial_once(&mut self) -> Option<Result<DeliveryStream, DeliveryFailed>> {
        let dial = self.dial.clone();
        let shared = self.shared.clone();
        let open = async move {
            timeout(DIAL_WITHIN, dial.open(&shared.address))
                .await
                .unwrap_or_else(|_| Err(DeliveryFailed("no answer to the dial".into())))
        };
        self.meanwhile(open).await
    }

    /// Has the gateway look for what it missed, at its next beat.
    async fn tell_missed(&mut self) -> Option<()> {
        let incarnation = self.shared.owner.lock().incarnation.clone();
        let Some(incarnation) = incarnation.filter(|_| self.missed) else {
            return Some(());
        };
        // Whatever is given up from here on is told the next time.
        self.missed = false;
        let registry = self.registry.clone();
        let doubt = async move { registry.doubt(&incarnation).await };
        if self.meanwhile(doubt).await?.is_err() {
            self.missed = true;
        }
        Some(())
    }

    /// Does something while taking jobs and giving up those that are overdue. `None` when the link is
    /// closed.
    async fn meanwhile<T>(&mut self, task: impl Future<Output = T>) -> Option<T> {
        let mut task = pin!(task);
        loop {
            tokio::select! {
                output = &mut task => return Some(output),
                job = self.jobs.recv() => self.waiting.push_back(job?),
                () = overdue(&self.waiting) => self.give_up_overdue(),
            }
        }
    }

    /// Sends what is waiting, from the first that is not acknowledged, without waiting for
    /// acknowledgements in between.
    async fn pump(&mut self, stream: DeliveryStream) -> Ended {
        let DeliveryStream {
            outgoing,
            acknowledged: mut acks,
        } = stream;
        let mut acknowledged = 0;
        // How many of `waiting` were sent on this stream; the first has number `acknowledged` + 1.
        let mut sent = 0;
        let reason = loop {
            tokio::select! {
                ack = acks.next() => match ack {
                    Some(Ok(number)) => while acknowledged < number && sent > 0 {
                        acknowledged += 1;
                        sent -= 1;
                        self.acknowledge_first();
                    },
                    Some(Err(failed)) => break failed.0,
                    None => break "the gateway closed the stream".into(),
                },
                permit = outgoing.reserve(), if sent < self.waiting.len() => match permit {
                    Ok(permit) => {
                        permit.send(Batch {
                            number: acknowledged + sent as u64 + 1,
                            deliveries: self.waiting[sent].deliveries.clone(),
                        });
                        sent += 1;
                    }
                    Err(_) => break "the stream broke".into(),
                },
                job = self.jobs.recv() => match job {
                    Some(job) => self.waiting.push_back(job),
                    None => return Ended::Closed,
                },
                () = overdue(&self.waiting) => {
                    self.give_up_overdue();
                    tracing::warn!(gateway = %self.shared.address,
                        "cutting the stream: no acknowledgement in time");
                    break "cut".into();
                }
            }
        };
        Ended::Lost {
            reason,
            acknowledged,
        }
    }

    fn acknowledge_first(&mut self) {
        if let Some(job) = self.waiting.pop_front() {
            self.metrics
                .acknowledged(job.deliveries.len(), job.handed_over.elapsed());
        }
    }

    fn give_up_overdue(&mut self) {
        let now = Instant::now();
        while let Some(job) = self.waiting.pop_front_if(|job| job.deadline <= now) {
            self.missed = true;
            self.metrics.given_up(job.deliveries.len());
        }
    }
}

/// Waits until the oldest job is overdue; for ever when there is none.
async fn overdue(waiting: &VecDeque<Job>) {
    match waiting.front() {
        Some(job) => sleep_until(job.deadline).await,
        None => std::future::pending().await,
    }
}
