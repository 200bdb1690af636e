//! Whether a migration is to run, and what its Job says.

use serde::Deserialize;

use super::digest;
use crate::resources::messenger::{MessengerSpec, MigrationPolicy, MigrationStatus};

/// Approves the migration to the version that it names, where the policy is `Manual`.
pub const APPROVAL: &str = "chappe.dev/approve-migration";

/// What a migration's Job has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// There is none.
    Absent,
    /// It has not ended.
    Running,
    /// It has done its work.
    Complete(Report),
    /// It was given up; why.
    Failed(String),
}

/// What `chat migrate` tells in the container's termination message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Report {
    /// The schema before.
    #[serde(default)]
    pub from: Option<i64>,
    /// The schema after.
    #[serde(default)]
    pub to: Option<i64>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
}

impl Report {
    /// Reads a termination message; one that is none of ours is an error's text.
    pub fn read(message: &str) -> Self {
        serde_json::from_str(message).unwrap_or_else(|_| Self {
            error: (!message.trim().is_empty()).then(|| message.trim().to_owned()),
            ..Self::default()
        })
    }
}

/// What is done about the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is up to date for this version.
    Done,
    /// The Job is to be made.
    Start,
    /// A Job of this name did its work before the schema moved on: it is removed, and made again.
    Repeat,
    /// Somebody has to approve it.
    AwaitApproval,
    /// The Job is at work.
    Wait,
    /// The Job has just ended well.
    Finish(Report),
    /// The Job was given up.
    Fail(String),
}

/// The Job's name: another one for each version and image, so that one that failed is never taken for the
/// next; and for each life (`uid`) of the resource, which may be on another database.
pub fn job_name(messenger: &str, uid: &str, spec: &MessengerSpec) -> String {
    let bot = spec.migration.bot_image.as_deref().unwrap_or_default();
    let digest = digest::of(&[uid, &spec.version, &spec.migration.image, bot]);
    // A Job's name is a label of its Pods: at most 63 characters.
    let messenger: String = messenger.chars().take(40).collect();
    let messenger = messenger.trim_end_matches(|last: char| !last.is_ascii_alphanumeric());
    format!("{messenger}-migrate-{digest}")
}

/// Whether this Job is known to have done its work: it is not looked at any more.
pub fn is_done(before: Option<&MigrationStatus>, job_name: &str) -> bool {
    before.is_some_and(|last| last.job == job_name && last.completed_at.is_some())
}

/// Decides what to do about the schema.
pub fn decide(
    spec: &MessengerSpec,
    before: Option<&MigrationStatus>,
    job_name: &str,
    job: Job,
    approved: Option<&str>,
) -> Decision {
    let ours = before.is_some_and(|last| last.job == job_name);
    match job {
        _ if is_done(before, job_name) => Decision::Done,
        Job::Running => Decision::Wait,
        Job::Complete(_) if before.is_some() && !ours => Decision::Repeat,
        Job::Complete(report) => Decision::Finish(report),
        Job::Failed(reason) => Decision::Fail(reason),
        Job::Absent => match spec.migration.policy {
            MigrationPolicy::Manual if approved != Some(spec.version.as_str()) => {
                Decision::AwaitApproval
            }
            MigrationPolicy::Manual | MigrationPolicy::Auto => Decision::Start,
        },
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::fixtures::messenger_spec;

    #[test]
    fn each_version_and_image_has_a_job_of_its_own() {
        let one = messenger_spec();
        let mut other = one.clone();
        assert_eq!(
            job_name("chappe", "1", &one),
            job_name("chappe", "1", &other)
        );
        other.migration.image.push('x');
        assert_ne!(
            job_name("chappe", "1", &one),
            job_name("chappe", "1", &other)
        );
        assert!(job_name(&"m".repeat(200), "1", &one).len() <= 63);
    }

    #[test]
    fn a_job_of_the_same_version_from_before_another_one_is_run_again() {
        let spec = messenger_spec();
        let other = MigrationStatus {
            job: "other".into(),
            ..MigrationStatus::default()
        };
        let complete = Job::Complete(Report::default());
        let decision = decide(&spec, Some(&other), "job", complete, None);
        assert_eq!(decision, Decision::Repeat);
    }

    #[test]
    fn a_migration_runs_once_and_is_not_repeated_when_its_job_is_gone() {
        let spec = messenger_spec();
        assert_eq!(
            decide(&spec, None, "job", Job::Absent, None),
            Decision::Start
        );
        assert_eq!(
            decide(&spec, None, "job", Job::Running, None),
            Decision::Wait
        );
        let done = MigrationStatus {
            job: "job".into(),
            completed_at: Some(Time(Timestamp::UNIX_EPOCH)),
            ..MigrationStatus::default()
        };
        assert_eq!(
            decide(&spec, Some(&done), "job", Job::Absent, None),
            Decision::Done
        );
        assert_eq!(
            decide(&spec, Some(&done), "next", Job::Absent, None),
            Decision::Start
        );
    }

    #[test]
    fn a_failed_migration_stays_failed_until_its_job_is_removed() {
        let spec = messenger_spec();
        let failed = Job::Failed("no such host".into());
        let decision = decide(&spec, None, "job", failed, None);
        assert_eq!(decision, Decision::Fail("no such host".into()));
    }

    #[test]
    fn a_manual_migration_waits_for_the_approval_of_its_version() {
        let mut spec = messenger_spec();
        spec.migration.policy = MigrationPolicy::Manual;
        for (approved, decision) in [
            (None, Decision::AwaitApproval),
            (Some("0.0.1"), Decision::AwaitApproval),
            (Some(spec.version.clone().as_str()), Decision::Start),
        ] {
            assert_eq!(decide(&spec, None, "job", Job::Absent, approved), decision);
        }
    }

    #[test]
    fn a_report_that_is_no_json_is_a_reason() {
        let report = Report::read(r#"{"from":0,"to":1}"#);
        assert_eq!((report.from, report.to), (Some(0), Some(1)));
        assert_eq!(Report::read("killed\n").error.as_deref(), Some("killed"));
        assert_eq!(Report::read(" ").error, None);
    }
}
