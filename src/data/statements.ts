/**
 * SQL text taken apart into its statements, as SQLite itself finds their ends: the state table of sqlite3_complete()
 * (https://sqlite.org/src/file/src/complete.c), which knows strings, comments and the bodies of triggers. The text may come in
 * pieces. Statements of nothing but blanks and comments are left out, as D1 leaves them out.
 */
export class Statements {
  /** What is read and belongs to no statement yet. */
  #text = '';
  /** The next token begins here. */
  #at = 0;
  #state: State = 'start';
  #hasContent = false;

  /** The statements that this text completes. Throws where one is longer than SQLite takes. */
  *push(text: string): Generator<string> {
    this.#text += text;
    yield* this.#completed(false);
    if (this.#text.length > MOST_STATEMENT_CHARS) throw new StatementTooLong();
  }

  /** The last statement, which may stand there without its semicolon and gets one, on a line after any comment. */
  *end(): Generator<string> {
    yield* this.#completed(true);
    if (this.#hasContent) yield `${this.#text}\n;`;
    this.#restart(this.#text.length);
  }

  *#completed(isEnd: boolean): Generator<string> {
    for (;;) {
      TOKEN.lastIndex = this.#at;
      const [token] = TOKEN.exec(this.#text) ?? [];
      // What ends where the text ends may go on in the next piece.
      if (token === undefined || (!isEnd && TOKEN.lastIndex === this.#text.length && token !== ';')) return;
      this.#at += token.length;
      const kind = kindOf(token);
      if (kind !== 'blank' && kind !== 'semicolon') this.#hasContent = true;
      this.#state = MOVES[this.#state][kind] ?? this.#state;
      if (this.#state === 'start' && kind === 'semicolon') {
        if (this.#hasContent) yield this.#text.slice(0, this.#at);
        this.#restart(this.#at);
      }
    }
  }

  #restart(from: number): void {
    this.#text = this.#text.slice(from);
    this.#at = 0;
    this.#hasContent = false;
  }
}

/** All statements of a text. */
export const statementsOf = (sql: string): readonly string[] => {
  const statements = new Statements();
  return [...statements.push(sql), ...statements.end()];
};

/** D1's and workerd's own limit is 100,000 bytes; characters are no more than bytes. */
const MOST_STATEMENT_CHARS = 100_000;

export class StatementTooLong extends Error {
  constructor() {
    super(`A statement is longer than ${MOST_STATEMENT_CHARS} bytes, the most that D1 takes: SQLITE_TOOBIG`);
  }
}

type Kind = 'semicolon' | 'blank' | 'other' | 'explain' | 'create' | 'temp' | 'trigger' | 'end';
type State = 'start' | 'normal' | 'explain' | 'create' | 'trigger' | 'trigger_semicolon' | 'trigger_end';

/** A blank or comment, a string or quoted name, a word, or any one other character. Unended, the first two reach to the end. */
const TOKEN = /[ \t\r\n\f]+|--[^\n]*|\/\*[^]*?(?:\*\/|$)|'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|[\w$\u0080-\uffff]+|[^]/gy;

const WORDS: ReadonlyMap<string, Kind> = new Map([
  ['explain', 'explain'],
  ['create', 'create'],
  ['temp', 'temp'],
  ['temporary', 'temp'],
  ['trigger', 'trigger'],
  ['end', 'end'],
]);

const kindOf = (token: string): Kind => {
  if (token === ';') return 'semicolon';
  if (/^(?:[ \t\r\n\f]|--|\/\*)/.test(token)) return 'blank';
  return WORDS.get(token.toLowerCase()) ?? 'other';
};

type Moves = Readonly<Record<Exclude<Kind, 'blank'>, State>> & { readonly blank?: State };

const every = (state: State): Readonly<Record<Exclude<Kind, 'blank'>, State>> => ({
  semicolon: state,
  other: state,
  explain: state,
  create: state,
  temp: state,
  trigger: state,
  end: state,
});

const NORMAL: Moves = { ...every('normal'), semicolon: 'start' };

/** What a token makes of where a statement is; blanks change nothing. */
const MOVES: Readonly<Record<State, Moves>> = {
  start: { ...NORMAL, explain: 'explain', create: 'create' },
  normal: NORMAL,
  explain: { ...NORMAL, other: 'explain', create: 'create' },
  create: { ...NORMAL, temp: 'create', trigger: 'trigger' },
  trigger: { ...every('trigger'), semicolon: 'trigger_semicolon' },
  trigger_semicolon: { ...every('trigger'), semicolon: 'trigger_semicolon', end: 'trigger_end' },
  trigger_end: { ...every('trigger'), semicolon: 'start' },
};
