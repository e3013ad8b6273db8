import { request } from 'node:http';

const LONGEST_ANSWER = 256 * 1024;

/** One GET over a unix socket, the whole answer in memory with a bound. Rejects when the other side fails or says too much. */
export const askSocket = (socketPath: string, signal: AbortSignal | undefined): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/', agent: false, ...(signal === undefined ? {} : { signal }) }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > LONGEST_ANSWER) asked.destroy(new Error(`The answer on ${socketPath} is too long.`));
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });

/** Resolves once the process's own probe answers; it does not while the version's code is being evaluated or loops. */
export const probeAnswers = async (probeSocket: string, signal?: AbortSignal): Promise<void> => {
  const { body } = await askSocket(probeSocket, signal);
  if (body !== 'ready') throw new Error(`The probe answered ${body.slice(0, 100)}.`);
};
