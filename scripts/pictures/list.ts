import type { Screen } from './screen.ts';

const HEAD = `# Pictures of the dashboard

Made by \`npm run screenshots\` of a shop with a past ([test/support/lived-in.ts](../../test/support/lived-in.ts)), which the product itself serves, with visitors. The people are invented.
`;

const linkTo = ({ name }: Screen, look: string): string => `[${look.includes('dark') ? 'dark' : 'light'}](${name}-${look}.png)`;

const partOf = (screen: Screen, narrow: readonly string[]): string => {
  const { name, title } = screen;
  const links = narrow.map((look) => linkTo(screen, look)).join(', ');
  return `## ${title}\n\n${linkTo(screen, 'dark')}${links === '' ? '' : ` · narrow: ${links}`}\n\n![${title}](${name}-light.png)\n`;
};

/** The page that shows all pictures: screens in each look, states in a wide window. */
export const listOf = (screens: readonly Screen[], states: readonly Screen[]): string =>
  [HEAD, ...screens.map((screen) => partOf(screen, ['390-light', '390-dark'])), ...states.map((state) => partOf(state, []))].join('\n');
