import { accept, refuse } from '../../base/index.ts';
import { deleteResource, uploadCertificate } from '../../control/index.ts';
import type { certificateEndpoints } from '../../contract/index.ts';
import type { Handlers } from '../api.ts';
import { pageWithin } from '../page.ts';
import { certificateView } from '../views/index.ts';

const KIND = 'mtls_certificate';

export const certificates: Handlers<typeof certificateEndpoints> = {
  listCertificates: async (api, { query }) => {
    const { ca, name, type = 'custom' } = query;
    const all = (await api.store.read.resources.ofKind(KIND)).map(certificateView);
    const isWanted = (each: (typeof all)[number]): boolean =>
      (ca === undefined || each.ca === ca) && (name === undefined || each.name === name) && type.split(',').includes(each.type);
    return accept(pageWithin(all.filter(isWanted), query));
  },
  uploadCertificate: async (api, { body, actor }) => {
    const { name, certificates: chain, private_key: privateKey, ca } = body;
    const uploaded = await uploadCertificate(api, actor, { name, certificates: chain, privateKey, isAuthority: ca });
    return uploaded.ok ? accept({ result: certificateView(uploaded.value) }) : uploaded;
  },
  getCertificate: async (api, { params }) => {
    const found = await api.store.read.resources.byId(KIND, params.certificate_id);
    return found === undefined
      ? refuse({ code: 'resource_not_found', kind: KIND, key: params.certificate_id })
      : accept({ result: certificateView(found) });
  },
  deleteCertificate: async (api, { params, query, actor }) => {
    const deleted = await deleteResource(api, actor, { kind: KIND, id: params.certificate_id }, query.force === true);
    return deleted.ok ? accept({ result: certificateView(deleted.value) }) : deleted;
  },
};
