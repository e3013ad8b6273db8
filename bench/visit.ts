import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** One request on a connection of its own; answers the body, and throws on any status but 200. */
export const visit = async (url: string, host: string): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, { headers: { host }, agent: false }, (answer) => {
    text(answer).then((body) => {
      if (answer.statusCode === 200) resolve(body);
      else reject(new Error(`${url} for ${host} answered ${answer.statusCode}: ${body.slice(0, 200)}`));
    }, reject);
  })
    .on('error', reject)
    .end();
  return promise;
};
