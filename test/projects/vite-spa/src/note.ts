import paper from './paper.svg?no-inline';
import { RELEASE } from './release.ts';

/** A chunk of its own, loaded when a note is opened. */
export const openNote = async (path: string): Promise<HTMLElement> => {
  const answer = await fetch(`/api${path}`);
  const note = document.createElement('article');
  note.style.backgroundImage = `url(${paper})`;
  note.textContent = `${await answer.text()} (${RELEASE})`;
  return note;
};
