/** Made of the contract when the dashboard is built, so that no schema is sent to a browser. */
declare module 'virtual:contract' {
  export const routes: Readonly<Record<string, readonly [method: string, path: string]>>;
}
