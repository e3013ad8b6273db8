import { type Client, wranglerScript } from './client.ts';
import type { Environment } from './environment.ts';
import { type Terminal, terminal } from './terminal.ts';

export type InteractiveDeploy = {
  /** The project's folder: the Worker's name is read from its configuration. */
  readonly cwd: string;
  readonly env: Environment;
  /** Chosen in this order; each percentage is typed as it stands here. */
  readonly shares: readonly { readonly versionId: string; readonly percentage: string }[];
  readonly message?: string;
};

/** `versions deploy` of 3.34.2, where versions still hide behind a flag. Answers all that was on the screen. */
export const deployInteractively34 = (deploy: InteractiveDeploy): Promise<string> =>
  deployInteractively('3.34', ['versions', 'deploy', '--experimental-gradual-rollouts'], deploy);

/** `versions deploy` of 4.164.0. Answers all that was on the screen. */
export const deployInteractively4164 = (deploy: InteractiveDeploy): Promise<string> =>
  deployInteractively('4.164', ['versions', 'deploy'], deploy);

/** Both ask the same questions in the same words; only what they send differs. */
async function deployInteractively(client: Client, args: readonly string[], { cwd, env, ...answers }: InteractiveDeploy): Promise<string> {
  await using session = terminal(process.execPath, [wranglerScript(client), ...args], { cwd, env });
  // Awaited here: the session ends with this function.
  return await answerDeployPrompts(session, answers);
}

/** Answers the questions of a `versions deploy` that was just started, and waits until it has ended well. */
export async function answerDeployPrompts(
  session: Terminal,
  { shares, message = '' }: Pick<InteractiveDeploy, 'shares' | 'message'>,
): Promise<string> {
  await session.waitFor('Which version(s) do you want to deploy?');
  await choose(
    session,
    shares.map(({ versionId }) => versionId),
  );
  for (const [index, { percentage }] of shares.entries()) {
    await session.waitFor(`What percentage of traffic should Worker Version ${index + 1} receive?`);
    session.type(percentage);
    session.press('enter');
  }
  await session.waitFor('Add a deployment message');
  session.type(message);
  session.press('enter');
  await session.waitFor(/Deployed .+ version .+ at .+%/);
  const code = await session.exit;
  if (code !== 0) throw new Error(`wrangler ended with code ${code} after deploying. On the screen:\n\n${session.screen()}`);
  return session.screen();
}

/** Walks the list of versions with the arrow keys and marks the wanted ones, in their order. */
async function choose(session: Terminal, wanted: readonly string[]): Promise<void> {
  let shown = '';
  while (!wanted.every((id) => shown.includes(id))) shown += await session.waitFor(UUID);
  const listed: readonly string[] = shown.match(new RegExp(UUID, 'g')) ?? [];
  let cursor = 0;
  for (const id of wanted) {
    const target = listed.indexOf(id);
    for (; cursor < target; cursor += 1) session.press('down');
    for (; cursor > target; cursor -= 1) session.press('up');
    session.press('space');
  }
  session.press('enter');
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
