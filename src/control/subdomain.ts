import { accept, refuse, type Result } from '../base/index.ts';
import { isSubdomainName, type Refusal } from '../domain/index.ts';
import { auditEntry, type Actor, type Control } from './control.ts';

/** Changes the label under which all Workers of the account answer: `<worker>.<subdomain>.<base domain>`. */
export const setSubdomain = (control: Control, actor: Actor, name: string): Promise<Result<string, Refusal>> =>
  control.store.change<string, Refusal>(
    async (change) => {
      if (!isSubdomainName(name)) return refuse({ code: 'subdomain_name_invalid', name });
      await change.meta.set('subdomain', name);
      change.touchHosts();
      return accept(name);
    },
    () => auditEntry(control, actor, 'subdomain.set', `subdomain/${name}`),
  );
