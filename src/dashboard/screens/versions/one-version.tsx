export const OneVersion = () => <h2 className="heading">Version</h2>;
