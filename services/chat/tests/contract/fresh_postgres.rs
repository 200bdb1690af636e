//! Databases that nobody used before.

use std::env;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

/// The address of a new database.
pub(crate) async fn url() -> SecretString {
    let server = env::var("CHAPPE_TEST_POSTGRES_URL").expect(
        "CHAPPE_TEST_POSTGRES_URL names a Postgres server for tests; `make test` starts one",
    );
    let mut url: Url = server.parse().expect("CHAPPE_TEST_POSTGRES_URL is a URL");
    let name = format!("chat_{:032x}", rand::random::<u128>());
    execute(&server.into(), &format!("CREATE DATABASE {name}")).await;
    url.set_path(&name);
    url.to_string().into()
}

/// Runs a statement.
pub(crate) async fn execute(url: &SecretString, sql: &str) {
    let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
