export const Create = () => <h1 className="title">Create application</h1>;
