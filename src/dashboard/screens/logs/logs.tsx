export const Logs = () => <h1 className="title">Logs</h1>;
