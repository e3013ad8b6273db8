import './style.css';
import { RELEASE } from './release.ts';

const app = document.querySelector('#app');

const show = async (): Promise<void> => {
  if (location.pathname.startsWith('/notes/')) {
    const { openNote } = await import('./note.ts');
    app?.replaceChildren(await openNote(location.pathname));
    return;
  }
  app?.replaceChildren(`Notes, release ${RELEASE}`);
};

void show();
