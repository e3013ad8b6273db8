import type { TestApi } from '../../support/api.ts';
import { aCertificate } from '../../support/certificates.ts';
import type { Rows } from './row.ts';

const replicated = (mode: 'auto' | 'disabled') => ({ json: { read_replication: { mode } } });
const COLD = { 'cf-r2-storage-class': 'InfrequentAccess' };

/** A version that serves and binds it keeps a resource from being deleted. */
const bind = (api: TestApi, name: string, binding: object) => api.upload(name, { metadata: { bindings: [{ name: 'BOUND', ...binding }] } });

const aQueue = async (api: TestApi, name: string) => {
  const { queue_id } = await api.ok('createQueue', {}, { json: { queue_name: name } });
  await api.upload(name, { code: 'export default { queue() {} };' });
  return { queue_id };
};

const consumer = (script_name: string) => ({ json: { type: 'worker', script_name } });

/** What bindings reach, without what is in it. */
export const changesOfResources: Rows<
  | 'createKvNamespace'
  | 'renameKvNamespace'
  | 'deleteKvNamespace'
  | 'createD1Database'
  | 'putD1Database'
  | 'patchD1Database'
  | 'deleteD1Database'
  | 'createR2Bucket'
  | 'patchR2Bucket'
  | 'deleteR2Bucket'
  | 'createQueue'
  | 'putQueue'
  | 'patchQueue'
  | 'deleteQueue'
  | 'createQueueConsumer'
  | 'putQueueConsumer'
  | 'deleteQueueConsumer'
  | 'uploadCertificate'
  | 'deleteCertificate'
> = {
  createKvNamespace: async (api, title) => {
    await api.ok('createKvNamespace', {}, { json: { title: `${title}-other` } });
    return { done: [{}, { json: { title } }], refused: [{}, { json: { title: `${title}-other` } }] };
  },
  renameKvNamespace: async (api, title) => {
    const { id: namespace_id } = await api.ok('createKvNamespace', {}, { json: { title } });
    await api.ok('createKvNamespace', {}, { json: { title: `${title}-other` } });
    const named = (to: string) => [{ namespace_id }, { json: { title: to } }] as const;
    return { done: named(`${title}-new`), refused: named(`${title}-other`) };
  },
  deleteKvNamespace: async (api, title) => {
    const { id: namespace_id } = await api.ok('createKvNamespace', {}, { json: { title } });
    const { id: bound } = await api.ok('createKvNamespace', {}, { json: { title: `${title}-bound` } });
    await bind(api, title, { type: 'kv_namespace', namespace_id: bound });
    return { done: [{ namespace_id }], refused: [{ namespace_id: bound }] };
  },
  createD1Database: async (api, name) => {
    await api.ok('createD1Database', {}, { json: { name: `${name}-other` } });
    return { done: [{}, { json: { name } }], refused: [{}, { json: { name: `${name}-other` } }] };
  },
  putD1Database: async (api, name) => {
    const { uuid: database } = await api.ok('createD1Database', {}, { json: { name } });
    return { done: [{ database }, replicated('disabled')], refused: [{ database }, replicated('auto')] };
  },
  patchD1Database: async (api, name) => {
    const { uuid: database } = await api.ok('createD1Database', {}, { json: { name } });
    return { done: [{ database }, replicated('disabled')], refused: [{ database }, replicated('auto')] };
  },
  deleteD1Database: async (api, name) => {
    const { uuid: database } = await api.ok('createD1Database', {}, { json: { name } });
    const { uuid: id } = await api.ok('createD1Database', {}, { json: { name: `${name}-bound` } });
    await bind(api, name, { type: 'd1', id });
    return { done: [{ database }], refused: [{ database: id }] };
  },
  createR2Bucket: async (api, name) => {
    await api.ok('createR2Bucket', {}, { json: { name: `${name}-other` } });
    return { done: [{}, { json: { name } }], refused: [{}, { json: { name: `${name}-other` } }] };
  },
  patchR2Bucket: async (api, bucket_name) => {
    await api.ok('createR2Bucket', {}, { json: { name: bucket_name } });
    return { done: [{ bucket_name }, { headers: COLD }], refused: [{ bucket_name }, { headers: { 'cf-r2-storage-class': 'Frozen' } }] };
  },
  deleteR2Bucket: async (api, bucket_name) => {
    await api.ok('createR2Bucket', {}, { json: { name: bucket_name } });
    await api.ok('createR2Bucket', {}, { json: { name: `${bucket_name}-full` } });
    await api.ok('putR2Object', { bucket_name: `${bucket_name}-full`, object_key: 'a' }, { body: 'x' });
    return { done: [{ bucket_name }], refused: [{ bucket_name: `${bucket_name}-full` }] };
  },
  createQueue: async (api, queue_name) => {
    await api.ok('createQueue', {}, { json: { queue_name: `${queue_name}-other` } });
    return { done: [{}, { json: { queue_name } }], refused: [{}, { json: { queue_name: `${queue_name}-other` } }] };
  },
  putQueue: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    const delayed = (delivery_delay: number) => [{ queue_id }, { json: { settings: { delivery_delay } } }] as const;
    return { done: delayed(5), refused: delayed(-1) };
  },
  patchQueue: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    const paused = { json: { settings: { delivery_paused: true } } };
    return { done: [{ queue_id }, paused], refused: [{ queue_id: 'none' }, paused] };
  },
  deleteQueue: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    const { queue_id: consumed } = await api.ok('createQueue', {}, { json: { queue_name: `${name}-consumed` } });
    await api.ok('createQueueConsumer', { queue_id: consumed }, consumer(name));
    return { done: [{ queue_id }], refused: [{ queue_id: consumed }] };
  },
  createQueueConsumer: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    // With a queue that is made on the way: still one change.
    const call = { json: { ...consumer(name).json, dead_letter_queue: `${name}-dead` } };
    return { done: [{ queue_id }, call], refused: [{ queue_id }, consumer('nobody')] };
  },
  putQueueConsumer: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    const { consumer_id } = await api.ok('createQueueConsumer', { queue_id }, consumer(name));
    return { done: [{ queue_id, consumer_id }, consumer(name)], refused: [{ queue_id, consumer_id: 'none' }, consumer(name)] };
  },
  deleteQueueConsumer: async (api, name) => {
    const { queue_id } = await aQueue(api, name);
    const { consumer_id } = await api.ok('createQueueConsumer', { queue_id }, consumer(name));
    return { done: [{ queue_id, consumer_id }], refused: [{ queue_id, consumer_id: 'none' }] };
  },
  uploadCertificate: (_api, name) => ({
    done: [{}, { json: aCertificate('ec', { name }) }],
    refused: [{}, { json: { ...aCertificate('ec'), private_key: aCertificate('rsa').private_key } }],
  }),
  deleteCertificate: async (api, name) => {
    const { id: certificate_id } = await api.ok('uploadCertificate', {}, { json: aCertificate('rsa', { name }) });
    const { id: bound } = await api.ok('uploadCertificate', {}, { json: aCertificate('ed25519', { name: `${name}-bound` }) });
    await bind(api, name, { type: 'mtls_certificate', certificate_id: bound });
    return { done: [{ certificate_id }], refused: [{ certificate_id: bound }] };
  },
};
