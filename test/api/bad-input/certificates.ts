import { aCertificate, pem } from '../../support/certificates.ts';
import { binding, type BadInput, type World } from './world.ts';

const uploading =
  (json: Readonly<Record<string, unknown>>) =>
  ({ api }: World) =>
    api.response('uploadCertificate', {}, { json });
const authority = { ca: true, certificates: pem('authority.pem') };

export const badCertificates: readonly BadInput[] = [
  { what: 'a certificate that is none', send: uploading({ ca: false, certificates: 'hello', private_key: pem('ec.key') }) },
  { what: 'an empty certificate', send: uploading({ ca: false, certificates: '', private_key: pem('ec.key') }) },
  {
    what: 'a certificate of nonsense',
    send: uploading({ ...aCertificate(), certificates: `${pem('ec.pem')}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n` }),
  },
  { what: 'a certificate without its key', send: uploading({ ca: false, certificates: pem('ec.pem') }) },
  { what: 'a certificate with the key of another', send: uploading({ ...aCertificate(), private_key: pem('rsa.key') }) },
  { what: 'a certificate with a key that is none', send: uploading({ ...aCertificate(), private_key: pem('ec.pem') }) },
  { what: 'a certificate with a key under a passphrase', send: uploading({ ...aCertificate(), private_key: pem('encrypted.key') }) },
  {
    what: 'a certificate of a curve that nobody presents',
    send: uploading({ ca: false, certificates: pem('secp256k1.pem'), private_key: pem('secp256k1.key') }),
  },
  {
    what: 'a certificate with a key that is too short',
    send: uploading({ ca: false, certificates: pem('weak.pem'), private_key: pem('weak.key') }),
  },
  {
    what: 'certificates in the wrong order',
    send: uploading({ ...aCertificate(), certificates: pem('authority.pem') + pem('ec.pem') }),
  },
  { what: 'a key among the certificates', send: uploading({ ...aCertificate(), certificates: pem('ec.pem') + pem('ec.key') }) },
  { what: 'too many certificates', send: uploading({ ...aCertificate(), certificates: pem('ed25519.pem').repeat(21) }) },
  { what: 'certificates that are too long', send: uploading({ ...aCertificate(), certificates: ' '.repeat(65_537) }) },
  { what: 'an authority that is none', send: uploading({ ca: true, certificates: pem('ec.pem') }) },
  { what: 'a certificate that does not say what it is', send: uploading({ certificates: pem('authority.pem') }) },
  { what: 'a certificate with a name that is too long', send: uploading({ ...authority, name: 'n'.repeat(256) }) },
  {
    what: 'a second certificate of the same name',
    send: uploading({ ...authority, name: 'taken' }),
  },
  { what: 'a certificate that is not there', send: ({ api }) => api.response('getCertificate', { certificate_id: 'nobody' }) },
  { what: 'deleting a certificate that is not there', send: ({ api }) => api.response('deleteCertificate', { certificate_id: 'nobody' }) },
  { what: 'a binding without its certificate', send: binding({ type: 'mtls_certificate', name: 'CERT' }) },
  {
    what: 'a binding to an authority',
    send: async (world) => {
      const [taken] = await world.api.ok('listCertificates', {}, { query: { name: 'taken' } });
      return binding({ type: 'mtls_certificate', name: 'CERT', certificate_id: taken?.id })(world);
    },
  },
];
