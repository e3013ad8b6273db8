const RELOADED = 'switchback-reloaded-at';
/** One that did not help is not done again. */
const AGAIN_AFTER_MS = 60_000;

/**
 * A server of another version has other parts of the dashboard, so that a page which was opened before finds its own no more: it is
 * loaded anew. Not where nobody answers: what is on the page stays.
 */
export const reloadOnLostParts = (): void =>
  window.addEventListener('vite:preloadError', () => {
    void reloadWhereAnswered();
  });

const reloadWhereAnswered = async (): Promise<void> => {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < AGAIN_AFTER_MS) return;
  const response = await fetch(window.location.href).catch(() => undefined);
  if (response?.ok !== true) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  window.location.reload();
};
