export const Versions = () => <h2 className="heading">Versions</h2>;
