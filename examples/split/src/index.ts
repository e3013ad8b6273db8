interface Env {
  readonly VERSION: { readonly id: string; readonly tag: string; readonly timestamp: string };
}

export default {
  fetch(_request: Request, { VERSION }: Env): Response {
    return new Response(`${VERSION.tag || 'untagged'} ${VERSION.id}\n`);
  },
};
