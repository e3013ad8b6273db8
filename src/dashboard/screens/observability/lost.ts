/** What is lost by each cause that the API tells. */
export const LOST: Readonly<Record<string, string>> = {
  malformed_posts: 'Reports that could not be read, or were too large.',
  malformed_traces: 'Traces that could not be read.',
  traces_at_process: 'Traces that a version’s process had no room for.',
  facts_at_edge: 'Invocations that an edge had no room for: they are counted, and have no record.',
  waiting_for_other_half: 'Halves of records that waited for the other half where there was no room.',
  records_not_written: 'Records that came faster than they could be written.',
  counts_not_kept: 'Counts that could not be written.',
  exceptions_not_grouped: 'Exceptions of which there were too many unlike ones.',
};
