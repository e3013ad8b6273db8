import { Button, Empty } from '../../parts/index.ts';

export const NoWorkers = () => (
  <Empty title="No Workers yet" command="switchback wrangler deploy">
    A Worker is code that answers requests. None was uploaded so far. Make one with Create application, or run this where the code is; it is
    the real wrangler, pointed at this server:
  </Empty>
);

export const NothingFound = ({ search, onShowAll }: { readonly search: string; readonly onShowAll: () => void }) => (
  <div className="workers-none">
    <Empty title={search === '' ? 'No Worker is among them' : `Nothing is found for “${search}”`}>
      {search === ''
        ? 'Workers stand here while this is true of them.'
        : 'Names, host names, who changed something, and numbers, tags and messages of versions were looked at.'}
    </Empty>
    <Button onClick={onShowAll}>Show all Workers</Button>
  </div>
);
