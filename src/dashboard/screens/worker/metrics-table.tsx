import type { ChartData } from '../../charts/index.ts';
import { dayAndClock } from '../../words/index.ts';
import type { Charts } from './metrics.ts';

/** The numbers of the three charts, newest first. */
export const MetricsTable = ({ charts }: { readonly charts: Charts }) => {
  const { requests, errors, latency } = charts;
  const columns = [...columnsOf('Requests a minute', requests), ...columnsOf('Errors', errors), ...columnsOf('Latency p99', latency)];
  const now = new Date();
  return (
    <div className="metrics-table" tabIndex={0} role="region" aria-label="The charts as a table">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">From</th>
            {columns.map(({ title }) => (
              <th key={title} scope="col" className="r">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...requests.times.entries()].toReversed().map(([at, time]) => (
            <tr key={time}>
              <th scope="row" className="num">
                {dayAndClock(new Date((time - stepOf(requests) / 2) * 1_000), now)}
              </th>
              {columns.map(({ title, values, say }) => (
                <td key={title} className="r">
                  {sayValue(values[at], say)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const stepOf = ({ times }: ChartData): number => (times[1] ?? 0) - (times[0] ?? 0);

const columnsOf = (what: string, { lines, say, sayMeasured = say }: ChartData) =>
  lines.map(({ name, values }) => ({ title: `${what}, ${name}`, values, say: sayMeasured }));

const sayValue = (value: number | null | undefined, say: ChartData['say']): string => (value == null ? 'none' : say(value));
