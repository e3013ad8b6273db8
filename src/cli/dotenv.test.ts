import assert from 'node:assert/strict';
import test from 'node:test';
import { defines, dotenvLines, ignoringDotenv, mergeDotenv, type Variables } from './dotenv.ts';

const VARIABLES: Variables = [
  ['CLOUDFLARE_API_BASE_URL', 'http://127.0.0.1:7450/client/v4'],
  ['CLOUDFLARE_API_TOKEN', 'new'],
];
const OURS = 'CLOUDFLARE_API_BASE_URL=http://127.0.0.1:7450/client/v4\nCLOUDFLARE_API_TOKEN=new\n';

const MERGES: readonly (readonly [what: string, before: string, after: string])[] = [
  ['an empty file gets the lines', '', OURS],
  ['other lines, comments and empty lines stay as they are', '# mine\n\nA="b c" # d\n', `# mine\n\nA="b c" # d\n${OURS}`],
  ['a file without a last newline gets one', 'A=1', `A=1\n${OURS}`],
  [
    'a variable is replaced where it stood',
    'CLOUDFLARE_API_TOKEN=old\nA=1\n',
    'CLOUDFLARE_API_TOKEN=new\nA=1\nCLOUDFLARE_API_BASE_URL=http://127.0.0.1:7450/client/v4\n',
  ],
  ['later definitions go, because the last one would win', `${OURS}A=1\nexport CLOUDFLARE_API_TOKEN = 'old'\n`, `${OURS}A=1\n`],
  ['a commented line is no definition', '#CLOUDFLARE_API_TOKEN=old\n', `#CLOUDFLARE_API_TOKEN=old\n${OURS}`],
  ['a longer name is another variable', 'CLOUDFLARE_API_TOKEN_2=x\n', `CLOUDFLARE_API_TOKEN_2=x\n${OURS}`],
  ['Windows line ends stay', 'A=1\r\n', `A=1\r\n${OURS.replaceAll('\n', '\r\n')}`],
];

for (const [what, before, after] of MERGES) {
  test(`merging into a .env: ${what}`, () => {
    assert.equal(mergeDotenv(before, VARIABLES), after);
    assert.equal(mergeDotenv(after, VARIABLES), after, 'a second time changes nothing');
  });
}

test('env prints dotenv lines and nothing else', () => assert.equal(dotenvLines(VARIABLES), OURS));

test('.env is added to a .gitignore once', () => {
  assert.equal(ignoringDotenv(''), '.env\n');
  assert.equal(ignoringDotenv('node_modules'), 'node_modules\n.env\n');
  for (const ignoring of ['.env\n', '/.env\n', 'a\n.env*\n', '*.env\r\n', '**/.env\n']) assert.equal(ignoringDotenv(ignoring), ignoring);
  assert.equal(ignoringDotenv('#.env\n.env.local\n'), '#.env\n.env.local\n.env\n');
});

test('a variable is defined by a line of its own only', () => {
  assert.equal(defines('export A = 1', 'A'), true);
  assert.equal(defines('# A=1\nB=A=1', 'A'), false);
});
