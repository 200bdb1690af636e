//! The schema, before, during and after new versions.

use std::time::Duration;

use e2e::cluster::{MESSENGER, deployment};
use e2e::eventually;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use url::Url;

use crate::{Stage, figure};

const SOON: Duration = Duration::from_mins(1);

pub(crate) async fn an_upgrade_loses_nothing_and_is_finished_by_the_operators_successor(
    stage: &Stage,
) {
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let crowd = installation.crowd().await;

    let upgrading = async {
        // Whoever looks into the schema waits until this is released, and so does the migration.
        let mut database = PgConnection::connect(&installation.database).await.unwrap();
        let mut held = database.begin().await.unwrap();
        held.execute("lock table _sqlx_migrations in access exclusive mode")
            .await
            .unwrap();
        installation
            .upgrade(&stage.charts, &json!({}))
            .await
            .unwrap();
        let migrating = ("False", "Migrating");
        kubectl
            .turns(MESSENGER, "SchemaMigrated", migrating, SOON)
            .await
            .unwrap();
        for operator in installation.pods("operator").await.unwrap() {
            kubectl.kill(&operator).await.unwrap();
        }
        held.rollback().await.unwrap();
        database.close().await.unwrap();

        let done = ("True", "UpToDate");
        kubectl
            .turns(MESSENGER, "SchemaMigrated", done, SOON)
            .await
            .unwrap();
        installation.settled().await.unwrap();
    };
    let ((), outcome) = crowd.write_during(upgrading).await;

    figure("upgrade of everything at once", &outcome);
    outcome.assert_whole();
    let messenger = kubectl.get(MESSENGER).await.unwrap();
    assert_eq!(messenger["status"]["version"], messenger["spec"]["version"]);
    installation.test().await.unwrap();
}

pub(crate) async fn a_failing_migration_stops_the_rollout_and_the_old_version_serves_on(
    stage: &Stage,
) {
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let mut nobodys = Url::parse(&installation.database).unwrap();
    nobodys.set_username("nobody").unwrap();
    let before = installation.pods("chat").await.unwrap();

    // A new version, and no way to the database.
    installation.forget_database().await.unwrap();
    let newer = json!({ "spec": { "version": "0.2.0", "migration": { "backoffLimit": 0 } } });
    kubectl.patch(MESSENGER, &newer).await.unwrap();
    let missing = ("False", "SecretMissing");
    let message = kubectl
        .turns(MESSENGER, "SchemaMigrated", missing, SOON)
        .await
        .unwrap();
    assert!(message.contains("database"), "{message}");

    installation.set_database(nobodys.as_str()).await.unwrap();
    let failed = ("False", "MigrationFailed");
    let message = kubectl
        .turns(MESSENGER, "SchemaMigrated", failed, SOON)
        .await
        .unwrap();
    assert!(
        message.contains(r#"role "nobody" does not exist"#),
        "{message}"
    );
    let degraded = kubectl
        .condition(MESSENGER, "Degraded")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (degraded.status.as_str(), degraded.reason.as_str()),
        ("True", "MigrationFailed")
    );

    // New pods, which can't begin without a migration.
    restart_chat(stage).await;
    installation.serves().await;
    let now = installation.pods("chat").await.unwrap();
    assert!(
        before.iter().all(|pod| now.contains(pod)),
        "an old pod went before a new one was ready"
    );
    let told = kubectl
        .condition(MESSENGER, "Ready")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told.status, "True", "{told:?}");

    // Mended, as the condition says: the cause first, then the failed Job.
    installation
        .set_database(&installation.database)
        .await
        .unwrap();
    let messenger = kubectl.get(MESSENGER).await.unwrap();
    let job = messenger["status"]["migration"]["job"].as_str().unwrap();
    assert!(message.contains(job), "{message}");
    kubectl.delete(&format!("job/{job}"), SOON).await.unwrap();
    let done = ("True", "UpToDate");
    kubectl
        .turns(MESSENGER, "SchemaMigrated", done, SOON)
        .await
        .unwrap();
    restart_chat(stage).await;
    installation.whole("chat", &before).await.unwrap();

    installation
        .upgrade(&stage.charts, &json!({}))
        .await
        .unwrap();
    installation.settled().await.unwrap();
    installation.serves().await;
}

pub(crate) async fn a_binary_that_is_older_than_the_schema_refuses_to_start(stage: &Stage) {
    let installation = &stage.installation;
    let before = installation.pods("chat").await.unwrap();
    let set_oldest = async |oldest: &str| {
        let mut database = PgConnection::connect(&installation.database).await.unwrap();
        let statement = format!("update life set oldest_binary = {oldest}");
        database
            .execute(sqlx::AssertSqlSafe(statement))
            .await
            .unwrap();
        database.close().await.unwrap();
    };

    set_oldest("oldest_binary + 1000").await;
    restart_chat(stage).await;
    let said = eventually("a new chat has refused to start", SOON, async || {
        let pods = installation
            .kubectl
            .list("pods", "app.kubernetes.io/name=chat")
            .await
            .ok()?;
        pods.iter().find_map(last_words)
    })
    .await;
    assert!(said.contains("the database has moved on"), "{said}");
    installation.serves().await;
    let now = installation.pods("chat").await.unwrap();
    assert!(
        before.iter().all(|pod| now.contains(pod)),
        "an old pod went"
    );

    set_oldest("oldest_binary - 1000").await;
    restart_chat(stage).await;
    installation.whole("chat", &before).await.unwrap();
    installation.settled().await.unwrap();
}

async fn restart_chat(stage: &Stage) {
    let arguments = ["rollout", "restart", &deployment("chat")];
    stage.installation.kubectl.run(&arguments).await.unwrap();
}

/// What a container said at its end, if one has ended badly.
fn last_words(pod: &Value) -> Option<String> {
    let status = &pod["status"]["containerStatuses"][0];
    ["state", "lastState"].iter().find_map(|state| {
        let ended = &status[*state]["terminated"];
        (ended["exitCode"].as_i64()? != 0).then(|| ended["message"].to_string())
    })
}
