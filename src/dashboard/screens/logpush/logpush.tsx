import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi, type Result } from '../../api/index.ts';
import { Banner, Button, Empty, Loaded, PageHead, Refusal, RowBones, RowMenu, When } from '../../parts/index.ts';
import { useAddress } from '../../shell/index.ts';
import { HIDDEN } from '../../../domain/index.ts';
import { bytes, count, counted } from '../../words/index.ts';
import { DeleteJob } from './delete-job.tsx';
import { JobDialog } from './job-dialog.tsx';
import { jobMenu, type JobActions } from './job-menu.ts';
import './logpush.css';

export type Job = Result<'listLogpushJobs'>[number];

/** Where invocations are sent to, and how that goes. */
export const Logpush = () => {
  const [{ dialog, of }, change] = useAddress();
  const [told, setTold] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<unknown>();
  const jobs = useApi('listLogpushJobs', {}, { refetchInterval: 10_000 });
  const close = (): void => change({ dialog: undefined, of: undefined }, false);
  const found = jobs.data?.result.find(({ id }) => String(id) === of);
  return (
    <>
      <PageHead
        title="Logpush"
        action={
          <Button kind="main" icon={Plus} onClick={() => change({ dialog: 'job' })}>
            Create a job
          </Button>
        }
      >
        Sends each invocation, with the version that answered, to a bucket, an address or a folder of yours.
      </PageHead>
      {failure !== undefined && <Refusal what="Not changed." error={failure} />}
      {told.length > 0 && (
        <Banner
          action={
            <Button isSmall onClick={() => setTold([])}>
              Close
            </Button>
          }
        >
          {told.join(' ')}
        </Banner>
      )}
      <Loaded from={jobs} bones={<RowBones rows={3} columns={4} />} what="The jobs did not load.">
        {({ result }) =>
          result.length === 0 ? (
            <Empty title="No job yet">
              A job takes the invocations of all Workers that have logpush = true, in batches of compressed lines of JSON. A batch that was
              not taken is sent again, so that each arrives at least once.
            </Empty>
          ) : (
            <Jobs jobs={result} onFailed={setFailure} onOpen={(job, which) => change({ dialog: which, of: String(job.id) })} />
          )
        }
      </Loaded>
      {dialog === 'job' && (of === undefined || found !== undefined) && <JobDialog job={found} onClose={close} onTold={setTold} />}
      {dialog === 'delete' && found !== undefined && <DeleteJob job={found} onClose={close} />}
    </>
  );
};

const Jobs = ({ jobs, ...actions }: JobActions & { readonly jobs: readonly Job[] }) => (
  <table className="table has-hover logpush-jobs">
    <thead>
      <tr>
        <th scope="col">Job</th>
        <th scope="col">Sends to</th>
        <th scope="col">State</th>
        <th scope="col" className="r">
          Waiting
        </th>
        <th scope="col">
          <span className="visually-hidden">What can be done</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {jobs.map((job) => (
        <tr key={job.id} data-row>
          <td>
            <button type="button" className="strong chip-link" onClick={() => actions.onOpen(job, 'job')}>
              {nameOf(job)}
            </button>
            <p className="small third">{fieldsOf(job)}</p>
          </td>
          <td className="logpush-destination">
            <Destination conf={job.destination_conf} />
          </td>
          <td className="logpush-state">
            <State job={job} />
          </td>
          <td className="r logpush-waiting">
            <Waiting spool={job.spool} />
          </td>
          <td className="r">
            <RowMenu name={`Of ${nameOf(job)}`} items={jobMenu(job, actions)} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const nameOf = ({ id, name }: Pick<Job, 'id' | 'name'>): string => name ?? `Job ${id}`;

const fieldsOf = ({ output_options: options, logpull_options: pull, filter }: Job): string => {
  const names = options?.['field_names'];
  const fields = Array.isArray(names) ? names.length : (new URLSearchParams(pull ?? '').get('fields')?.split(',').length ?? undefined);
  return [fields === undefined ? 'all fields' : counted(fields, 'field'), filter === null || filter === '' ? '' : 'filtered']
    .filter(Boolean)
    .join(', ');
};

/** Where to, then how, without what lets one in: that is hidden, and says nothing here. */
const Destination = ({ conf }: { readonly conf: string }) => {
  const [place = '', query = ''] = conf.split('?', 2);
  const said = [...new URLSearchParams(query)].flatMap(([name, value]) => (value === HIDDEN ? [] : [`${name} ${value}`]));
  return (
    <>
      <span className="mono">{place}</span>
      {said.length > 0 && <p className="small third">{said.join(', ')}</p>}
    </>
  );
};

const State = ({ job }: { readonly job: Job }) => {
  if (!job.enabled) return <span className="third">Off</span>;
  if (job.error_message !== null)
    return (
      <>
        <span className="stop-text">{job.error_message}</span>
        <p className="small third">
          {job.last_error !== null && (
            <>
              Last failure: <When at={job.last_error} />. It is tried again by itself.
            </>
          )}
        </p>
      </>
    );
  return job.last_complete === null ? (
    <span className="third">Nothing was sent yet</span>
  ) : (
    <>
      Sent up to <When at={job.last_complete} />
    </>
  );
};

const Waiting = ({ spool }: Pick<Job, 'spool'>) => {
  if (spool === null) return <span className="third">not known</span>;
  const lost = spool.dropped_records + spool.rejected_records;
  return (
    <>
      {spool.batches === 0 ? 'nothing' : `${counted(spool.batches, 'batch', 'batches')}, ${bytes(spool.bytes)}`}
      {lost > 0 && <p className="small stop-text">{count(lost)} records lost</p>}
    </>
  );
};
