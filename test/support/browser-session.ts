import assert from 'node:assert/strict';
import { CSRF_HEADER } from '../../src/contract/index.ts';
import { envelopeOf, type TestApi } from './api.ts';

export interface SessionResult {
  readonly account_id: string;
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly csrf_token: string;
  readonly expires_on: string;
  readonly control_url: string;
}

export const SESSION = '/switchback/v1/session';

type Headers = Readonly<Record<string, string>>;

/** What a browser does that is signed in: it keeps the cookie, and its page shows the CSRF token. */
export class BrowserSession {
  readonly cookie: string;
  readonly result: SessionResult;
  readonly #api: TestApi;

  constructor(api: TestApi, cookie: string, result: SessionResult) {
    this.#api = api;
    this.cookie = cookie;
    this.result = result;
  }

  /** As the page asks; `headers` replace what it would send, and an empty one is left out. */
  send(method: string, path: string, { headers = {}, json }: { headers?: Headers; json?: unknown } = {}): Promise<Response> {
    const csrf: Headers = method === 'GET' ? {} : { [CSRF_HEADER]: this.result.csrf_token };
    const all = { cookie: this.cookie, 'sec-fetch-site': 'same-origin', ...csrf, ...headers };
    return this.#api.send(method, path, {
      token: null,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  }
}

export const asksToSignIn = (api: TestApi, proof: unknown, headers: Headers = {}): Promise<Response> =>
  api.send('POST', SESSION, { token: null, headers, body: JSON.stringify(proof) });

export const cookieIn = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';

export const signsIn = async (api: TestApi, proof: unknown = { token: api.token }, headers: Headers = {}): Promise<BrowserSession> => {
  const response = await asksToSignIn(api, proof, headers);
  assert.equal(response.status, 200);
  const { result } = await envelopeOf(response);
  // The contract's test holds its shape.
  return new BrowserSession(api, cookieIn(response), result as SessionResult);
};
