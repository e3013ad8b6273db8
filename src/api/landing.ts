import { html } from 'hono/html';
import type { Api } from './api.ts';
import type { Hosts } from './views/index.ts';

/** What a person sees who opens the control port in a browser. Shows nothing that needs a token. */
export const landingPage = (api: Api, { scheme, subdomain, authority }: Hosts) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Switchback</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font:
              16px/1.6 system-ui,
              sans-serif;
            max-width: 38rem;
            margin: 12vh auto;
            padding: 0 1.5rem;
            background: light-dark(#fbfcfc, #101317);
            color: light-dark(#14181d, #edf0f3);
          }
          h1 {
            font-size: 1.5rem;
            margin: 0 0 0.25rem;
          }
          p {
            color: light-dark(#454c55, #b3bac4);
          }
          code {
            font:
              0.9em ui-monospace,
              monospace;
            background: light-dark(#f1f3f4, #20252b);
            padding: 0.15em 0.35em;
            border-radius: 4px;
          }
          .bar {
            display: flex;
            gap: 2px;
            height: 10px;
            margin: 1.5rem 0;
          }
          .bar i {
            background: light-dark(#de6e17, #ff9f57);
            flex: 10;
            border-radius: 3px 0 0 3px;
          }
          .bar b {
            background: light-dark(#2c5f97, #5d97d6);
            flex: 90;
            border-radius: 0 3px 3px 0;
          }
          a {
            color: inherit;
          }
        </style>
      </head>
      <body>
        <h1>Switchback</h1>
        <p>Versions &amp; Deployments for Workers, on your own machines.</p>
        <div class="bar" role="img" aria-label="A split: 10 % on the new version, 90 % on the settled one"><i></i><b></b></div>
        <p>
          This is the control plane's API. <code>wrangler</code> and Cloudflare's SDKs speak to it at
          <code>${api.apiSettings.controlUrl}/client/v4</code>; Workers answer at
          <code>${scheme}://&lt;worker&gt;.${subdomain}.${authority}</code>.
        </p>
        <p>Begin in a project's folder with <code>switchback wrangler deploy</code>. What runs: <code>switchback status</code>.</p>
        <p><a href="/openapi.json">The API's description</a> · <a href="/healthz">health</a> · <a href="/readyz">readiness</a></p>
      </body>
    </html>`;
