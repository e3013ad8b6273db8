import { Link, useParams } from '@tanstack/react-router';
import { useApi, type Answer, type Result } from '../../api/index.ts';
import { Button, Empty, Find, Loaded, RowBones, TextField } from '../../parts/index.ts';
import { useAddress, type Search } from '../../shell/index.ts';
import { count } from '../../words/index.ts';
import { VersionRow } from './version-row.tsx';
import './versions.css';

export type ListedVersion = Result<'listVersionHistory'>[number];

const A_PAGE = 50;
const FIELDS = ['tag', 'author', 'message'] as const;

const queryIn = ({ find, tag, author, message, page }: Search) => ({
  ...(find === undefined ? {} : { search: find }),
  ...(tag === undefined ? {} : { tag }),
  ...(author === undefined ? {} : { author }),
  ...(message === undefined ? {} : { message }),
  page: pageIn(page),
  per_page: A_PAGE,
});

const pageIn = (page: string | undefined): number => (/^[1-9]\d{0,5}$/.test(page ?? '') ? Number(page) : 1);

/** Every version there is, with or without traffic. */
export const Versions = () => {
  const { name } = useParams({ from: '/inside/workers/$name/versions' });
  const [search, change] = useAddress();
  const versions = useApi('listVersionHistory', { params: { name }, query: queryIn(search) }, { keepsPrevious: true });
  const filter = (next: Search): void => change({ ...next, page: undefined }, false);
  const total = versions.data?.resultInfo.total_count;
  return (
    <section className="section versions">
      <div className="section-head">
        <h2 className="heading">Versions {total !== undefined && <span className="count">{count(total)}</span>}</h2>
        <Find label="Find by text, id or number" value={search['find'] ?? ''} onChange={(value) => filter({ find: value })} />
      </div>
      <div className="versions-fields">
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={FIELD_WORDS[field]}
            value={search[field] ?? ''}
            onChange={({ target }) => filter({ [field]: target.value })}
          />
        ))}
      </div>
      <Loaded from={versions} bones={<RowBones rows={8} columns={6} />} what="Versions did not load.">
        {(answer) => <Listed name={name} answer={answer} />}
      </Loaded>
    </section>
  );
};

const FIELD_WORDS = { tag: 'Tag has', author: 'Made by', message: 'Message has' } as const;

const Listed = ({ name, answer }: { readonly name: string; readonly answer: Answer<readonly ListedVersion[]> }) => {
  const [search, change] = useAddress();
  const { result, resultInfo } = answer;
  const isFiltered = ['find', ...FIELDS].some((field) => search[field] !== undefined);
  if (result.length === 0 && !isFiltered)
    return (
      <Empty title="No version yet" command="switchback wrangler deploy">
        A version is made by each upload, and by each change of its settings or secrets.
      </Empty>
    );
  if (result.length === 0)
    return (
      <div className="versions-none">
        <p className="second">No version has all of this.</p>
        <Button onClick={() => change({ find: undefined, tag: undefined, author: undefined, message: undefined, page: undefined }, false)}>
          Show all
        </Button>
      </div>
    );
  return (
    <>
      <table className="table has-hover versions-table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Message</th>
            <th scope="col">Made</th>
            <th scope="col">Traffic</th>
            <th scope="col" className="r">
              Size
            </th>
            <th scope="col" className="r">
              Startup
            </th>
            <th scope="col">
              <span className="visually-hidden">Menu</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {result.map((version) => (
            <VersionRow key={version.version_id} name={name} version={version} />
          ))}
        </tbody>
      </table>
      <Pages shown={result.length} page={pageIn(search['page'])} total={resultInfo.total_count ?? result.length} />
    </>
  );
};

const onPage = (page: number) => (before: object) => Object.assign({}, before, { page: page === 1 ? undefined : String(page) });

const Pages = ({ shown, page, total }: { readonly shown: number; readonly page: number; readonly total: number }) => {
  if (total <= A_PAGE) return null;
  const first = (page - 1) * A_PAGE + 1;
  return (
    <nav className="versions-pages small" aria-label="Pages">
      <span className="second">
        {count(first)} to {count(first + shown - 1)} of {count(total)}
      </span>
      {page > 1 && (
        <Link from="/workers/$name/versions" to="." search={onPage(page - 1)} className="button is-small">
          Newer
        </Link>
      )}
      {first + shown <= total && (
        <Link from="/workers/$name/versions" to="." search={onPage(page + 1)} className="button is-small">
          Older
        </Link>
      )}
    </nav>
  );
};
