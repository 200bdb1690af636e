//! The folder of everything that is kept, for one process at a time.

use std::{
    fs::{DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

const DATABASE: &str = "chappe.sqlite";

/// The folder, held until it is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Two processes on one file would each take themselves for the only consumer of the event log.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder when it is missing, and takes it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Self> {
        // Password hashes and the signing key are in it.
        let mut folder = DirBuilder::new();
        folder
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("--data: cannot make the folder {}", path.display()))?;
        let lock = path.join("lock");
        let lock = File::create(&lock)
            .with_context(|| format!("--data: cannot write {}", lock.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => bail!(
                "--data: another Chappe runs on {}; stop it or choose another folder",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("--data: cannot lock {}", path.display()))
            }
        }
    }

    /// Takes a folder in which a Chappe has run.
    pub(crate) fn take_existing(path: &Path) -> anyhow::Result<Self> {
        if !path.join(DATABASE).exists() {
            bail!("--data: there is no Chappe in {}", path.display());
        }
        Self::take(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The one database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_has_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new");
        let first = DataFolder::take(&path).unwrap();
        let refused = DataFolder::take(&path).unwrap_err().to_string();
        assert!(refused.contains("another Chappe runs on"), "{refused}");
        drop(first);
        DataFolder::take(&path).unwrap();
    }

    #[test]
    fn a_folder_without_a_database_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new");
        let refused = DataFolder::take_existing(&path).unwrap_err().to_string();
        assert!(refused.contains("there is no Chappe in"), "{refused}");
        assert!(!path.exists());
    }
}
