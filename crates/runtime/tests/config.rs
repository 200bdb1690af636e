//! Where settings come from, which one wins, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{ffi::OsString, fs, net::SocketAddr, path::Path};

use clap::Parser;
use runtime::config::{self, Invocation, Secret};
use secrecy::ExposeSecret;

/// A service of the tests.
#[derive(Debug, Parser)]
#[command(name = "example")]
struct Settings {
    /// Where it listens
    #[arg(long, env = "CHAPPE_LISTEN", default_value = "127.0.0.1:1")]
    listen: SocketAddr,
    /// What opens the doors
    #[arg(long, env = "CHAPPE_DOOR_KEY")]
    door_key: Secret,
    /// Where browsers may come from
    #[arg(long, env = "CHAPPE_ALLOWED_ORIGIN", value_delimiter = ',')]
    allowed_origin: Vec<String>,
    /// Whether people are made up
    #[arg(long, env = "CHAPPE_DEMO")]
    demo: bool,
    /// Who made the certificates
    #[arg(long, env = "CHAPPE_CA", requires = "tls")]
    ca: Option<String>,
    /// Whether certificates are asked for
    #[arg(long, env = "CHAPPE_TLS")]
    tls: bool,
    #[command(flatten)]
    telemetry: runtime::telemetry::TelemetrySettings,
}

fn load(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Settings, String> {
    load_as(arguments, environment)
}

fn load_as<C: Parser>(arguments: &[&str], environment: &[(&str, &str)]) -> Result<C, String> {
    let arguments = std::iter::once("example").chain(arguments.iter().copied());
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::load_from(arguments.map(OsString::from), environment).map_err(|error| error.to_string())
}

fn refusal(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    load(arguments, environment).expect_err("these settings are wrong")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_flag_beats_the_environment_beats_a_secret_file_beats_the_file_beats_the_default() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    fs::write(&file, "listen = '127.0.0.1:2'\ndoor_key = 'in the file'").unwrap();
    let secret = directory.path().join("listen");
    fs::write(&secret, "127.0.0.1:3\n").unwrap();

    let key = ("CHAPPE_DOOR_KEY", "k");
    let config = ("CHAPPE_CONFIG", text(&file));
    let port = |arguments: &[&str], environment: &[(&str, &str)]| {
        load(arguments, environment).unwrap().listen.port()
    };
    assert_eq!(port(&[], &[key]), 1);
    assert_eq!(port(&[], &[key, config]), 2);
    assert_eq!(port(&["--config", text(&file)], &[key]), 2);
    let from_secret = ("CHAPPE_LISTEN_FILE", text(&secret));
    assert_eq!(port(&[], &[key, config, from_secret]), 3);
    let from_environment = ("CHAPPE_LISTEN", "127.0.0.1:4");
    assert_eq!(port(&[], &[key, config, from_environment]), 4);
    let flag = ["--listen", "127.0.0.1:5"];
    assert_eq!(port(&flag, &[key, config, from_environment]), 5);
}

#[test]
fn a_required_setting_may_come_from_anywhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    fs::write(&file, "door_key = 'in the file'").unwrap();
    let settings = load(&["--config", text(&file)], &[]).unwrap();
    assert_eq!(settings.door_key.expose_secret(), "in the file");

    let secret = directory.path().join("key");
    fs::write(&secret, "  from a secret  \r\n").unwrap();
    let settings = load(&[], &[("CHAPPE_DOOR_KEY_FILE", text(&secret))]).unwrap();
    assert_eq!(settings.door_key.expose_secret(), "  from a secret  ");

    assert!(refusal(&[], &[]).contains("--door-key"));
}

#[test]
fn lists_and_switches_come_from_anywhere_too() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    fs::write(
        &file,
        "door_key = 'k'\ndemo = true\nallowed_origin = ['http://a', 'http://b']",
    )
    .unwrap();
    let settings = load(&["--config", text(&file)], &[]).unwrap();
    assert!(settings.demo);
    assert_eq!(settings.allowed_origin, ["http://a", "http://b"]);

    let environment = [
        ("CHAPPE_DOOR_KEY", "k"),
        ("CHAPPE_DEMO", "true"),
        ("CHAPPE_ALLOWED_ORIGIN", "http://c,http://d"),
    ];
    let settings = load(&[], &environment).unwrap();
    assert!(settings.demo);
    assert_eq!(settings.allowed_origin, ["http://c", "http://d"]);
}

#[test]
fn what_one_setting_requires_of_another_may_come_from_elsewhere() {
    let key = ("CHAPPE_DOOR_KEY", "k");
    let settings = load(&["--ca", "ca.pem"], &[key, ("CHAPPE_TLS", "true")]).unwrap();
    assert_eq!(settings.ca.as_deref(), Some("ca.pem"));
    assert!(settings.tls);
    for tls in ["", "false"] {
        let refused = refusal(&[], &[key, ("CHAPPE_CA", "ca.pem"), ("CHAPPE_TLS", tls)]);
        assert!(refused.contains("--tls"), "{refused}");
    }
    let refused = refusal(&[], &[key, ("CHAPPE_TLS", "yes")]);
    assert!(
        refused.contains("CHAPPE_TLS: must be true or false"),
        "{refused}"
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let environment = [("CHAPPE_DOOR_KEY", "k"), ("CHAPPE_LISTEN", "")];
    assert_eq!(load(&[], &environment).unwrap().listen.port(), 1);
}

#[test]
fn an_unknown_setting_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    fs::write(&file, "door_key = 'k'\ndor_key = 'k'\ndoor-key = 'k'").unwrap();
    let refused = refusal(&["--config", text(&file)], &[("CHAPPE_LISTNE", "1")]);
    for name in [
        "CHAPPE_LISTNE: there is no such setting",
        "dor_key in",
        "door-key in",
    ] {
        assert!(refused.contains(name), "{refused}");
    }
    assert!(refusal(&["--listne", "1"], &[]).contains("--listne"));
}

#[test]
fn variables_of_kubernetes_and_of_tests_are_left_alone() {
    let mut environment = vec![("CHAPPE_DOOR_KEY", "k")];
    environment.extend(
        [
            "CHAPPE_TEST_POSTGRES_URL",
            "CHAPPE_GATEWAY_SERVICE_HOST",
            "CHAPPE_GATEWAY_SERVICE_PORT",
            "CHAPPE_GATEWAY_SERVICE_PORT_HTTP",
            "CHAPPE_GATEWAY_PORT",
            "CHAPPE_GATEWAY_PORT_8080_TCP",
            "CHAPPE_GATEWAY_PORT_8080_TCP_ADDR",
        ]
        .map(|name| (name, "tcp://10.0.0.1:8080")),
    );
    load(&[], &environment).unwrap();
    environment.push(("CHAPPE_EX_PORT_DIRECTORY", "x"));
    refusal(&[], &environment);
}

#[test]
fn both_a_variable_and_its_file_are_refused() {
    let environment = [("CHAPPE_DOOR_KEY", "k"), ("CHAPPE_DOOR_KEY_FILE", "/k")];
    let refused = refusal(&[], &environment);
    assert!(
        refused.contains("CHAPPE_DOOR_KEY and CHAPPE_DOOR_KEY_FILE"),
        "{refused}"
    );
}

#[test]
fn a_missing_file_is_refused_with_its_path() {
    let refused = refusal(&["--config", "/no/such.toml"], &[]);
    assert!(refused.contains("/no/such.toml"), "{refused}");
    let refused = refusal(&[], &[("CHAPPE_DOOR_KEY_FILE", "/no/key")]);
    assert!(
        refused.contains("CHAPPE_DOOR_KEY_FILE: cannot read /no/key"),
        "{refused}"
    );
}

#[test]
fn a_wrong_value_is_refused_with_where_it_came_from_and_not_shown() {
    let key = ("CHAPPE_DOOR_KEY", "k");
    let refused = refusal(&[], &[key, ("CHAPPE_LISTEN", "user:password@host")]);
    assert!(
        refused.contains("--listen <LISTEN> (from CHAPPE_LISTEN): "),
        "{refused}"
    );
    assert!(!refused.contains("password"), "{refused}");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    fs::write(&file, "log_format = 'xml'").unwrap();
    let refused = refusal(&["--config", text(&file)], &[key]);
    assert!(refused.contains("log_format in"), "{refused}");
    assert!(refused.contains("must be one of text, json"), "{refused}");

    fs::write(&file, "door_key = 'secret' 'secret'").unwrap();
    let refused = refusal(&["--config", text(&file)], &[]);
    assert!(refused.contains("line 1"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");

    fs::write(&file, "listen = ['127.0.0.1:2']").unwrap();
    let refused = refusal(&["--config", text(&file)], &[key]);
    assert!(refused.contains("takes one value"), "{refused}");
}

/// What the example can do besides.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Tries the key
    TryKey {
        /// What opens the doors
        #[arg(long, env = "CHAPPE_DOOR_KEY")]
        door_key: Secret,
        /// How often
        #[arg(long, env = "CHAPPE_TIMES", default_value_t = 1)]
        times: u32,
    },
}

fn invoke(
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<Invocation<Settings, Command>, String> {
    load_as(arguments, environment)
}

#[test]
fn a_command_has_settings_of_its_own_from_anywhere() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chappe.toml");
    // Of another command, and so none of this one's business: it isn't even read.
    fs::write(&file, "times = 3\nlisten = '127.0.0.1:2'").unwrap();
    let environment = [
        ("CHAPPE_DOOR_KEY", "k"),
        ("CHAPPE_LISTEN_FILE", "/no/such/file"),
    ];
    let Invocation::Command(Command::TryKey { door_key, times }) =
        invoke(&["try-key", "--config", text(&file)], &environment).unwrap()
    else {
        panic!("a command was named");
    };
    assert_eq!((door_key.expose_secret(), times), ("k", 3));
    let Invocation::Command(Command::TryKey { times, .. }) = invoke(
        &["try-key", "--times", "4"],
        &[("CHAPPE_DOOR_KEY", "k"), ("CHAPPE_TIMES", "5")],
    )
    .unwrap() else {
        panic!("a command was named");
    };
    assert_eq!(times, 4);
}

#[test]
fn without_a_command_a_binary_serves() {
    let environment = [("CHAPPE_DOOR_KEY", "k"), ("CHAPPE_TIMES", "5")];
    let Invocation::Serve(settings) = invoke(&["--demo"], &environment).unwrap() else {
        panic!("no command was named");
    };
    assert!(settings.demo);
}

#[test]
fn what_a_command_lacks_and_what_nobody_knows_is_refused() {
    let refused = invoke(&["try-key"], &[]).unwrap_err();
    assert!(refused.contains("--door-key"), "{refused}");
    let refused = invoke(&["try-key"], &[("CHAPPE_LISTNE", "1")]).unwrap_err();
    assert!(refused.contains("CHAPPE_LISTNE: there is no"), "{refused}");
    let refused = invoke(&["try-kee"], &[("CHAPPE_DOOR_KEY", "k")]).unwrap_err();
    assert!(refused.contains("try-kee"), "{refused}");
    let refused = invoke(&["--demo", "try-key"], &[("CHAPPE_DOOR_KEY", "k")]).unwrap_err();
    assert!(refused.contains("try-key"), "{refused}");
    let refused = invoke(
        &["try-key"],
        &[("CHAPPE_DOOR_KEY", "k"), ("CHAPPE_TIMES", "often")],
    )
    .unwrap_err();
    assert!(refused.contains("(from CHAPPE_TIMES)"), "{refused}");
    assert!(!refused.contains("often"), "{refused}");
}

#[test]
fn help_lists_commands_and_their_settings() {
    let help = invoke(&["--help"], &[]).unwrap_err();
    for part in ["A service of the tests", "try-key", "--listen"] {
        assert!(help.contains(part), "{help}");
    }
    let help = invoke(&["try-key", "--help"], &[("CHAPPE_DOOR_KEY", "sesame")]).unwrap_err();
    assert!(help.contains("CHAPPE_TIMES"), "{help}");
    assert!(help.contains("--config"), "{help}");
    assert!(!help.contains("--listen"), "{help}");
    assert!(!help.contains("sesame"), "{help}");
}

#[test]
fn help_lists_settings_and_shows_no_secret() {
    let environment = [
        ("CHAPPE_DOOR_KEY", "open sesame"),
        ("CHAPPE_LISTEN", "wrong"),
    ];
    let help = refusal(&["--help"], &environment);
    for name in [
        "--listen",
        "CHAPPE_LISTEN",
        "--config",
        "CHAPPE_DOOR_KEY",
        "127.0.0.1:1",
    ] {
        assert!(help.contains(name), "{help}");
    }
    assert!(!help.contains("sesame"), "{help}");
}

#[test]
fn a_secret_is_not_printed() {
    let settings = load(&["--door-key", "open sesame"], &[]).unwrap();
    assert!(!format!("{settings:?}").contains("sesame"));
    let credential: runtime::grpc::InternalCredential = "open-sesame-open-sesame".parse().unwrap();
    assert!(!format!("{credential:?}").contains("sesame"));
}
