/** Which part of a list was asked for; pages count from 1. */
export interface PageQuery {
  readonly page?: number | undefined;
  readonly per_page?: number | undefined;
}

export interface Page {
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
  readonly limit: number;
}

export const pageOf = ({ page = 1, per_page: perPage }: PageQuery, usual: number): Page => {
  const limit = perPage ?? usual;
  return { page, perPage: limit, offset: (page - 1) * limit, limit };
};

/** `result_info` of the envelope. */
export const pageInfo = ({ page, perPage }: Page, count: number, total: number) => ({
  page,
  per_page: perPage,
  count,
  total_count: total,
  total_pages: Math.ceil(total / perPage),
});

/**
 * The page of a list that is in memory. Where the client names no size, all of it is the first page; the pages after it
 * are empty, because some clients ask until they get an empty one.
 */
export const pageWithin = <Item>(items: readonly Item[], query: PageQuery) => {
  const page = pageOf(query, Math.max(items.length, 1));
  const shown = items.slice(page.offset, page.offset + page.limit);
  return { result: shown, resultInfo: pageInfo(page, shown.length, items.length) };
};
