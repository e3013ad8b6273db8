import { useState } from 'react';
import { Banner, Button, Empty, Refusal } from '../../parts/index.ts';
import { count, counted } from '../../words/index.ts';
import { LineRow } from './line-row.tsx';
import type { LogFilter } from './logs.tsx';
import { MOST_LINES, useTail } from './tail.ts';

const STATES = { opening: 'Opening the log.', open: 'Live.', closed: 'The log is closed.' } as const;

export const LiveLogs = (filter: LogFilter) => {
  const [isPaused, setIsPaused] = useState(false);
  const { lines, others, state, notice, error, clear, again } = useTail({ ...filter, isPaused });
  return (
    <>
      <div className="section-head logs-state">
        <p className="small third">
          {/* Lines come by the second: their number is there to be read, and not said aloud. */}
          <span role="status">
            {isPaused ? `Paused: what comes meanwhile is kept, up to ${count(MOST_LINES)} lines.` : STATES[state]}
          </span>{' '}
          {lines.length > 0 && counted(lines.length, 'line')}
          {others > 0 && `${lines.length > 0 ? ', ' : ''}${counted(others, 'other')} not shown`}
        </p>
        <div className="logs-buttons">
          {state === 'closed' && (
            <Button isSmall onClick={again}>
              Open it again
            </Button>
          )}
          <Button isSmall aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)}>
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
          <Button isSmall onClick={clear} why={lines.length + others === 0 ? 'There is nothing to clear.' : undefined}>
            Clear
          </Button>
        </div>
      </div>
      {error !== undefined && <Refusal what="The log did not open." error={error} />}
      {notice !== undefined && <Banner>{notice}</Banner>}
      {lines.length + others === 0 && state !== 'closed' && (
        <Empty title="Nothing has happened yet" command={`switchback wrangler tail ${filter.worker}`}>
          Each invocation appears here within a second after it has ended, with what it logged. The same in a terminal:
        </Empty>
      )}
      <ol className="rows logs-lines" aria-label="Invocations, newest first">
        {lines.map((line) => (
          <LineRow key={line.id} line={line} version={filter.versions.find(({ id }) => id === line.versionId)} />
        ))}
      </ol>
    </>
  );
};
