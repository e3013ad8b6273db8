import { factsOf } from '../../control/index.ts';
import type { Resource } from '../../domain/index.ts';

/** A certificate as everybody may see it: its key is in no answer (I8). */
export const certificateView = (resource: Resource) => {
  const { id, name, ca, certificates, issuer, serialNumber, signature, expiresOn, uploadedOn } = factsOf(resource);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ca,
    certificates,
    issuer,
    serial_number: serialNumber,
    signature,
    type: 'custom' as const,
    expires_on: expiresOn,
    uploaded_on: uploadedOn,
    updated_at: uploadedOn,
  };
};
