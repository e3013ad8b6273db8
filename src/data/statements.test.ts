import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import fc from 'fast-check';
import { Statements, StatementTooLong, statementsOf } from './statements.ts';

const trimmed = (sql: string): readonly string[] => statementsOf(sql).map((statement) => statement.trim());

test('semicolons in strings, names, comments and triggers end no statement', () => {
  const cases: readonly (readonly string[])[] = [
    ["SELECT 'a;b''c;';", 'SELECT 1;'],
    ['SELECT 1 AS "a;""b";', 'SELECT 2 AS [c;d];', 'SELECT 3 AS `e;f`;'],
    ['SELECT 1 -- no; end\n;', 'SELECT /* nor; here */ 2;'],
    ["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; INSERT INTO b VALUES('END;'); END;", 'SELECT 1;'],
    ['create temp trigger t after insert on a begin select case 1 when 1 then 2 end; end;', 'SELECT 1;'],
    ['CREATE TABLE trigger_end (end_ TEXT);', 'SELECT 1'],
    ['EXPLAIN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;', 'SELECT 1;'],
  ];
  for (const statements of cases)
    assert.deepEqual(
      trimmed(statements.join('\n')),
      statements.map((each) => (each.endsWith(';') ? each : `${each}\n;`)),
    );
});

test('what is only blanks, comments and semicolons is no statement', () => {
  for (const sql of ['', ' \n', ';', ';; ;', '-- nothing', '/* nothing; */;', '/* unended']) assert.deepEqual(statementsOf(sql), [], sql);
  assert.deepEqual(
    trimmed(';;SELECT 1;;SELECT 2;\n-- the end'),
    [';;SELECT 1;', 'SELECT 2;'].map((each) => each.replace(/^;+/, '')),
  );
});

const PIECES = `' ' ' " \` [ ] ; ; -- /* */ a ';' 1 + é 💾 END begin CREATE TEMP TRIGGER`.split(' ');
const piece = fc.constantFrom(...PIECES, ' ', '\n');

test('the statements of a text are the same in whatever pieces it comes, and together they are all of it but blanks', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
      const sql = parts.join('');
      const statements = new Statements();
      const edges = [0, ...cuts.map((cut) => Math.min(cut, sql.length)).toSorted((a, b) => a - b), sql.length];
      const found: string[] = [];
      for (const [index, edge] of edges.slice(1).entries()) found.push(...statements.push(sql.slice(edges[index], edge)));
      assert.deepEqual([...found, ...statements.end()], statementsOf(sql));
      for (const statement of statementsOf(sql)) assert.ok(sql.includes(statement.replace(/\n;$/, '')));
    }),
    { numRuns: 2000 },
  );
});

/** SQLite says where the first statement of a text ends, if it can compile it. */
test('statements end where SQLite ends them', () => {
  using database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE a(b); CREATE TABLE c(d)');
  const literal = fc
    .array(fc.constantFrom(';', "''", 'x', ' ', '--', '/*', '"', '\n'), { maxLength: 6 })
    .map((parts) => `'${parts.join('')}'`);
  const comment = fc.constantFrom('/* a; b */', '-- a; b\n', ' ');
  const select = fc.tuple(literal, comment, literal).map(([one, between, two]) => `SELECT ${one}${between}AS "n;${two.length}", ${two}`);
  const trigger = fc
    .array(select, { minLength: 1, maxLength: 3 })
    .map((body) => `CREATE TRIGGER t AFTER INSERT ON a BEGIN ${body.join(';')}; END`);
  fc.assert(
    fc.property(fc.array(fc.oneof(select, trigger), { minLength: 1, maxLength: 4 }), (statements) => {
      let rest = statements.map((statement) => `${statement};`).join('');
      for (const found of statementsOf(rest)) {
        assert.equal(found, database.prepare(rest).sourceSQL);
        rest = rest.slice(found.length);
      }
      assert.equal(rest, '');
    }),
    { numRuns: 500 },
  );
});

test('a statement that is longer than SQLite takes is refused before all of it is held', () => {
  const statements = new Statements();
  assert.deepEqual([...statements.push("INSERT INTO a VALUES('")], []);
  assert.throws(() => {
    for (let index = 0; index < 10; index += 1) assert.deepEqual([...statements.push('x'.repeat(20_000))], []);
  }, StatementTooLong);
});
