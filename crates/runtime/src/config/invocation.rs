//! What a process is started for.

use clap::{
    ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable,
};

/// To serve, or to carry out one of the commands that the binary has besides.
#[derive(Debug)]
pub enum Invocation<S, C> {
    /// No command was named.
    Serve(S),
    /// The first argument names it. What serving requires is not asked for.
    Command(C),
}

impl<S: CommandFactory, C: Subcommand> CommandFactory for Invocation<S, C> {
    fn command() -> Command {
        let serve = S::command();
        let about = serve.get_about().cloned();
        let long_about = serve.get_long_about().cloned();
        // The commands would describe the binary as what they are together.
        C::augment_subcommands(serve)
            .about(about.map_or(Resettable::Reset, Resettable::Value))
            .long_about(long_about.map_or(Resettable::Reset, Resettable::Value))
            .subcommand_negates_reqs(true)
            .args_conflicts_with_subcommands(true)
            .disable_help_subcommand(true)
    }

    fn command_for_update() -> Command {
        Self::command()
    }
}

impl<S: FromArgMatches, C: Subcommand> FromArgMatches for Invocation<S, C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if matches.subcommand_name().is_some() {
            C::from_arg_matches(matches).map(Self::Command)
        } else {
            S::from_arg_matches(matches).map(Self::Serve)
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<S: Parser, C: Subcommand> Parser for Invocation<S, C> {}
