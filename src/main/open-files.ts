/** The fraction of its open files that a half of the product gives to those who connect to it. */
const FOR_CONNECTIONS = 3 / 4;
const MOST_API_CONNECTIONS = 1_000;

/**
 * How many files this process may open, sockets among them. Node has raised the soft limit to the hard one before any of
 * our code runs; undefined where there is no limit, or none that is known.
 */
export const openFilesLimit = (): number | undefined => {
  // Without this a report asks the resolver for the name of every address of the machine.
  Object.assign(process.report, { excludeNetwork: true }); // Not in the types yet.
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }; // Node documents it as an object.
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : undefined;
};

/**
 * So many visitors' connections fit: each may need another to a version. A quarter is left for what must work when the
 * edge is full: starting versions, reading tables, the connection to the control plane, `/healthz`.
 */
export const visitorsWithin = (files: number): number => Math.floor((files * FOR_CONNECTIONS) / 2);

/** The API has a bound of its own, and keeps files for the database and for uploads. */
export const apiConnectionsWithin = (files = Number.POSITIVE_INFINITY): number =>
  Math.min(MOST_API_CONNECTIONS, Math.floor(files * FOR_CONNECTIONS));
