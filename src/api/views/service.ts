/** One end of a service binding, as `wrangler delete` lists it. */
export const serviceReferenceView = (service: string, name: string) => ({ service, environment: 'production' as const, name });
