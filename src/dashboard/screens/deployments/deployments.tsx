export const Deployments = () => <h2 className="heading">Deployments</h2>;
