//! Settings from variables, and from the files that `<NAME>_FILE` variables name.

use std::collections::BTreeMap;

use clap::{Arg, Command};

use super::{PREFIX, Value, all_settings, settings};

/// Variables of ours that no command has a setting for: a typo would otherwise go unnoticed.
pub(super) fn unknown(command: &Command, environment: &BTreeMap<String, String>) -> Vec<String> {
    environment
        .keys()
        .filter(|name| name.starts_with(PREFIX) && !name.starts_with("CHAPPE_TEST_"))
        .filter(|name| !is_known(command, name) && !is_injected_by_kubernetes(name))
        .map(|name| format!("{name}: there is no such setting"))
        .collect()
}

/// The values of all set variables; an empty one counts as not set, as templates leave them.
pub(super) fn read(
    command: &Command,
    environment: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, Vec<String>> {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for (argument, _) in settings(command) {
        let Some(name) = variable(argument) else {
            continue;
        };
        let file = format!("{name}_FILE");
        let (text, origin) = match (set(name), set(&file)) {
            (None, None) => continue,
            (Some(_), Some(_)) => {
                problems.push(format!("{name} and {file} are both set: keep one"));
                continue;
            }
            (Some(text), None) => (text.clone(), name.to_owned()),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                // Editors and `echo` end the file with a newline that is no part of the secret.
                Ok(text) => (text.trim_end_matches(['\r', '\n']).to_owned(), file),
                Err(error) => {
                    problems.push(format!("{file}: cannot read {path}: {error}"));
                    continue;
                }
            },
        };
        let value = Value {
            texts: vec![text],
            origin,
            argument: argument.to_string(),
        };
        values.insert(argument.get_id().to_string(), value);
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

fn variable(argument: &Arg) -> Option<&str> {
    argument.get_env()?.to_str()
}

fn is_known(command: &Command, name: &str) -> bool {
    all_settings(command)
        .filter_map(|(argument, _)| variable(argument))
        .any(|known| name == known || name.strip_suffix("_FILE") == Some(known))
}

/// Pods are given such variables for every Service of their namespace, and ours are named `chappe-…`.
fn is_injected_by_kubernetes(name: &str) -> bool {
    let is_port_of_protocol = || {
        let Some((_, port)) = name.rsplit_once("_PORT_") else {
            return false;
        };
        let mut parts = port.split('_');
        let number = parts.next().unwrap_or_default();
        let protocol = parts.next().unwrap_or_default();
        number.parse::<u16>().is_ok() && matches!(protocol, "TCP" | "UDP" | "SCTP")
    };
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_PORT")
        || name.contains("_SERVICE_PORT_")
        // CHAPPE_X_PORT_8080_TCP and, below it, …_TCP_PROTO, …_TCP_PORT, …_TCP_ADDR.
        || is_port_of_protocol()
}
