/** A drive: PUT /photos/cat.jpg, GET it again, whole or a part of it, GET /photos/ to see what is in there, DELETE it. */
export default {
  async fetch(request, { FILES, VERSION }) {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (request.method === 'PUT') {
      const object = await FILES.put(key, request.body, {
        httpMetadata: request.headers,
        customMetadata: { version: VERSION.tag || VERSION.id },
      });
      return Response.json({ key, size: object.size }, { status: 201, headers: { etag: object.httpEtag } });
    }
    if (request.method === 'DELETE') {
      await FILES.delete(key);
      return new Response(null, { status: 204 });
    }
    if (key === '' || key.endsWith('/')) return list(FILES, key);
    const object = await FILES.get(key, { range: request.headers, onlyIf: request.headers });
    if (object === null) return new Response('Not found\n', { status: 404 });
    const headers = new Headers({ etag: object.httpEtag, 'accept-ranges': 'bytes', 'stored-by': object.customMetadata.version });
    object.writeHttpMetadata(headers);
    if (!('body' in object)) return new Response(null, { status: 304, headers });
    const { offset, length } = object.range;
    if (!request.headers.has('range')) return new Response(object.body, { headers });
    headers.set('content-range', `bytes ${offset}-${offset + length - 1}/${object.size}`);
    return new Response(object.body, { status: 206, headers });
  },
};

const list = async (bucket, prefix) => {
  const { objects, delimitedPrefixes } = await bucket.list({ prefix, delimiter: '/' });
  return Response.json({ folders: delimitedPrefixes, files: objects.map(({ key, size }) => ({ key, size })) });
};
