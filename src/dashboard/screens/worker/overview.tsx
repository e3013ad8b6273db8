export const Overview = () => <h2 className="heading">How it does</h2>;
