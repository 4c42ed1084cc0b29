//! The registration script of each shell, and how the shell is answered. `clap_complete` finds the candidates. Bash
//! and PowerShell insert them as they are given, so they are quoted here, depending on what is open at the cursor in
//! the shell's own line. Zsh, fish and elvish quote what they insert.

use std::{ffi::OsString, io, path::Path};

use clap_complete::{
    CompletionCandidate,
    engine::complete,
    env::{self, EnvCompleter},
};

use super::line::{Line, Rules, for_bash, for_powershell};

/// The variable in which an older version's registration passes the position of the word.
const WORD_POSITION: &str = "_CLAP_COMPLETE_INDEX";
/// The variable in which PowerShell's registration passes the line: as an argument, its quotes would not survive.
const LINE: &str = "_HALOLINK_LINE";

/// A shell.
pub(super) trait Shell {
    /// The shell's name as the value of `COMPLETE`.
    const NAME: &'static str;

    /// True if that name is this shell's.
    fn is(name: &str) -> bool {
        name == Self::NAME
    }

    /// Writes the registration script, which the shell runs when it starts.
    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()>;

    /// Answers the shell's request for candidates.
    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()>;
}

/// The names in a registration script.
pub(super) struct Names<'a> {
    /// The variable that asks for candidates.
    variable: &'a str,
    /// The name that the shell's function is derived from.
    name: &'a str,
    /// The command that is completed.
    program: &'a str,
    /// The path of this program.
    completer: &'a str,
}

/// A shell's request for candidates.
pub(super) struct Question<'a> {
    command: &'a mut clap::Command,
    arguments: Vec<OsString>,
    directory: Option<&'a Path>,
}

impl Question<'_> {
    /// Candidates for the last of the arguments.
    fn candidates(self) -> io::Result<Vec<CompletionCandidate>> {
        let position = self.arguments.len().saturating_sub(1);
        super::set_line(self.command, &self.arguments);
        complete(self.command, self.arguments, position, self.directory)
    }

    /// Has `clap_complete` answer.
    fn answered_by(self, shell: &dyn EnvCompleter, out: &mut dyn io::Write) -> io::Result<()> {
        super::set_line(self.command, &self.arguments);
        shell.write_complete(self.command, self.arguments, self.directory, out)
    }

    /// Candidates for the last of these words.
    fn candidates_for(self, words: Vec<String>) -> io::Result<Vec<CompletionCandidate>> {
        let arguments = words.into_iter().map(OsString::from).collect();
        Self { arguments, ..self }.candidates()
    }
}

/// Adapts a shell to `clap_complete`.
pub(super) struct Completer<S>(pub(super) S);

impl<S: Shell> EnvCompleter for Completer<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn is(&self, name: &str) -> bool {
        S::is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let names = Names {
            variable,
            name,
            program,
            completer,
        };
        S::register(&names, out)
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        arguments: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let question = Question {
            command,
            arguments,
            directory,
        };
        S::answer(question, out)
    }
}

/// The value of a candidate.
fn value(candidate: &CompletionCandidate) -> String {
    candidate.get_value().to_string_lossy().into_owned()
}

/// A line for a shell that takes a value and, after a tab, its description.
fn with_help(value: &str, candidate: &CompletionCandidate) -> String {
    match candidate.get_help() {
        Some(help) => {
            let help = help.to_string();
            format!(
                "{value}\t{}\n",
                crate::text::clean(help.lines().next().unwrap_or_default())
            )
        }
        None => format!("{value}\n"),
    }
}

/// A line for each candidate, for a shell that quotes what it inserts.
fn write_with_help(candidates: Vec<CompletionCandidate>, out: &mut dyn io::Write) -> io::Result<()> {
    for candidate in candidates {
        out.write_all(with_help(&value(&candidate), &candidate).as_bytes())?;
    }
    Ok(())
}

pub(super) struct Bash;

impl Shell for Bash {
    const NAME: &'static str = "bash";

    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()> {
        let script = r#"_clap_complete_NAME() {
    local candidate before=${COMP_LINE:0:COMP_POINT}
    [[ -n $before ]] || before="${COMP_WORDS[*]:0:COMP_CWORD+1}"
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate ]] && COMPREPLY+=("$candidate")
    done <<< "$(VARIABLE=bash COMPLETER -- "$before" "$2" 2>/dev/null)"
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
if [[ ${BASH_VERSINFO[0]} -gt 4 || ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 ]]; then
    complete -o bashdefault -o nosort -F _clap_complete_NAME PROGRAM
else
    complete -o bashdefault -F _clap_complete_NAME PROGRAM
fi
"#;
        write_script(out, script, names, &for_bash(names.completer, Some('\'')))
    }

    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()> {
        if let Some(position) = std::env::var(WORD_POSITION)
            .ok()
            .and_then(|text| text.parse::<usize>().ok())
        {
            return by_words(question, position, out);
        }
        let texts: Vec<String> = question
            .arguments
            .iter()
            .map(|text| text.to_string_lossy().into_owned())
            .collect();
        let [before, replaced] = texts.as_slice() else {
            return Ok(());
        };
        // Bash replaces only the end of the line: the word, or the part of it after a quote, a colon or an equals
        // sign.
        let Some(kept) = before.strip_suffix(replaced.as_str()) else {
            return Ok(());
        };
        let line = Line::read(before, Rules::Bash);
        let kept = Line::read(kept, Rules::Bash);
        if line.is_special || kept.words.len() != line.words.len() {
            return Ok(());
        }
        let kept_value = kept.words.last().cloned().unwrap_or_default();
        for candidate in question.candidates_for(line.words)? {
            if let Some(rest) = value(&candidate).strip_prefix(&kept_value) {
                writeln!(out, "{}", for_bash(rest, kept.open))?;
            }
        }
        Ok(())
    }
}

/// Answers the registration of an older version, which a shell that was started before the update may still have. It
/// inserts whole words, so they are quoted if necessary.
fn by_words(mut question: Question, position: usize, out: &mut dyn io::Write) -> io::Result<()> {
    question.arguments.resize(position + 1, OsString::new());
    let separator = std::env::var("_CLAP_IFS").unwrap_or_else(|_| "\n".to_owned());
    let written: Vec<String> = question
        .candidates()?
        .iter()
        .map(|candidate| {
            let value = value(candidate);
            if for_bash(&value, None) == value {
                value
            } else {
                for_bash(&value, Some('\''))
            }
        })
        .collect();
    out.write_all(written.join(&separator).as_bytes())
}

/// Zsh quotes what it inserts.
pub(super) struct Zsh;

impl Shell for Zsh {
    const NAME: &'static str = "zsh";

    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()> {
        // The word up to the cursor comes without the open quote; the words before it come as they were typed. After
        // a directory, or a name whose value is still to come, no space is added.
        let script = r#"#compdef PROGRAM
function _clap_dynamic_completer_NAME() {
    local typed=$PREFIX line
    case $compstate[quote] in
        \') ;;
        \") typed=${(Q)${:-\"$typed\"}} ;;
        *) typed=${(Q)typed} ;;
    esac
    local -a begun begun_lines values value_lines
    for line in "${(@f)$(VARIABLE=zsh COMPLETER -- "${(@Q)words[1,CURRENT-1]}" "$typed" 2>/dev/null)}"; do
        if [[ -z $line ]]; then
            continue
        elif [[ ${line%%$'\t'*} == *[/=] ]]; then
            begun+=("${line%%$'\t'*}")
            begun_lines+=("${line/$'\t'/  -- }")
        else
            values+=("${line%%$'\t'*}")
            value_lines+=("${line/$'\t'/  -- }")
        fi
    done
    (( $#begun )) && compadd -l -V begun -S '' -d begun_lines -a begun
    (( $#values )) && compadd -l -V values -d value_lines -a values
}

compdef _clap_dynamic_completer_NAME PROGRAM
"#;
        write_script(out, script, names, &for_bash(names.completer, Some('\'')))
    }

    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()> {
        if std::env::var_os(WORD_POSITION).is_some() {
            return question.answered_by(&env::Zsh, out);
        }
        write_with_help(question.candidates()?, out)
    }
}

/// Fish quotes what it inserts.
pub(super) struct Fish;

impl Shell for Fish {
    const NAME: &'static str = "fish";

    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()> {
        let script = r#"function __clap_complete_NAME
    VARIABLE=fish COMPLETER -- (commandline --current-process --cut-at-cursor | string collect) 2>/dev/null
end
complete --keep-order --exclusive --command PROGRAM --arguments '(__clap_complete_NAME)'
"#;
        let completer = format!("'{}'", names.completer.replace('\\', r"\\").replace('\'', r"\'"));
        write_script(out, script, names, &completer)
    }

    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()> {
        let [line] = question.arguments.as_slice() else {
            // The registration of an older version passes them like this.
            return write_with_help(question.candidates()?, out);
        };
        let line = Line::read(&line.to_string_lossy(), Rules::Fish);
        if line.is_special {
            return Ok(());
        }
        write_with_help(question.candidates_for(line.words)?, out)
    }
}

/// Windows PowerShell and PowerShell 7.
pub(super) struct PowerShell;

impl Shell for PowerShell {
    const NAME: &'static str = "powershell";

    fn is(name: &str) -> bool {
        env::Powershell.is(name)
    }

    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()> {
        let script = r#"Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $line = $commandAst.Extent.Text
    $length = [math]::Max(0, $cursorPosition - $commandAst.Extent.StartOffset)
    if ($length -gt $line.Length) {
        $line += ' '
    } else {
        $line = $line.Substring(0, $length)
    }
    $previous = $env:VARIABLE
    $env:VARIABLE = 'powershell'
    $env:LINE = $line
    try {
        $candidates = @(& COMPLETER -- line 2>$null)
    } finally {
        $env:VARIABLE = $previous
        Remove-Item Env:\LINE
    }
    foreach ($candidate in $candidates) {
        $value, $help = $candidate.Split("`t", 2)
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
"#
        .replace("LINE", LINE);
        let completer = format!("'{}'", names.completer.replace('\'', "''"));
        write_script(out, &script, names, &completer)
    }

    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()> {
        let candidates = match std::env::var(LINE) {
            Ok(line) => {
                let line = Line::read(&line, Rules::PowerShell);
                if line.is_special {
                    return Ok(());
                }
                question.candidates_for(line.words)?
            }
            // The registration of an older version passes them like this.
            Err(_) => question.candidates()?,
        };
        for candidate in candidates {
            let value = for_powershell(&value(&candidate));
            out.write_all(with_help(&value, &candidate).as_bytes())?;
        }
        Ok(())
    }
}

/// Elvish quotes what it inserts.
pub(super) struct Elvish;

impl Shell for Elvish {
    const NAME: &'static str = "elvish";

    fn is(name: &str) -> bool {
        env::Elvish.is(name)
    }

    fn register(names: &Names, out: &mut dyn io::Write) -> io::Result<()> {
        env::Elvish.write_registration(names.variable, names.name, names.program, names.completer, out)
    }

    fn answer(question: Question, out: &mut dyn io::Write) -> io::Result<()> {
        question.answered_by(&env::Elvish, out)
    }
}

/// Fills in a registration script. The program's own path comes last, because it may contain any of the placeholders.
fn write_script(out: &mut dyn io::Write, script: &str, names: &Names, completer: &str) -> io::Result<()> {
    let script = script
        .replace("VARIABLE", names.variable)
        .replace("NAME", &names.name.replace('-', "_"))
        .replace("PROGRAM", names.program)
        .replace("COMPLETER", completer);
    out.write_all(script.as_bytes())
}
