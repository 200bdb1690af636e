//! The charts, packed as for a release.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::command;

/// How long packing may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The charts of one version, in a folder of their own: packing them changes nothing in the repository.
#[derive(Debug)]
pub struct Charts {
    folder: TempDir,
}

impl Charts {
    /// As they are.
    pub async fn current() -> Result<Self> {
        let charts = Self::copy().await?;
        charts.pack().await?;
        Ok(charts)
    }

    /// The version before. There was no release yet, so it is the same files under an older version.
    pub async fn previous() -> Result<Self> {
        let charts = Self::copy().await?;
        let umbrella = std::fs::read_to_string(charts.umbrella().join("Chart.yaml"))?;
        let version = umbrella
            .lines()
            .find_map(|line| line.strip_prefix("version: "))
            .context("a chart has a version")?;
        for entry in std::fs::read_dir(charts.folder.path().join("charts"))? {
            let path = entry?.path().join("Chart.yaml");
            if path.exists() {
                let chart = std::fs::read_to_string(&path)?;
                std::fs::write(&path, chart.replace(version, "0.0.1"))?;
            }
        }
        charts.pack().await?;
        Ok(charts)
    }

    /// The chart that installs everything.
    pub fn umbrella(&self) -> PathBuf {
        self.folder.path().join("charts/chappe")
    }

    async fn copy() -> Result<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("scripts"))?;
        for part in ["charts", "scripts/charts"] {
            let (from, to) = (repository.join(part), folder.path().join(part));
            let arguments = ["-r".as_ref(), from.as_os_str(), to.as_os_str()];
            command::run("cp", &arguments, "", PATIENCE).await?;
        }
        Ok(Self { folder })
    }

    async fn pack(&self) -> Result<()> {
        let script = self.folder.path().join("scripts/charts");
        let script = script.to_str().context("a path in UTF-8")?;
        command::run(script, &["dependencies"], "", PATIENCE).await?;
        Ok(())
    }
}
