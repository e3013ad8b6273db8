/** A text of the API with its versions called as the rest of the dashboard calls them; its words stay. */
export const withNames = (text: string, versions: readonly { readonly version_id: string; readonly number: number | null }[]): string =>
  versions.reduce((told, { version_id: id, number }) => (number === null ? told : told.replaceAll(id, `v${number}`)), text);
