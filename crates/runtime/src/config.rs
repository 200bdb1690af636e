//! Settings: flags, then environment, then the file a `<NAME>_FILE` variable names, then the `--config`
//! file, then the default.
//!
//! Everything is read off the `clap` command, so a setting is written down once. A setting that is
//! unknown or wrong is refused when the process starts, with its name and the reason, never its value.
//!
//! A binary that can do more than serve has commands: see [`Invocation`]. A command reads its own settings
//! only, and leaves those of the others alone, so that all may be started with the same environment.

mod environment;
mod file;
mod invocation;

use std::{collections::BTreeMap, ffi::OsString, fmt, path::PathBuf};

use clap::{
    Arg, ArgAction, Command, CommandFactory, Parser, error::ContextKind, error::ContextValue,
    error::ErrorKind,
};

pub use invocation::Invocation;

/// A setting that is never shown.
///
/// Read it with [`secrecy::ExposeSecret`]. It can be the type of a `clap` argument.
pub type Secret = secrecy::SecretString;

/// Where variables of ours begin; an unknown one is a mistake.
const PREFIX: &str = "CHAPPE_";

/// Why the settings are refused.
#[derive(Debug, Default)]
pub struct Error {
    problems: Vec<String>,
    /// `--help` and `--version` are answers, not mistakes.
    answer: Option<clap::Error>,
}

impl Error {
    fn new(problems: Vec<String>) -> Self {
        Self {
            problems,
            answer: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(answer) = &self.answer {
            return answer.fmt(f);
        }
        f.write_str("these settings are refused (--help lists all):")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Reads the settings of this process. Answers `--help` and `--version` itself and exits.
pub fn load<C: Parser>() -> Result<C, Error> {
    let environment = std::env::vars_os().map(|(name, value)| {
        (
            name.to_string_lossy().into_owned(),
            value.to_string_lossy().into_owned(),
        )
    });
    let loaded = load_from(std::env::args_os(), environment);
    if let Err(Error {
        answer: Some(answer),
        ..
    }) = &loaded
    {
        answer.exit();
    }
    loaded
}

/// Reads the settings from the given arguments (the first is the program's name) and environment.
pub fn load_from<C: Parser>(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<C, Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let environment: BTreeMap<String, String> = environment.into_iter().collect();
    let mut command = command::<C>();
    if asks_for_help(&arguments) {
        // It is answered whatever else is wrong.
        let error = without_environment(command).try_get_matches_from(arguments);
        return Err(error
            .err()
            .map_or_else(Error::default, |answer| refusal(answer, &BTreeMap::new())));
    }

    command.build();
    let mut problems = environment::unknown(&command, &environment);
    let mut values = BTreeMap::new();
    if let Some(path) = config_path(&arguments, &environment) {
        match file::read(&path, &command) {
            Ok(found) => values.extend(found),
            Err(found) => problems.extend(found),
        }
    }
    let chosen = chosen(&command, &arguments);
    match environment::read(chosen, &environment) {
        Ok(found) => values.extend(found),
        Err(found) => problems.extend(found),
    }
    if !problems.is_empty() {
        return Err(Error::new(problems));
    }

    let arguments = with_found(&command, arguments, &values)?;
    let matches = without_environment(self::command::<C>())
        .try_get_matches_from(arguments)
        .map_err(|error| refusal(error, &values))?;
    C::from_arg_matches(&matches).map_err(|error| refusal(error, &values))
}

/// The value of one setting and where it was found.
#[derive(Clone, Debug)]
struct Value {
    texts: Vec<String>,
    /// Such as `CHAPPE_LISTEN` or `listen in chappe.toml`.
    origin: String,
    /// How `clap` names the setting in its errors.
    argument: String,
}

fn command<C: CommandFactory>() -> Command {
    C::command()
        .arg(config_argument())
        .mut_subcommands(|command| command.arg(config_argument()))
}

/// The command that the first argument names, else the one without a name.
fn chosen<'a>(command: &'a Command, arguments: &[OsString]) -> &'a Command {
    named(command, arguments).unwrap_or(command)
}

fn named<'a>(command: &'a Command, arguments: &[OsString]) -> Option<&'a Command> {
    command.find_subcommand(arguments.get(1)?)
}

fn config_argument() -> Arg {
    Arg::new("config")
        .long("config")
        .env("CHAPPE_CONFIG")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("TOML file of settings: a long flag's name with _ for -, and its value")
}

fn asks_for_help(arguments: &[OsString]) -> bool {
    options(arguments).any(|option| option == "help" || option == "version")
        || arguments
            .iter()
            .any(|argument| argument == "-h" || argument == "-V")
}

/// The file has to be known before the arguments can be parsed with its values.
fn config_path(arguments: &[OsString], environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let mut rest = arguments
        .iter()
        .take_while(|argument| argument.as_encoded_bytes() != b"--");
    while let Some(argument) = rest.next() {
        if argument == "--config" {
            return rest.next().map(PathBuf::from);
        }
        if let Some(path) = argument.to_str().and_then(|a| a.strip_prefix("--config=")) {
            return Some(PathBuf::from(path));
        }
    }
    let path = environment.get("CHAPPE_CONFIG")?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// The settings of a command: what has a long flag and takes part in precedence.
fn settings(command: &Command) -> impl Iterator<Item = (&Arg, &str)> {
    command
        .get_arguments()
        .filter(|argument| {
            !matches!(
                argument.get_action(),
                ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
            )
        })
        .filter_map(|argument| argument.get_long().map(|long| (argument, long)))
}

/// The settings of a command and of all that are named below it.
fn all_settings(command: &Command) -> impl Iterator<Item = (&Arg, &str)> {
    std::iter::once(command)
        .chain(command.get_subcommands())
        .flat_map(settings)
}

/// Puts what was found before the given arguments, for settings that they do not name: to `clap` all
/// come from one place, and what one setting requires of another is checked wherever they were found.
fn with_found(
    command: &Command,
    given: Vec<OsString>,
    values: &BTreeMap<String, Value>,
) -> Result<Vec<OsString>, Error> {
    let named = named(command, &given);
    let mut given = given.into_iter();
    // The program's name, and that of the command.
    let first = 1 + usize::from(named.is_some());
    let mut arguments: Vec<OsString> = given.by_ref().take(first).collect();
    let given: Vec<OsString> = given.collect();
    let mut problems = Vec::new();
    for (argument, long) in settings(named.unwrap_or(command)) {
        let Some(value) = values.get(argument.get_id().as_str()) else {
            continue;
        };
        if is_given(&given, long) {
            continue;
        }
        for text in &value.texts {
            match (argument.get_action().takes_values(), text.as_str()) {
                (true, text) => arguments.push(format!("--{long}={text}").into()),
                (false, "true") => arguments.push(format!("--{long}").into()),
                (false, "false") => {}
                (false, _) => {
                    problems.push(format!("{}: must be true or false", value.origin));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::new(problems));
    }
    arguments.extend(given);
    Ok(arguments)
}

fn is_given(arguments: &[OsString], long: &str) -> bool {
    options(arguments).any(|option| option.split('=').next() == Some(long))
}

/// The long options among arguments, without their leading dashes.
fn options(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    arguments
        .iter()
        .take_while(|argument| argument.as_encoded_bytes() != b"--")
        .filter_map(|argument| argument.to_str()?.strip_prefix("--"))
}

/// `clap` itself looks at no variable: it would take an empty one as set, and show values in its help.
fn without_environment(command: Command) -> Command {
    let command = command.mut_subcommands(without_environment);
    command.mut_args(|argument| {
        let Some(name) = argument.get_env().map(ToOwned::to_owned) else {
            return argument;
        };
        let help = argument.get_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        argument
            .env(None::<&str>)
            .help(format!("{help} [env: {}]", name.display()))
    })
}

fn refusal(error: clap::Error, values: &BTreeMap<String, Value>) -> Error {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Error {
            problems: Vec::new(),
            answer: Some(error),
        },
        // `clap` would print the wrong value, which may have a password in it.
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            Error::new(vec![wrong_value(&error, values)])
        }
        _ => {
            let text = error.render().to_string();
            let text = text.split("\n\nUsage:").next().unwrap_or(&text);
            let text = text.trim_start_matches("error: ").trim();
            Error::new(vec![text.to_owned()])
        }
    }
}

fn wrong_value(error: &clap::Error, values: &BTreeMap<String, Value>) -> String {
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.clone(),
        _ => "a setting".to_owned(),
    };
    let origin = values
        .values()
        .find(|value| value.argument == argument)
        .map(|value| format!(" (from {})", value.origin));
    let reason = match (
        std::error::Error::source(error),
        error.get(ContextKind::ValidValue),
    ) {
        (Some(source), _) => source.to_string(),
        (None, Some(ContextValue::Strings(valid))) if !valid.is_empty() => {
            format!("must be one of {}", valid.join(", "))
        }
        _ => "a value is missing".to_owned(),
    };
    format!("{argument}{}: {reason}", origin.unwrap_or_default())
}
