import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { cronFault, tickAfter } from '../../../domain/index.ts';
import { call, useApi, type Result } from '../../api/index.ts';
import { Bones, Loaded, RowMenu, TextField, useNow, When } from '../../parts/index.ts';
import { exactly } from '../../words/index.ts';
import { cronInWords } from './cron-words.ts';
import { useHeard, type AsRead } from './as-read.tsx';
import { FormDialog, RemoveDialog } from './form-dialog.tsx';
import { None, Rows, Section } from './section.tsx';
import { useDialog, useKept } from './use-dialog.ts';

const SHOWN_TICKS = 3;

/** When the Worker's scheduled() is called. */
export const Crons = ({ name }: { readonly name: string }) => {
  const read = useApi('getSchedules', { params: { script_name: name } });
  const runs = useApi(
    'listInvocations',
    { params: { name }, query: { kind: 'scheduled', limit: 100 } },
    { enabled: read.data?.result.schedules.length !== 0 },
  );
  const dialog = useDialog('cron');
  const crons = read.data?.result.schedules.map(({ cron }) => cron) ?? [];
  const about = useKept(
    crons.find((cron) => cron === dialog.of),
    dialog.of,
  );
  const put = (next: readonly string[]) =>
    call('putSchedules', { params: { script_name: name }, body: next.map((cron) => ({ cron })), ifMatch: read.data?.etag });
  const { by } = useHeard([[`worker/${name}`, 'schedules.']]);
  // They are put all at once, so that none is known without the others.
  const list: AsRead<readonly string[]> = {
    was: read.data && crons,
    now: read.data && crons,
    tag: read.data?.etag,
    isGone: false,
    isChanged: false,
    error: read.data === undefined ? (read.error ?? undefined) : undefined,
    again: () => void read.refetch(),
    by,
    follow: () => undefined,
    rest: () => undefined,
  };
  const isGone = read.data !== undefined && about !== undefined && !crons.includes(about);
  return (
    <Section title="Cron triggers" count={crons.length} add={{ text: 'Add cron trigger', onAdd: () => dialog.open('add') }}>
      <Loaded from={read} bones={<Bones lines={[90, 90]} />} what="Cron triggers did not load.">
        {() =>
          crons.length === 0 ? (
            <None>
              There is no cron trigger. At the times of a cron trigger the scheduled() handler of the version that serves is called.
            </None>
          ) : (
            <Rows heads={['When', 'Next', 'Last run']}>
              {crons.map((cron) => (
                <tr key={cron} data-row>
                  <th scope="row">
                    <span className="mono">{cron}</span>
                    <span className="triggers-under small second">{cronInWords(cron)}</span>
                  </th>
                  <td>
                    <Ticks cron={cron} />
                  </td>
                  <td>
                    <LastRun run={runs.data?.result.find(({ event }) => event?.['cron'] === cron)} isKnown={runs.isSuccess} />
                  </td>
                  <td className="r">
                    <RowMenu
                      name={`Menu of ${cron}`}
                      items={[{ text: 'Remove', icon: Trash2, onSelect: () => dialog.open('remove', cron) }]}
                    />
                  </td>
                </tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {dialog.opened === 'add' && <AddCron name={name} crons={crons} read={list} put={put} onClose={dialog.close} />}
      {dialog.opened === 'remove' && about !== undefined && (
        <RemoveDialog
          what={about}
          name={name}
          onClose={dialog.close}
          read={{ ...list, isGone, isChanged: isGone }}
          act={() => put(crons.filter((cron) => cron !== about))}
        >
          {name} is no longer called at these times.
        </RemoveDialog>
      )}
    </Section>
  );
};

/** The first firings after a time. */
const ticksAfter = (cron: string, time: number): readonly Date[] => {
  const ticks: Date[] = [];
  for (let at = tickAfter(cron, time); at !== undefined && ticks.length < SHOWN_TICKS; at = tickAfter(cron, at)) ticks.push(new Date(at));
  return ticks;
};

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dated = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

const said = (at: Date, now: Date): string => (at.toDateString() === now.toDateString() ? `today ${clock.format(at)}` : dated.format(at));

/** The next three firings, in the time of whoever looks; exactly, and in UTC, on hover. */
const Ticks = ({ cron }: { readonly cron: string }) => {
  const now = useNow();
  const [first, ...others] = ticksAfter(cron, now.getTime());
  if (first === undefined) return <span className="third">Never</span>;
  return (
    <>
      <time dateTime={first.toISOString()} title={exactly(first)} className="num">
        {said(first, now)}
      </time>
      <span className="triggers-under small third num">
        then{' '}
        {others.map((at, index) => (
          <time key={at.getTime()} dateTime={at.toISOString()} title={exactly(at)}>
            {index > 0 ? ', ' : ''}
            {said(at, now)}
          </time>
        ))}
      </span>
    </>
  );
};

type Run = Result<'listInvocations'>[number];

const LastRun = ({ run, isKnown }: { readonly run: Run | undefined; readonly isKnown: boolean }) => {
  if (run === undefined) return <span className="third">{isKnown ? 'None kept' : ''}</span>;
  return (
    <>
      <When at={run.at} />
      <span className={`triggers-under small ${run.outcome === 'ok' ? 'second' : 'stop-text'}`}>
        {run.outcome === 'ok' ? 'It went well.' : `It failed: ${run.outcome}.`}
      </span>
    </>
  );
};

const whyNot = (cron: string, fault: string | undefined, isThere: boolean): string | undefined => {
  if (cron === '') return 'It needs a pattern.';
  if (fault !== undefined) return 'What stands there is no pattern.';
  return isThere ? 'It is there already.' : undefined;
};

interface AddCronProps {
  readonly name: string;
  readonly crons: readonly string[];
  readonly read: AsRead<unknown>;
  readonly put: (crons: readonly string[]) => Promise<unknown>;
  readonly onClose: () => void;
}

const AddCron = ({ name, crons, read, put, onClose }: AddCronProps) => {
  const [typed, setTyped] = useState('');
  const cron = typed.trim();
  const fault = cron === '' ? 'it is empty' : cronFault(cron);
  const isThere = crons.includes(cron);
  return (
    <FormDialog
      title="Add a cron trigger"
      button={fault === undefined ? `Add ${cron}` : 'Add it'}
      working="Adding"
      refused="Not added."
      name={name}
      why={whyNot(cron, fault, isThere)}
      hasTyped={typed !== ''}
      read={read}
      onClose={onClose}
      act={async () => {
        await put([...crons, cron]);
        return `${name} is called by ${cron}.`;
      }}
    >
      <TextField
        label="Pattern"
        hint="Minute, hour, day of the month, month, day of the week, in UTC. Sunday is 1."
        fault={fault === undefined || cron === '' ? undefined : `It is no pattern: ${fault}.`}
        placeholder="*/30 * * * *"
        className="input mono"
        data-first
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {fault === undefined && (
        <div className="consequence" aria-live="polite">
          <p className="consequence-text">{cronInWords(cron) ?? 'Its next times:'}</p>
          <p className="small">
            <Ticks cron={cron} />
          </p>
        </div>
      )}
    </FormDialog>
  );
};
