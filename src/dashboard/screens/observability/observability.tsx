import { useApi, type Result } from '../../api/index.ts';
import { Bones, CopyButton, Loaded, PageHead, When } from '../../parts/index.ts';
import { bytes, count, dayAndClock } from '../../words/index.ts';
import { LOST } from './lost.ts';
import './observability.css';

type Status = Result<'getObservability'>;

const EVERY_MS = 30_000;

/** What is kept of what Workers did, what was lost of it, and how other programs read it. */
export const Observability = () => {
  const read = useApi('getObservability', {}, { refetchInterval: EVERY_MS });
  return (
    <>
      <PageHead title="Observability">What is kept of what Workers did. Each Worker’s numbers and logs are on its own pages.</PageHead>
      <Loaded
        from={read}
        bones={<Bones lines={[40, 60, 50, 60]} />}
        what="What is kept did not load."
        still="Traffic is served all the same."
      >
        {({ result }) => (
          <>
            <Kept {...result} />
            <Lost {...result} />
          </>
        )}
      </Loaded>
      <Prometheus />
    </>
  );
};

const Kept = ({ archive }: Status) => (
  <section className="observability-section">
    <h2 className="heading">What is kept</h2>
    <dl className="facts">
      <dt>Counts</dt>
      <dd>
        <span className="num">{bytes(archive.counts_bytes)}</span>
        <span className="third">, {sinceWhen(archive.oldest_counts)}</span>
        <p className="small second">Requests, errors and latency by version and minute: the charts, comparisons and verdicts.</p>
      </dd>
      <dt>Records</dt>
      <dd>
        <span className="num">{bytes(archive.records_bytes)}</span>
        <span className="third">, {sinceWhen(archive.oldest_record)}</span>
        <p className="small second">Single invocations with their logs, and exceptions: the history of logs.</p>
      </dd>
      <dt>At most</dt>
      <dd>
        <span className="num">{bytes(archive.most_bytes)}</span>
        <span className="third"> for both, {share(archive)} of it in use</span>
        <p className="small second">Where there is no more room, the oldest goes first.</p>
      </dd>
    </dl>
  </section>
);

const sinceWhen = (oldest: string | null) => (oldest === null ? 'nothing so far' : <Since at={oldest} />);

const Since = ({ at }: { readonly at: string }) => (
  <>
    the oldest from <When at={at} />
  </>
);

const share = ({ counts_bytes, records_bytes, most_bytes }: Status['archive']): string => {
  const used = ((counts_bytes + records_bytes) / most_bytes) * 100;
  return used < 1 ? 'less than 1%' : `${Math.round(used)}%`;
};

const Lost = ({ dropped, since }: Status) => {
  const causes = Object.entries(dropped).filter(([, times]) => times > 0);
  return (
    <section className="observability-section">
      <h2 className="heading">What was lost</h2>
      {causes.length === 0 ? (
        <p className="second observability-line">
          Nothing since <When at={since} as={dayAndClock} />, when the process that collects started.
        </p>
      ) : (
        <>
          <p className="second observability-line">
            Since <When at={since} as={dayAndClock} />, when the process that collects started. Requests were answered all the same.
          </p>
          <dl className="facts">
            {causes.map(([cause, times]) => (
              <div key={cause} className="observability-cause">
                <dt className="num">{count(times)}</dt>
                <dd>{LOST[cause] ?? cause}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
};

const Prometheus = () => {
  const status = useApi('getStatus', {});
  const control = status.data === undefined ? '127.0.0.1:7450' : new URL(status.data.result.control_url).host;
  const text = scrapeOf(control);
  return (
    <section className="observability-section">
      <h2 className="heading">Prometheus and Grafana</h2>
      <p className="second observability-line">
        Each edge tells at <code>/metrics</code> on its own admin port, 7481 unless it was set otherwise, what it did by Worker and version.
        The control plane has <code>/metrics</code> too: shares, generations and what waits to be sent. It takes a token.
      </p>
      <div className="observability-code">
        <pre tabIndex={0} aria-label="For the configuration of Prometheus">
          {text}
        </pre>
        <CopyButton text={text} name="Copy the configuration" />
      </div>
      <p className="second observability-line">
        A Grafana dashboard that shows two versions of a Worker side by side comes with Switchback:{' '}
        <code>docs/grafana/switchback.json</code>.
      </p>
    </section>
  );
};

const scrapeOf = (control: string): string => `scrape_configs:
  - job_name: switchback-edge
    static_configs: [{ targets: ['127.0.0.1:7481'] }]
  - job_name: switchback-control
    authorization: { credentials_file: /etc/prometheus/switchback-token }
    static_configs: [{ targets: ['${control}'] }]
`;
