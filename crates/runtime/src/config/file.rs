//! Settings from a TOML file.

use std::{collections::BTreeMap, path::Path};

use clap::{ArgAction, Command};

use super::{Value, all_settings};

/// Reads `key = value` lines whose keys are long flags with `_` for `-`; a list is a repeated flag.
pub(super) fn read(path: &Path, command: &Command) -> Result<BTreeMap<String, Value>, Vec<String>> {
    let refused = |reason: String| vec![format!("--config {}: {reason}", path.display())];
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    // The whole error would show the line, which may hold a secret.
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        refused(format!("line {line}: {}", error.message()))
    })?;

    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for (key, value) in table {
        let origin = format!("{key} in {}", path.display());
        let argument = all_settings(command).find(|(argument, long)| {
            argument.get_id() != "config" && long.replace('-', "_") == key
        });
        let Some((argument, _)) = argument else {
            problems.push(format!("{origin}: there is no such setting"));
            continue;
        };
        let repeatable = matches!(argument.get_action(), ArgAction::Append);
        match texts(value, repeatable) {
            Ok(texts) => {
                let value = Value {
                    texts,
                    origin,
                    argument: argument.to_string(),
                };
                values.insert(argument.get_id().to_string(), value);
            }
            Err(reason) => problems.push(format!("{origin}: {reason}")),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

fn texts(value: toml::Value, repeatable: bool) -> Result<Vec<String>, &'static str> {
    match value {
        toml::Value::Array(items) if repeatable => items.into_iter().map(text).collect(),
        toml::Value::Array(_) => Err("takes one value, not a list"),
        single => Ok(vec![text(single)?]),
    }
}

fn text(value: toml::Value) -> Result<String, &'static str> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Float(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
            Err("takes a text, a number or a boolean")
        }
    }
}
