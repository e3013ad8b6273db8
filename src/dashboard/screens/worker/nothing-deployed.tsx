import { Empty } from '../../parts/index.ts';

export const NothingDeployed = () => (
  <section className="nothing-deployed">
    <h2 className="visually-hidden">What serves</h2>
    <Empty title="No deployment yet" command="switchback wrangler deploy">
      The first one makes this Worker answer. Deploy a version that is saved with Deploy version, or run this where the code is:
    </Empty>
  </section>
);
