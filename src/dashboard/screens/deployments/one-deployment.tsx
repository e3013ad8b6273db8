export const OneDeployment = () => <h2 className="heading">Deployment</h2>;
