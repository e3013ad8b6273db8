import { storyInWords, byWhom, type Story } from '../../words/index.ts';
import { versionName } from '../../parts/index.ts';

interface Findable {
  readonly id: string;
  readonly author: string;
  readonly source: string;
  readonly message: string | null;
  readonly story: Story;
  readonly versions: readonly {
    readonly version_id: string;
    readonly number: number | null;
    readonly message: string | null;
    readonly tag: string | null;
  }[];
}

/** Every word is somewhere in who did it, what was said of it, or its versions. `v4` is the version of that number, not `v42`. */
export const isFound = (deployment: Findable, text: string): boolean => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const { id, message, story, versions } = deployment;
  const told = [byWhom(deployment), message, storyInWords(story), ...versions.flatMap((version) => [version.message, version.tag])];
  const lower = told.filter((each) => each !== null).map((each) => each.toLowerCase());
  const names = new Set(versions.map(({ number }) => versionName(number)));
  const ids = [id, ...versions.map(({ version_id: versionId }) => versionId)];
  return words.every((word) =>
    /^v\d+$/.test(word)
      ? names.has(word)
      : lower.some((each) => each.includes(word)) || (word.length >= 4 && ids.some((each) => each.startsWith(word))),
  );
};
