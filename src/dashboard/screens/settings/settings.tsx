export const Settings = () => <h1 className="title">Settings</h1>;
