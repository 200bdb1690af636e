//! Telling when everybody is done with something.

use std::convert::Infallible;

use tokio::sync::mpsc;

/// Whoever has one of these is not done yet.
#[derive(Clone)]
pub struct Hold {
    _end: mpsc::Sender<Infallible>,
}

/// Waits until all [`Hold`]s are let go.
pub struct Pending(mpsc::Receiver<Infallible>);

impl Hold {
    /// A first hold, to be cloned, and what waits for all of them.
    pub fn new() -> (Self, Pending) {
        let (sender, receiver) = mpsc::channel(1);
        (Self { _end: sender }, Pending(receiver))
    }
}

impl Pending {
    /// Returns when nobody holds on any more. Can be cancelled and called again.
    pub async fn done(&mut self) {
        let message = self.0.recv().await;
        debug_assert!(message.is_none(), "holds send nothing");
    }
}
