import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command with what can follow it. */
interface Entry {
  readonly path: readonly string[];
  readonly words: readonly { readonly word: string; readonly help: string }[];
}

/** A completion script made from the commands themselves, so that it cannot lag behind them. */
export const completionScript = (program: Command, shell: Shell): string => {
  const entries = entriesOf(program, []);
  return shell === 'fish'
    ? fish(entries)
    : shell === 'zsh'
      ? `#compdef switchback\nautoload -U +X bashcompinit && bashcompinit\n${bash(entries)}`
      : bash(entries);
};

const entriesOf = (command: Command, path: readonly string[]): Entry[] => {
  const children = command.commands.map((child) => ({ word: child.name(), help: child.description() }));
  const flags = command.options.map((option) => ({ word: option.long ?? option.flags, help: option.description }));
  return [{ path, words: [...children, ...flags] }, ...command.commands.flatMap((child) => entriesOf(child, [...path, child.name()]))];
};

/** zsh runs this too, by its bashcompinit. */
const bash = (entries: readonly Entry[]): string => {
  const cases = entries.map(({ path, words }) => `    '${path.join(' ')}') words='${words.map(({ word }) => word).join(' ')}' ;;`);
  const known = entries.filter(({ path }) => path.length > 0).map(({ path }) => `'${path.join(' ')}'`);
  return `_switchback() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${known.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _switchback switchback
`;
};

const fish = (entries: readonly Entry[]): string => {
  const lines = entries.flatMap(({ path, words }) => {
    const [first, second] = path;
    const rest = words.map(({ word }) => word).filter((word) => !word.startsWith('-'));
    const seen = second ?? first;
    const notYet = rest.length === 0 ? '' : `; and not __fish_seen_subcommand_from ${rest.join(' ')}`;
    const condition = seen === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${seen}${notYet}`;
    return words.map(({ word, help }) => `complete -c switchback -n '${condition}' ${argumentFor(word)} -d ${quoted(help)}`);
  });
  return `complete -c switchback -f\n${lines.join('\n')}\n`;
};

const argumentFor = (word: string): string => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`);
const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
