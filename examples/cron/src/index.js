let last = 'Not called yet';

export default {
  fetch: () => new Response(`${last}\n`),

  scheduled({ cron, scheduledTime }) {
    last = `Called for ${cron} at ${new Date(scheduledTime).toISOString()}`;
  },
};
