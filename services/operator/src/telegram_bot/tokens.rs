//! The bots' tokens, as they were seen last.

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;

use crate::context::Context;
use crate::ports::SecretValue;
use crate::resources::SecretKeyRef;

/// By where they lie. A token is read when its own bot is looked at, which a change of its Secret brings about:
/// all of them are in the file, and many bots would each read the Secrets of all.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<SecretKeyRef, SecretValue>>);

impl Tokens {
    /// Reads it, or what is missing.
    pub(super) async fn look(
        &self,
        context: &Context,
        at: &SecretKeyRef,
    ) -> kube::Result<SecretValue> {
        let token = context.secret(at).await?;
        self.0.lock().insert(at.clone(), token.clone());
        Ok(token)
    }

    /// As it was seen last. One that was not seen yet is read.
    pub(super) async fn known(
        &self,
        context: &Context,
        at: &SecretKeyRef,
    ) -> kube::Result<SecretValue> {
        let known = self.0.lock().get(at).cloned();
        match known {
            Some(token) => Ok(token),
            None => self.look(context, at).await,
        }
    }

    /// Forgets all others.
    pub(super) fn keep(&self, these: &HashSet<&SecretKeyRef>) {
        self.0.lock().retain(|at, _| these.contains(at));
    }
}
