import type { DestinationRules } from '../observe/index.ts';
import { ownNetworks } from './own-networks.ts';
import type { Settings } from './settings.ts';

/** Where Logpush may send, as the operator has it. */
export const destinationRules = ({ allowPrivateDestinations, logpushDir }: Settings): DestinationRules => ({
  allowPrivate: allowPrivateDestinations,
  deniedNetworks: ownNetworks(),
  fileRoot: logpushDir,
});
