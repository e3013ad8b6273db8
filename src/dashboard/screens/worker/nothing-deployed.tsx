import { Empty } from '../../parts/index.ts';

export const NothingDeployed = () => (
  <section className="nothing-deployed">
    <Empty title="No deployment yet" command="npx wrangler deploy">
      The first one makes this Worker answer. Deploy a version that is saved with Deploy version, or run this where the code is:
    </Empty>
  </section>
);
