//! What the binary does besides serving, and how it starts on databases of every age: on Postgres, which
//! `CHAPPE_TEST_POSTGRES_URL` names, and on SQLite.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

#[path = "contract/fresh_postgres.rs"]
mod fresh_postgres;

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(30);

/// A database that nobody used before.
struct Place {
    url: SecretString,
    /// Where the adapter notes its migrations.
    migrations: &'static str,
    folder: TempDir,
}

impl Place {
    async fn postgres() -> Self {
        Self {
            url: fresh_postgres::url().await,
            migrations: "_sqlx_migrations",
            folder: tempfile::tempdir().unwrap(),
        }
    }

    #[expect(clippy::unused_async, reason = "on Postgres it is one")]
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chat.sqlite");
        Self {
            url: format!("sqlite:{}", file.display()).into(),
            migrations: "_chat_migrations",
            folder,
        }
    }

    async fn execute(&self, sql: &str) {
        let Some(file) = self.url.expose_secret().strip_prefix("sqlite:") else {
            return fresh_postgres::execute(&self.url, sql).await;
        };
        let mut connection = SqliteConnection::connect(file).await.unwrap();
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// A later version was here, and left a database on which older binaries work.
    async fn is_migrated_by_a_later_version(&self) {
        let noted = format!(
            "INSERT INTO {} (version, description, success, checksum, execution_time) \
             VALUES (99, 'later', true, 'sum', 0)",
            self.migrations
        );
        self.execute(&noted).await;
    }

    /// As the version left it that had one migration.
    async fn is_of_schema_1(&self) {
        self.execute("ALTER TABLE refresh_tokens DROP COLUMN used_at")
            .await;
        let forget = format!("DELETE FROM {} WHERE version > 1", self.migrations);
        self.execute(&forget).await;
    }

    /// An id and a time in the database's SQL.
    fn literals(&self) -> (&'static str, &'static str) {
        if self.url.expose_secret().starts_with("sqlite:") {
            ("x'01936b2e7c0070008000000000000001'", "0")
        } else {
            ("'01936b2e-7c00-7000-8000-000000000001'", "now()")
        }
    }

    async fn has_moved_on(&self) {
        self.is_migrated_by_a_later_version().await;
        self.execute("UPDATE life SET oldest_binary = 99").await;
    }

    fn report(&self) -> PathBuf {
        self.folder.path().join("report")
    }

    fn chat(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chat"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CHAPPE_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("CHAPPE_DATABASE_URL", self.url.expose_secret())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.chat(arguments).output().unwrap()
    }

    /// Migrates; the report.
    fn migrate(&self) -> String {
        let report = self.report();
        let output = self
            .chat(&["migrate"])
            .env("CHAPPE_MIGRATION_REPORT", &report)
            .output()
            .unwrap();
        let report = std::fs::read_to_string(report).unwrap();
        assert_eq!(output.status.success(), report.contains("\"to\""));
        if !output.status.success() {
            assert_eq!(output.status.code(), Some(1));
        }
        report
    }

    fn serve(&self, migrations: &str) -> Served {
        let admin = free_address();
        let child = self
            .chat(&[])
            .env("CHAPPE_MIGRATIONS", migrations)
            .env("CHAPPE_ADMIN_LISTEN", admin.to_string())
            .env("CHAPPE_LISTEN", "127.0.0.1:0")
            // Nobody is there: facts wait in the outbox.
            .env("CHAPPE_BUS_URL", "kafka:127.0.0.1:1")
            .env("CHAPPE_INTERNAL_CREDENTIAL", "services-of-one-test")
            .env("CHAPPE_LOG", "off")
            .spawn()
            .unwrap();
        Served { child, admin }
    }
}

/// A process that ends with the test.
struct Served {
    child: Child,
    admin: SocketAddr,
}

/// Where nobody listens. On a loopback address of its own: a port of 127.0.0.1 that is free now may be another
/// connection's when the process begins to listen.
fn free_address() -> SocketAddr {
    static LAST: AtomicU8 = AtomicU8::new(0);
    let own = Ipv4Addr::new(127, 77, 0, LAST.fetch_add(1, Ordering::Relaxed) + 1);
    let listener = TcpListener::bind((own, 0)).unwrap();
    listener.local_addr().unwrap()
}

impl Served {
    fn readiness(&self) -> Option<String> {
        let mut stream = TcpStream::connect(self.admin).ok()?;
        write!(
            stream,
            "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    async fn says(&mut self, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.readiness();
            if said.as_ref().is_some_and(|said| said.contains(what)) {
                return;
            }
            assert_eq!(self.child.try_wait().unwrap(), None, "it ended");
            assert!(Instant::now() < deadline, "it says {said:?}, not {what}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// SIGTERM; whether it ended well.
    async fn stop(mut self) -> bool {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < deadline, "it does not stop");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_owned()).unwrap()
}

/// Each on a database of its own, of both kinds.
macro_rules! on_both {
    ($($name:ident,)+) => {
        mod postgres {
            $(#[tokio::test]
            async fn $name() { super::$name(super::Place::postgres().await).await; })+
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $name() { super::$name(super::Place::sqlite().await).await; })+
        }
    };
}

on_both! {
    a_migration_reports_what_it_did,
    a_database_of_the_previous_version_keeps_its_log_ins_and_goes_on_serving_it,
    a_database_that_has_moved_on_is_refused,
    an_older_binary_works_on_a_newer_database_that_serves_it,
    a_process_waits_for_its_schema_and_goes_on_when_it_is_there,
    a_process_that_waits_for_its_schema_stops_in_order,
    a_new_epoch_follows_another,
    a_database_without_tables_has_no_epoch,
}

async fn a_migration_reports_what_it_did(place: Place) {
    assert_eq!(place.migrate(), "{\"from\":0,\"to\":2}\n");
    assert_eq!(place.migrate(), "{\"from\":2,\"to\":2}\n");
    let output = place.run(&["migrate"]);
    assert!(output.status.success());
    assert_eq!(
        text(&output.stdout),
        "the schema is up to date, at migration 2\n"
    );
}

async fn a_database_of_the_previous_version_keeps_its_log_ins_and_goes_on_serving_it(place: Place) {
    place.migrate();
    place.is_of_schema_1().await;
    let (some, time) = place.literals();
    place
        .execute(&format!(
            "INSERT INTO users (id, username, display_name, name_key, kind, created_at)
             VALUES ({some}, 'anna', 'Anna', 'anna', 1, {time})"
        ))
        .await;
    place
        .execute(&format!(
            "INSERT INTO session_families (id, user_id, opened_at, expires_at)
             VALUES ({some}, {some}, {time}, {time})"
        ))
        .await;
    // As the version before does it.
    let add = format!(
        "INSERT INTO refresh_tokens (hash, family_id, expires_at) VALUES ({some}, {some}, {time})"
    );
    let exchange = "UPDATE refresh_tokens SET used = true";
    place.execute(&add).await;
    place.execute(exchange).await;

    assert_eq!(place.migrate(), "{\"from\":1,\"to\":2}\n");
    // Fails where the row is not as it was.
    place
        .execute("INSERT INTO refresh_tokens SELECT * FROM refresh_tokens WHERE NOT used OR used_at IS NOT NULL")
        .await;
    place.execute("DELETE FROM refresh_tokens WHERE used").await;
    place.execute(&add).await;
    place.execute(exchange).await;
}

async fn a_database_that_has_moved_on_is_refused(place: Place) {
    place.migrate();
    place.has_moved_on().await;
    let report = place.migrate();
    assert!(report.contains("start a newer version"), "{report}");
    for command in [&["new-epoch"][..], &["migrate"]] {
        let output = place.run(command);
        let refused = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{refused}");
        assert!(refused.contains("start a newer version"), "{refused}");
    }
    for migrations in ["apply", "await"] {
        let mut served = place.serve(migrations);
        let deadline = Instant::now() + PATIENCE;
        while served.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it serves");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn an_older_binary_works_on_a_newer_database_that_serves_it(place: Place) {
    place.migrate();
    place.is_migrated_by_a_later_version().await;
    assert_eq!(place.migrate(), "{\"from\":99,\"to\":99}\n");
    for migrations in ["apply", "await"] {
        let mut served = place.serve(migrations);
        served.says("200 OK").await;
        assert!(served.stop().await);
    }
}

async fn a_process_waits_for_its_schema_and_goes_on_when_it_is_there(place: Place) {
    let mut served = place.serve("await");
    served
        .says("schema: waits for migration 2, the database is at 0")
        .await;
    place.migrate();
    served.says("200 OK").await;
    assert!(served.stop().await);
}

async fn a_process_that_waits_for_its_schema_stops_in_order(place: Place) {
    let mut served = place.serve("await");
    served.says("waits for migration 2").await;
    assert!(served.stop().await);
}

async fn a_new_epoch_follows_another(place: Place) {
    place.migrate();
    let mut epochs = Vec::new();
    for _ in 0..2 {
        let output = place.run(&["new-epoch"]);
        let told = text(&output.stdout);
        assert!(output.status.success(), "{told}");
        let words: Vec<String> = told.split(' ').map(str::to_owned).collect();
        assert_eq!(words[..3], ["the", "epoch", "was"]);
        epochs.push((words[3].clone(), words[6].clone()));
    }
    let [(first, second), (again, third)] = &epochs[..] else {
        panic!("two commands ran");
    };
    assert_eq!(second, again);
    assert!(first != second && second != third, "{epochs:?}");
}

async fn a_database_without_tables_has_no_epoch(place: Place) {
    let output = place.run(&["new-epoch"]);
    let refused = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{refused}");
    assert!(refused.contains("`migrate`"), "{refused}");
}

#[tokio::test]
async fn a_failed_migration_reports_why_and_no_secret() {
    let mut place = Place::sqlite().await;
    place.url = "postgres://chappe:hunter2@127.0.0.1:1/chappe".into();
    let report = place.migrate();
    assert!(report.contains("Connection refused"), "{report}");
    let output = place.run(&["migrate"]);
    for told in [report, text(&output.stderr), text(&output.stdout)] {
        assert!(!told.contains("hunter2"), "{told}");
    }
}
